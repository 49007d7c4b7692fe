"""Accepting 收下: a whole record counts, or waits with its doubts; what follows is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import events, rules
from mingchu.inspection.domain.checklists import Checklist, from_plain
from mingchu.inspection.domain.outcome import (
    Found,
    Result,
    Verdict,
    Way,
    found,
    results,
    word,
)
from mingchu.inspection.models import (
    Conflict,
    Decision,
    Doubt,
    Finding,
    FindingState,
    Record,
    RecordState,
    Visit,
    VisitState,
)
from mingchu.inspection.queries.causes import beginnings_of
from mingchu.inspection.services import calling, mending
from mingchu.inspection.services.doubting import Doubtful
from mingchu.kit.files.keeping import attach_many, evidence
from mingchu.kit.files.uploads import sent_under
from mingchu.ledger.services import current_cause, record_many
from mingchu.registry import domain as registry

PHOTO, SIGNATURE = "photo", "signature"
TEXT_TOP = 500
MADE = ["state", "done_at", "started_at", "approved_at", "approved_by"]
COUNTED = [
    "state", "met", "unmet", "not_applicable", "unmet_key", "applicable_key", "full_list",
    "results", "word",
]  # fmt: skip


def take_in(record: Record, doubts: Sequence[Doubtful], *, by: Actor) -> None:
    """Its files are kept as evidence and the entry names them; without doubts it counts."""
    take_in_many([(record, doubts)], by=by)


def take_in_many(came: Sequence[tuple[Record, Sequence[Doubtful]]], *, by: Actor) -> None:
    """`take_in` of each, by the set."""
    files = _attached([record for record, _doubts in came], by)
    told = []
    for record, doubts in came:
        record.state = RecordState.CONFLICT if doubts else RecordState.HELD
        _counted(record, from_plain(record.sheet.body))
        told.append(_received(record, doubts, files[record.pk]))
    Record.objects.bulk_update([one for one, _doubts in came], COUNTED)
    Conflict.objects.bulk_create(
        [
            Conflict(record=record, doubt=one.doubt, about=one.about)
            for record, doubts in came
            for one in doubts
        ]
    )
    record_many(told)
    count_many([record for record, doubts in came if not doubts], by=by)


def _received(
    record: Record, doubts: Sequence[Doubtful], files: tuple[str, ...]
) -> events.RecordReceived:
    return events.RecordReceived(
        **_about(record),
        visit_id=record.visit_id,
        revision=record.revision,
        digest=record.digest,
        doubts=tuple(str(one.doubt) for one in doubts),
        files=files,
    )


def _attached(records: Sequence[Record], by: Actor) -> dict[int, tuple[str, ...]]:
    """Every file of every record once, in its role; the item it belongs to stands beside it."""
    named = {one.pk: one.body.get("blobs", ()) for one in records}
    here = sent_under(by, {one["sha256"] for blobs in named.values() for one in blobs})
    made = {
        number: [
            evidence(
                upload=here[one["sha256"]],
                subject=f"inspection:{number}",
                role=one.get("role", PHOTO),
                name=one.get("item") or one.get("role", PHOTO),
                note=one.get("item", ""),
                by=by,
            )
            for one in blobs
        ]
        for number, blobs in named.items()
    }
    attach_many([one for own in made.values() for one in own])
    return {number: tuple(str(one.pk) for one in own) for number, own in made.items()}


def _counted(record: Record, checklist: Checklist) -> None:
    """What is counted of the answers, and the kinds of result that follow."""
    answers = record.body.get("answers", {}) if record.outcome == "inspected" else {}
    said: dict[str, list[str]] = {one: [] for one in Verdict}
    for item in checklist.ids:
        if item in answers:
            said[answers[item]["verdict"]].append(item)
    unmet = unmet_of(record, checklist)
    record.met, record.unmet = said[Verdict.MET], said[Verdict.UNMET]
    record.not_applicable = said[Verdict.NOT_APPLICABLE]
    keys = checklist.keys
    applied = [*record.met, *record.unmet]
    record.applicable_key = sum(item in keys for item in applied)
    record.unmet_key = sum(item in keys for item in record.unmet)
    record.full_list = not record.visit.items and set(checklist.ids) <= answers.keys()
    added = [one for one in record.body.get("results", ()) if one in list(Result)]
    record.results = [str(one) for one in results(record.outcome, unmet, added)]
    general = len(applied) - record.applicable_key
    general_unmet = len(record.unmet) - record.unmet_key
    if record.outcome == "inspected" and applied:
        least = rules.basic_pass_rate(record.day)
        record.word = word(record.unmet_key, general - general_unmet, general, least)


def unmet_of(record: Record, checklist: Checklist | None = None) -> list[Found]:
    answers = record.body.get("answers", {}) if record.outcome == "inspected" else {}
    known = checklist or from_plain(record.sheet.body)
    return found(known.keys, known.ids, answers)


# ── It counts ──


def count(record: Record, *, by: Actor | None) -> None:
    """From now on: findings are ordered to be mended, cases proposed, the result is due."""
    count_many([record], by=by)


def count_many(records: Sequence[Record], *, by: Actor | None) -> None:
    """`count` of each, by the set: what follows in other contexts follows once for all."""
    findings: list[Finding] = []
    for record in records:
        record.state, record.accepted_at = RecordState.ACCEPTED, clock.now()
        record.publish_by = rules.publish_by(record.day)
        _is_made(record, by)
        findings += [_finding(record, one) for one in unmet_of(record)]
    Visit.objects.bulk_update([one.visit for one in records], MADE)
    # Who hears of a record asks at once what is to be mended.
    Finding.objects.bulk_create(findings)
    begun = beginnings_of([one.visit for one in records])
    entries = record_many(
        [_done(one) for one in records],
        causes=[current_cause() or begun.get(one.visit_id) for one in records],
    )
    for record, entry in zip(records, entries, strict=True):
        record.entry = entry.pk
    Record.objects.bulk_update(records, [*COUNTED, "accepted_at", "publish_by", "entry"])
    cases = [one for one in findings if one.way == Way.CASE]
    record_many([_case(one) for one in cases], causes=[one.record.entry for one in cases])
    calling.call_for(records, findings)
    exams = [(told, one.entry) for one in records if (told := _examined(one)) is not None]
    record_many([told for told, _entry in exams], causes=[entry for _told, entry in exams])
    mending.seen_again(records, by=by)


def _is_made(record: Record, by: Actor | None) -> None:
    visit = record.visit
    if visit.state == VisitState.DONE:
        return
    visit.state, visit.done_at = VisitState.DONE, record.ended_at
    visit.started_at = visit.started_at or record.started_at
    if visit.approved_at is None:
        # Whoever takes in the record of a visit that nobody approved approves it with that.
        visit.approved_at, visit.approved_by = clock.now(), by.user_id if by else None


def _case(one: Finding) -> events.CaseProposed:
    return events.CaseProposed(
        **_about(one.record), finding_id=one.pk, item=one.item, is_key=one.is_key
    )


def _finding(record: Record, one: Found) -> Finding:
    answer = record.body["answers"][one.item]
    due = answer.get("fix", {}).get("due") if answer.get("fix") else None
    mended = one.way is Way.ON_SPOT
    state = {Way.ON_SPOT: FindingState.MENDED, Way.CASE: FindingState.CASE}
    return Finding(
        record=record,
        business_id=record.business_id,
        district=record.district,
        item=one.item,
        is_key=one.is_key,
        affects=one.affects,
        way=one.way,
        text=answer.get("text", "")[:TEXT_TOP],
        due=date.fromisoformat(due) if due and not mended else None,
        state=state.get(one.way, FindingState.OPEN),
        settled_at=record.ended_at if mended else None,
        settled_by=record.user_id if mended else None,
    )


def _done(record: Record) -> events.InspectionDone:
    visit = record.visit
    general = len(record.met) + len(record.unmet) - record.applicable_key
    return events.InspectionDone(
        **_about(record),
        visit_id=visit.pk,
        type=visit.type,
        department=visit.department,
        random=visit.task_id is not None,
        day=record.day,
        lead_id=visit.lead_id or record.user_id,
        outcome=record.outcome,
        results=tuple(record.results),
        full_list=record.full_list,
        sheet=record.sheet_id,
        applicable_key=record.applicable_key,
        applicable_general=general,
        failed_key=record.unmet_key,
        failed_general=len(record.unmet) - record.unmet_key,
        failed=tuple(record.unmet),
        joint=visit.joint,
        publish_by=record.publish_by or record.day,
    )


def _examined(record: Record) -> events.ManagersExamined | None:
    """Managers of the registry whose answers are known; a stranger's stand in the record alone."""
    least = rules.exam_pass(record.day)
    exams = tuple(
        (one["person"], share, share >= least)
        for one in record.body.get("exam", ())
        if one.get("person")
        for share in [100 * one["right"] // one["asked"]]
    )
    if not exams:
        return None
    return events.ManagersExamined(**_about(record), day=record.day, exams=exams)


# ── Decided by a person ──


@transaction.atomic
def decide(
    *, conflict: Conflict, decision: str, why: str, day: date | None = None, by: Actor
) -> Record:
    """A person decides on a doubt; when none is left the record counts, or is set aside.

    `day` puts right when it was, where the phone's clock is in doubt. Who wrote the record does
    not decide on it, and of two records of one visit only one can count.
    """
    record = (
        Record.objects.select_for_update(of=("self",))
        .select_related("visit", "sheet")
        .get(pk=conflict.record_id)
    )
    held = record.conflicts.select_for_update().get(pk=conflict.pk)
    _check_decision(record, held, decision, why, by)
    held.decision, held.why = decision, why.strip()[:200]
    held.decided_by, held.decided_at = by.user_id, clock.now()
    held.save()
    told = events.DoubtDecided(
        **_about(record), doubt=held.doubt, decision=decision, reason=held.why
    )
    record_many([told])
    if day is not None and held.doubt == Doubt.CLOCK:
        _put_day_right(record, day)
    if decision == Decision.SET_ASIDE:
        record.state = RecordState.SET_ASIDE
        record.save(update_fields=["state"])
    elif not record.conflicts.filter(decision="").exists():
        count(record, by=by)
    return record


def _check_decision(record: Record, held: Conflict, decision: str, why: str, by: Actor) -> None:
    if held.decision or record.state != RecordState.CONFLICT:
        raise Refusal(
            "doubt_decided", _noop("这个疑问已经处理过了"), fix=_noop("请刷新页面"), status=409
        )
    if decision not in Decision.values:
        raise Refusal(
            "unknown_decision", _noop("没有这种决定"), fix=_noop("请选收下或者搁置"), status=422
        )
    if not why.strip():
        raise Refusal(
            "no_reason", _noop("没有写明理由"), fix=_noop("请写明为什么这样决定"), status=422
        )
    if by.user_id == record.user_id:
        raise Refusal(
            "own_record",
            _noop("填写人不能处理自己记录的疑问"),
            fix=_noop("请由另一位负责人决定"),
            status=409,
        )
    other = Record.objects.filter(visit=record.visit, state=RecordState.ACCEPTED)
    if decision == Decision.ACCEPT and other.exclude(pk=record.pk).exists():
        raise Refusal(
            "one_record_counts",
            _noop("这项任务已经有一份记录收下"),
            fix=_noop("请搁置这一份；两份都会保存"),
            status=409,
        )


def _put_day_right(record: Record, day: date) -> None:
    if day > clock.today():
        raise Refusal(
            "day_ahead", _noop("检查日期在今天以后"), fix=_noop("请填实际检查的日期"), status=422
        )
    moved = day - record.day
    record.day = day
    record.started_at += moved
    record.ended_at += moved
    record.save(update_fields=["day", "started_at", "ended_at"])


def _about(record: Record) -> dict[str, Any]:
    return {
        "subject": registry.subject(record.business_id),
        "business_id": record.business_id,
        "record_id": record.pk,
    }
