"""One step of a letter: checked against the table of moves, written, told; every act goes here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.complaints import queries, rules
from mingchu.complaints.domain.states import BACK, BY_MOVE, OVER, Past, Way, stood
from mingchu.complaints.events import ComplaintMoved
from mingchu.complaints.models import Complaint, ComplaintStep, State
from mingchu.complaints.services import raising
from mingchu.ledger.services import caused_by, record
from mingchu.registry.services.checking import missing
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals

NOTE_TOP = 2_000
BEGINS = ("accept", "begin_check")  # from here on a letter is in hand


def held(complaint: Complaint, move: str, by: Actor | None, *, own: bool = True) -> Complaint:
    """The letter, locked, if the move is open to it and (`own`) to the actor, its handler.

    `by` nobody means the house itself.
    """
    found = Complaint.objects.select_for_update().get(pk=complaint.pk)
    way = BY_MOVE[move]
    if found.kind not in way.kinds or found.state not in way.before:
        raise Refusal(
            "complaint_moved_on",
            _noop("这件投诉举报现在是“{state}”，不能这样办理"),
            fix=_noop("请刷新页面，按现在的状态办理"),
            state=State(found.state).label,
        )
    if own and by is not None and found.handler_id != by.user_id:
        raise Refusal(
            "not_the_handler",
            _noop("您不是这件投诉举报的承办人"),
            fix=_noop("请先承办，或由承办人移交给您"),
            status=403,
        )
    return found


def step(
    found: Complaint,
    move: str,
    *,
    by: Actor | None,
    note: str = "",
    ground: str = "",
    other: Complaint | None = None,
    **changes: Any,
) -> Complaint:
    """Writes the step of a letter that is `held`, with what it changes, and says so."""
    check_note(note)
    way, steps, before = BY_MOVE[move], queries.steps_of(found), found.state
    for name, value in changes.items():
        setattr(found, name, value)
    found.state = _after(way, before, steps)
    found.ended_at = (found.ended_at or clock.now()) if found.state in OVER else None
    found.revision += 1
    made = ComplaintStep(
        complaint=found,
        number=len(steps) + 1,
        move=move,
        before=before,
        after=found.state,
        at=clock.now(),
        user_id=by.user_id if by else None,
        note=note.strip(),
        ground=ground,
        other=other,
    )
    ending = {
        one.term for one in rules.ending(rules.set_index(found, [*steps, made]), clock.today())
    }
    signals = [*_in_hand(found, before, move), *_no_longer_due(found, ending)]
    found.save()
    made.entry = record(_moved(found, made)).pk
    made.save()
    with caused_by(made.entry):
        raise_signals(signals)
    return found


def _after(way: Way, before: str, steps: list[ComplaintStep]) -> str:
    if way.back:
        return stood([Past(one.before, one.after) for one in steps])
    return str(way.after or before)


def _moved(found: Complaint, made: ComplaintStep) -> ComplaintMoved:
    return ComplaintMoved(
        subject=raising.subject(found.pk),
        complaint_id=found.pk,
        letter=found.kind,
        move=made.move,
        before=made.before,
        after=made.after,
        business_id=found.business_id,
        district=found.district,
        station=found.station,
        ground=made.ground,
        other=made.other_id,
    )


def _in_hand(found: Complaint, before: str, move: str) -> Iterator[Signal]:
    """That there is work to be done on the letter, or no longer."""
    begins = move in BEGINS or (move in BACK and found.announced)
    if begins and found.state not in OVER:
        found.announced = True
        yield raising.in_hand(found)
    elif found.announced and found.state in OVER and before not in OVER:
        yield raising.in_hand(found, over=True)


def _no_longer_due(found: Complaint, ending: Collection[str]) -> list[Signal]:
    """Of the terms that were running out those that the step has met or put off."""
    gone = {said.partition(":")[0] for said in found.warned} - set(ending)
    found.warned = [said for said in found.warned if said.partition(":")[0] not in gone]
    return [raising.no_longer_due(found, term) for term in sorted(gone)]


def check_note(note: str, what: Any = "", *, required: bool = False) -> None:
    if required and not note.strip():
        raise missing(what)
    if len(note) > NOTE_TOP:
        raise Refusal(
            "too_long",
            _noop("{what}有{length}个字"),
            fix=_noop("最多{top}个字"),
            status=422,
            what=what or _("说明"),
            length=len(note),
            top=NOTE_TOP,
        )
