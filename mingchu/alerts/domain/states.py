"""States of a work order 工单 and the ways between them: one table for services, pages and docs.

A way says from where to where a move leads, what right it takes, who of those that have the right
may make it, and what has to come with it. What stands here twice under one move leads from other
states elsewhere. Nothing is ever deleted: a wrong end is reopened, and the steps stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class OrderState(StrEnum):
    NEW = "new"
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    HANDLING = "handling"
    AWAITING_BUSINESS = "awaiting_business"
    SUBMITTED = "submitted"
    REVIEWING = "reviewing"
    REOPENED = "reopened"
    CLOSED = "closed"
    MERGED = "merged"
    FALSE_ALARM = "false_alarm"
    TRANSFERRED = "transferred"
    ESCALATED_TO_CASE = "escalated_to_case"


class Move(StrEnum):
    """What is done with an order, by a person or by the house itself."""

    OPEN = "open"
    TRIAGE = "triage"
    ASSIGN = "assign"
    ACCEPT = "accept"
    BEGIN = "begin"
    AWAIT_BUSINESS = "await_business"
    ANSWER = "answer"
    SUBMIT = "submit"
    REVIEW = "review"
    CLOSE = "close"
    SEND_BACK = "send_back"
    REOPEN = "reopen"
    FALSE_ALARM = "false_alarm"
    MERGE = "merge"
    TRANSFER = "transfer"
    REFER_TO_POLICE = "refer_to_police"
    ESCALATE_TO_CASE = "escalate_to_case"
    HAND_OVER = "hand_over"
    PAUSE = "pause"
    RESUME = "resume"
    REGRADE = "regrade"
    ESCALATE = "escalate"
    TALK = "talk"
    JOIN_FORCES = "join_forces"
    JOIN_ALERT = "join_alert"
    FOLLOW_BUSINESS = "follow_business"
    CHANGE_FILE = "change_file"
    GONE = "gone"


class Level(StrEnum):
    """Whose desk an order is on, from below."""

    STATION = "station"
    DISTRICT = "district"
    CITY = "city"


class Outcome(StrEnum):
    """How an order ended."""

    HANDLED = "handled"
    GONE = "gone"
    FALSE = "false"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    POLICE = "police"
    CASE = "case"


class Need(StrEnum):
    """What a move has to bring; `EVIDENCE` where the rule of evidence asks for files."""

    NOTE = "note"
    EVIDENCE = "evidence"
    GROUND = "ground"
    DAY = "day"
    PERSON = "person"
    TARGET = "target"
    AUTHORITY = "authority"
    RECEIPT = "receipt"
    SEVERITY = "severity"


class Who(StrEnum):
    """Who of those with the right may make the move."""

    ANYONE = "anyone"
    HANDLER = "handler"
    IN_CHARGE = "in_charge"  # the handler, or whoever assigns
    ANOTHER = "another"  # nobody who works on it
    WITNESS = "witness"  # nobody who works on it or reported it
    HOUSE = "house"


HANDLE, ASSIGN, REVIEW = "alerts.handle", "alerts.assign", "alerts.review"
REPORT, ANSWER = "alerts.report", "alerts.answer"
_S = OrderState
ENDS = (_S.CLOSED, _S.MERGED, _S.FALSE_ALARM, _S.TRANSFERRED, _S.ESCALATED_TO_CASE)
OPEN_STATES = tuple(state for state in OrderState if state not in ENDS)
UNTAKEN = (_S.NEW, _S.TRIAGED, _S.ASSIGNED)
IN_HAND = (_S.ASSIGNED, _S.ACCEPTED, _S.HANDLING, _S.REOPENED)
BEYOND = (_S.AWAITING_BUSINESS, _S.SUBMITTED, _S.REVIEWING)
FOUND = (_S.HANDLING, _S.SUBMITTED, _S.REVIEWING, _S.REOPENED)
# Moves by which somebody works on an order: who made one is no other person to it.
WORKING = (Move.BEGIN, Move.AWAIT_BUSINESS, Move.SUBMIT, Move.TALK, Move.PAUSE)


@dataclass(frozen=True)
class Way:
    """`after` None: the order stays in the state it is in. `act` is the service that does it.

    `running` True: only while its clock runs; False: only while that is paused.
    """

    move: Move
    before: tuple[OrderState, ...]
    after: OrderState | None
    action: str
    who: Who = Who.ANYONE
    needs: tuple[Need, ...] = ()
    act: str = ""
    running: bool | None = None
    of_business: bool = False
    why: str = ""

    @property
    def service(self) -> str:
        return self.act or self.move.value


WAYS = (
    Way(Move.OPEN, (), _S.NEW, REPORT, needs=(Need.NOTE,), act="report"),
    Way(Move.OPEN, (), _S.NEW, "", Who.HOUSE, act="open_for", why="for alerts"),
    Way(Move.TRIAGE, (_S.NEW,), _S.TRIAGED, ASSIGN, needs=(Need.SEVERITY,)),
    Way(Move.TRIAGE, (_S.NEW,), _S.TRIAGED, "", Who.HOUSE, act="open_for", why="by its kind"),
    Way(Move.ASSIGN, (_S.NEW, _S.TRIAGED, _S.REOPENED), _S.ASSIGNED, ASSIGN, needs=(Need.PERSON,)),
    Way(
        Move.ASSIGN,
        (_S.TRIAGED,),
        _S.ASSIGNED,
        "",
        Who.HOUSE,
        act="assign_waiting",
        why="to the officer with the fewest; at night what is urgent, to whoever is on duty",
    ),
    Way(Move.ACCEPT, UNTAKEN, _S.ACCEPTED, HANDLE),
    Way(
        Move.BEGIN,
        (_S.ASSIGNED, _S.ACCEPTED, _S.AWAITING_BUSINESS, _S.REOPENED),
        _S.HANDLING,
        HANDLE,
        Who.HANDLER,
    ),
    Way(
        Move.AWAIT_BUSINESS,
        (_S.ACCEPTED, _S.HANDLING, _S.SUBMITTED, _S.REOPENED),
        _S.AWAITING_BUSINESS,
        HANDLE,
        Who.HANDLER,
        (Need.NOTE, Need.DAY),
        running=True,
        of_business=True,
    ),
    Way(
        Move.ANSWER,
        (_S.AWAITING_BUSINESS,),
        _S.SUBMITTED,
        ANSWER,
        needs=(Need.NOTE, Need.EVIDENCE),
        of_business=True,
        why="by the business, once",
    ),
    Way(
        Move.SUBMIT,
        (_S.HANDLING, _S.AWAITING_BUSINESS, _S.SUBMITTED, _S.REOPENED),
        _S.SUBMITTED,
        HANDLE,
        Who.HANDLER,
        (Need.NOTE, Need.EVIDENCE),
        running=True,
    ),
    Way(Move.REVIEW, (_S.SUBMITTED,), _S.REVIEWING, REVIEW, Who.ANOTHER),
    Way(Move.CLOSE, (_S.SUBMITTED, _S.REVIEWING), _S.CLOSED, REVIEW, Who.ANOTHER, (Need.NOTE,)),
    Way(
        Move.SEND_BACK,
        (_S.SUBMITTED, _S.REVIEWING),
        _S.REOPENED,
        REVIEW,
        Who.ANOTHER,
        (Need.NOTE,),
    ),
    Way(
        Move.REOPEN,
        ENDS,
        _S.REOPENED,
        REVIEW,
        needs=(Need.NOTE,),
        why="its history stays; a merged one takes its alerts back",
    ),
    Way(Move.FALSE_ALARM, OPEN_STATES, _S.FALSE_ALARM, REVIEW, Who.WITNESS, (Need.NOTE,)),
    Way(Move.MERGE, OPEN_STATES, _S.MERGED, ASSIGN, needs=(Need.TARGET, Need.NOTE)),
    Way(
        Move.TRANSFER,
        OPEN_STATES,
        _S.TRANSFERRED,
        ASSIGN,
        needs=(Need.AUTHORITY, Need.RECEIPT, Need.NOTE),
    ),
    Way(
        Move.REFER_TO_POLICE,
        FOUND,
        _S.TRANSFERRED,
        REVIEW,
        needs=(Need.RECEIPT, Need.NOTE),
    ),
    Way(Move.ESCALATE_TO_CASE, FOUND, _S.ESCALATED_TO_CASE, REVIEW, needs=(Need.NOTE,)),
    Way(
        Move.HAND_OVER,
        IN_HAND,
        _S.ASSIGNED,
        HANDLE,
        Who.IN_CHARGE,
        (Need.PERSON,),
        why="the new one accepts it anew",
    ),
    Way(
        Move.HAND_OVER,
        BEYOND,
        None,
        HANDLE,
        Who.IN_CHARGE,
        (Need.PERSON,),
        why="what the business was told, or was submitted, stands",
    ),
    Way(
        Move.PAUSE,
        (_S.HANDLING,),
        None,
        HANDLE,
        Who.HANDLER,
        (Need.GROUND, Need.NOTE),
        running=True,
        why="only on a ground of the law",
    ),
    Way(Move.RESUME, OPEN_STATES, None, HANDLE, Who.IN_CHARGE, running=False),
    Way(Move.REGRADE, OPEN_STATES, None, ASSIGN, needs=(Need.SEVERITY, Need.NOTE)),
    Way(Move.ESCALATE, OPEN_STATES, None, HANDLE, needs=(Need.NOTE,)),
    Way(
        Move.TALK,
        (*FOUND, _S.AWAITING_BUSINESS),
        None,
        HANDLE,
        Who.HANDLER,
        (Need.DAY, Need.NOTE),
        of_business=True,
        why="a responsibility talk, with its minutes",
    ),
    Way(
        Move.JOIN_FORCES,
        (*FOUND, _S.ACCEPTED, _S.AWAITING_BUSINESS),
        None,
        HANDLE,
        Who.HANDLER,
        (Need.AUTHORITY, Need.NOTE),
    ),
    Way(Move.JOIN_ALERT, OPEN_STATES, None, "", Who.HOUSE, act="open_for"),
    Way(
        Move.FOLLOW_BUSINESS,
        (_S.NEW, _S.TRIAGED, *IN_HAND),
        _S.TRIAGED,
        "",
        Who.HOUSE,
        why="the business is under another station now",
    ),
    Way(Move.FOLLOW_BUSINESS, BEYOND, None, "", Who.HOUSE),
    Way(
        Move.CHANGE_FILE,
        OPEN_STATES,
        None,
        "",
        Who.HOUSE,
        act="follow_merge",
        why="its business's file became part of another, or is its own again",
    ),
    Way(Move.GONE, OPEN_STATES, _S.CLOSED, "", Who.HOUSE, why="what it was about is no more"),
)


@dataclass(frozen=True)
class Standing:
    """All of an order that decides which moves are possible; `workers` have worked on it."""

    state: OrderState
    paused: bool = False
    assignee: int | None = None
    reporter: int | None = None
    workers: frozenset[int] = frozenset()
    has_business: bool = True
    level: Level = Level.STATION


class No(StrEnum):
    """Why a move is not possible."""

    STATE = "state"
    RIGHT = "right"
    TAKEN = "taken"
    NOT_HANDLER = "not_handler"
    OWN_WORK = "own_work"
    OWN_REPORT = "own_report"
    PAUSED = "paused"
    NOT_PAUSED = "not_paused"
    NO_BUSINESS = "no_business"
    TOP = "top"


Right = Callable[[str], bool]


def way_of(move: Move, state: OrderState | None, *, house: bool = False) -> Way | None:
    """The way a move takes from a state, for people or for the house; None: there is none.

    >>> way_of(Move.CLOSE, OrderState.REVIEWING).after.value
    'closed'
    >>> way_of(Move.CLOSE, OrderState.NEW)
    """
    every = [way for way in WAYS if way.move is move and (state in way.before or state is None)]
    own = [way for way in every if (way.who is Who.HOUSE) == house]
    # The house may do what people may, where it has no way of its own.
    return next(iter(own or (every if house else ())), None)


def refused(way: Way | None, order: Standing, by: int | None, right: Right) -> No | None:
    """Why this person may not make the move; None if he may. `by` None is the house itself."""
    if way is None:
        return No.STATE
    if by is not None and not (way.action and right(way.action)):
        return No.RIGHT
    return _unfit(way, order) or (_not_his(way, order, by, right) if by is not None else None)


def _unfit(way: Way, order: Standing) -> No | None:
    if way.running is not None and way.running == order.paused:
        return No.PAUSED if order.paused else No.NOT_PAUSED
    if way.of_business and not order.has_business:
        return No.NO_BUSINESS
    if way.move is Move.ESCALATE and order.level is Level.CITY:
        return No.TOP
    return None


def _not_his(way: Way, order: Standing, by: int, right: Right) -> No | None:
    works = by == order.assignee or by in order.workers
    if way.move is Move.ACCEPT and order.assignee not in (None, by):
        return No.TAKEN
    if way.who is Who.HANDLER and by != order.assignee:
        return No.NOT_HANDLER
    if way.who is Who.IN_CHARGE and by != order.assignee and not right(ASSIGN):
        return No.NOT_HANDLER
    if way.who in (Who.ANOTHER, Who.WITNESS) and works:
        return No.OWN_WORK
    if way.who is Who.WITNESS and by == order.reporter:
        return No.OWN_REPORT
    return None


def possible(order: Standing, by: int, right: Right) -> Iterator[Way]:
    """What this person may do with the order now: what a page offers."""
    for way in WAYS:
        fits = way.who is not Who.HOUSE and order.state in way.before
        if fits and refused(way, order, by, right) is None:
            yield way


LADDER = (Level.STATION, Level.DISTRICT, Level.CITY)


def above(level: Level) -> Level:
    """The level an order goes up to; the city's stays.

    >>> above(Level.STATION).value, above(Level.CITY).value
    ('district', 'city')
    """
    return LADDER[min(LADDER.index(level) + 1, len(LADDER) - 1)]
