"""Finding a business: by any fragment, inside one's scope, a page at a time."""

from datetime import date

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base.errors import Refusal
from mingchu.identifiers.licences import Series, build
from mingchu.registry import domain, queries, services
from mingchu.registry.queries import Wanted, finding
from mingchu.registry.services import NewLicence

pytestmark = pytest.mark.django_db
EVERYWHERE = [CITY]


def a_town(count: int) -> None:
    """So many businesses of distinct names, in two districts by turns."""
    made = services.enrol_many(
        a_restaurant(
            name=f"第{at:05}号面馆",
            code="",
            district=(SAIHAN, XINCHENG)[at % 2],
            station="",
            address=f"通道街{at}号",
            licences=(
                NewLicence(
                    number=build(Series.OPERATION, "2", SAIHAN, 100 + at),
                    issued=date(2024, 1, 1),
                    expires=date(2027, 1, 1 + at % 28),
                ),
            ),
        )
        for at in range(count)
    )
    assert made.refused == []


def names(**asked: str) -> list[str]:
    return [row.name for row in queries.page(EVERYWHERE, Wanted(**asked)).rows]


@pytest.mark.parametrize(
    "fragment",
    [
        "绿野",
        "常菜",
        "菜",
        "MA0BBBB",
        "ma0b",
        "U2X",
        "X",
        "21501",
        "东街128",
        "大学 绿野",
        "１２８号",
    ],
)
def test_any_fragment_of_name_code_licence_or_address_finds_a_business(restaurant, fragment):
    services.enrol(a_restaurant(name="别家", code="", address="别处", licences=()))

    assert names(q=fragment) == ["绿野家常菜馆"]


@pytest.mark.parametrize("fragment", ["绿家", "%", "_", "128'", "\\", "野绿"])
def test_what_no_field_holds_finds_nothing(restaurant, fragment):
    assert names(q=fragment) == []


@given(st.data())
def test_every_fragment_of_a_text_is_found_through_its_grams(data):
    text = domain.folded(data.draw(st.text("绿野 家AB12-（'\\%", min_size=1, max_size=20)))
    begin = data.draw(st.integers(0, len(text)))
    fragment = text[begin : data.draw(st.integers(begin, len(text)))]
    words = [word for word in fragment.split(" ") if word]

    with connection.cursor() as db:
        for word in words:
            db.execute(
                "SELECT registry_grams(%s) @@ %s::tsquery", [text, " & ".join(domain.grams(word))]
            )
            assert db.fetchone() == (True,)


@pytest.mark.parametrize("sort", ["name", "new", "expires"])
@pytest.mark.parametrize("q", ["", "面馆"])
def test_pages_go_through_everything_once(sort, q):
    a_town(23)
    wanted = Wanted(sort=sort, q=q)
    seen, cursor = [], ""

    while True:
        page = queries.page(EVERYWHERE, wanted, cursor=cursor, limit=5)
        seen += [row.name for row in page.rows]
        if not (cursor := page.next):
            break

    assert len(seen) == len(set(seen)) == 23
    assert page.count == 23
    if sort == "name":
        assert seen == sorted(seen)


def test_a_made_up_cursor_is_refused():
    with pytest.raises(Refusal, match="bad_cursor"):
        queries.page(EVERYWHERE, Wanted(), cursor="W10")


def test_more_hits_than_are_counted_are_still_paged_in_order(monkeypatch):
    a_town(30)
    monkeypatch.setattr(finding, "COUNTED", 10)

    page = queries.page(EVERYWHERE, Wanted(q="面馆"), limit=5)

    assert not page.is_counted
    assert [row.name for row in page.rows] == [f"第{at:05}号面馆" for at in range(5)]


def test_a_scope_shows_what_lies_in_it_and_nothing_else(restaurant):
    a_town(4)
    here = [Scope(ScopeKind.DISTRICT, XINCHENG)]
    own = [Scope(ScopeKind.BUSINESS, restaurant.public_id)]
    station = [Scope(ScopeKind.STATION, "150105001")]

    assert {row.district for row in queries.page(here, Wanted()).rows} == {XINCHENG}
    assert [row.pk for row in queries.page(own, Wanted()).rows] == [restaurant.pk]
    assert [row.pk for row in queries.page(station, Wanted()).rows] == [restaurant.pk]
    assert queries.page([], Wanted()).rows == []
    assert queries.business(here, restaurant.pk) is None


def test_filters_narrow_the_list():
    a_town(10)
    services.enrol(a_restaurant(kind="canteen", name="一食堂"))

    assert names(kind="canteen") == ["一食堂"]
    assert len(names(district=XINCHENG)) == 5
    assert names(state="closed") == []
    soon = queries.page(EVERYWHERE, Wanted(expires_before=date(2027, 1, 3))).rows
    assert [row.name for row in soon] == ["第00000号面馆", "第00001号面馆"]


def test_a_page_costs_the_same_few_queries_however_long_the_list():
    costs = []
    for more in (5, 495):
        services.enrol_many(
            a_restaurant(name=f"{more}-{at}", code="", licences=()) for at in range(more)
        )
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page = queries.page(EVERYWHERE, Wanted())
            queries.licences_of(page.rows)
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 3


@pytest.mark.parametrize("sort", ["name", "new", "expires"])
@pytest.mark.parametrize("q", ["面", "面馆", "馆 面", "没有的"])
def test_many_hits_are_met_on_a_walk_as_they_are_sorted(sort, q, monkeypatch):
    a_town(23)
    wanted, scopes = Wanted(sort=sort, q=q), [Scope(ScopeKind.DISTRICT, XINCHENG)]

    first = queries.page(scopes, wanted, limit=5)
    monkeypatch.setattr(finding, "SOON", -1)
    queries.page(scopes, wanted, limit=5)
    with CaptureQueriesContext(connection) as seen:
        again = queries.page(scopes, wanted, limit=5)
    assert "WITH page" in seen[0]["sql"]

    assert [row.pk for row in again.rows] == [row.pk for row in first.rows]
    assert (again.next, again.count) == (first.next, first.count)
