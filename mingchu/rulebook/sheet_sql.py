"""Sheets as SQL: a score sheet as PostgreSQL expressions over a column of answers, for a whole
city at once; it means what `scoring.score` means, which a property test proves.

Pure text. Nothing free ever enters it: names of items and of the column are checked against a
narrow pattern, numbers are written as numbers, all other words are this file's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mingchu.rulebook.scoring.evaluating import ABSENT, ASSUMED
from mingchu.rulebook.scoring.items import (
    NOT_APPLICABLE,
    Kind,
    Missing,
    Number,
    by_points,
    ends,
    missing_of,
    points_of,
)
from mingchu.rulebook.scoring.sound import NAME, OPTION

COLUMN = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")


@dataclass(frozen=True)
class SheetSql:
    """Expressions to put into a SELECT over rows that have the column of answers.

    Where the sheet would be refused, `missing` is true, `lacking` (text[]) names the items, and
    `points`, `lost` and `reasons` are NULL: nobody can take a half-read sheet for a result.
    `points`, `top`, `lost` are numeric, `vetoed` boolean, `reasons` the jsonb of `Reason.plain`.
    """

    points: str
    top: str
    lost: str
    missing: str
    lacking: str
    vetoed: str
    reasons: str


@dataclass(frozen=True)
class Part:
    """One item as expressions: points (NULL where refused), what it can give, why."""

    item: str
    points: str
    max: str
    why: str
    refused: str


def compiled(sheet: Mapping[str, Any], answers: str = "p.answers") -> SheetSql:
    """A sound sheet over a jsonb column of answers, keyed by item; other keys are not looked at."""
    if not COLUMN.fullmatch(answers):
        raise ValueError(f"not a column: {answers}")
    parts = [_part(sheet, item, _answer(answers, item)) for item in sheet["items"]]
    caps = [_cap(cap, parts) for cap in sheet.get("caps", ())]
    every = [*parts, *caps]
    points, top = _sum(one.points for one in every), _sum(one.max for one in every)
    refused = _any(one.refused for one in parts)
    names = _list((f"CASE WHEN {one.refused} THEN {_text(one.item)} END" for one in parts), "text")
    vetoes = (item for item in sheet["items"] if item["kind"] == Kind.VETO)
    return SheetSql(
        points=points,
        top=top,
        lost=f"({top} - {points})",
        missing=refused,
        lacking=names,
        vetoed=_any(f"{_answer(answers, item)} IS NOT DISTINCT FROM 'true'" for item in vetoes),
        reasons=f"CASE WHEN NOT {refused} THEN to_jsonb({_reasons(answers, parts, caps)}) END",
    )


def _part(sheet: Mapping[str, Any], item: Mapping[str, Any], answer: str) -> Part:
    policy = missing_of(sheet, item)
    own = KINDS[Kind(item["kind"])](item, answer)
    absent = f"coalesce({answer}, 'null') = 'null'"
    dropped = f"{answer} = '\"{NOT_APPLICABLE}\"'"
    nothing = {Missing.REFUSE: "NULL", Missing.ZERO: "0"}.get(policy, _number(points_of(item)))
    unanswered = str(policy is Missing.REFUSE).lower()
    return Part(
        item=item["id"],
        points=_case((own.fit, own.points), (absent, nothing), (dropped, "0"), other="NULL"),
        max=f"CASE WHEN {dropped} THEN 0 ELSE {_number(points_of(item))} END",
        why=_case((own.fit, own.why), other=_json(ASSUMED if policy is Missing.TOP else ABSENT)),
        refused=_case((own.fit, "false"), (absent, unanswered), (dropped, "false"), other="true"),
    )


# ── Kinds ──


@dataclass(frozen=True)
class Own:
    """How a kind reads an answer: whether it fits, and then what it gives and why."""

    fit: str
    points: str
    why: str


def _band(item: Mapping[str, Any], answer: str) -> Own:
    measured, bands = f"({answer})::numeric", item["bands"]
    inside = [f"{measured} >= {_number(bands[0]['from'])}"] if "from" in bands[0] else []
    inside += [f"{measured} <= {_number(bands[-1]['to'])}"] if "to" in bands[-1] else []
    tops = [f"{measured} <= {_number(one['to'])}" if "to" in one else "true" for one in bands]
    whys = (
        f"jsonb_build_object('measured', {answer}) || {_json({'is': 'band', **ends(item, place)})}"
        for place in range(len(bands))
    )
    return Own(
        fit=_if_kind(answer, "number", " AND ".join(inside) or "true"),
        points=_case(*zip(tops, (_number(one["is"]) for one in bands), strict=True)),
        why=_case(*zip(tops, whys, strict=True)),
    )


def _per_defect(item: Mapping[str, Any], answer: str) -> Own:
    defects, each = f"({answer})::numeric", _number(item["deduct"])
    gained = f"greatest({_number(points_of(item))} - {defects} * {each}, 0)"
    why = _json({"is": "defects", "each": item["deduct"]})
    return Own(
        fit=_if_kind(answer, "number", f"{defects} >= 0 AND {defects} = trunc({defects})"),
        points=f"trim_scale({gained})",
        why=f"jsonb_build_object('defects', {answer}) || {why}",
    )


def _all_or_nothing(item: Mapping[str, Any], answer: str) -> Own:
    return _yes_or_no(answer, (_number(points_of(item)), "met"), ("0", "unmet"))


def _veto(item: Mapping[str, Any], answer: str) -> Own:
    return _yes_or_no(answer, ("0", "veto"), (_number(points_of(item)), "clear"))


def _yes_or_no(answer: str, yes: tuple[str, str], no: tuple[str, str]) -> Own:
    told = f"{answer} = 'true'"
    return Own(
        fit=f"jsonb_typeof({answer}) = 'boolean'",
        points=_case((told, yes[0]), other=no[0]),
        why=_case((told, _json({"is": yes[1]})), other=_json({"is": no[1]})),
    )


def _ratio(item: Mapping[str, Any], answer: str) -> Own:
    part, whole = (f"({answer} -> '{key}')::numeric" for key in ("part", "whole"))
    sense = f"{part} >= 0 AND {part} <= {whole} AND {whole} > 0"
    alone = f"{answer} - '{{part,whole}}'::text[] = '{{}}'"
    whole_is = _if_kind(f"{answer} -> 'whole'", "number", f"{sense} AND {alone}")
    # `div` cuts to a whole number and loses no digit on the way there, as `/` would.
    cents = f"div({part} * {_number(points_of(item))} * 200 + {whole}, {whole} * 2)"
    why = _json({"is": "ratio"})
    return Own(
        fit=_if_kind(f"{answer} -> 'part'", "number", whole_is),
        points=f"trim_scale({cents} * 0.01)",
        why=f"{answer} || {why}",
    )


def _choice(item: Mapping[str, Any], answer: str) -> Own:
    ranked = by_points(item)
    has = [f"jsonb_exists({answer}, {_option(one)})" for one in ranked]
    known = ", ".join(f'"{_option(one)[1:-1]}"' for one in ranked)
    among = f"{answer} <@ '[{known}]'::jsonb"
    some = f"(CASE jsonb_typeof({answer}) WHEN 'array' THEN jsonb_array_length({answer}) > 0"
    chosen = [_json({"is": "choice", "chosen": one["id"]}) for one in ranked]
    return Own(
        fit=f"{some} WHEN 'string' THEN true ELSE false END AND {among})",
        points=_case(*zip(has, (_number(one["is"]) for one in ranked), strict=True)),
        why=_case(*zip(has, chosen, strict=True)),
    )


def _option(option: Mapping[str, Any]) -> str:
    """An option's own name; such names hold no quote."""
    if not OPTION.fullmatch(option["id"]):
        raise ValueError(f"not a name: {option['id']}")
    return f"'{option['id']}'"


KINDS: Mapping[Kind, Callable[[Mapping[str, Any], str], Own]] = {
    Kind.BAND: _band,
    Kind.PER_DEFECT: _per_defect,
    Kind.ALL_OR_NOTHING: _all_or_nothing,
    Kind.RATIO: _ratio,
    Kind.VETO: _veto,
    Kind.CHOICE: _choice,
}


# ── Caps and reasons ──


def _cap(cap: Mapping[str, Any], parts: list[Part]) -> Part:
    members, most = [one for one in parts if one.item in cap["items"]], _number(cap["most"])
    gained, top = _sum(one.points for one in members), _sum(one.max for one in members)
    why = _json({"is": "cap", "most": cap["most"]})
    return Part(
        item=cap["id"],
        # `least` passes over NULL: what is refused stays so by its own item.
        points=f"least({most} - {gained}, 0)",
        max=f"least({most} - {top}, 0)",
        why=f"jsonb_build_object('gained', trim_scale({gained})) || {why}",
        refused="false",
    )


def _reasons(answers: str, parts: list[Part], caps: list[Part]) -> str:
    """An array of what applies and of the caps that bite."""
    dropped = (f"({answers} -> {_text(one.item)}) = '\"{NOT_APPLICABLE}\"'" for one in parts)
    given = [
        f"CASE WHEN {no} THEN NULL ELSE {_reason(one)} END"
        for no, one in zip(dropped, parts, strict=True)
    ]
    taken = [f"CASE WHEN {one.points} < 0 OR {one.max} < 0 THEN {_reason(one)} END" for one in caps]
    return _list([*given, *taken], "jsonb")


def _reason(one: Part) -> str:
    return (
        f"jsonb_build_object('item', {_text(one.item)}, 'points', {one.points},"
        f" 'max', {one.max}, 'why', {one.why})"
    )


# ── Words of SQL ──


def _answer(answers: str, item: Mapping[str, Any]) -> str:
    return f"({answers} -> {_text(item['id'])})"


def _text(name: str) -> str:
    """A name of an item or cap; such names hold no quote."""
    if not NAME.fullmatch(name):
        raise ValueError(f"not a name: {name}")
    return f"'{name}'"


def _number(value: Number) -> str:
    """A number in full, negative ones in brackets."""
    text = f"{Decimal(value).normalize():f}"
    return f"({text})" if text.startswith("-") else text


def _json(facts: Mapping[str, Any]) -> str:
    """Words of this file and numbers of the sheet as jsonb."""
    text = ", ".join(f'"{key}": {_plain(value)}' for key, value in facts.items())
    return f"'{{{text}}}'::jsonb"


def _plain(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{Decimal(value).normalize():f}"


def _case(*branches: tuple[str, str], other: str = "NULL") -> str:
    whens = " ".join(f"WHEN {condition} THEN {result}" for condition, result in branches)
    return f"(CASE {whens} ELSE {other} END)"


def _if_kind(answer: str, kind: str, sense: str) -> str:
    """Looks at a value only once it is known what it is: a CASE is read in its order."""
    return f"(CASE WHEN jsonb_typeof({answer}) = '{kind}' THEN {sense} ELSE false END)"


def _sum(terms: Iterable[str]) -> str:
    """Whole numbers of a sheet are numeric too, so that no sum can run over."""
    return f"({' + '.join(('0::numeric', *terms))})"


def _any(conditions: Iterable[str]) -> str:
    return f"({' OR '.join(conditions) or 'false'})"


def _list(members: Iterable[str], of: str) -> str:
    return f"array_remove(ARRAY[{', '.join(members)}]::{of}[], NULL)"
