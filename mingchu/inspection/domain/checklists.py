"""Checklists 检查项目表: sheets of the library put together for one kind of business; pure.

A list is its JSON: `plain()` gives it, `from_plain` reads it again, `digest` names it. A visit and
a phone keep the digest, so that a record is read years later by the very list it was made with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.rulebook.domain import Title
from mingchu.rulebook.scoring import MEASURE, Weight
from mingchu.rulebook.values import plain as as_json

Number = int | float


@dataclass(frozen=True)
class Item:
    """One fact an inspector looks at. A measured one lies from `low` to `high`, both included, in
    `unit` of the rulebook. Law, article and status say what it rests on and how far that was
    compared."""

    id: str
    zh: str
    en: str
    weight: Weight
    group: str
    points: Number
    evidence: str = ""
    unit: str = ""
    low: Number | None = None
    high: Number | None = None
    law: str = ""
    article: str = ""
    number: str = ""
    status: str = ""

    @property
    def is_key(self) -> bool:
        return self.weight is Weight.KEY

    def fits(self, measured: Number) -> bool:
        """Whether a measured value lies in the range.

        >>> Item("a", "温", "t", Weight.KEY, "g", 3, low=None, high=8).fits(8)
        True
        """
        return (self.low is None or measured >= self.low) and (
            self.high is None or measured <= self.high
        )

    def plain(self) -> dict[str, Any]:
        found = asdict(self) | {"weight": str(self.weight)}
        found["from"], found["to"] = found.pop("low"), found.pop("high")
        return found


@dataclass(frozen=True)
class Group:
    """A part of a list with its heading: the module its items come from."""

    id: str
    title: Title


@dataclass(frozen=True)
class Module:
    """A sheet of the library as it holds on a day; `rule` and `since` name its version."""

    id: str
    rule: str
    since: date
    title: Title
    status: str
    sheet: Mapping[str, Any]


@dataclass(frozen=True)
class Checklist:
    """What a visit looks at, item by item in its order; `versions` are rules and their days."""

    kind: str
    title: Title
    versions: Mapping[str, str]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]
    _at: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_at", {item.id: item for item in self.items})

    def item(self, name: str) -> Item | None:
        return self._at.get(name)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(item.id for item in self.items if item.is_key)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self._at)

    def of(self, group: str) -> tuple[Item, ...]:
        """The items under one heading."""
        return tuple(item for item in self.items if item.group == group)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of everything else."""
        return hashlib.sha256(canonical(self._told())).hexdigest()

    def plain(self) -> dict[str, Any]:
        """The list as JSON, for a table, a phone, a file."""
        return {"digest": self.digest, **self._told()}

    def _told(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "title": asdict(self.title),
            "versions": dict(self.versions),
            "groups": [{"id": one.id, **asdict(one.title)} for one in self.groups],
            "items": [item.plain() for item in self.items],
        }


def canonical(told: Mapping[str, Any]) -> bytes:
    """The one byte form of a list: sorted keys, no spaces, UTF-8.

    >>> canonical({"b": -18, "a": 2.5})
    b'{"a":2.5,"b":-18}'
    """
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def composed(
    kind: str, title: Title, modules: Iterable[Module], chosen_by: Mapping[str, date]
) -> Checklist:
    """The list of a kind of business from its modules in their order; an item that two modules
    name, or a module named twice, stands where it comes first. `chosen_by` are the rules that say
    which modules these are."""
    once: dict[str, Module] = {}
    items: dict[str, Item] = {}
    for module in modules:
        if once.setdefault(module.id, module) is not module:
            continue
        for raw in module.sheet["items"]:
            items.setdefault(str(raw["id"]), _item(raw, module))
    held = {item.group for item in items.values()}
    versions = {**chosen_by, **{module.rule: module.since for module in once.values()}}
    return Checklist(
        kind=kind,
        title=title,
        versions={rule: versions[rule].isoformat() for rule in sorted(versions)},
        groups=tuple(Group(one.id, one.title) for one in once.values() if one.id in held),
        items=tuple(items.values()),
    )


def _item(raw: Mapping[str, Any], module: Module) -> Item:
    cite, ends = raw.get("cite", {}), raw.get("range", {})
    measured = raw.get("evidence") == MEASURE
    return Item(
        id=raw["id"],
        zh=raw["zh"],
        en=raw["en"],
        weight=Weight(raw.get("weight", Weight.GENERAL)),
        group=module.id,
        points=as_json(raw.get("points", 0)),
        evidence=raw.get("evidence", ""),
        unit=raw.get("unit", "") if measured else "",
        low=as_json(ends.get("from")),
        high=as_json(ends.get("to")),
        law=cite.get("law", ""),
        article=cite.get("article", ""),
        number=cite.get("number", ""),
        status=str(raw.get("status", module.status)),
    )


def narrowed(checklist: Checklist, items: Collection[str] | None) -> Checklist:
    """The same list with these items alone, in its own order; None leaves it whole."""
    if items is None:
        return checklist
    known_all(checklist, items)
    kept = tuple(item for item in checklist.items if item.id in items)
    held = {item.group for item in kept}
    groups = tuple(group for group in checklist.groups if group.id in held)
    return replace(checklist, groups=groups, items=kept)


def is_full(checklist: Checklist, items: Collection[str] | None) -> bool:
    """Whether a visit that looks at these items looks at all 全项目; None means all."""
    return items is None or set(checklist.ids) <= set(items)


def known_all(checklist: Checklist, items: Iterable[str]) -> None:
    """Refusal `unknown_items` where a list has not got an item."""
    strange = sorted(set(items) - set(checklist.ids))
    if strange:
        raise Refusal(
            "unknown_items",
            "检查项目表里没有这些项目：{items}",
            fix="请从该表的项目里选",
            status=422,
            items=strange,
        )


def from_plain(told: Mapping[str, Any]) -> Checklist:
    """A list from its JSON; its digest is reckoned anew, so that another byte shows."""
    return Checklist(
        kind=told["kind"],
        title=Title(**told["title"]),
        versions=dict(told["versions"]),
        groups=tuple(Group(one["id"], Title(one["zh"], one["en"])) for one in told["groups"]),
        items=tuple(map(_from_plain, told["items"])),
    )


def _from_plain(told: Mapping[str, Any]) -> Item:
    rest = {key: value for key, value in told.items() if key not in ("from", "to", "weight")}
    return Item(**rest, weight=Weight(told["weight"]), low=told["from"], high=told["to"])


# ── Who gets what ──


@dataclass(frozen=True)
class Paper:
    """A valid licence as traits are read off it."""

    kind: str
    number: str
    items: Sequence[str]


@dataclass(frozen=True)
class Tells:
    """By what traits are told: category digits and words of special food, words of items."""

    codes: frozenset[str]
    names: frozenset[str]
    words: Mapping[str, Sequence[str]]


SPECIAL, SCHOOL, DELIVERY = "special_food", "school", "meal_delivery"
PRODUCTION, FOOD = "SC", "1"  # a production licence, and the digit of food in its number
SCHOOLS = ("school", "kindergarten")
SUPPLIER = "supplier"


def traits(papers: Iterable[Paper], serves: str, tells: Tells) -> frozenset[str]:
    """What a business is beside its kind, as far as it changes what is looked at.

    The same grounds as those of key supervision: words of the licences, and whom it feeds.
    """
    found = {SCHOOL} if serves in SCHOOLS else set[str]()
    if serves == SUPPLIER:
        found.add(DELIVERY)
    for paper in papers:
        if paper.kind == PRODUCTION and _is_special(paper, tells):
            found.add(SPECIAL)
        said = " ".join(paper.items)
        found |= {name for name, words in tells.words.items() if any(w in said for w in words)}
    return frozenset(found)


def _is_special(paper: Paper, tells: Tells) -> bool:
    """SC, one digit of what it is, two of the category: SC127… is health food."""
    coded = paper.number[2:3] == FOOD and paper.number[3:5] in tells.codes
    return coded or not tells.names.isdisjoint(paper.items)
