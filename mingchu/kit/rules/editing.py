"""Editing 改写: what a form says becomes a value of the rule's format; no rows, no requests.

A value here is plain dicts and lists, as `writing.thawed` gives it; each function returns another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.rulebook.bands import is_number
from mingchu.rulebook.kinds import Shape, Unit
from mingchu.rulebook.scoring import Number

Value = dict[str, Any]
WORDS = {Unit.TEXT}
# Values that have no form of their own are typed as they are kept.
TYPED_AS_IS = {Unit.TABLE, Unit.PATTERN, Unit.CALENDAR}


def form_of(value: Any, unit: Unit, shape: Shape) -> str:
    """Which form a value is edited by: number, words, choice, bands, sheet, or yaml."""
    if shape in (Shape.SHEET, Shape.BANDS):
        return str(shape)
    if shape is Shape.CHOICE and unit not in TYPED_AS_IS and _is_flat(value):
        return "choice"
    if shape is Shape.PLAIN and unit not in TYPED_AS_IS and is_single(value):
        return "number" if is_number(value) else "words"
    return "yaml"


def _is_flat(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        one is None or is_single(one) for one in value.values()
    )


def is_single(value: Any) -> bool:
    return isinstance(value, str | bool) or is_number(value)


def exact(number: Decimal | None) -> Number | None:
    """A number as it is written: whole ones without a point.

    >>> exact(Decimal("3.0")), exact(Decimal("2.50"))
    (3, Decimal('2.5'))
    """
    if number is None:
        return None
    return int(number) if number == int(number) else number.normalize()


def word(text: str) -> Any:
    """What stands in a box that takes a number or a word.

    >>> word("2.5"), word("A"), word(" "), word("true")
    (Decimal('2.5'), 'A', None, True)
    """
    said = text.strip()
    if not said:
        return None
    if said in ("true", "false"):
        return said == "true"
    digits = said.removeprefix("-").replace(".", "", 1)
    # Codes such as 0101 are words, though they are made of digits.
    is_code = digits != "0" and digits.startswith("0") and "." not in said
    plain = digits.isascii() and digits.isdigit() and said[-1] != "." and not is_code
    return exact(Decimal(said)) if plain else said


def bands_value(rows: Iterable[tuple[Number | None, Any]], above: Any) -> Value:
    """Bands of a rule: ascending upper ends, and what lies above all."""
    return {
        "bands": [{"to": to, "is": said} for to, said in rows if to is not None],
        "above": above,
    }


def joined_bands(
    begin: Number | None, rows: Sequence[tuple[Number | None, Number | None]]
) -> list[Value]:
    """Bands of an item: each begins where the one before it ends, so none can gape.

    >>> joined_bands(0, [(200, 1), (None, 4), (None, None)])
    [{'from': 0, 'to': 200, 'is': 1}, {'from': 200, 'is': 4}]
    """
    bands: list[Value] = []
    for to, points in rows:
        if points is None:
            continue
        band: Value = {} if begin is None else {"from": begin}
        bands.append({**band, **({} if to is None else {"to": to}), "is": points})
        begin = to
    return bands


# ── Sheets ──


def with_settings(sheet: Value, settings: Mapping[str, Any]) -> Value:
    """The sheet's own lines; an empty one is left out."""
    kept = {key: value for key, value in sheet.items() if key not in settings}
    said = {key: value for key, value in settings.items() if value not in (None, "")}
    return _in_order({**kept, **said})


def with_item(sheet: Value, item: Value) -> Value:
    """The item takes the place of the one with its id, or comes last."""
    return {**sheet, "items": _placed(sheet["items"], item)}


def with_cap(sheet: Value, cap: Value) -> Value:
    return _in_order({**sheet, "caps": _placed(sheet.get("caps", []), cap)})


def _placed(known: list[Value], one: Value) -> list[Value]:
    ids = [other["id"] for other in known]
    if one["id"] not in ids:
        return [*known, one]
    place = ids.index(one["id"])
    return [*known[:place], one, *known[place + 1 :]]


def without(sheet: Value, one: str) -> Value:
    """Without an item or a cap; a cap that has no item left goes with its last."""
    items = [item for item in sheet["items"] if item["id"] != one]
    caps = [
        {**cap, "items": left}
        for cap in sheet.get("caps", [])
        if cap["id"] != one and (left := [name for name in cap["items"] if name != one])
    ]
    rest = {key: value for key, value in sheet.items() if key not in ("items", "caps")}
    return _in_order({**rest, "items": items, **({"caps": caps} if caps else {})})


def item_of(sheet: Mapping[str, Any], item: str) -> Mapping[str, Any]:
    """Refusal `unknown_item` where there is none."""
    found = next((one for one in sheet["items"] if one["id"] == item), None)
    if found is None:
        raise Refusal(
            "unknown_item",
            _noop("评分表里没有“{items}”"),
            fix=_noop("请按评分表上的项目作答"),
            status=404,
            items=item,
        )
    return dict(found)


def cap_of(sheet: Mapping[str, Any], cap: str) -> Mapping[str, Any] | None:
    return next((dict(one) for one in sheet.get("caps", ()) if one["id"] == cap), None)


ITEM_ORDER = ("id", "zh", "en", "points", "kind", "deduct", "missing", "bands", "options")
SHEET_ORDER = ("total", "passing", "vetoes_say", "better", "missing", "caps", "items")


def item_value(before: Mapping[str, Any], said: Mapping[str, Any]) -> Value:
    """An item with what its form says; what the form does not know stays as it was."""
    own = {"points", "deduct", "bands", "options"}
    kept = {key: value for key, value in before.items() if key not in own | said.keys()}
    told = {key: value for key, value in said.items() if value not in (None, "", [])}
    return _sorted({**kept, **told}, ITEM_ORDER)


def _in_order(sheet: Value) -> Value:
    return _sorted(sheet, SHEET_ORDER)


def _sorted(value: Value, order: Sequence[str]) -> Value:
    rank = {key: place for place, key in enumerate(order)}
    return dict(sorted(value.items(), key=lambda pair: rank.get(pair[0], len(rank))))


# ── Differences ──


def differences(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    """What is other, place by place: items and caps by id, bands as one.

    >>> differences({"A": 1, "B": 2}, {"A": 1, "B": 3})
    [('B', 2, 3)]
    """
    return list(_differences(before, after, ""))


def _differences(before: Any, after: Any, place: str) -> Iterable[tuple[str, Any, Any]]:
    if before == after:
        return
    one, two = _by_id(before), _by_id(after)
    if one is None or two is None:
        yield place, before, after
        return
    for key in [*one, *(key for key in two if key not in one)]:
        inner = f"{place}.{key}" if place else key
        yield from _differences(one.get(key), two.get(key), inner)


def _by_id(value: Any) -> Mapping[str, Any] | None:
    """A mapping as it is, a list of things with ids by them; of anything else nothing."""
    if isinstance(value, Mapping):
        return value
    listed = isinstance(value, list | tuple) and bool(value)
    if listed and all(isinstance(one, Mapping) and "id" in one for one in value):
        return {one["id"]: one for one in value}
    return None
