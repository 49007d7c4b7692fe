"""Requests to a business 材料补正: asked by an office, answered at the desk, settled or returned.

The moves stand in `moves.INQUIRY`; what was asked and answered stays with the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.files.keeping import attach
from mingchu.kit.models import Upload
from mingchu.ledger.services import current_actor, record
from mingchu.registry import domain, events
from mingchu.registry.models import Inquiry, InquiryState
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits
from mingchu.registry.services.editing import held

ANSWER_ROLE = "inquiry_answer"
ANSWERABLE = (InquiryState.OPEN, InquiryState.RETURNED)


@transaction.atomic
def ask(*, number: int, title: str, asks: str, due: date) -> Inquiry:
    """Asks a business for something until a day."""
    business = held(number)
    for value, what in ((title, _noop("事项")), (asks, _noop("要求"))):
        if not value.strip():
            raise checking.missing(what)
    check_fits(Inquiry, {"title": title, "asks": asks})
    if due < clock.today():
        raise Refusal(
            "due_passed",
            _noop("期限{day}已经过去"),
            fix=_noop("请给出今天或以后的日期"),
            status=422,
            day=due,
        )
    made = Inquiry.objects.create(
        business=business, title=title, asks=asks, due=due, asked_by=current_actor().actor
    )
    record(
        events.InquiryAsked(
            subject=domain.subject(number), business_id=number, inquiry_id=made.pk, due=due
        )
    )
    return made


@transaction.atomic
def answer(
    *, inquiry: Inquiry, text: str, files: Sequence[Upload] = (), by: Actor | None = None
) -> Inquiry:
    """What the business says to it, with files; an answer that was returned is answered anew."""
    inquiry = _held(inquiry, ANSWERABLE)
    if not text.strip() and not files:
        raise checking.missing(_noop("答复"))
    check_fits(Inquiry, {"answer": text})
    subject = domain.subject(inquiry.business_id)
    kept = [
        str(attach(upload=one, subject=subject, role=ANSWER_ROLE, name=inquiry.title, by=by).pk)
        for one in files
    ]
    inquiry.answer, inquiry.files = text, [*inquiry.files, *kept]
    inquiry.state, inquiry.answered_at = InquiryState.ANSWERED, clock.now()
    inquiry.save(update_fields=["answer", "files", "state", "answered_at"])
    record(
        events.InquiryAnswered(
            subject=subject,
            business_id=inquiry.business_id,
            inquiry_id=inquiry.pk,
            files=len(kept),
        )
    )
    return inquiry


@transaction.atomic
def settle(*, inquiry: Inquiry, good: bool, remark: str = "") -> Inquiry:
    """An officer looked at the answer: done, or back with what is still missing."""
    inquiry = _held(inquiry, (InquiryState.ANSWERED,))
    if not good and not remark.strip():
        raise checking.missing(_noop("核对意见"))
    return _end(inquiry, InquiryState.ACCEPTED if good else InquiryState.RETURNED, remark)


@transaction.atomic
def withdraw_inquiry(*, inquiry: Inquiry, remark: str) -> Inquiry:
    """The office needs it no more."""
    unsettled = (InquiryState.OPEN, InquiryState.RETURNED, InquiryState.ANSWERED)
    return _end(_held(inquiry, unsettled), InquiryState.WITHDRAWN, remark)


def _end(inquiry: Inquiry, state: InquiryState, remark: str) -> Inquiry:
    check_fits(Inquiry, {"remark": remark})
    inquiry.state, inquiry.remark = state, remark
    inquiry.settled_at = None if state == InquiryState.RETURNED else clock.now()
    inquiry.save(update_fields=["state", "remark", "settled_at"])
    record(
        events.InquirySettled(
            subject=domain.subject(inquiry.business_id),
            business_id=inquiry.business_id,
            inquiry_id=inquiry.pk,
            state=state.value,
        )
    )
    return inquiry


def _held(inquiry: Inquiry, states: Sequence[InquiryState]) -> Inquiry:
    found = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if found.state not in states:
        raise Refusal(
            "inquiry_moved_on",
            _noop("这项材料补正现在是“{state}”"),
            fix=_noop("请刷新页面，按现在的状态办理"),
            state=InquiryState(found.state).label,
        )
    return found
