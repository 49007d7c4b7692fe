"""Clocks 期限: every term that runs on a letter, out of what happened to it and the calendar.

Nothing is stored that could go stale: a page asks again, the list keeps an index that is rebuilt
at every step and every night. The day of an act is not counted; a term is under the rule of the
day it began on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mingchu.base.workdays import Calendar, Due
from mingchu.complaints.domain.states import BACK, Kind, State
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.kinds import Unit

ONE_DAY = timedelta(days=1)
Norms = Callable[[str, date], Ruling]


class Term(StrEnum):
    """What runs, in the order in which it is shown."""

    ACCEPT = "accept"
    DISPUTE = "dispute"
    MEDIATE = "mediate"
    CHECK = "check"
    END_NOTICE = "end_notice"
    REPORTER_NOTICE = "reporter_notice"
    FOLLOW_UP = "follow_up"


RULES = {
    Term.ACCEPT: "complaint.accept_days",
    Term.DISPUTE: "complaint.dispute_days",
    Term.MEDIATE: "complaint.mediate_days",
    Term.CHECK: "complaint.check_days",
    Term.END_NOTICE: "complaint.end_notice_days",
    Term.REPORTER_NOTICE: "complaint.reporter_notice_days",
    Term.FOLLOW_UP: "complaint.follow_up_days",
}
EXTENSION = "complaint.check_extension_days"
TESTING = {
    Term.MEDIATE: "complaint.testing_excluded_mediation",
    Term.CHECK: "complaint.testing_excluded_check",
}


class Standing(StrEnum):
    """How a clock stands on a day."""

    RUNNING = "running"
    HELD = "held"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"


@dataclass(frozen=True)
class Step:
    """Something that was done on a day, and how the letter stood afterwards."""

    move: str
    on: date
    after: str


@dataclass(frozen=True)
class Letter:
    """What clocks ask of a letter: its kind, the day it came, whether its writer is named."""

    kind: str
    received: date
    named: bool
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Span:
    """Days that do not count: those after `since`, up to and with `until`; None: it goes on."""

    since: date
    until: date | None

    def days(self) -> Iterator[date]:
        length = (self.until - self.since).days if self.until else 0
        return (self.since + ONE_DAY * n for n in range(1, length + 1))


@dataclass(frozen=True)
class Clock:
    """One term: since when, until when, when it was met, and what does not count.

    `due` is None while testing holds it. `extended` is the day up to which it ran before.
    """

    term: Term
    began: date
    due: date | None
    provisional: bool
    met: date | None
    ruling: Ruling
    held: tuple[Span, ...] = ()
    extended: date | None = None
    extension: Ruling | None = None

    def standing(self, today: date) -> Standing:
        if self.met:
            return Standing.LATE if self.due and self.met > self.due else Standing.MET
        if self.due is None:
            return Standing.HELD
        return Standing.OVERDUE if today > self.due else Standing.RUNNING

    @property
    def runs(self) -> bool:
        return self.met is None


def valid_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that still count: one that leads back takes away what had ended the letter."""
    kept: list[Step] = []
    for step in steps:
        if step.move in BACK:
            while kept and kept[-1].after != step.after:
                kept.pop()
        else:
            kept.append(step)
    return tuple(kept)


def clocks(letter: Letter, norms: Norms, calendar: Calendar) -> tuple[Clock, ...]:
    """Every clock that ran or runs on the letter."""
    steps = valid_steps(letter.steps)
    found = [
        _clock(term, began, met, steps, norms, calendar)
        for term, began, met in _terms(letter, steps)
    ]
    return tuple(sorted(found, key=lambda one: list(Term).index(one.term)))


def _terms(letter: Letter, steps: Sequence[Step]) -> Iterator[tuple[Term, date, date | None]]:
    """Each term with the day it began and the day it was met."""
    first = Term.ACCEPT if letter.kind == Kind.COMPLAINT else Term.CHECK
    unsettled: tuple[str, ...] = (State.RECEIVED, State.DISPUTED)
    if first is Term.CHECK:
        unsettled = (*unsettled, State.CHECKING)
    yield first, letter.received, _left(steps, unsettled)
    begins = {
        State.DISPUTED: Term.DISPUTE,
        State.ACCEPTED: Term.MEDIATE,
        State.ENDED: Term.END_NOTICE,
        State.CLOSED: Term.FOLLOW_UP,
        **(
            dict.fromkeys((State.FILED, State.NOT_FILED), Term.REPORTER_NOTICE)
            if letter.named
            else {}
        ),
    }
    for at, step in enumerate(steps):
        before = steps[at - 1].after if at else State.RECEIVED
        term = begins.get(State(step.after))
        if term and before != step.after:
            yield term, step.on, _left(steps[at + 1 :], (step.after,))


def _left(steps: Sequence[Step], states: Sequence[str]) -> date | None:
    """The day of the first step that leads out of the states."""
    return next((step.on for step in steps if step.after not in states), None)


def _clock(
    term: Term,
    began: date,
    met: date | None,
    steps: Sequence[Step],
    norms: Norms,
    calendar: Calendar,
) -> Clock:
    ruling = norms(RULES[term], began)
    held = _held(term, began, steps, norms)
    first = _due(ruling, began, held, calendar)
    extension = _extension(steps, norms) if term is Term.CHECK else None
    last = _due(extension, first.day, held, calendar) if extension and first else first
    return Clock(
        term=term,
        began=began,
        due=last.day if last else None,
        provisional=bool(last and last.provisional),
        met=met,
        ruling=ruling,
        held=held,
        extended=first.day if extension and first else None,
        extension=extension,
    )


def _extension(steps: Sequence[Step], norms: Norms) -> Ruling | None:
    found = next((step for step in steps if step.move == "extend_check"), None)
    return norms(EXTENSION, found.on) if found else None


def _held(term: Term, began: date, steps: Sequence[Step], norms: Norms) -> tuple[Span, ...]:
    """Testing times, where they do not count into this term."""
    if term not in TESTING or not norms(TESTING[term], began).value:
        return ()
    found: list[Span] = []
    for step in steps:
        if step.move == "begin_testing":
            found.append(Span(step.on, None))
        elif step.move == "end_testing" and found:
            found[-1] = Span(found[-1].since, step.on)
    return tuple(found)


def _due(ruling: Ruling, start: date, held: Sequence[Span], calendar: Calendar) -> Due | None:
    """The last day of the term; None while an open span may still push it on."""
    days = {day for span in held for day in span.days()}
    if ruling.unit is Unit.WORKING_DAY:
        counted = Calendar(calendar.off | days, calendar.makeup - days, calendar.announced)
        found = ruling.due(start, counted)
    else:
        found = _shifted(ruling.due(start, calendar), start, days)
    waits = any(span.until is None and span.since < found.day for span in held)
    return None if waits else found


def _shifted(due: Due, start: date, held: set[date]) -> Due:
    """A term of the calendar goes on for as many days as did not count."""
    left = (due.day - start).days
    day = start
    while left:
        day += ONE_DAY
        left -= day not in held
    return Due(day, due.provisional)


def next_due(found: Sequence[Clock]) -> Clock | None:
    """The running clock that ends first."""
    running = [clock for clock in found if clock.runs and clock.due]
    return min(
        running, key=lambda one: (one.due or date.max, list(Term).index(one.term)), default=None
    )


def is_too_old(known: date, received: date, norms: Norms, calendar: Calendar) -> bool:
    """Whether the harm had been known for longer than a complaint may wait."""
    return received > norms("complaint.too_old_years", received).due(known, calendar).day
