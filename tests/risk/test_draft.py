"""The draft of 2022 as a city may choose it for its producers: forty, forty and twenty points; the
twenty count what the law makes public, and never the internal class of a firm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mingchu.kit.rules.rehearsals import Draft
from mingchu.risk import rules, services
from mingchu.risk.models import Grade
from mingchu.risk.rehearsing import rehearse
from mingchu.risk.services.classing import reckon
from mingchu.risk.services.crediting import NewFact, note_fact, strike_fact
from mingchu.rulebook import store
from mingchu.rulebook.domain import Rule
from mingchu.rulebook.store import rule

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
TODAY = date(2026, 11, 20)


def choosing(since: date = TODAY, value: Any = True) -> Rule:
    held = rule(rules.DRAFT_CHOSEN).nearest
    return replace(held, versions=(replace(held.versions[0], since=since, value=value),))


@contextmanager
def chosen() -> Iterator[None]:
    with store.supposing([choosing()]):
        yield


def present(one: Any) -> Grade:
    return Grade.objects.get(business=one, until__isnull=True)


def penalised(one: Any, *references: str) -> list[Any]:
    return [
        note_fact(NewFact(business_id=one.pk, kind="penalty", day=date(2026, 3, 2), reference=said))
        for said in references
    ]


@pytest.fixture
def dairy(business: Make, profile: Make, visit: Make) -> Any:
    """36 static points; of 90 that applied 9 were lost."""
    one = business("producer")
    profile(one, sheet="producer", category=["05"])
    visit(one, failed_key=3)
    return one


def test_points_are_of_three_parts_each_with_its_rule(dairy: Any, desk: Make) -> None:
    penalised(dairy, "罚〔2026〕1号", "罚〔2026〕2号")
    services.grade_city()
    assert (present(dairy).points, present(dairy).conduct) == (42, None)

    with chosen():
        services.grade_city()
        page = desk().get(f"/w/risk/businesses/{dairy.public_id}").content.decode()
        program = services.grade_city().rules

    found = present(dairy)
    assert (found.static, found.dynamic, found.conduct, found.points) == (36, 4, 4, 44)
    assert "近三年行政处罚件数" in page
    assert f"/rules/{rules.DRAFT_CONDUCT}?on=2022-02-22" in page
    assert "没有新的处罚和迟报，移出名录" in page
    assert "每12个月检查一次" in page
    assert program["draft_2022_conduct"]["digest"]


def test_a_penalty_counts_the_same_day_and_no_more_when_it_is_struck_out(dairy: Any) -> None:
    with chosen():
        services.grade_city()
        assert present(dairy).conduct == 0

        [one] = penalised(dairy, "罚〔2026〕1号")
        assert present(dairy).conduct == 2
        strike_fact(fact=one, why="决定被撤销")
        assert present(dairy).conduct == 0


def test_sellers_and_caterers_are_graded_as_before(
    business: Make, profile: Make, visit: Make
) -> None:
    shop = business()
    profile(shop, area=150)
    visit(shop, failed_key=2)
    penalised(shop, "罚〔2026〕1号")
    services.grade_city()
    before = present(shop)

    with chosen():
        services.grade_city()

    assert present(shop).pk == before.pk
    assert present(shop).conduct is None


def test_the_class_of_a_firm_is_not_in_it(dairy: Any) -> None:
    """Talks and reported cases count for the class of a firm; the grade does not know of them."""
    with chosen():
        services.grade_city()
        before = present(dairy).points
        for kind in ("talk", "case_reported", "report_zero", "failed_sample"):
            note_fact(NewFact(business_id=dairy.pk, kind=kind, day=TODAY, reference=kind))
        reckon()
        services.grade_city()

    assert present(dairy).points == before


def test_before_a_city_chooses_it_sees_which_producers_would_move(
    dairy: Any, business: Make, profile: Make, visit: Make
) -> None:
    shop = business()
    profile(shop, area=150)
    visit(shop)
    penalised(dairy, *(f"罚〔2026〕{n}号" for n in range(4)))
    services.grade_city()
    draft = Draft(1, choosing(since=date(2027, 1, 1)))

    with store.supposing([draft.rule]):
        found = rehearse(draft)

    # 42 points as the measure of 2016 counts, 46 by the draft.
    assert (found.of, [row.cells[0] for row in found.rows]) == (1, [dairy.name])
    assert found.rows[0].cells[-1] == "42 → 46"
    assert present(dairy).conduct is None


@pytest.mark.parametrize("value", [False, "true", 1, None])
def test_nothing_but_a_plain_yes_chooses_it(value: Any) -> None:
    with store.supposing([choosing(value=value)]):
        assert rules.basis(TODAY).draft is None


def test_before_the_draft_was_written_nobody_could_choose_it() -> None:
    assert rules.basis(date(2021, 6, 1)).draft is None
