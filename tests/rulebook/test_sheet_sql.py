"""The two evaluators of a sheet mean the same: one answer at a time, and a city at once in SQL."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from mingchu.base.errors import Refusal
from mingchu.rulebook import store
from mingchu.rulebook.kinds import Shape
from mingchu.rulebook.scoring import (
    NOT_APPLICABLE,
    Kind,
    Missing,
    lacking,
    points_of,
    score,
    sheet_misfits,
    top_of,
)
from mingchu.rulebook.sheet_sql import compiled

OPTIONS = ("0101", "02", "extracts")
amounts = st.decimals(0, 60, places=2) | st.integers(0, 60)
parts_of_sheets = st.sampled_from(list(Missing)) | st.none()


@st.composite
def items(draw: Any, number: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(list(Kind)))
    item = {"id": f"item_{number}", "zh": "项", "en": "item", "kind": str(kind)}
    if missing := draw(parts_of_sheets):
        item["missing"] = str(missing)
    if kind is Kind.BAND:
        item["bands"] = draw(bands())
        item["points"] = max(band["is"] for band in item["bands"])
    elif kind is Kind.CHOICE:
        item["options"] = [
            {"id": one, "zh": "项", "en": "option", "is": draw(amounts)} for one in OPTIONS
        ]
        item["points"] = max(option["is"] for option in item["options"])
    elif kind is not Kind.VETO or draw(st.booleans()):
        item["points"] = draw(amounts)
    if kind is Kind.PER_DEFECT:
        item["deduct"] = draw(amounts.filter(bool))
    return item


@st.composite
def bands(draw: Any) -> list[dict[str, Any]]:
    """Open or closed at either end, the first perhaps one number alone."""
    ends = sorted(draw(st.sets(st.decimals(-20, 60, places=1), min_size=1, max_size=5)))
    froms, tos = [None, *ends], [*ends, None]
    if draw(st.booleans()):
        froms, tos = froms[1:], tos[1:]
    if draw(st.booleans()) and len(tos) > 1:
        froms, tos = froms[:-1], tos[:-1]
    if froms[0] is not None and draw(st.booleans()):
        froms, tos = [froms[0], *froms], [froms[0], *tos]
    return [
        {
            **({} if low is None else {"from": low}),
            **({} if up is None else {"to": up}),
            "is": points,
        }
        for low, up in zip(froms, tos, strict=True)
        for points in [draw(amounts)]
    ]


@st.composite
def sheets(draw: Any) -> dict[str, Any]:
    known = [draw(items(number)) for number in range(draw(st.integers(1, 5)))]
    sheet: dict[str, Any] = {"items": known}
    if missing := draw(parts_of_sheets):
        sheet["missing"] = str(missing)
    group = draw(st.sets(st.sampled_from([one["id"] for one in known])))
    whole = sum(points_of(one) for one in known if one["id"] in group)
    if whole:
        most = draw(st.decimals(0, whole, places=1).filter(lambda one: one < whole))
        sheet["caps"] = [
            {"id": "cap", "zh": "限", "en": "cap", "items": sorted(group), "most": most}
        ]
    sheet["total"] = top_of(sheet)
    assert list(sheet_misfits(sheet)) == []
    return sheet


numbers = st.integers(-30, 80) | st.decimals(-30, 80, places=2) | st.just(10**30)
no_shares: list[Any] = [
    {"part": 1},
    {"part": 1, "whole": "2"},
    {"part": 1, "whole": 0},
    {"part": 1, "whole": 2, "more": 3},
    {"part": None, "whole": None},
]
strange = st.sampled_from([None, "", "7", True, False, [], [1], {}, 0.1, *no_shares])
chosen = st.lists(st.sampled_from([*OPTIONS, "05"]), max_size=3) | st.sampled_from(OPTIONS)
shares = st.fixed_dictionaries({"part": numbers, "whole": numbers})


def answers(item: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly such as fit the item, sometimes anything that JSON can hold."""
    own = {
        Kind.BAND: numbers,
        Kind.PER_DEFECT: st.integers(0, 40) | st.just(Decimal("2.0")),
        Kind.RATIO: shares,
        Kind.CHOICE: chosen,
    }.get(item["kind"], st.booleans())
    return own | own | own | st.just(NOT_APPLICABLE) | strange


@st.composite
def questions(draw: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    sheet = draw(sheets())
    asked = [item for item in sheet["items"] if draw(st.integers(0, 6))]
    return sheet, {item["id"]: draw(answers(item)) for item in asked}


def jsonb(value: Any) -> Jsonb:
    """Decimals as JSON has them: written in full."""

    def dumped(one: Any) -> str:
        if isinstance(one, dict):
            return f"{{{', '.join(f'{json.dumps(k)}: {dumped(v)}' for k, v in one.items())}}}"
        return str(one) if isinstance(one, Decimal) else json.dumps(one)

    return Jsonb(value, dumps=dumped)


def in_sql(sheet: dict[str, Any], given: dict[str, Any]) -> tuple[Any, ...]:
    made = compiled(sheet)
    asked = ", ".join((made.points, made.top, made.lost, made.missing, made.lacking, made.vetoed))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {asked}, ({made.reasons})::text FROM (SELECT %s AS answers) p",  # noqa: S608
            [jsonb({**given, "another": "sheet's"})],
        )
        *found, reasons = cursor.fetchone()
    return (*found, reasons and json.loads(reasons, parse_float=Decimal))


def as_object(sheet: dict[str, Any], given: dict[str, Any]) -> tuple[Any, ...]:
    names = list(lacking(sheet, given))
    vetoed = any(
        item["kind"] == Kind.VETO and given.get(item["id"]) is True for item in sheet["items"]
    )
    try:
        found = score(sheet, given)
    except Refusal:
        return (True, names, vetoed)
    reasons = [one.plain() for one in found.reasons]
    lost = sum(one.lost for one in found.lost)
    return (found.points, found.top, lost, False, names, found.vetoed, reasons)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(questions())
def test_both_evaluators_say_the_same(question):
    sheet, given = question

    points, top, lost, missing, names, vetoed, reasons = in_sql(sheet, given)

    expected = as_object(sheet, given)
    if expected[0] is True:
        assert (missing, names, vetoed) == expected
        assert (points, lost, reasons) == (None, None, None)
    else:
        assert (points, top, lost, missing, names, vetoed, reasons) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rule", [one for one in store.rulebook() if one.shape is Shape.SHEET], ids=lambda one: one.id
)
def test_the_sheets_of_this_house_score_alike_for_many_rows(rule):
    made = compiled(rule.versions[-1].value)

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {made.missing}) "  # noqa: S608
            "FROM (SELECT '{}'::jsonb AS answers FROM generate_series(1, 100)) p"
        )
        assert cursor.fetchone() in [(100, 100), (100, 0)]


@pytest.mark.parametrize("column", ["p.answers; --", "p.answers->'x'", "P", "a.b.c", ""])
def test_what_is_no_column_is_never_compiled(column):
    with pytest.raises(ValueError, match="not a column"):
        compiled({"items": []}, column)


def test_a_name_with_a_quote_is_never_compiled():
    item = {"id": "x' OR true --", "kind": "veto"}

    with pytest.raises(ValueError, match="not a name"):
        compiled({"items": [item]})
