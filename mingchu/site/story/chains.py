"""A case as its entries tell it: each step with who, when, by which rule, with what evidence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.slots import BEGINNINGS
from mingchu.ledger import queries as ledger
from mingchu.ledger.queries import Sealed
from mingchu.registry import timeline
from mingchu.registry.domain import subject
from mingchu.registry.timeline import Line
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.store import rule
from mingchu.site.ledger import scoping
from mingchu.site.ledger.words import kind_word

CASES = 5  # of one page
LOOKED_THROUGH = 60


@dataclass(frozen=True)
class Step:
    """One entry in words; `ruling` is the version that spoke, where the act names one."""

    line: Line
    sealed: Sealed
    word: str
    ruling: Ruling | None
    own: bool


@dataclass(frozen=True)
class Chain:
    """Steps in order of time; `hidden` are those about somebody the reader may not see."""

    starts: Collection[UUID]
    steps: Sequence[Step]
    hidden: int

    @property
    def lasted_days(self) -> int:
        """City days from the first step to the last."""
        first, last = (clock.city(self.steps[at].line.at).date() for at in (0, -1))
        return (last - first).days


def chain(starts: Collection[UUID], reader: Actor) -> Chain:
    """What led to these entries and what followed, as far as the reader may see it."""
    found = ledger.chain(starts)
    seen = scoping.visible(reader.scopes_for("ledger.read"), found)
    return Chain(starts, _steps(seen, reader, starts), len(found) - len(seen))


def _steps(found: Sequence[Sealed], reader: Actor, own: Collection[UUID]) -> list[Step]:
    lines = timeline.lines_of([one.entry for one in found], reader)
    return [
        Step(line, one, kind_word(one.entry.kind), _ruling(one), one.entry.id in own)
        for line, one in zip(lines, found, strict=True)
    ]


def _ruling(sealed: Sealed) -> Ruling | None:
    """By its name and the day of its version, as the act wrote them down; else by the day of the
    act. A rule that is no longer in the book is shown as a word only."""
    entry = sealed.entry
    said = entry.told
    name = said.get("rule")
    if not name:
        return None
    day = said.get("since") or clock.city(entry.city_time).date().isoformat()
    try:
        return rule(name).on(datetime.fromisoformat(day).date())
    except Refusal:
        return None


def cases(
    number: int, reader: Actor, before: UUID | None = None
) -> tuple[list[Chain], UUID | None]:
    """The latest cases of a business, and where older ones begin.

    A case that begins with what another one led to is part of that one.
    """
    begun = ledger.story(
        [subject(number)], kinds=list(BEGINNINGS), before=before, limit=LOOKED_THROUGH
    )
    told: set[UUID] = set()
    found: list[Chain] = []
    for entry in reversed(begun):
        if entry.id in told:
            continue
        one = chain([entry.id], reader)
        told.update(step.sealed.entry.id for step in one.steps)
        if one.steps:
            found.append(one)
    newest = found[::-1]
    shown = newest[:CASES]
    return shown, next(iter(shown[-1].starts)) if len(newest) > CASES else None
