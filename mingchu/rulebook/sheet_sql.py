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
from itertools import groupby
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
    `told` is the inside of that list as text, for rows already known not to be refused.
    """

    points: str
    top: str
    lost: str
    missing: str
    lacking: str
    vetoed: str
    reasons: str
    told: str


@dataclass(frozen=True)
class Part:
    """One item as expressions: points (NULL where refused), what it can give, whether it is
    refused, and its reason as JSON text (NULL where it has none)."""

    item: str
    points: str
    max: str
    refused: str
    reason: str


def compiled(sheet: Mapping[str, Any], answers: str = "p.answers") -> SheetSql:
    """A sound sheet over a jsonb column of answers, keyed by item; other keys are not looked at."""
    if not COLUMN.fullmatch(answers):
        raise ValueError(f"not a column: {answers}")
    parts = [_part(sheet, item, _answer(answers, item)) for item in sheet["items"]]
    caps = [_cap(cap, parts) for cap in sheet.get("caps", ())]
    every = [*parts, *caps]
    points, top = _sum(one.points for one in every), _sum(one.max for one in every)
    refused = _any(one.refused for one in parts)
    names = (f"CASE WHEN {one.refused} THEN {_text(one.item)} END" for one in parts)
    # One text read once is five times as fast as objects built within objects.
    told = f"concat_ws(',', {', '.join(one.reason for one in every)})"
    vetoes = (item for item in sheet["items"] if item["kind"] == Kind.VETO)
    return SheetSql(
        points=points,
        top=top,
        lost=f"({top} - {points})",
        missing=refused,
        lacking=f"array_remove(ARRAY[{', '.join(names)}]::text[], NULL)",
        vetoed=_any(f"{_answer(answers, item)} IS NOT DISTINCT FROM 'true'" for item in vetoes),
        reasons=f"(CASE WHEN NOT {refused} THEN ('[' || {told} || ']')::jsonb END)",
        told=told,
    )


def _part(sheet: Mapping[str, Any], item: Mapping[str, Any], answer: str) -> Part:
    policy = missing_of(sheet, item)
    own = KINDS[Kind(item["kind"])](item, answer)
    absent = f"coalesce({answer}, 'null') = 'null'"
    dropped = f"{answer} = '\"{NOT_APPLICABLE}\"'"
    top = points_of(item)
    nothing, why = (top, ASSUMED) if policy is Missing.TOP else (0, ABSENT)
    refusing = policy is Missing.REFUSE
    unanswered = "NULL" if refusing else _number(nothing)
    return Part(
        item=item["id"],
        points=_case((own.fit, own.points), (absent, unanswered), (dropped, "0")),
        max=f"CASE WHEN {dropped} THEN 0 ELSE {_number(top)} END",
        refused=_case(
            (own.fit, "false"),
            (absent, str(refusing).lower()),
            (dropped, "false"),
            other="true",
        ),
        reason=_case((own.fit, own.reason), (absent, _reason(item["id"], nothing, top, why))),
    )


# ── Kinds ──


@dataclass(frozen=True)
class Own:
    """How a kind reads an answer: whether it fits, and then what it gives and its reason."""

    fit: str
    points: str
    reason: str


class Sql(str):
    """An expression among the constants of a reason."""

    __slots__ = ()


def _band(item: Mapping[str, Any], answer: str) -> Own:
    measured, bands = f"({answer})::numeric", item["bands"]
    inside = [f"{measured} >= {_number(bands[0]['from'])}"] if "from" in bands[0] else []
    inside += [f"{measured} <= {_number(bands[-1]['to'])}"] if "to" in bands[-1] else []
    tops = [f"{measured} <= {_number(one['to'])}" if "to" in one else "true" for one in bands]
    whys = ({"is": "band", "measured": Sql(answer), **ends(item, n)} for n in range(len(bands)))
    reasons = (
        _reason(item["id"], one["is"], points_of(item), why)
        for one, why in zip(bands, whys, strict=True)
    )
    return Own(
        fit=_if_kind(answer, "number", " AND ".join(inside) or "true"),
        points=_case(*zip(tops, (_number(one["is"]) for one in bands), strict=True)),
        reason=_case(*zip(tops, reasons, strict=True)),
    )


def _per_defect(item: Mapping[str, Any], answer: str) -> Own:
    defects, each, top = f"({answer})::numeric", item["deduct"], points_of(item)
    gained = Sql(f"trim_scale(greatest({_number(top)} - {defects} * {_number(each)}, 0))")
    why = {"is": "defects", "defects": Sql(answer), "each": each}
    return Own(
        fit=_if_kind(answer, "number", f"{defects} >= 0 AND {defects} = trunc({defects})"),
        points=gained,
        reason=_reason(item["id"], gained, top, why),
    )


def _all_or_nothing(item: Mapping[str, Any], answer: str) -> Own:
    return _yes_or_no(item, answer, (points_of(item), "met"), (0, "unmet"))


def _veto(item: Mapping[str, Any], answer: str) -> Own:
    return _yes_or_no(item, answer, (0, "veto"), (points_of(item), "clear"))


def _yes_or_no(
    item: Mapping[str, Any], answer: str, yes: tuple[Number, str], no: tuple[Number, str]
) -> Own:
    told, top = f"{answer} = 'true'", points_of(item)
    reasons = [_reason(item["id"], points, top, {"is": why}) for points, why in (yes, no)]
    return Own(
        fit=f"jsonb_typeof({answer}) = 'boolean'",
        points=_case((told, _number(yes[0])), other=_number(no[0])),
        reason=_case((told, reasons[0]), other=reasons[1]),
    )


def _ratio(item: Mapping[str, Any], answer: str) -> Own:
    part, whole = (f"({answer} -> '{key}')::numeric" for key in ("part", "whole"))
    sense = f"{part} >= 0 AND {part} <= {whole} AND {whole} > 0"
    alone = f"{answer} - '{{part,whole}}'::text[] = '{{}}'"
    whole_is = _if_kind(f"{answer} -> 'whole'", "number", f"{sense} AND {alone}")
    # `div` cuts to a whole number and loses no digit on the way there, as `/` would.
    cents = f"div({part} * {_number(points_of(item))} * 200 + {whole}, {whole} * 2)"
    gained = Sql(f"trim_scale({cents} * 0.01)")
    why = {"is": "ratio", "part": Sql(part), "whole": Sql(whole)}
    return Own(
        fit=_if_kind(f"{answer} -> 'part'", "number", whole_is),
        points=gained,
        reason=_reason(item["id"], gained, points_of(item), why),
    )


def _choice(item: Mapping[str, Any], answer: str) -> Own:
    ranked = by_points(item)
    has = [f"jsonb_exists({answer}, {_option(one)})" for one in ranked]
    known = ", ".join(f'"{_option(one)[1:-1]}"' for one in ranked)
    among = f"{answer} <@ '[{known}]'::jsonb"
    some = f"(CASE jsonb_typeof({answer}) WHEN 'array' THEN jsonb_array_length({answer}) > 0"
    reasons = (
        _reason(item["id"], one["is"], points_of(item), {"is": "choice", "chosen": one["id"]})
        for one in ranked
    )
    return Own(
        fit=f"{some} WHEN 'string' THEN true ELSE false END AND {among})",
        points=_case(*zip(has, (_number(one["is"]) for one in ranked), strict=True)),
        reason=_case(*zip(has, reasons, strict=True)),
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
    # `least` passes over NULL: what is refused stays so by its own item.
    points, top = Sql(f"least({most} - {gained}, 0)"), Sql(f"least({most} - {top}, 0)")
    why = {"is": "cap", "most": cap["most"], "gained": Sql(gained)}
    bites = f"{points} < 0 OR {top} < 0"
    return Part(
        item=cap["id"],
        points=points,
        max=top,
        refused="false",
        reason=_case((bites, _reason(cap["id"], points, top, why))),
    )


def _reason(
    item: str, points: Number | Sql, top: Number | Sql, why: Mapping[str, Number | str]
) -> str:
    """`Reason.plain` as JSON text: constants, with the expressions let in between them."""
    whys = ((key, why[key]) for key in why)
    told = ['{"item":"', item, '","points":', points, ',"max":', top, ',"why":{']
    for number, (key, value) in enumerate(whys):
        word = isinstance(value, str) and not isinstance(value, Sql)
        told += [f'{"," if number else ""}"{key}":', f'"{value}"' if word else value]
    return _joined([*told, "}}"])


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


def _joined(pieces: Iterable[Number | str]) -> str:
    """Constants and expressions as one text; a constant has no quote that SQL would see."""
    grouped = groupby(pieces, key=lambda one: isinstance(one, Sql))
    texts = (
        " || ".join(f"({one})::text" for one in group)
        if is_sql
        else f"'{''.join(map(_constant, group))}'"
        for is_sql, group in grouped
    )
    return f"({' || '.join(texts)})"


def _constant(piece: Number | str) -> str:
    return piece if isinstance(piece, str) else f"{Decimal(piece).normalize():f}"


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
