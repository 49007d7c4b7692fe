"""Sound 体检: what is wrong with a sheet, as places and words of the format; pure.

Bands join and cover their line once, points add up to the declared total, caps bite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from mingchu.rulebook.bands import is_number
from mingchu.rulebook.kinds import Status, Unit
from mingchu.rulebook.scoring.items import MEASURE, Better, Kind, Missing, Number, Weight, points_of
from mingchu.rulebook.scoring.saying import told

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
OPTION = re.compile(r"[a-z0-9][a-z0-9_]{0,62}")
NEEDED = {"id", "zh", "en", "kind"}
OPTIONAL = {
    "evidence", "group", "unit", "note", "cite", "status", "missing", "weight", "range",
}  # fmt: skip
OWN_KEYS = {
    Kind.BAND: {"points", "bands"},
    Kind.PER_DEFECT: {"points", "deduct"},
    Kind.ALL_OR_NOTHING: {"points"},
    Kind.RATIO: {"points"},
    Kind.VETO: set[str](),
    Kind.CHOICE: {"points", "options"},
}
SHEET_KEYS = {"items", "total", "caps", "missing", "better", "passing", "vetoes_say"}
CAP_KEYS = {"id", "zh", "en", "items", "most"}
BAND_KEYS = {"from", "to", "is"}
OPTION_KEYS = {"id", "zh", "en", "is"}
RANGE_KEYS = {"from", "to"}
CITE_KEYS = {"law", "number", "article", "published"}
LARGEST, PLACES = 10**12, 6  # numbers beyond are slips of the pen; within, sums stay exact
Found = Iterator[str]


def sheet_misfits(value: Any) -> Found:
    """What is wrong, each with its place; nothing where the sheet is sound."""
    if not isinstance(value, Mapping) or not isinstance(value.get("items"), list | tuple):
        yield "value: items"
        return
    yield from (f"value.{key}: ?" for key in sorted(value.keys() - SHEET_KEYS))
    wrong = [*_settings(value), *_items(value), *_caps(value)]
    yield from wrong
    # Sums are told of a sheet whose parts are sound; before that they would only confuse.
    if not wrong:
        yield from _sums(value)


def top_of(sheet: Mapping[str, Any]) -> Number:
    """What a sheet can give at most: its items, groups under a cap no more than the cap."""
    points = {str(item["id"]): points_of(item) for item in sheet["items"]}
    top: Number = sum(points.values(), 0)
    for cap in sheet.get("caps", ()):
        top -= max(sum((points[one] for one in cap["items"]), 0) - cap["most"], 0)
    return top


def _sums(sheet: Mapping[str, Any]) -> Found:
    top = top_of(sheet)
    if "total" not in sheet:
        yield "value.total: missing"
    elif sheet["total"] != top:
        yield f"value.total: {told(sheet['total'])} ≠ {told(top)}"
    if sheet.get("passing", 0) > top:
        yield f"value.passing: 0 – {told(top)}"


def _settings(sheet: Mapping[str, Any]) -> Found:
    for key in ("total", "passing"):
        if key in sheet and not _is_amount(sheet[key]):
            yield f"value.{key}: number, not below 0"
    yield from _one_of(sheet, "missing", Missing, "value")
    yield from _one_of(sheet, "better", Better, "value")


def _one_of(raw: Mapping[str, Any], key: str, known: Any, place: str) -> Found:
    if key in raw and raw[key] not in list(known):
        yield f"{place}.{key}: {', '.join(known)}"


def _is_amount(value: Any) -> bool:
    return _is_sane(value) and value >= 0


def _is_sane(value: Any) -> bool:
    if not is_number(value) or not Decimal(value).is_finite() or abs(value) > LARGEST:
        return False
    return Decimal(value) == round(Decimal(value), PLACES)


# ── Items ──


def _items(sheet: Mapping[str, Any]) -> Found:
    seen: set[str] = set()
    if not sheet["items"]:
        yield "value.items: missing"
    for number, item in enumerate(sheet["items"]):
        place = f"value.items[{number}]"
        if not isinstance(item, Mapping):
            yield f"{place}: mapping"
            continue
        yield from _item(sheet, item, f"{place} {item.get('id', '')}".rstrip())
        if item.get("id") in seen:
            yield f"{place}.id: {item['id']} twice"
        seen.add(str(item.get("id")))


def _item(sheet: Mapping[str, Any], item: Mapping[str, Any], place: str) -> Found:
    if item.get("kind") not in list(Kind):
        yield f"{place}.kind: {', '.join(Kind)}"
        return
    kind = Kind(item["kind"])
    needed = NEEDED | OWN_KEYS[kind]
    allowed = OPTIONAL | {"points"}
    yield from (f"{place}.{key}: missing" for key in sorted(needed - item.keys()))
    yield from (f"{place}.{key}: ?" for key in sorted(item.keys() - needed - allowed))
    yield from _named(item, place)
    yield from _one_of(item, "missing", Missing, place)
    yield from _one_of(item, "status", Status, place)
    yield from _one_of(item, "weight", Weight, place)
    yield from _measured(item, place)
    yield from _cite(item, place)
    if kind is Kind.PER_DEFECT and sheet.get("better") == Better.FEWER:
        yield f"{place}.kind: better fewer"
    if needed <= item.keys():
        yield from _points(item, kind, place)


def _named(raw: Mapping[str, Any], place: str) -> Found:
    if "id" in raw and not (isinstance(raw["id"], str) and NAME.fullmatch(raw["id"])):
        yield f"{place}.id: a-z, 0-9, _"
    for key in ("zh", "en"):
        if key in raw and not (isinstance(raw[key], str) and raw[key].strip()):
            yield f"{place}.{key}: text"


def _measured(item: Mapping[str, Any], place: str) -> Found:
    """What is measured says in what, and between which ends; nothing else has a range."""
    if item.get("evidence") != MEASURE:
        if "range" in item:
            yield f"{place}.range: ?"
        return
    yield from (f"{place}.{key}: missing" for key in ("range", "unit") if key not in item)
    yield from _one_of(item, "unit", Unit, place)
    yield from _range(item.get("range", {"from": 0}), f"{place}.range")


def _range(found: Any, place: str) -> Found:
    """One end at least, both included, the lower one first."""
    if not isinstance(found, Mapping) or not found or found.keys() - RANGE_KEYS:
        yield f"{place}: from, to"
    elif not all(_is_sane(end) for end in found.values()):
        yield f"{place}: number"
    elif len(found) == len(RANGE_KEYS) and found["to"] < found["from"]:
        yield f"{place}.to: < {told(found['from'])}"


def _cite(item: Mapping[str, Any], place: str) -> Found:
    if "cite" not in item:
        return
    cite = item["cite"]
    if not isinstance(cite, Mapping) or cite.keys() != CITE_KEYS:
        yield f"{place}.cite: {', '.join(sorted(CITE_KEYS))}"
    elif type(cite["published"]) is not date:
        yield f"{place}.cite.published: day"


def _points(item: Mapping[str, Any], kind: Kind, place: str) -> Found:
    if not _is_amount(points_of(item)):
        yield f"{place}.points: number, not below 0"
    elif kind is Kind.PER_DEFECT and not (_is_amount(item["deduct"]) and item["deduct"]):
        yield f"{place}.deduct: number, above 0"
    elif kind is Kind.BAND:
        wrong = list(_bands(item["bands"], f"{place}.bands"))
        yield from wrong or _band_points(item, place)
    elif kind is Kind.CHOICE:
        yield from _options(item, place)


def _band_points(item: Mapping[str, Any], place: str) -> Found:
    points = [band["is"] for band in item["bands"]]
    for number, gained in enumerate(points):
        if not _is_amount(gained) or gained > points_of(item):
            yield f"{place}.bands[{number}].is: 0 – {told(points_of(item))}"
            return
    if max(points) != points_of(item):
        yield f"{place}.points: {told(points_of(item))} ≠ {told(max(points))}"


def _options(item: Mapping[str, Any], place: str) -> Found:
    """Each option once, none above the points of the item, one that reaches them."""
    options = item["options"]
    if not isinstance(options, list | tuple) or not options:
        yield f"{place}.options: list"
        return
    seen: set[str] = set()
    for number, option in enumerate(options):
        here = f"{place}.options[{number}]"
        if not isinstance(option, Mapping) or option.keys() != OPTION_KEYS:
            yield f"{here}: {', '.join(sorted(OPTION_KEYS))}"
            return
        wrong = [*_titled(option, here), *_gives(option, item, here)]
        yield from wrong
        if wrong:
            return
        if option["id"] in seen:
            yield f"{here}.id: {option['id']} twice"
        seen.add(str(option["id"]))
    if max(one["is"] for one in options) != points_of(item):
        yield f"{place}.points: {told(points_of(item))} ≠ {told(max(o['is'] for o in options))}"


def _titled(option: Mapping[str, Any], here: str) -> Found:
    """An option may be a number of a list of the law, such as 0101."""
    if not (isinstance(option["id"], str) and OPTION.fullmatch(option["id"])):
        yield f"{here}.id: a-z, 0-9, _"
    for key in ("zh", "en"):
        if not (isinstance(option[key], str) and option[key].strip()):
            yield f"{here}.{key}: text"


def _gives(option: Mapping[str, Any], item: Mapping[str, Any], here: str) -> Found:
    if not _is_amount(option["is"]) or option["is"] > points_of(item):
        yield f"{here}.is: 0 – {told(points_of(item))}"


def _bands(bands: Any, place: str) -> Found:
    """Each begins where the one before it ends, so that the line is covered once."""
    if not isinstance(bands, list | tuple) or not bands:
        yield f"{place}: list"
        return
    for number, band in enumerate(bands):
        here = f"{place}[{number}]"
        if not isinstance(band, Mapping) or "is" not in band or band.keys() - BAND_KEYS:
            yield f"{here}: from, to, is"
            return
        wrong = [key for key in ("from", "to") if key in band and not _is_sane(band[key])]
        yield from (f"{here}.{key}: number" for key in wrong)
        if wrong:
            return
        yield from _joins(bands[number - 1] if number else None, band, here)


def _joins(before: Mapping[str, Any] | None, band: Mapping[str, Any], here: str) -> Found:
    """The first band holds its `from` too, so it may be that one number alone."""
    if before is None:
        if "from" in band and "to" in band and band["to"] < band["from"]:
            yield f"{here}.to: < {told(band['from'])}"
        return
    if "to" not in before:
        yield f"{here}: after the last"
    elif "from" not in band:
        yield f"{here}.from: missing"
    elif band["from"] != before["to"]:
        kind = "gap" if band["from"] > before["to"] else "overlap"
        yield f"{here}.from: {told(band['from'])} ≠ {told(before['to'])}, {kind}"
    elif "to" in band and band["to"] <= band["from"]:
        yield f"{here}.to: ≤ {told(band['from'])}"


# ── Caps ──


def _caps(sheet: Mapping[str, Any]) -> Found:
    caps = sheet.get("caps", ())
    if not isinstance(caps, list | tuple):
        yield "value.caps: list"
        return
    known = {str(item["id"]): item for item in sheet["items"] if _has_id(item)}
    taken = set(known)
    free = set(known)
    for number, cap in enumerate(caps):
        place = f"value.caps[{number}]"
        if not isinstance(cap, Mapping) or cap.keys() != CAP_KEYS:
            yield f"{place}: {', '.join(sorted(CAP_KEYS))}"
            continue
        yield from _named(cap, place)
        if cap["id"] in taken:
            yield f"{place}.id: {cap['id']} twice"
        taken.add(str(cap["id"]))
        yield from _members(cap, known, free, place)


def _has_id(item: Any) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get("id"), str)


def _members(
    cap: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], free: set[str], place: str
) -> Found:
    members = cap["items"]
    if not isinstance(members, list | tuple) or not members:
        yield f"{place}.items: list"
        return
    for one in members:
        # One item under two caps would be taken back twice.
        if one not in known or one not in free:
            yield f"{place}.items: {one} {'?' if one not in known else 'twice'}"
        free.discard(one)
    if not _is_amount(cap["most"]):
        yield f"{place}.most: number, not below 0"
    elif all(one in known and _is_amount(points_of(known[one])) for one in members):
        whole = sum((points_of(known[one]) for one in members), 0)
        if cap["most"] >= whole:
            yield f"{place}.most: < {told(whole)}"
