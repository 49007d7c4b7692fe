"""Mending 整改: what a business shows, what an officer confirms, what is looked at again.

A business answers by its phone, with photos or without. A finding with a written deadline is
rechecked, by another pair if the rule says so; one that was slight is confirmed by its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import events
from mingchu.inspection.domain.outcome import Way
from mingchu.inspection.models import (
    Finding,
    FindingState,
    Record,
    Reply,
    ReplyKind,
    Visit,
    VisitType,
)
from mingchu.inspection.services import calling
from mingchu.inspection.services.visiting import plan_visit
from mingchu.inspection.services.weighing import NewVisit, check_other_pair
from mingchu.kit.files.keeping import attach
from mingchu.kit.models import Upload
from mingchu.ledger.services import caused_by, current_cause, record_many
from mingchu.registry import domain as registry

EVIDENCE = "correction"
UNMENDED = (FindingState.OPEN, FindingState.ANSWERED)


@transaction.atomic
def answer_finding(
    *, finding: Finding, text: str, photos: Sequence[Upload] = (), by: Actor
) -> Finding:
    """The business says how it was put right; a photo is welcome and never asked for."""
    held = _held(finding, UNMENDED)
    if not text.strip() and not photos:
        raise Refusal(
            "nothing_said",
            _noop("没有写整改情况，也没有照片"),
            fix=_noop("请写一句怎么改的，或者拍一张照片"),
            status=422,
        )
    files = tuple(
        str(
            attach(
                upload=one, subject=f"finding:{held.pk}", role=EVIDENCE, name=held.item, by=by
            ).pk
        )
        for one in photos
    )
    held.answer, held.answered_by, held.answered_at = text.strip()[:500], by.user_id, clock.now()
    held.returned_why = ""
    return _moved(held, FindingState.ANSWERED, files=files)


@transaction.atomic
def confirm(*, finding: Finding, by: Actor) -> Finding:
    """By its evidence an officer takes it as mended; what has to be looked at again is not."""
    held = _held(finding, UNMENDED)
    if needs_recheck(held):
        raise Refusal(
            "recheck_asked",
            _noop("责令限期改正的，须现场复查"),
            fix=_noop("请安排复查，由复查记录了结（规则 inspection.recheck_other_pair）"),
            status=409,
        )
    return _settled(held, by)


@transaction.atomic
def return_answer(*, finding: Finding, why: str, by: Actor) -> Finding:
    """It does not show that it is mended; the day stays."""
    held = _held(finding, (FindingState.ANSWERED,))
    if not why.strip():
        raise Refusal("no_reason", _noop("没有写明原因"), fix=_noop("请写明还差什么"), status=422)
    held.returned_why = why.strip()[:200]
    return _moved(held, FindingState.OPEN)


def needs_recheck(finding: Finding) -> bool:
    return finding.way == Way.ORDER


@transaction.atomic
def plan_recheck(
    *, record: Record, due: date, lead_id: int | None = None, second_id: int | None = None,
    by: Actor | None = None,
) -> Visit:  # fmt: skip
    """A visit to what of a record is not mended; who found it does not judge it again where the
    rule asks for another pair."""
    waiting: dict[str, Any] = {"state__in": UNMENDED, "recheck": None}
    rows = list(record.findings.select_for_update().filter(**waiting).order_by("pk"))
    rows = [one for one in rows if one.way in (Way.ORDER, Way.BY)]
    if not rows:
        raise Refusal(
            "nothing_to_recheck",
            _noop("没有待复查的问题"),
            fix=_noop("已经安排了复查，或者都已了结"),
            status=409,
        )
    check_other_pair(record.visit, rows, (lead_id, second_id))
    new = NewVisit(
        business_id=record.business_id,
        type=VisitType.RECHECK,
        day=max(clock.today(), min(one.due for one in rows if one.due)),
        due=max(due, *(one.due for one in rows if one.due)),
        lead_id=lead_id,
        second_id=second_id,
        level=record.visit.level,
        matter=record.visit.matter,
        recheck_of=record.visit,
        items=tuple(one.item for one in rows),
        origin=f"inspection:{record.visit_id}",
    )
    with _about_record(record):
        visit = plan_visit(new=new, by=by)
    Finding.objects.filter(pk__in=[one.pk for one in rows]).update(recheck=visit)
    return visit


def seen_again(records: Sequence[Record], *, by: Actor | None) -> None:
    """What records say of open defects: of a recheck by its own items, of any other visit by what
    the officers looked at again."""
    by_business: dict[int, list[Record]] = {}
    for record in records:
        by_business.setdefault(record.business_id, []).append(record)
    rows = Finding.objects.select_for_update(of=("self",)).filter(
        business__in=by_business, state__in=UNMENDED
    )
    rows = rows.select_related("record").defer("record__body")
    for one in rows.exclude(record__in=records).order_by("pk"):
        for record in by_business[one.business_id]:
            if one.state in UNMENDED:
                _seen_again(one, record, by)


def _seen_again(one: Finding, record: Record, by: Actor | None) -> None:
    told = {said["finding"]: said["mended"] for said in record.body.get("earlier", ())}
    rechecked = one.recheck_id == record.visit_id
    if told.get(one.pk) or (rechecked and one.item in record.met):
        _settled(one, by)
    elif rechecked and one.item in record.unmet:
        # What it comes to now stands in the recheck's own findings.
        one.settled_at, one.settled_by = clock.now(), record.user_id
        _moved(one, FindingState.AGAIN)


@transaction.atomic
def note_overdue() -> int:
    """Tells, once each, of what was to be mended by a day that is over and nobody showed."""
    late = Finding.objects.select_for_update(of=("self",)).filter(
        state=FindingState.OPEN, due__lt=clock.today(), overdue_at=None
    )
    rows = list(late.select_related("record").defer("record__body").order_by("pk"))
    for one in rows:
        one.overdue_at = clock.now()
    Finding.objects.bulk_update(rows, ["overdue_at"])
    calling.call_overdue(rows)
    record_many(
        [
            events.FindingOverdue(
                subject=registry.subject(one.business_id), business_id=one.business_id,
                record_id=one.record_id, finding_id=one.pk, item=one.item, due=one.due,
            )
            for one in rows
            if one.due is not None
        ],
        causes=[one.record.entry for one in rows if one.due is not None],
    )  # fmt: skip
    return len(rows)


# ── What a business says ──


@transaction.atomic
def reply(*, record: Record, kind: str, text: str, by: Actor) -> Reply:
    """A statement 陈述申辩 or an objection 异议; one objection at a time."""
    if kind not in ReplyKind.values or not text.strip():
        raise Refusal("nothing_said", _noop("没有写内容"), fix=_noop("请写明情况"), status=422)
    waiting = record.replies.filter(kind=ReplyKind.OBJECTION, answered_at=None)
    if kind == ReplyKind.OBJECTION and waiting.exists():
        raise Refusal(
            "objection_waits",
            _noop("已有一份异议在处理"),
            fix=_noop("请等答复；补充情况可以写成陈述申辩"),
            status=409,
        )
    made = Reply.objects.create(
        record=record, kind=kind, text=text.strip()[:1000], user_id=by.user_id
    )
    with _about_record(record):
        record_many([events.ReplyMade(**_about(record), reply_id=made.pk, kind_of=kind)])
    return made


@transaction.atomic
def answer_reply(*, reply: Reply, upheld: bool, answer: str, by: Actor) -> Reply:
    """By another than who wrote the record."""
    held = Reply.objects.select_for_update(of=("self",)).select_related("record").get(pk=reply.pk)
    if held.answered_at is not None:
        raise Refusal("reply_answered", _noop("已经答复过了"), fix=_noop("请刷新页面"), status=409)
    if not answer.strip():
        raise Refusal("no_reason", _noop("没有写答复"), fix=_noop("请写明答复和理由"), status=422)
    if by.user_id in (held.record.user_id, held.record.second_id):
        raise Refusal(
            "own_record",
            _noop("检查人员不能答复对自己记录的异议"),
            fix=_noop("请由另一位负责人答复"),
            status=409,
        )
    held.upheld, held.answer = upheld, answer.strip()[:500]
    held.answered_at, held.answered_by = clock.now(), by.user_id
    held.save()
    with _about_record(held.record):
        told = events.ReplyAnswered(**_about(held.record), reply_id=held.pk, upheld=upheld)
        record_many([told])
    return held


# ── Helpers ──


def _held(finding: Finding, states: Sequence[str]) -> Finding:
    held = (
        Finding.objects.select_for_update(of=("self",)).select_related("record").get(pk=finding.pk)
    )
    if held.state not in states:
        raise Refusal(
            "finding_state",
            _noop("这个问题现在是“{state}”，不能这样做"),
            fix=_noop("请刷新页面"),
            status=409,
            state=FindingState(held.state).label,
        )
    return held


def _settled(held: Finding, by: Actor | None) -> Finding:
    held.settled_at, held.settled_by = clock.now(), by.user_id if by else None
    return _moved(held, FindingState.MENDED)


def _moved(held: Finding, after: FindingState, files: tuple[str, ...] = ()) -> Finding:
    before, held.state = held.state, after
    held.save()
    calling.settled(held)
    with _about_record(held.record):
        told = events.FindingMoved(
            subject=registry.subject(held.business_id), business_id=held.business_id,
            record_id=held.record_id, finding_id=held.pk, item=held.item, before=before,
            after=str(after), files=files, recheck_id=held.recheck_id,
        )  # fmt: skip
        record_many([told])
    return held


def _about_record(record: Record) -> AbstractContextManager[None]:
    """What is done about a record answers its entry, unless it answers another already: so the
    case reads as one, from what called for the visit to the recheck."""
    return caused_by(current_cause() or record.entry)


def _about(record: Record) -> dict[str, Any]:
    return {
        "subject": registry.subject(record.business_id),
        "business_id": record.business_id,
        "record_id": record.pk,
    }
