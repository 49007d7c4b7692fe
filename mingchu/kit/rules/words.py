"""What the pages of city rules say: values as tables and pictures, items, differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingchu.accounts.naming import actors_said
from mingchu.base import clock
from mingchu.kit.models import RuleState, RuleVersion
from mingchu.kit.rules import editing, records
from mingchu.kit.rules.forms import BETTER, KINDS, MISSING
from mingchu.kit.rules.pictures import bands_picture
from mingchu.rulebook import scoring, store
from mingchu.rulebook import words as rulebook
from mingchu.rulebook.domain import Citation, Rule, Ruling, Title, Version
from mingchu.rulebook.kinds import Shape, Status
from mingchu.rulebook.scoring import Kind
from mingchu.rulebook.words import Told

TONES = {
    RuleState.DRAFT: "",
    RuleState.IN_REVIEW: "warn",
    RuleState.RETURNED: "bad",
    RuleState.APPROVED: "valid",
    RuleState.WITHDRAWN: "off",
}


@dataclass(frozen=True)
class Line:
    """A version in a list."""

    row: RuleVersion
    title: str
    tone: str
    author: str
    speaks: str


def lines(rows: list[RuleVersion]) -> list[Line]:
    names = actors_said({row.author for row in rows})
    return [
        Line(row, title(row.rule), TONES[RuleState(row.state)], names[row.author], speaks(row))
        for row in rows
    ]


def title(rule_id: str) -> str:
    """By its name, or by its number where an update took the rule away."""
    if rule_id not in store.rulebook().ids_in(store.here()):
        return rule_id
    return rulebook.words(store.rule(rule_id).nearest.title)


def speaks(row: RuleVersion) -> str:
    """How an approved version stands today."""
    if row.state != RuleState.APPROVED:
        return ""
    if row.since > clock.today():
        return _("尚未施行")
    segment = store.rule(row.rule).segment(clock.today())
    return _("现行") if segment and segment.version.since == row.since else _("已被代替")


# ── Values ──


@dataclass(frozen=True)
class ItemWords:
    """An item of a sheet, line by line; `picture` shows the bands that `rows` say."""

    id: str
    name: str
    points: str
    how: str
    rows: tuple[tuple[str, str], ...]
    picture: SafeString
    missing: str
    cited: str
    status: str
    status_name: str
    caps: tuple[str, ...]


@dataclass(frozen=True)
class SheetWords:
    """A sheet as its viewer shows it."""

    total: str
    passing: str
    better: Any
    items: tuple[ItemWords, ...]
    caps: tuple[tuple[str, str, str, str], ...]


def sheet(value: Mapping[str, Any]) -> SheetWords:
    caps = value.get("caps", ())
    named = {one["id"]: _named(one) for one in value["items"]}
    return SheetWords(
        total=scoring.told(value.get("total", "—")),
        passing=scoring.told(value["passing"]) if "passing" in value else "",
        better=BETTER[scoring.better_of(value)],
        items=tuple(_item(value, one) for one in value["items"]),
        caps=tuple(
            (
                cap["id"],
                _named(cap),
                scoring.told(cap["most"]),
                _("、").join(named.get(one, one) for one in cap["items"]),
            )
            for cap in caps
        ),
    )


def _named(one: Mapping[str, Any]) -> str:
    return rulebook.words(Title(str(one.get("zh", one["id"])), str(one.get("en", one["id"]))))


def _item(value: Mapping[str, Any], item: Mapping[str, Any]) -> ItemWords:
    kind = Kind(item["kind"])
    cite, status = item.get("cite"), item.get("status", "")
    return ItemWords(
        id=item["id"],
        name=_named(item),
        points=scoring.told(scoring.points_of(item)),
        how=_how(item, kind),
        rows=_rows(item, kind),
        picture=bands_picture(item) if kind is Kind.BAND and item.get("bands") else SafeString(),
        missing=str(MISSING[scoring.missing_of(value, item)]),
        cited=rulebook.cited(Citation(**cite)) if cite else "",
        status=status,
        status_name=str(rulebook.STATUSES[Status(status)]) if status else "",
        caps=tuple(_named(cap) for cap in value.get("caps", ()) if item["id"] in cap["items"]),
    )


def _how(item: Mapping[str, Any], kind: Kind) -> str:
    if kind is Kind.PER_DEFECT and "deduct" in item:
        return _("每处问题扣{each}分，扣完为止").format(each=scoring.told(item["deduct"]))
    return str(KINDS[kind])


def _rows(item: Mapping[str, Any], kind: Kind) -> tuple[tuple[str, str], ...]:
    if kind is Kind.BAND:
        return tuple((one.said, scoring.told(one.points)) for one in scoring.bands_of(item))
    return tuple((_named(one), scoring.told(one["is"])) for one in item.get("options", ()))


def shown(rule: Rule | Ruling, value: Any) -> dict[str, Any]:
    """A value for a page: a sheet item by item, others as the public page shows them.

    A draft may be so unfinished that it cannot be told: then it is shown as it is kept.
    """
    if value is None or rule.shape is not Shape.SHEET:
        return _plainly(rule, value)
    # What is wrong in one place does not hide the others, but a sheet has to have items.
    return {"sheet": sheet(value), "words": None, "kept": ""}


def _plainly(rule: Rule | Ruling, value: Any) -> dict[str, Any]:
    broken = {"sheet": None, "words": None, "kept": records.written(value)}
    try:
        told = rulebook.value_words(Told(value, rule.unit, rule.shape, rule.labels))
    except (AttributeError, KeyError, TypeError, ValueError):
        return broken  # typed as YAML by hand; the faults beside it say what is wrong
    return {"sheet": None, "words": told, "kept": ""}


# ── A version beside what holds ──


@dataclass(frozen=True)
class Difference:
    """One thing that is other: where, before, after."""

    place: str
    before: str
    after: str


PLACES = {
    "total": gettext_lazy("总分"),
    "passing": gettext_lazy("合格分"),
    "vetoes_say": gettext_lazy("被否决的定为"),
    "better": gettext_lazy("分数的含义"),
    "missing": gettext_lazy("没有填写时"),
    "points": gettext_lazy("分值"),
    "deduct": gettext_lazy("每处扣分"),
    "bands": gettext_lazy("分档"),
    "options": gettext_lazy("情形"),
    "above": gettext_lazy("超过以上各档的"),
    "most": gettext_lazy("合计最多"),
    "zh": gettext_lazy("名称（中文）"),
    "en": gettext_lazy("名称（英文）"),
    "kind": gettext_lazy("怎样计分"),
    "is": gettext_lazy("得分"),
}
SILENT = {"items", "caps"}  # where a list stands, which needs no name


def differences(version: Version, ruling: Ruling) -> list[Difference]:
    """Against what would hold on its day without it."""
    found = editing.differences(ruling.value, version.value)
    names = {**_labels(ruling), **_item_names(ruling.value), **_item_names(version.value)}
    return [
        Difference(_place(place, names), _value(ruling, before), _value(ruling, after))
        for place, before, after in found
    ]


def _labels(ruling: Ruling) -> dict[str, str]:
    return {key: rulebook.words(words) for key, words in ruling.labels.items()}


def _item_names(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    known = [*value.get("items", ()), *value.get("caps", ())]
    parts = [part for one in known if isinstance(one, Mapping) for part in one.get("options", ())]
    return {one["id"]: _named(one) for one in (*known, *parts) if isinstance(one, Mapping)}


def _place(place: str, names: Mapping[str, str]) -> str:
    parts = [part for part in place.split(".") if part and part not in SILENT]
    return " · ".join(str(PLACES.get(part) or names.get(part, part)) for part in parts)


def _value(ruling: Ruling, value: Any) -> str:
    """A value in a cell: bands in signs, a whole item by its name."""
    if isinstance(value, list | tuple) and value and "is" in value[0]:
        return _("；").join(_band(value, place) for place in range(len(value)))
    if isinstance(value, Mapping):
        return _named(value) if "id" in value else records.written(value)
    if value is None:
        return "—"
    return rulebook.said(value, ruling.unit, ruling.labels)


def _band(bands: Any, place: int) -> str:
    if "from" in bands[place] or place == 0 or "to" not in bands[place]:
        said = scoring.bands_of({"bands": bands})[place]
        return f"{said.said}: {scoring.told(said.points)}"
    return f"≤ {scoring.told(bands[place]['to'])}: {scoring.told(bands[place]['is'])}"
