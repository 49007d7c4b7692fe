"""Importers 导入: what a context offers so that its lists can come in from Excel.

Planning reads and decides, writing writes what was planned: so a dry run and the import itself
can never come to different answers. All of it is set-wise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from mingchu.accounts.domain import Actor
from mingchu.base.errors import Refusal
from mingchu.base.slots import Slot
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.layouts import Layout

# How a subject stands, as JSON values; None: there is no such subject.
State = Mapping[str, Any]


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Planned:
    """What a row will do; one with a fault does nothing. `subject` is "" until it exists.

    A warning keeps nothing out: it says what somebody should look at again. `what` is what the
    importer made of the row and gets back to write; nobody else looks into it.
    """

    row: GoodRow
    outcome: Outcome
    subject: str = ""
    fault: Fault | None = None
    warnings: tuple[Fault, ...] = ()
    what: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Named:
    """A subject as people and programs outside know it; `url` is its page, if it has one."""

    id: str
    name: str
    url: str = ""


class Importer(Protocol):
    """A list of one context. `action` is what an actor must be allowed to do to import it.

    `by` nobody means the house itself, from its command line.
    """

    key: str
    title: Any
    action: str
    table: str
    layout: Layout

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        """One plan a row, in order; reads only. `as_of` is the day up to which the list knows."""

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        """Does it, inside the caller's transaction; the subject of each, in order."""

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        """How subjects stand now."""

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        """Puts subjects back to how they stood (None: before they were made); whom it could not."""

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        """How people and programs outside call subjects that are still there."""


IMPORTERS: Slot[Importer] = Slot("importers")


def importer(key: str) -> Importer:
    """The importer of that key."""
    found = IMPORTERS.get(key)
    if found is None:
        raise Refusal(
            "unknown_importer",
            "没有“{key}”这种导入清单",
            fix="请从批量导入页选择清单",
            status=404,
            key=key,
        )
    return found
