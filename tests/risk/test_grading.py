"""Grading: points of the sheet and of the visits make a letter, and grounds move it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mingchu.registry.models import Business
from mingchu.risk import services
from mingchu.risk.models import Grade

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def grade_of(one: Business) -> Grade:
    return Grade.objects.get(business=one, until__isnull=True)


def test_a_shop_of_few_goods_and_clean_visits_is_low_risk(
    business: Make, profile: Make, visit: Make
) -> None:
    shop = business()
    profile(shop, area=150, prepackaged_ambient=400, suppliers=12)
    visit(shop, failed_key=1)

    services.grade_city()

    found = grade_of(shop)
    assert (found.static, found.dynamic) == (Decimal("3.5"), Decimal("2.00"))
    assert (found.letter, found.points) == ("A", Decimal("5.5"))
    assert [one["item"] for one in found.reasons] == [
        *("area", "prepackaged_ambient", "prepackaged_chilled", "prepackaged_frozen"),
        *("bulk_ambient", "bulk_chilled", "bulk_frozen", "suppliers", "dynamic"),
    ]
    assert sum(one["points"] for one in found.reasons) == pytest.approx(5.5)


def test_what_is_lacking_is_named(business: Make, profile: Make, visit: Make) -> None:
    nothing, unvisited, newcomer, kitchen = (
        business(), business(), business(opened=date(2026, 8, 1)), business("canteen"),
    )  # fmt: skip
    for one in (unvisited, newcomer, kitchen):
        profile(one, area=150)

    run = services.grade_city()

    assert (run.subjects, run.graded) == (4, 1)
    assert [grade_of(one).missing for one in (nothing, unvisited, newcomer, kitchen)] == [
        *("profile", "visits", "", "kind"),
    ]
    assert grade_of(newcomer).dynamic is None


def test_a_second_run_writes_only_what_moved(business: Make, profile: Make, visit: Make) -> None:
    shops = [business() for _ in range(3)]
    for one in shops:
        profile(one, area=150)
        visit(one)
    services.grade_city()
    visit(shops[0], date(2026, 11, 1), failed_key=20, failed_general=30)

    run = services.grade_city()

    assert (run.written, run.moved) == (1, 1)
    assert Grade.objects.count() == 4
    assert (grade_of(shops[0]).before, grade_of(shops[0]).letter) == ("A", "B")
