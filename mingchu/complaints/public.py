"""What whoever holds a letter's number sees of it: how it stands, until when, what was answered.
Nothing of a business, of whoever wrote, of whoever handles it; decided here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base import clock
from mingchu.complaints import queries, rules
from mingchu.complaints.domain.clocks import Standing
from mingchu.complaints.domain.numbers import grouped
from mingchu.complaints.domain.states import OVER
from mingchu.complaints.models import Complaint, State
from mingchu.complaints.words import TERMS

# Moves that the writer is told of.
TOLD = (
    "accept",
    "refuse",
    "return_to_intake",
    "begin_check",
    "agree",
    "end_mediation",
    "file_case",
    "file_no_case",
    "reply",
    "withdraw",
    "merge",
    "reopen",
    "unmerge",
)


@dataclass(frozen=True)
class Told:
    """A day and what was done on it."""

    day: date
    move: str


@dataclass(frozen=True)
class Awaited:
    """A term that runs, in words, and its last day."""

    term: str
    what: str
    due: date
    provisional: bool
    overdue: bool


@dataclass(frozen=True)
class PublicLetter:
    """One letter, or the half of one."""

    kind: str
    kind_name: str
    state: str
    state_name: str
    received: date
    reply: str
    told: tuple[Told, ...]
    awaited: tuple[Awaited, ...]
    merged: bool


@dataclass(frozen=True)
class PublicFile:
    """What stands under one number: the letter and what was parted from it."""

    number: str
    grouped: str
    letters: tuple[PublicLetter, ...]


def shown(number: str) -> PublicFile | None:
    """The file of a number of ours; of any other nothing."""
    found = queries.by_number(number, outside=True)
    if found is None:
        return None
    # What an officer found by himself is no part of what the writer sent.
    parts = [part for part in queries.parts_of(found) if part.channel == found.channel]
    return PublicFile(found.number, grouped(found.number), tuple(map(letter, (found, *parts))))


def letter(one: Complaint) -> PublicLetter:
    """A letter that was merged stands as the one it was merged into does, and has its answer."""
    main = one.merged_into or one
    steps = queries.steps_of(one)
    today = clock.today()
    running = rules.clocks_of(main, steps if main is one else queries.steps_of(main))
    return PublicLetter(
        kind=one.kind,
        kind_name=str(one.get_kind_display()),
        state=main.state,
        state_name=str(State(main.state).label),
        received=clock.city(one.received_at).date(),
        reply=main.reply if main.state in OVER else "",
        told=tuple(
            Told(clock.city(step.at).date(), step.move) for step in steps if step.move in TOLD
        ),
        awaited=tuple(
            Awaited(
                term=str(each.term),
                what=str(TERMS[each.term]),
                due=each.due,
                provisional=each.provisional,
                overdue=each.standing(today) is Standing.OVERDUE,
            )
            for each in running
            if each.runs and each.due and main.state not in OVER
        ),
        merged=main is not one,
    )
