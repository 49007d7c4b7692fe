"""Rules 规则: a number of the law with the days it holds for, and who says so; no framework.

A rule has versions in the order of `since`. Nation, region and city may each say their own under
the same id: the nearest that says something on the day speaks. A version without a value is a
repeal, after which the next above speaks again, if it says anything.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.base.workdays import Calendar, Due
from mingchu.rulebook import bands, values
from mingchu.rulebook.kinds import Shape, Status, Unit

ONE_DAY = timedelta(days=1)
JURISDICTION = re.compile(r"cn(-\d{2}(\d{2}(\d{2})?)?)?")
RULE_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+")


@dataclass(frozen=True)
class Title:
    """Words in both languages, as the data give them."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Citation:
    """Where a value stands: law, its number, article, day of publication."""

    law: str
    number: str
    article: str
    published: date


@dataclass(frozen=True)
class Version:
    """What a rule says from `since` on; `value` None is a repeal."""

    since: date
    value: Any
    cite: Citation
    status: Status
    checked: date
    note: Title | None = None


@dataclass(frozen=True)
class Rule:
    """What one jurisdiction says under an id; versions stand in the order of `since`.

    `labels` are the words of the keys that a value is made of. An `internal` rule is for officers:
    no public page, list or interface tells it.
    """

    id: str
    title: Title
    unit: Unit
    shape: Shape
    jurisdiction: str
    versions: tuple[Version, ...]
    labels: Mapping[str, Title] = field(default_factory=lambda: MappingProxyType({}))
    internal: bool = False

    @property
    def family(self) -> str:
        return family(self.id)

    def latest(self, day: date) -> Version | None:
        """The version in force on the day, were there no other jurisdiction."""
        place = bisect_right(self.versions, day, key=lambda version: version.since)
        return self.versions[place - 1] if place else None


def family(rule_id: str) -> str:
    """The part before the first dot: the file a rule stands in.

    >>> family("disclosure.penalty_publish_days")
    'disclosure'
    """
    return rule_id.split(".", 1)[0]


def unknown(rule_id: str) -> Refusal:
    return Refusal(
        "unknown_rule",
        "没有编号为 {rule} 的规则",
        fix="请在规则目录里查找",
        status=404,
        rule=rule_id,
    )


def chain(jurisdiction: str) -> tuple[str, ...]:
    """Who may speak in a place, the nearest first.

    >>> chain("cn-1501")
    ('cn-1501', 'cn-15', 'cn')
    """
    if not JURISDICTION.fullmatch(jurisdiction):
        raise Refusal(
            "unknown_jurisdiction",
            "“{found}”不是辖区代码",
            fix="国家为 cn，省级如 cn-15，市级如 cn-1501",
            status=400,
            found=jurisdiction,
        )
    digits = jurisdiction[3:]
    return (*(f"cn-{digits[:end]}" for end in range(len(digits), 0, -2)), "cn")


@dataclass(frozen=True)
class Ruling:
    """A rule's answer for one day and place: the value, and everything that explains it.

    `until` is the last day of it that is known, None while it stands open; `tested` counts the
    jurists' cases that fall into this version.
    """

    id: str
    title: Title
    unit: Unit
    shape: Shape
    value: Any
    since: date
    until: date | None
    cite: Citation
    status: Status
    checked: date
    note: Title | None
    jurisdiction: str
    labels: Mapping[str, Title]
    tested: int = 0
    internal: bool = False

    def number(self) -> int | Decimal:
        """The value as a number; a Refusal where it is none."""
        if self.shape is not Shape.PLAIN or not bands.is_number(self.value):
            raise self._misasked()
        found: int | Decimal = self.value
        return found

    def choice(self, key: object) -> Any:
        """What the value holds under the key; a Refusal if it holds nothing there."""
        if self.shape is not Shape.CHOICE:
            raise self._misasked()
        if str(key) not in self.value:
            raise Refusal(
                "unknown_choice",
                "规则 {rule} 里没有“{key}”这一项",
                fix="可选：{known}",
                rule=self.id,
                key=key,
                known=list(self.value),
            )
        return self.value[str(key)]

    def band(self, measured: int | Decimal) -> Any:
        """What a measured number is."""
        if self.shape is not Shape.BANDS or not bands.is_number(measured):
            raise self._misasked()
        return bands.band(self.value, measured)

    def due(self, start: date, calendar: Calendar, key: object = None) -> Due:
        """The last day of the term that begins the day after `start`; of a choice, under `key`."""
        if self.unit not in values.DAYS:
            raise self._misasked()
        return values.due(self.unit, self._term(key), start, calendar)

    def due_at(self, start: datetime, key: object = None) -> datetime:
        """The moment at which the term ends that began at `start`."""
        if self.unit not in values.MOMENTS:
            raise self._misasked()
        return values.due_at(self.unit, self._term(key), start)

    def _term(self, key: object) -> int | Decimal:
        found = self.number() if key is None else self.choice(key)
        if not bands.is_number(found):
            raise self._misasked()
        term: int | Decimal = found
        return term

    def _misasked(self) -> Refusal:
        return Refusal(
            "rule_misasked",
            "规则 {rule} 不能这样问：它的形式是 {shape}，单位是 {unit}",
            fix="请按它的形式来问",
            rule=self.id,
            shape=self.shape,
            unit=self.unit,
        )


@dataclass(frozen=True)
class Segment:
    """Days on which the same version speaks; `begins` is later than its `since` if it spoke
    before and was overridden meanwhile."""

    begins: date
    rule: Rule
    version: Version


@dataclass(frozen=True)
class Resolved:
    """A rule as it holds in one place: what the nearest says, day by day."""

    id: str
    rules: tuple[Rule, ...]
    tested: Mapping[tuple[str, date], int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def nearest(self) -> Rule:
        return self.rules[0]

    @property
    def is_internal(self) -> bool:
        """What one jurisdiction keeps to the officers no other gives away."""
        return any(rule.internal for rule in self.rules)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """In the order of time; a repeal by all stays as the segment of the nearest repeal."""
        days = sorted({version.since for rule in self.rules for version in rule.versions})
        spoken = [Segment(day, *self._speaker(day)) for day in days]
        return tuple(
            one
            for before, one in zip([None, *spoken], spoken, strict=False)
            if before is None or before.version is not one.version
        )

    def _speaker(self, day: date) -> tuple[Rule, Version]:
        known = [(rule, found) for rule in self.rules if (found := rule.latest(day))]
        return next((pair for pair in known if pair[1].value is not None), known[0])

    def on(self, day: date) -> Ruling:
        """What holds on the day.

        Raises Refusal `rule_not_in_force` before the first version, `rule_repealed` after a repeal.
        """
        place = self._place(day)
        if not place:
            raise Refusal(
                "rule_not_in_force",
                "规则 {rule} 在 {day} 还没有施行",
                fix="最早自 {since} 起施行，请查询这一天或以后",
                rule=self.id,
                day=day,
                since=self.segments[0].begins,
            )
        if place not in self._rulings:
            self._rulings[place] = self._ruling(place - 1, day)
        return self._rulings[place]

    @cached_property
    def _rulings(self) -> dict[int, Ruling]:
        """Made once: a page asks for the same ones some twenty times."""
        return {}

    def segment(self, day: date) -> Segment | None:
        """Whose words hold on the day, a repeal included; None before the first."""
        place = self._place(day)
        return self.segments[place - 1] if place else None

    def _place(self, day: date) -> int:
        return bisect_right(self.segments, day, key=lambda segment: segment.begins)

    def _ruling(self, place: int, day: date) -> Ruling:
        segment = self.segments[place]
        rule, version = segment.rule, segment.version
        if version.value is None:
            raise Refusal(
                "rule_repealed",
                "规则 {rule} 自 {since} 起废止",
                fix="请查询废止以前的日期，或查阅废止它的《{law}》",
                rule=self.id,
                day=day,
                since=version.since,
                law=version.cite.law,
            )
        after = self.segments[place + 1 : place + 2]
        return Ruling(
            id=self.id,
            title=rule.title,
            unit=rule.unit,
            shape=rule.shape,
            value=version.value,
            since=version.since,
            until=after[0].begins - ONE_DAY if after else None,
            cite=version.cite,
            status=version.status,
            checked=version.checked,
            note=version.note,
            jurisdiction=rule.jurisdiction,
            labels=rule.labels,
            tested=self.tested.get((rule.jurisdiction, version.since), 0),
            internal=self.is_internal,
        )


def joined(rules: Sequence[Rule], more: Sequence[Rule]) -> list[Rule]:
    """Rules with the versions that others add to them: of one day the added one speaks."""
    known = {(rule.id, rule.jurisdiction): rule for rule in rules}
    for rule in more:
        key = (rule.id, rule.jurisdiction)
        before = known.get(key)
        versions = {
            one.since: one for one in (*(before.versions if before else ()), *rule.versions)
        }
        dated = tuple(versions[day] for day in sorted(versions))
        known[key] = replace(before or rule, versions=dated)
    return list(known.values())


class Rulebook:
    """Every rule of every jurisdiction, loaded once; never changed afterwards."""

    def __init__(
        self, rules: Sequence[Rule], tested: Mapping[tuple[str, str, date], int] | None = None
    ):
        self._rules = {(rule.id, rule.jurisdiction): rule for rule in rules}
        self._tested = dict(tested or {})
        self._resolved: dict[tuple[str, str], Resolved] = {}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def with_more(self, rules: Sequence[Rule]) -> Rulebook:
        """Another book in which these speak too."""
        return Rulebook(joined(list(self), rules), self._tested)

    def said_by(self, rule_id: str, jurisdiction: str) -> Rule | None:
        """What one jurisdiction says itself, nothing of the ones above it."""
        return self._rules.get((rule_id, jurisdiction))

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted({rule_id for rule_id, _ in self._rules}))

    def families(self) -> tuple[str, ...]:
        return tuple(sorted({family(rule_id) for rule_id in self.ids()}))

    def jurisdictions(self) -> tuple[str, ...]:
        """The farthest first."""
        return tuple(sorted({place for _, place in self._rules}))

    def ids_in(self, jurisdiction: str) -> tuple[str, ...]:
        """Ids of which somebody speaks there."""
        near = set(chain(jurisdiction))
        return tuple(sorted({rule_id for rule_id, place in self._rules if place in near}))

    def rule(self, rule_id: str, jurisdiction: str) -> Resolved:
        """The rule as it holds there; Refusal `unknown_rule` where nobody says anything."""
        key = (rule_id, jurisdiction)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(rule_id, jurisdiction)
        return self._resolved[key]

    def _resolve(self, rule_id: str, jurisdiction: str) -> Resolved:
        said = (self._rules.get((rule_id, place)) for place in chain(jurisdiction))
        rules = tuple(rule for rule in said if rule)
        if not rules:
            raise unknown(rule_id)
        tested = {
            (place, since): count
            for (known, place, since), count in self._tested.items()
            if known == rule_id
        }
        return Resolved(rule_id, rules, MappingProxyType(tested))
