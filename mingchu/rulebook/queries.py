"""Reads of the rulebook: what its pages and its API show, on a day, in this city."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.rulebook import store
from mingchu.rulebook.domain import (
    Citation,
    Resolved,
    Rule,
    Ruling,
    Title,
    Version,
    family,
    unknown,
)
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.values import plain

IN_FORCE, AHEAD, REPEALED = "in_force", "ahead", "repealed"


@dataclass(frozen=True)
class Entry:
    """A rule of the book as it stands on a day: the version that speaks, or the nearest to it."""

    id: str
    rule: Rule
    version: Version
    state: str
    tested: int

    @property
    def title(self) -> Title:
        return self.rule.title

    @property
    def family(self) -> str:
        return family(self.id)


def entry(rule_id: str, day: date) -> Entry:
    """Refusal `unknown_rule` where there is none."""
    resolved = store.rule(rule_id)
    segment = resolved.segment(day) or resolved.segments[0]
    state = AHEAD if segment.begins > day else IN_FORCE
    if segment.version.value is None:
        state = REPEALED
    tested = resolved.tested.get((segment.rule.jurisdiction, segment.version.since), 0)
    return Entry(rule_id, segment.rule, segment.version, state, tested)


def entries(day: date, *, internal: bool = False) -> list[Entry]:
    """Every rule of this city that everybody may read, by id; if asked for, internal ones too."""
    known = store.rulebook().ids_in(store.here())
    return [entry(name, day) for name in known if internal or not store.rule(name).is_internal]


def open_rule(rule_id: str) -> Resolved:
    """A rule that everybody may read; an internal one is as unknown here as one that is not."""
    found = store.rule(rule_id)
    if found.is_internal:
        raise unknown(rule_id)
    return found


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; words in `q` are joined by and."""

    q: str = ""
    family: str = ""
    status: str = ""
    jurisdiction: str = ""

    @property
    def is_all(self) -> bool:
        return not (self.q or self.family or self.status or self.jurisdiction)

    def fits(self, one: Entry) -> bool:
        return (
            self.family in ("", one.family)
            and self.status in ("", one.version.status)
            and self.jurisdiction in ("", one.rule.jurisdiction)
            and all(word in _searched(one) for word in self.q.casefold().split())
        )


def _searched(one: Entry) -> str:
    cite = one.version.cite
    parts = (one.id, one.title.zh, one.title.en, cite.law, cite.number, cite.article)
    return "\n".join(parts).casefold()


def statuses(known: Iterable[Entry]) -> dict[Status, int]:
    """How many rules stand on each footing, all statuses in their order."""
    counted = dict.fromkeys(Status, 0)
    for one in known:
        counted[one.version.status] += 1
    return counted


@dataclass(frozen=True)
class Voice:
    """One version of one jurisdiction in the history of a rule; `speaks` on the day asked for."""

    rule: Rule
    version: Version
    speaks: bool
    tested: int


def history(resolved: Resolved, day: date) -> list[Voice]:
    """Every version of everybody, the newest first."""
    now = resolved.segment(day)
    voices = [
        Voice(
            rule,
            version,
            now is not None and version is now.version,
            resolved.tested.get((rule.jurisdiction, version.since), 0),
        )
        for rule in resolved.rules
        for version in rule.versions
    ]
    return sorted(voices, key=lambda one: one.version.since, reverse=True)


def speakers(resolved: Resolved, day: date) -> list[Voice]:
    """Who says something on the day, the nearest first; the first with a value speaks."""
    now = resolved.segment(day)
    found = ((rule, rule.latest(day)) for rule in resolved.rules)
    return [
        Voice(rule, version, now is not None and version is now.version, 0)
        for rule, version in found
        if version
    ]


def ruling(resolved: Resolved, day: date) -> tuple[Ruling | None, Refusal | None]:
    """What holds on the day, or why nothing does: a page shows either."""
    try:
        return resolved.on(day), None
    except Refusal as no:
        return None, no


def cite_plain(cite: Citation) -> dict[str, str]:
    return {
        "law": cite.law,
        "number": cite.number,
        "article": cite.article,
        "published": cite.published.isoformat(),
    }


def ruling_plain(found: Ruling) -> dict[str, Any]:
    """A ruling as the API and the command line give it."""
    return {
        "id": found.id,
        "title": {"zh": found.title.zh, "en": found.title.en},
        "value": plain(found.value),
        "unit": str(found.unit),
        "shape": str(found.shape),
        "cite": cite_plain(found.cite),
        "status": str(found.status),
        "checked": found.checked.isoformat(),
        "since": found.since.isoformat(),
        "until": found.until.isoformat() if found.until else None,
        "jurisdiction": found.jurisdiction,
        "tested": found.tested,
    }


def entry_plain(one: Entry, day: date) -> dict[str, Any]:
    """A row of the API's list; what is not in force has no value."""
    found, _no = ruling(store.rule(one.id), day)
    if found:
        return {**ruling_plain(found), "state": one.state}
    return {
        "id": one.id,
        "title": {"zh": one.title.zh, "en": one.title.en},
        "value": None,
        "unit": str(one.rule.unit),
        "shape": str(one.rule.shape),
        "cite": cite_plain(one.version.cite),
        "status": str(one.version.status),
        "checked": one.version.checked.isoformat(),
        "since": one.version.since.isoformat(),
        "until": None,
        "jurisdiction": one.rule.jurisdiction,
        "tested": one.tested,
        "state": one.state,
    }


def grouped(known: Iterable[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """By family, in the order of their first rule."""
    families: dict[str, list[Entry]] = {}
    for one in known:
        families.setdefault(one.family, []).append(one)
    return iter(families.items())
