"""Kinds of alerts 预警种类: what the rulebook says of each, read once and checked; pure.

A kind says how grave it is, by when, who receives it, what ends it, on which rule it rests, what
covers it, what many of it add up to. The table is the rule `alert.kinds`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mingchu.alerts.domain.states import Level

RULE = "alert.kinds"
REPORTED = "reported"  # an order of what somebody saw, which no table has
SEVERITIES = (1, 2, 3)
# The rules on deadlines by severity.
BY_SEVERITY = {1: "alert.red_hours", 2: "alert.orange_days", 3: "alert.yellow_days"}
STEP = "step"
# Labels that every alert has by itself.
OWN_MARKS = ("business", "subject", "district", "station")


class Ends(StrEnum):
    """What ends it: that it is so no more, an officer's work, or either."""

    FACT = "fact"
    OFFICER = "officer"
    EITHER = "either"


@dataclass(frozen=True)
class Term:
    """How the deadline is found: under `key` of a rule, by severity, or on the day in a label."""

    rule: str = ""
    key: str = ""
    by_severity: str = ""
    label: str = ""


@dataclass(frozen=True)
class Cover:
    """An alert of the kind `by` covers this one where all `equal` marks are there and the same."""

    by: str
    equal: tuple[str, ...]


@dataclass(frozen=True)
class Cluster:
    """Many alerts of the kind become one of the kind `into`.

    `count` and `window` name the rules of how many within how long; with `distinct`, alerts count
    by what that label says and only those that have it; all `equal` marks are the same.
    """

    into: str
    count: str
    window: str
    equal: tuple[str, ...]
    distinct: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind as one version of the table has it."""

    code: str
    severity: int
    term: Term
    level: Level
    ends: Ends
    basis: str
    calls: bool
    group: str
    steps: Mapping[str, int]
    covered: tuple[Cover, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    once: bool = False
    may_silence: bool = True
    outside: bool = False
    watched: bool = False

    def severity_of(self, labels: Mapping[str, str]) -> int:
        """How grave a signal of it is, by the step it names."""
        return self.steps.get(labels.get(STEP, ""), self.severity)


def group_of(kind: Kind, subject: str, business: str) -> str:
    """What alerts of a kind share an order by: their business, or what each is about.

    `business` is how the house names it outside (`business:17HQF6WQ`), "" where there is none.
    """
    return business if kind.group == "business" and business else subject


def marks(
    labels: Mapping[str, str], *, business: int | None, subject: str, district: str, station: str
) -> dict[str, str]:
    """What an alert is compared by: its labels, and what every alert has; nothing empty."""
    own = dict(zip(OWN_MARKS, (str(business or ""), subject, district, station), strict=True))
    return {name: word for name, word in {**labels, **own}.items() if word}


def read(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Kind]:
    """The kinds of a version of the rule; what `faults` finds may fail here in any way."""
    return {code: _kind(code, said) for code, said in table.items()}


def _kind(code: str, said: Mapping[str, Any]) -> Kind:
    return Kind(
        code=code,
        severity=int(said["severity"]),
        term=_term(said["due"]),
        level=Level(said["level"]),
        ends=Ends(said["ends"]),
        basis=said["basis"],
        calls=said["order"],
        group=said["group"],
        steps=MappingProxyType({step: int(level) for step, level in said.get("steps", {}).items()}),
        covered=tuple(Cover(one["by"], tuple(one["equal"])) for one in said.get("covered", ())),
        clusters=tuple(map(_cluster, said.get("clusters", ()))),
        once=said.get("once", False),
        may_silence=said.get("silence", True),
        outside=said.get("outside", False),
        watched=said.get("watched", False),
    )


def _term(said: Mapping[str, Any]) -> Term:
    return Term(
        rule=said.get("rule", ""),
        key=said.get("key", ""),
        by_severity=said.get("by_severity", ""),
        label=said.get("day", ""),
    )


def _cluster(said: Mapping[str, Any]) -> Cluster:
    return Cluster(
        said["into"],
        said["count"],
        said["window"],
        tuple(said["equal"]),
        said.get("distinct", ""),
    )


# What may be wrong with a table, beyond what the rulebook's own check sees.

KEYS = {"severity", "due", "level", "ends", "basis", "order", "group"}
ALLOWED = {"steps", "covered", "clusters", "once", "silence", "outside", "watched"}
Choices = Mapping[str, frozenset[str] | None]


def faults(table: Mapping[str, Mapping[str, Any]], rules: Choices) -> Iterator[str]:
    """Everything that is wrong; `rules` are the ids known, with their keys where they are choices.

    No kind covers itself, by whatever way round, and none covers without an equal label.
    """
    for code, said in table.items():
        for wrong in _shape_faults(said) or _reference_faults(said, table, rules):
            yield f"{code}: {wrong}"
    if loop := _loop(table):
        yield f"{' > '.join(loop)}: covers itself"


def _shape_faults(said: Mapping[str, Any]) -> list[str]:
    checks = (
        (KEYS - said.keys(), "missing"),
        (said.keys() - KEYS - ALLOWED, "unknown key"),
        (set() if said.get("severity") in SEVERITIES else {"severity"}, "not 1 to 3"),
        (_outside(said.get("steps", {}).values(), SEVERITIES), "steps not 1 to 3"),
        (_outside([said.get("level")], list(Level)), "unknown level"),
        (_outside([said.get("ends")], list(Ends)), "unknown end"),
        (_outside([said.get("group")], ("business", "subject")), "unknown group"),
        (_outside([said.get("order")], (True, False)), "order neither true nor false"),
        (set() if _is_term(said.get("due")) else {"due"}, "no term"),
    )
    return [f"{why} {sorted(map(str, wrong))}" for wrong, why in checks if wrong]


def _outside(found: Any, allowed: Any) -> set[Any]:
    return {one for one in found if one not in allowed}


def _is_term(due: Any) -> bool:
    """A rule with or without a key, the key of the rules by severity, or a label with a day."""
    return isinstance(due, Mapping) and set(due) in (
        {"rule"},
        {"rule", "key"},
        {"by_severity"},
        {"day"},
    )


def _reference_faults(
    said: Mapping[str, Any], table: Mapping[str, Any], rules: Choices
) -> Iterator[str]:
    due = said["due"]
    named = [(said["basis"], ""), *_term_rules(due)]
    for one in said.get("clusters", ()):
        named += [(one["count"], ""), (one["window"], "")]
        yield from (f"clusters into {one['into']}" for _ in [0] if one["into"] not in table)
        yield from ("clusters without an equal label" for _ in [0] if not one["equal"])
    for rule, key in named:
        if rule not in rules:
            yield f"no rule {rule}"
        elif key and key not in (rules[rule] or ()):
            yield f"no {key} in {rule}"
    for one in said.get("covered", ()):
        if one["by"] not in table:
            yield f"covered by {one['by']}, which is no kind"
        if not one["equal"]:
            yield f"covered by {one['by']} without an equal label"


def _term_rules(due: Mapping[str, str]) -> list[tuple[str, str]]:
    if "by_severity" in due:
        return [(rule, due["by_severity"]) for rule in BY_SEVERITY.values()]
    return [(due["rule"], due.get("key", ""))] if "rule" in due else []


def _loop(table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A way from a kind to itself through what covers it; empty if there is none."""

    def walk(code: str, way: list[str]) -> list[str]:
        if code in way:
            return [*way[way.index(code) :], code]
        covers = (one["by"] for one in table.get(code, {}).get("covered", ()))
        return next((found for one in covers if (found := walk(one, [*way, code]))), [])

    return next((found for code in table if (found := walk(code, []))), [])
