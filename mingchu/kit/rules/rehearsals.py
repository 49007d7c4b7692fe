"""Rehearsals 试算: what a version would change, shown before anybody approves it.

A context that decides by a family of rules hangs in how it would decide; the page only asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mingchu.base.slots import Slot
from mingchu.kit.models import RuleVersion
from mingchu.kit.rules import records
from mingchu.rulebook import store
from mingchu.rulebook.domain import Rule, family


@dataclass(frozen=True)
class Draft:
    """A version that is not in force, as whoever rehearses it needs it.

    Inside `store.supposing([draft.rule])` every question of that thread hears it.
    """

    version_id: int
    rule: Rule

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def since(self) -> Any:
        return self.rule.versions[0].since


@dataclass(frozen=True)
class Row:
    """A line of a rehearsal: the cells, and where the thing itself is shown."""

    cells: Sequence[object]
    href: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """What would come of it: a sentence, and whom or what it concerns, as a table.

    `of` counts all that move where `rows` are the first of them.
    """

    summary: str
    head: Sequence[str] = ()
    rows: Sequence[Row] = field(default_factory=tuple)
    of: int = 0


# By the family of a rule, such as `grade`.
REHEARSALS: Slot[Callable[[Draft], Rehearsal]] = Slot("rehearsals")


def may_be_rehearsed(row: RuleVersion) -> bool:
    return REHEARSALS.get(family(row.rule)) is not None


def rehearse(row: RuleVersion) -> Rehearsal | None:
    """Nothing is written; None where nobody decides by such rules."""
    play = REHEARSALS.get(family(row.rule))
    if play is None:
        return None
    draft = Draft(row.pk, records.rule_of([row]))
    with store.supposing([draft.rule]):
        return play(draft)
