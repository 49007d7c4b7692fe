"""One business as a pure function and a whole city in SQL: the same grades, the same reasons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingchu.registry.models import Business
from mingchu.risk import rules
from mingchu.risk.domain import set_wise
from mingchu.risk.domain.basis import Basis
from mingchu.risk.domain.grading import Facts, Findings, Ground, grade
from mingchu.risk.models import Fact, Listing, Override, Profile, Visit
from mingchu.risk.models import Ground as GroundRow
from mingchu.rulebook import store
from mingchu.rulebook.scoring import Kind
from mingchu.rulebook.store import rule

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
KINDS = ("producer", "seller", "caterer", "canteen")
# The fourth, the list of serious violations, has an effect of its own beside.
CONDUCT = ("conduct_penalties", "conduct_reports", "conduct_abnormal")


def answer_to(item: dict[str, Any]) -> st.SearchStrategy[Any]:
    if item["kind"] == Kind.CHOICE:
        known = [option["id"] for option in item["options"]]
        return st.lists(st.sampled_from(known), max_size=2) | st.sampled_from(known)
    return st.integers(-1, 12_000) | st.just("not_applicable") | st.just("7")


@st.composite
def facts(draw: Any) -> Facts:
    basis = rules.basis(DAY)
    kind = draw(st.sampled_from(KINDS))
    sheet = draw(st.sampled_from([*basis.of_kind[kind] * 4, "seller", "unknown"]))
    answers = None
    if draw(st.integers(0, 9)):
        items = basis.sheets[sheet].value["items"] if sheet in basis.sheets else []
        asked = [item for item in items if draw(st.integers(0, 9))]
        answers = {item["id"]: draw(answer_to(item)) for item in asked}
    return Facts(
        kind=kind,
        opened=draw(st.sampled_from([None, DAY, DAY - timedelta(400), date(2025, 11, 20)])),
        sheet=sheet if answers is not None else "",
        answers=answers,
        findings=draw(findings()),
        grounds=draw(st.lists(grounds(), max_size=2)) if not draw(st.integers(0, 3)) else (),
        override=draw(st.sampled_from(["", "", "", "", "A", "D"])),
        conduct=draw(st.dictionaries(st.sampled_from(CONDUCT), st.integers(0, 5))),
    )


@st.composite
def findings(draw: Any) -> Findings:
    if not draw(st.integers(0, 3)):
        return Findings()
    key, general = draw(st.integers(0, 20)), draw(st.integers(1, 30))
    failed = draw(st.integers(0, key)), draw(st.integers(0, general))
    return Findings(draw(st.integers(1, 3)), *failed, key, general)


@st.composite
def grounds(draw: Any) -> Ground:
    raises = draw(st.booleans())
    levels = draw(st.sampled_from([None, 0, 1, *([2] if raises else [])]))
    known = ("accident", "other") if raises else ("certified", "other")
    return Ground(raises, draw(st.sampled_from(known)), levels)


def stand(city: Sequence[Facts]) -> list[int]:
    """Businesses of which this is known."""
    numbers = [
        Business.objects.create(
            name="店", kind=one.kind, district="150105", opened=one.opened, state="open"
        ).pk
        for one in city
    ]
    common = {"known_on": DAY, "source": "history"}
    for pk, one in zip(numbers, city, strict=True):
        if one.answers is not None:
            Profile.objects.create(
                business_id=pk, sheet=one.sheet, answers=one.answers, since=DAY, **common
            )
        for n in range(one.findings.visits):
            # All in the first visit; the others looked at one item that was in order.
            first = n == 0
            Visit.objects.create(
                business_id=pk, day=DAY - timedelta(n),
                failed_key=one.findings.failed_key if first else 0,
                failed_general=one.findings.failed_general if first else 0,
                applicable_key=one.findings.applicable_key if first else 0,
                applicable_general=one.findings.applicable_general if first else 1, **common,
            )  # fmt: skip
        for ground in one.grounds:
            decided = None if ground.levels is None else DAY
            GroundRow.objects.create(
                business_id=pk, direction="raise" if ground.raises else "lower",
                ground=ground.ground, day=DAY, levels=ground.levels, decided_on=decided, **common,
            )  # fmt: skip
        held_against(pk, one)
        if one.override:
            Override.objects.create(
                business_id=pk, letter=one.override, why="试", since=DAY, until=DAY
            )
    return numbers


def held_against(pk: int, one: Facts) -> None:
    """Penalties, reports and entries on the list of abnormal operations, as many as are told."""
    for kind, name in (("penalty", "penalties"), ("report_missing", "reports")):
        for n in range(one.conduct.get(f"conduct_{name}", 0)):
            Fact.objects.create(business_id=pk, kind=kind, day=DAY, reference=str(n))
    for n in range(one.conduct.get("conduct_abnormal", 0)):
        Listing.objects.create(
            business_id=pk, roll="abnormal", ground=f"g{n}", found=DAY, since=DAY, decision="1",
            rule_since=DAY,
        )  # fmt: skip


def chosen(basis: Basis) -> Basis:
    """The same, of a city that has chosen the draft of 2022."""
    version = replace(rule(rules.DRAFT_CHOSEN).nearest.versions[0], value=True)
    with store.supposing([replace(rule(rules.DRAFT_CHOSEN).nearest, versions=(version,))]):
        return replace(rules.basis(DAY), raise_blocks=basis.raise_blocks)


def by_sql(basis: Basis) -> dict[int, tuple[Any, ...]]:
    columns = ", ".join(f"f.{one}" for one in (*set_wise.COLUMNS[:8], *set_wise.COLUMNS[9:15]))
    with connection.cursor() as db:
        db.execute(
            f"SELECT f.business_id, {columns}, CASE WHEN f.missing = ''"  # noqa: S608
            f" THEN ({set_wise.reasons(basis)})::text ELSE '[]' END"
            f" FROM ({set_wise.reckoned(basis)}) f LEFT JOIN risk_profile p ON p.id = f.profile_id",
            set_wise.parameters(basis),
        )
        return {
            number: (*row[:-1], json.loads(row[-1], parse_float=Decimal))
            for number, *row in db.fetchall()
        }


def by_function(one: Facts, basis: Basis) -> tuple[Any, ...]:
    found = grade(one, basis)
    return (
        str(found.letter), str(found.by_points), str(found.missing), one.sheet, found.points,
        found.static, found.dynamic, found.conduct, one.findings.visits, found.failed,
        found.applicable,
        found.raised, found.lowered, found.serious, [plain(reason) for reason in found.reasons],
    )  # fmt: skip


def plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def summed(one: Facts) -> Facts:
    """The further visits each looked at one general item."""
    found = one.findings
    more = max(found.visits - 1, 0)
    return replace(one, findings=replace(found, applicable_general=found.applicable_general + more))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(city=st.lists(facts(), min_size=1, max_size=12), blocks=st.booleans(), drafted=st.booleans())
def test_a_city_in_sql_is_graded_as_each_of_its_businesses(
    city: list[Facts], blocks: bool, drafted: bool
) -> None:
    basis = replace(rules.basis(DAY), raise_blocks=blocks)
    basis = chosen(basis) if drafted else basis
    with transaction.atomic():
        numbers = stand(city)

        found = by_sql(basis)
        transaction.set_rollback(True)

    assert [found[number] for number in numbers] == [
        by_function(summed(one), basis) for one in city
    ]


@given(facts(), st.integers(1, 3))
def test_more_points_never_improve_a_grade(one: Facts, more: int) -> None:
    basis = rules.basis(DAY)
    found = replace(one, override="", findings=Findings(1, 1, 1, 20, 30))
    worse = replace(found, findings=Findings(1, 1 + more, 1, 20, 30))

    assert grade(worse, basis).letter >= grade(found, basis).letter
    assert bool(grade(worse, basis).letter) == bool(grade(found, basis).letter)
