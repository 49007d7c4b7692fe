"""Rows read without Django's composing are the rows that Django reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from build import a_restaurant
from django.forms import model_to_dict

from mingchu.base import clock
from mingchu.ledger.rows import Columns, Rows
from mingchu.registry import queries, services
from mingchu.registry.models import Business, Licence, Person
from mingchu.registry.queries import EVERYWHERE, Wanted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Business, Licence, Person], ids=lambda model: model.__name__)
def test_rows_are_read_as_django_reads_them(restaurant, model) -> None:
    services.correct(number=restaurant.pk, changes={"phone": "0471-0123456"}, why="更正")

    read = Rows(model, "WHERE id > %s ORDER BY id")(0)

    assert [model_to_dict(one) for one in read] == [
        model_to_dict(one) for one in model.objects.order_by("id")
    ]
    assert read


def test_a_field_that_is_not_read_is_read_when_it_is_asked_for(restaurant) -> None:
    columns = Columns(Business, ("name",))

    only = columns.made((restaurant.pk, restaurant.name))

    assert only.get_deferred_fields() >= {"search_text", "sources", "district"}
    assert only.district == Business.objects.get(pk=restaurant.pk).district


def test_rows_a_row_points_to_are_read_along(restaurant, django_assert_num_queries) -> None:
    merged = services.enrol(a_restaurant(name="另一家", code="", licences=(), people=()))
    Business.objects.filter(pk=merged.pk).update(merged_into=restaurant)
    asked = Rows(
        Business, "WHERE registry_business.id > %s ORDER BY 1", related={"merged_into": ("name",)}
    )

    with django_assert_num_queries(1):
        alone, other = asked(0)
        assert alone.merged_into is None
        assert other.merged_into.name == restaurant.name
        assert other.merged_into.get_deferred_fields() >= {"district"}


def test_a_list_asked_for_again_shows_what_has_changed_meanwhile(restaurant) -> None:
    wanted = Wanted(kind=restaurant.kind)
    assert queries.page(EVERYWHERE, wanted).count == 1

    services.enrol(a_restaurant(name="另一家", code="", licences=(), people=()))

    assert queries.page(EVERYWHERE, wanted).count == 2


def test_a_list_of_what_ends_soon_goes_on_with_the_day(restaurant) -> None:
    ends = Business.objects.get(pk=restaurant.pk).expires
    wanted = Wanted(within=10)

    with clock.at(clock.midnight(ends - timedelta(days=11))):
        assert queries.page(EVERYWHERE, wanted).count == 0
    with clock.at(clock.midnight(ends - timedelta(days=10))):
        assert queries.page(EVERYWHERE, wanted).count == 1


def test_who_has_no_scope_finds_nothing(restaurant) -> None:
    for wanted in (Wanted(), Wanted(q=restaurant.name[:2])):
        page = queries.page((), wanted, people=True)

        assert (list(page.rows), page.count, page.next) == ([], 0, "")


def test_words_too_long_to_search_for_are_refused_beside_the_box(desk, restaurant) -> None:
    answer = desk().get("/w/businesses/", {"q": "长" * 61, "kind": restaurant.kind})

    assert "60" in answer.content.decode().split('class="error">')[1][:60]
    assert restaurant.name in answer.content.decode()
