"""The clocks of an order 时限: what its steps and the working-day calendar say, and nothing else.

Acceptance, handling and correction each have a clock of their own; a step may start others, such
as for a reply or a publication. None of them can overwrite another, and no deadline is stored but
as an index that is rebuilt from the steps.

* Working days are the city's days: a term ends with its last day. Hours run round the clock for
  severity 1, for the rest in office hours.
* Acceptance runs anew for whoever gets the order, and stops by any sign that it was taken.
* Handling is due at the earliest of what counts: its term by severity, the own terms of what it is
  about, and after a rise the shorter term from the rise on. Only a legal pause prolongs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from mingchu.alerts.domain.states import ENDS, UNTAKEN, Move, OrderState
from mingchu.alerts.domain.terms import Office, Term, Unit
from mingchu.base.clock import city, midnight
from mingchu.base.workdays import ONE_DAY, add_working_days, working_days_between

NOTHING = Term()  # before the opening said any


@dataclass(frozen=True)
class Beat:
    """A step as far as a clock hears it: what was done when, the state it led to, what it said.

    Of `data` it hears `severity` with `accept` and `handle` (terms), `own` and `own_from` (a term
    of what the order is about, and since when), `correct_by` (a day), `starts` and `stops` (other
    clocks, by name).
    """

    at: datetime
    move: Move
    after: OrderState
    data: Mapping[str, Any] = field(default_factory=dict)


class Cause(StrEnum):
    """Why a deadline is what it is; what pages say in words."""

    OPENED = "opened"
    HANDED = "handed"
    RAISED = "raised"
    LOWERED = "lowered"
    REOPENED = "reopened"
    JOINED = "joined"
    TOLD = "told"
    STARTED = "started"
    PAUSED = "paused"


@dataclass(frozen=True)
class Because:
    """One reason; `until` and `days` are of a pause."""

    cause: Cause
    at: datetime
    until: datetime | None = None
    days: int | None = None


@dataclass(frozen=True)
class Reading:
    """How a clock stands after the last step.

    `due` is the first moment that is too late; of a term in days it is the midnight after `day`.
    While it is paused it has no due, but `left` of its unit. `met` is when it was stopped.
    """

    term: Term
    started: datetime
    due: datetime | None
    day: date | None = None
    provisional: bool = False
    met: datetime | None = None
    paused: datetime | None = None
    left: int | None = None
    because: tuple[Because, ...] = ()

    @property
    def is_running(self) -> bool:
        return self.met is None and self.paused is None

    def is_late(self, now: datetime) -> bool:
        """Whether the due passed before it was met, or passed by now.

        What ends with a day is late from the next midnight on.
        """
        return self.due is not None and (self.met or now) >= self.due


@dataclass(frozen=True)
class Clocks:
    """All clocks of an order; one that never began is None."""

    accept: Reading | None
    handle: Reading | None
    correct: Reading | None
    others: Mapping[str, Reading]
    paused: bool = False

    @property
    def provisional(self) -> bool:
        """Whether a deadline that still runs crosses a year whose days off are not announced."""
        every = (self.accept, self.handle, self.correct, *self.others.values())
        return any(one.provisional for one in every if one and one.is_running)


@dataclass(frozen=True)
class _Run:
    """A term that counts from a moment; `own` if what the order is about brought it along."""

    start: datetime
    term: Term
    cause: Cause
    own: bool = False


@dataclass(frozen=True)
class _Pause:
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class _Told:
    """What the steps said so far; `begins` is when the present life of the order began."""

    begins: datetime | None = None
    severity: int = 0
    accept: tuple[_Run, ...] = ()
    accepted: datetime | None = None
    handle: tuple[_Run, ...] = ()
    ended: datetime | None = None
    pauses: tuple[_Pause, ...] = ()
    correct: _Run | None = None
    corrected: datetime | None = None
    others: Mapping[str, _Run] = field(default_factory=dict)
    stopped: Mapping[str, datetime] = field(default_factory=dict)
    accept_term: Term = NOTHING
    handle_term: Term = NOTHING


def clocks(beats: Iterable[Beat], office: Office) -> Clocks:
    """All clocks after these steps, which stand in the order of time."""
    told = _Told()
    for beat in beats:
        told = _hear(told, beat)
    read = _Reader(told.pauses, office)
    accept = read.first(told.accept, paused=False, met=told.accepted)
    handle = read.first(told.handle, paused=True, met=told.ended)
    correct = read.first((told.correct,) if told.correct else (), paused=False, met=told.corrected)
    others = {
        name: found
        for name, run in told.others.items()
        if (found := read.first((run,), paused=False, met=told.stopped.get(name)))
    }
    return Clocks(accept, handle, correct, others, _is_paused(told))


def _is_paused(told: _Told) -> bool:
    return bool(told.pauses) and told.pauses[-1].end is None and told.ended is None


def _hear(told: _Told, beat: Beat) -> _Told:
    for ear in (_severity, _life, _acceptance, _own, _pausing, _correction, _named):
        told = ear(told, beat)
    return told


def _terms(beat: Beat) -> tuple[Term, Term]:
    return Term.of(beat.data["accept"]), Term.of(beat.data["handle"])


def _severity(told: _Told, beat: Beat) -> _Told:
    """Opening sets the terms; a rise adds shorter ones from now on, a fall gives the longer ones
    from the beginning. What was paused before stays paused time in either."""
    if "severity" not in beat.data:
        return told
    accept, handle = _terms(beat)
    before, severity = told.severity, int(beat.data["severity"])
    told = replace(told, severity=severity, accept_term=accept, handle_term=handle)
    if before in (0, severity):
        return told
    change = _raised if severity < before else _lowered
    taken = told.accepted is not None
    return replace(
        told,
        accept=told.accept if taken else change(told.accept, accept, beat.at),
        handle=change(told.handle, handle, beat.at),
    )


def _raised(runs: tuple[_Run, ...], term: Term, at: datetime) -> tuple[_Run, ...]:
    return (*runs, _Run(at, term, Cause.RAISED)) if runs else ()


def _lowered(runs: tuple[_Run, ...], term: Term, at: datetime) -> tuple[_Run, ...]:
    """The longer term from where the first began; what has a term of its own keeps it."""
    first = next((run for run in runs if not run.own), None)
    new = (_Run(first.start, term, Cause.LOWERED),) if first else ()
    return (*new, *(run for run in runs if run.own))


def _life(told: _Told, beat: Beat) -> _Told:
    """Opening begins a life and reopening a new one; an end stops its clock."""
    if beat.move in (Move.OPEN, Move.REOPEN):
        cause = Cause.OPENED if beat.move is Move.OPEN else Cause.REOPENED
        accept = (_Run(beat.at, told.accept_term, cause),) if beat.after in UNTAKEN else ()
        return replace(
            told,
            begins=beat.at,
            handle=(_Run(beat.at, told.handle_term, cause),),
            accept=accept,
            accepted=None,
            ended=None,
            pauses=(),
            correct=None,
            corrected=None,
        )
    if beat.after in ENDS and told.ended is None:
        return replace(told, ended=beat.at)
    return told


HANDING = (Move.ASSIGN, Move.HAND_OVER, Move.FOLLOW_BUSINESS)


def _acceptance(told: _Told, beat: Beat) -> _Told:
    """For whoever gets it the clock runs anew; once it was taken in any way it stands."""
    if beat.after not in UNTAKEN:
        met = told.accepted or beat.at
        return replace(told, accepted=met) if told.accept else told
    if beat.move in HANDING:
        run = _Run(beat.at, told.accept_term, Cause.HANDED)
        return replace(told, accept=(run,), accepted=None)
    return told


def _own(told: _Told, beat: Beat) -> _Told:
    """A term that what the order is about has of its own takes the place of the usual one; of
    several the earliest counts."""
    if "own" not in beat.data:
        return told
    start = datetime.fromisoformat(beat.data["own_from"])
    run = _Run(start, Term.of(beat.data["own"]), Cause.JOINED, own=True)
    if beat.move is Move.OPEN:
        return replace(told, handle=(replace(run, cause=Cause.OPENED),))
    return replace(told, handle=(*told.handle, run))


def _pausing(told: _Told, beat: Beat) -> _Told:
    if beat.move is Move.PAUSE:
        return replace(told, pauses=(*told.pauses, _Pause(beat.at)))
    if beat.move is Move.RESUME and told.pauses:
        *before, last = told.pauses
        return replace(told, pauses=(*before, replace(last, end=beat.at)))
    return told


def _correction(told: _Told, beat: Beat) -> _Told:
    """Runs from the day the business was told; its answer stops it, by whatever way it came."""
    if beat.move is Move.AWAIT_BUSINESS:
        until = midnight(date.fromisoformat(beat.data["correct_by"]) + ONE_DAY)
        return replace(told, correct=_Run(beat.at, Term(until=until), Cause.TOLD), corrected=None)
    if told.correct and not told.corrected and beat.after is not OrderState.AWAITING_BUSINESS:
        return replace(told, corrected=beat.at)
    return told


def _named(told: _Told, beat: Beat) -> _Told:
    started = {
        name: _Run(beat.at, Term.of(term), Cause.STARTED)
        for name, term in beat.data.get("starts", {}).items()
    }
    stopped = dict.fromkeys(beat.data.get("stops", ()), beat.at)
    if not started and not stopped:
        return told
    kept = {name: at for name, at in told.stopped.items() if name not in started}
    return replace(told, others={**told.others, **started}, stopped={**stopped, **kept})


@dataclass(frozen=True)
class _Reader:
    """Reads dues off the terms by the pauses, the calendar and the office hours."""

    pauses: Sequence[_Pause]
    office: Office

    def first(self, runs: Sequence[_Run], *, paused: bool, met: datetime | None) -> Reading | None:
        """The earliest of what counts; what stands still is later than what had passed."""
        pauses = [self._until(pause, met) for pause in self.pauses] if paused else []
        read = [self._read(run, pauses) for run in runs]
        if not read:
            return None
        _due, found = min(read, key=lambda one: (one[1].due is None, one[0]))
        return replace(found, met=met)

    @staticmethod
    def _until(pause: _Pause, met: datetime | None) -> _Pause:
        """What ended while it was paused is paused no more."""
        return replace(pause, end=pause.end or met)

    def _read(self, run: _Run, pauses: Sequence[_Pause]) -> tuple[datetime, Reading]:
        """The reading, and before it when it would be due if no pause went on."""
        extra: Any = timedelta() if self._in_time(run) else 0
        because = [Because(run.cause, run.start)]
        due = self._due(run, extra)
        for pause in pauses if run.term.until is None else ():
            begins = max(pause.start, run.start)
            if (pause.end and pause.end <= run.start) or begins >= _moment(due):
                continue
            if pause.end is None:
                reasons = (*because, Because(Cause.PAUSED, begins))
                still = replace(due, due=None, day=None, paused=begins, because=reasons)
                return _moment(due), replace(still, left=self._left(run, begins, due))
            passed = self._passed(run, begins, pause.end)
            days = passed if isinstance(passed, int) else None
            because.append(Because(Cause.PAUSED, begins, pause.end, days))
            extra += passed
            due = self._due(run, extra)
        return _moment(due), replace(due, because=tuple(because))

    @staticmethod
    def _in_time(run: _Run) -> bool:
        return run.term.unit in (Unit.HOUR, Unit.OFFICE_HOUR)

    def _due(self, run: _Run, extra: Any) -> Reading:
        """The reading of a run whose term is so much longer, in its own unit."""
        term, start = run.term, run.start
        if term.until is not None:
            day = city(term.until).date() - ONE_DAY if _ends_a_day(term.until) else None
            return Reading(term, start, term.until, day)
        if term.unit is Unit.HOUR:
            return Reading(term, start, start + timedelta(hours=term.amount) + extra)
        if term.unit is Unit.OFFICE_HOUR:
            due = self.office.add(start, timedelta(hours=term.amount) + extra)
            return Reading(term, start, due, provisional=self._crosses(start, due))
        opened = city(start).date()
        if term.unit is Unit.CALENDAR_DAY:
            day = opened + timedelta(days=term.amount + extra)
            return Reading(term, start, midnight(day + ONE_DAY), day)
        found = add_working_days(opened, term.amount + extra, self.office.calendar)
        return Reading(term, start, midnight(found.day + ONE_DAY), found.day, found.provisional)

    def _crosses(self, start: datetime, due: datetime) -> bool:
        years = range(city(start).year, city(due).year + 1)
        return any(year not in self.office.calendar.announced for year in years)

    def _passed(self, run: _Run, start: datetime, end: datetime) -> Any:
        """What of the run's unit passed between two moments."""
        if run.term.unit is Unit.HOUR:
            return end - start
        if run.term.unit is Unit.OFFICE_HOUR:
            return self.office.between(start, end)
        first, last = city(start).date(), city(end).date()
        if run.term.unit is Unit.CALENDAR_DAY:
            return (last - first).days
        return working_days_between(first, last, self.office.calendar)

    def _left(self, run: _Run, since: datetime, due: Reading) -> int:
        """Whole units that are left when a pause begins."""
        if due.day is not None:
            return int(self._passed(run, since, midnight(due.day)))
        return int(self._passed(run, since, _moment(due)) / timedelta(hours=1))


def due_of(term: Term, start: datetime, office: Office) -> tuple[datetime, bool]:
    """When a term is over that began at the moment and that nothing holds; whether that is
    provisional.
    """
    due, read = _Reader((), office)._read(_Run(start, term, Cause.OPENED), ())
    return due, read.provisional


def _moment(reading: Reading) -> datetime:
    """The due of a reading that no pause holds."""
    assert reading.due is not None  # noqa: S101
    return reading.due


def _ends_a_day(moment: datetime) -> bool:
    return city(moment).time() == time()


def said_day(due: datetime) -> date | None:
    """The day a due ends with; None where it is a moment within a day.

    >>> said_day(midnight(date(2026, 11, 28)))
    datetime.date(2026, 11, 27)
    """
    return city(due).date() - ONE_DAY if _ends_a_day(due) else None
