"""What anybody may know of grades: the hygiene grade of caterers, and nothing of the other scales
unless a dated rule of the city says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.risk import services
from mingchu.risk.models import Grade, HygieneGrade
from mingchu.risk.public import RISK_PUBLIC
from mingchu.rulebook import store
from mingchu.rulebook.store import rule

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
FLEETING = re.compile(r'nonce="[^"]+"|\b[0-9a-f]{16}\b')


@pytest.fixture
def diner(business: Make, profile: Make, visit: Make) -> Any:
    one = business("caterer", name="例乙面馆")
    profile(one, sheet="restaurant", area=90)
    visit(one, failed_key=3)
    services.grade_city()
    services.grade_hygiene()
    return one


def said(path: str) -> str:
    answer = Client().get(path, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 200, path
    return FLEETING.sub("", answer.content.decode())


PATHS = ("/hygiene/", "/hygiene/?q=例乙", "/hygiene/?letter=A", "/p/?q=例乙")


def test_the_hygiene_grade_is_on_the_public_page_and_in_the_list(diner: Any) -> None:
    page, listed = said(f"/p/{diner.public_id}"), said("/hygiene/?q=例乙&district=150105&letter=A")

    for text in (page, listed):
        assert "量化A级（优秀）" in text
    assert "hygiene.year_bands" in page
    assert f"/p/{diner.public_id}" in listed
    assert "没有查到" in said("/hygiene/?letter=C")
    assert "没有查到" in said("/hygiene/?q=没有这一家")


def test_no_public_byte_depends_on_a_risk_grade(diner: Any) -> None:
    paths = (*PATHS, f"/p/{diner.public_id}")
    low = {path: said(path) for path in paths}

    Grade.objects.filter(business=diner).update(letter="D", by_points="D", points=88, raised=2)

    assert {path: said(path) for path in paths} == low
    assert not any("风险" in text for text in low.values())


def test_a_city_that_decides_to_show_it_shows_the_letter_with_the_line(diner: Any) -> None:
    held = rule(RISK_PUBLIC).nearest
    shown = replace(held, versions=(replace(held.versions[0], value=True),))

    with store.supposing([shown]):
        page = said(f"/p/{diner.public_id}")

    assert "风险A级（风险低）" in page
    assert "风险等级只说明多久检查一次，不说明卫生好坏" in page
    assert "动态风险" not in page


def test_the_list_goes_on_page_by_page_and_says_how_many(
    business: Make, profile: Make, visit: Make
) -> None:
    for _n in range(22):
        one = business("caterer")
        visit(one)
    services.grade_hygiene()

    first = said("/hygiene/")
    cursor = re.search(r"cursor=([\w=-]+)", first)
    assert cursor
    assert "共 22 户" in first
    assert first.count('<th scope="row">') == 20
    assert said(f"/hygiene/?cursor={cursor[1]}").count('<th scope="row">') == 2


def test_what_a_merged_file_was_found_to_be_counts_for_the_kept_one(
    diner: Any, business: Make, visit: Make
) -> None:
    gone = business("caterer")
    visit(gone, date(2026, 7, 1), failed_key=20, failed_general=30)
    registry.merge(kept=diner.pk, gone=gone.pk, why="同一家")

    services.grade_hygiene()

    [one] = HygieneGrade.objects.filter(until__isnull=True)
    assert (one.business_id, one.visits, one.rate) == (diner.pk, 2, 45)


def test_who_has_closed_is_not_in_it(diner: Any) -> None:
    Business.objects.filter(pk=diner.pk).update(state="closed", closed=diner.opened)
    services.grade_hygiene()

    assert not HygieneGrade.objects.filter(until__isnull=True).exists()
    assert "例乙面馆" not in said("/hygiene/")
