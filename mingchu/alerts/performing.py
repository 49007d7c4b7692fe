"""Performing 办理: a move by its name, with what was said to it; the one door of pages and API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingchu.accounts.domain import Actor
from mingchu.accounts.models import User
from mingchu.alerts.domain.states import Move
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.kit.models import Upload


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says to a move; of it each move takes what it needs."""

    note: str = ""
    files: Sequence[Upload] = ()
    ground: str = ""
    day: date | None = None
    person: User | None = None
    target: Order | None = None
    authority: str = ""
    receipt: str = ""
    severity: int = 0
    revision: int | None = None


Act = Callable[..., Order]
# The service of each move, and what it takes besides order, note, by and revision.
ACTS: Mapping[Move, tuple[Act, tuple[tuple[str, str], ...]]] = {
    Move.TRIAGE: (orders.triage, (("severity", "severity"),)),
    Move.ASSIGN: (orders.assign, (("taker", "person"),)),
    Move.ACCEPT: (orders.accept, ()),
    Move.BEGIN: (orders.begin, ()),
    Move.AWAIT_BUSINESS: (orders.await_business, (("correct_by", "day"), ("files", "files"))),
    Move.ANSWER: (orders.answer, (("files", "files"),)),
    Move.SUBMIT: (orders.submit, (("files", "files"),)),
    Move.REVIEW: (orders.review, ()),
    Move.CLOSE: (orders.close, (("files", "files"),)),
    Move.SEND_BACK: (orders.send_back, ()),
    Move.REOPEN: (orders.reopen, ()),
    Move.FALSE_ALARM: (orders.false_alarm, ()),
    Move.MERGE: (orders.merge, (("into", "target"),)),
    Move.TRANSFER: (
        orders.transfer,
        (("authority", "authority"), ("receipt", "receipt"), ("files", "files")),
    ),
    Move.REFER_TO_POLICE: (orders.refer_to_police, (("receipt", "receipt"), ("files", "files"))),
    Move.ESCALATE_TO_CASE: (orders.escalate_to_case, (("files", "files"),)),
    Move.HAND_OVER: (orders.hand_over, (("taker", "person"),)),
    Move.PAUSE: (orders.pause, (("ground", "ground"),)),
    Move.RESUME: (orders.resume, ()),
    Move.REGRADE: (orders.regrade, (("severity", "severity"),)),
    Move.ESCALATE: (orders.escalate, ()),
    Move.TALK: (orders.talk, (("day", "day"), ("files", "files"))),
    Move.JOIN_FORCES: (orders.join_forces, (("authority", "authority"),)),
}


def takes_files(move: Move) -> bool:
    return ("files", "files") in ACTS[move][1]


def perform(order: Order, move: Move, said: Said, *, by: Actor) -> Order:
    """Makes the move; a Refusal says why not."""
    act, takes = ACTS[move]
    more: dict[str, Any] = {name: getattr(said, field) for name, field in takes}
    return act(order=order, note=said.note, by=by, revision=said.revision, **more)
