"""States of a complaint 投诉 or report 举报, and every move between them: one table that code,
pages and documents share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A complaint asks for mediation of a dispute; a report names a breach. A letter that holds
    both is parted (article 7)."""

    COMPLAINT = "complaint"
    REPORT = "report"


class State(StrEnum):
    RECEIVED = "received"
    DISPUTED = "disputed"
    ACCEPTED = "accepted"
    CHECKING = "checking"
    AGREED = "agreed"
    ENDED = "ended"
    FILED = "filed"
    NOT_FILED = "not_filed"
    CLOSED = "closed"
    FOLLOWED_UP = "followed_up"
    REFUSED = "refused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


BOTH = (Kind.COMPLAINT, Kind.REPORT)
# What nothing is left to be done about, but for a visit after the answer.
OVER = (
    State.CLOSED,
    State.FOLLOWED_UP,
    State.REFUSED,
    State.RETURNED,
    State.WITHDRAWN,
    State.MERGED,
)
OPEN = tuple(state for state in State if state not in OVER)
DECIDED = (State.AGREED, State.ENDED, State.FILED, State.NOT_FILED)
# What does not speak against a business: not ours, taken back, or counted with another.
UNCOUNTED = (State.REFUSED, State.RETURNED, State.WITHDRAWN, State.MERGED)
IN_HAND = (State.RECEIVED, State.DISPUTED, State.ACCEPTED, State.CHECKING)
UNDER_WAY = (State.ACCEPTED, State.CHECKING)


@dataclass(frozen=True)
class Way:
    """A move: from which states, to which (None: it stays as it is), for which kinds of letter.

    A move that goes `back` leads to where the thing stood before it ended. `rule` names what says
    so, for readers.
    """

    move: str
    before: tuple[State, ...]
    after: State | None
    kinds: tuple[Kind, ...] = BOTH
    back: bool = False
    rule: str = ""


COMPLAINT_ONLY, REPORT_ONLY = (Kind.COMPLAINT,), (Kind.REPORT,)
WAYS = (
    Way("take", tuple(State), None),
    Way("hand_over", tuple(State), None),
    Way("recuse", OPEN, None, rule="article 19: who is partial steps aside"),
    Way("forward", (*OPEN, State.CLOSED), None),
    Way("bind", (*OPEN, State.CLOSED), None),
    Way("dispute", (State.RECEIVED,), State.DISPUTED, rule="article 30"),
    Way("settle_dispute", (State.DISPUTED,), State.RECEIVED, rule="article 30"),
    Way("return_to_intake", (State.RECEIVED, State.DISPUTED), State.RETURNED),
    Way("accept", (State.RECEIVED,), State.ACCEPTED, COMPLAINT_ONLY, rule="article 14"),
    Way("refuse", (State.RECEIVED,), State.REFUSED, COMPLAINT_ONLY, rule="article 15"),
    Way("split", (State.RECEIVED, State.ACCEPTED), None, COMPLAINT_ONLY, rule="article 7"),
    Way("find_breach", (State.ACCEPTED,), None, COMPLAINT_ONLY, rule="article 23"),
    Way("agree", (State.ACCEPTED,), State.AGREED, COMPLAINT_ONLY),
    Way("end_mediation", (State.ACCEPTED,), State.ENDED, COMPLAINT_ONLY, rule="article 21"),
    Way("begin_check", (State.RECEIVED,), State.CHECKING, REPORT_ONLY),
    Way("extend_check", (State.CHECKING,), None, REPORT_ONLY, rule="article 23, once"),
    Way("begin_testing", UNDER_WAY, None, rule="article 20: its time does not count"),
    Way("end_testing", UNDER_WAY, None),
    Way("file_case", (State.CHECKING,), State.FILED, REPORT_ONLY),
    Way("file_no_case", (State.CHECKING,), State.NOT_FILED, REPORT_ONLY),
    Way("reply", DECIDED, State.CLOSED, rule="articles 21 and 31"),
    Way("follow_up", (State.CLOSED,), State.FOLLOWED_UP),
    Way("withdraw", (State.RECEIVED, State.ACCEPTED), State.WITHDRAWN, COMPLAINT_ONLY),
    Way("merge", IN_HAND, State.MERGED),
    Way("unmerge", (State.MERGED,), None, back=True),
    Way("reopen", tuple(s for s in OVER if s != State.MERGED), None, back=True),
    Way("note_order_ended", OPEN, None),
)
BY_MOVE = {way.move: way for way in WAYS}
BACK = tuple(way.move for way in WAYS if way.back)


def ways(kind: str, state: str) -> Iterator[Way]:
    """What can be done with a letter of this kind as it stands.

    >>> [way.move for way in ways("report", "checking") if way.after]
    ['file_case', 'file_no_case', 'merge']
    """
    return (way for way in WAYS if kind in way.kinds and state in way.before)


@dataclass(frozen=True)
class Past:
    """A state-changing step of the past: from where to where."""

    before: str
    after: str


def stood(steps: list[Past]) -> str:
    """Where a thing that is over stood when the last work on it was done.

    >>> stood([Past("received", "accepted"), Past("accepted", "ended"), Past("ended", "closed"),
    ...        Past("closed", "followed_up")])
    'ended'
    """
    return next(step.before for step in reversed(steps) if step.before not in OVER)
