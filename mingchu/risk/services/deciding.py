"""Deciding: what a person says of a grade: by how many levels, another letter, an answer."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.registry import domain as registry
from mingchu.risk import events, rules
from mingchu.risk.domain.spans import months_from
from mingchu.risk.models import (
    Direction,
    Grade,
    Ground,
    Letter,
    Objection,
    ObjectionState,
    Override,
)
from mingchu.risk.services.running import regrade
from mingchu.rulebook.store import rule


@transaction.atomic
def decide_ground(*, ground: Ground, levels: int, reason: str, by: Actor | None = None) -> Ground:
    """By how many levels the grade moves, 0 for none; said once, with a reason."""
    held = Ground.objects.select_for_update().get(pk=ground.pk)
    if held.levels is not None:
        raise Refusal(
            "ground_decided",
            _noop("这一情形已经决定过"),
            fix=_noop("请刷新页面；情况有变的，请另行登记"),
            status=409,
        )
    most = int(rules.grounds(held.direction, clock.today()).choice(held.ground))
    if not 0 <= levels <= most:
        raise Refusal(
            "too_many_levels",
            _noop("{direction}最多{most}级"),
            fix=_noop("请选0到{most}级"),
            status=422,
            direction=Direction(held.direction).label,
            most=most,
        )
    held.levels, held.reason = levels, _said(reason)
    held.decided_on, held.decided_by = clock.today(), by.user_id if by else None
    held.save(update_fields=["levels", "reason", "decided_on", "decided_by"])
    record(
        events.GroundDecided(
            subject=registry.subject(held.business_id),
            business_id=held.business_id,
            ground_id=held.pk,
            direction=held.direction,
            levels=levels,
        )
    )
    regrade([held.business_id], by=by)
    return held


def _said(reason: str) -> str:
    if not reason.strip():
        raise Refusal(
            "reason_missing",
            _noop("没有写理由"),
            fix=_noop("请写一两句，经营者会看到"),
            status=422,
        )
    return reason.strip()


@transaction.atomic
def set_override(
    *, business: int, letter: str, why: str, until: date, by: Actor | None = None
) -> Override:
    """Another letter than the points give, until a day; an earlier one ends today."""
    today = clock.today()
    months = int(rule("grade.override_months").on(today).number())
    last = months_from(today, months)
    if letter not in Letter.values or not today <= until <= last:
        raise Refusal(
            "bad_override",
            _noop("等级须为A至D，期限须在今天至{last}之间"),
            fix=_noop("请改正；到期后恢复按分值评定"),
            status=422,
            last=last,
        )
    _check_graded(business)
    for standing in _standing(business):
        _end(standing, _noop("由新的决定代替"), by)
    made = Override.objects.create(
        business_id=business, letter=letter, why=_said(why), since=today, until=until,
        user_id=by.user_id if by else None,
    )  # fmt: skip
    record(
        events.OverrideSet(
            subject=registry.subject(business),
            business_id=business,
            override_id=made.pk,
            letter=letter,
            until=until,
        )
    )
    regrade([business], by=by)
    return made


def _check_graded(business: int) -> None:
    """A letter is set beside points, never instead of facts that are missing."""
    if not Grade.objects.filter(business=business, until__isnull=True).exclude(letter="").exists():
        raise Refusal(
            "not_graded",
            _noop("还没有风险等级，不能调整"),
            fix=_noop("请先补齐缺少的数据，评定后再调整"),
            status=409,
        )


def _standing(business: int) -> list[Override]:
    today = clock.today()
    rows = Override.objects.select_for_update().filter(business=business, ended_on__isnull=True)
    return list(rows.filter(until__gte=today))


@transaction.atomic
def end_override(*, override: Override, why: str, by: Actor | None = None) -> Override:
    """Back to what the points say, before its time."""
    held = Override.objects.select_for_update().get(pk=override.pk)
    if held.ended_on is not None or held.until < clock.today():
        raise Refusal(
            "override_over",
            _noop("这次人工调整已经结束"),
            fix=_noop("请刷新页面"),
            status=409,
        )
    _end(held, _said(why), by)
    regrade([held.business_id], by=by)
    return held


def _end(held: Override, why: str, by: Actor | None) -> None:
    held.ended_on, held.end_why = clock.today(), why
    held.ended_by = by.user_id if by else None
    held.save(update_fields=["ended_on", "end_why", "ended_by"])
    record(
        events.OverrideEnded(
            subject=registry.subject(held.business_id),
            business_id=held.business_id,
            override_id=held.pk,
        )
    )


@transaction.atomic
def object_to(*, grade: Grade, text: str, item: str = "", by: Actor | None = None) -> Objection:
    """The business says that its grade is wrong; one at a time."""
    if grade.until is not None:
        raise Refusal(
            "grade_past",
            _noop("这个等级已经不是现在的等级"),
            fix=_noop("请刷新页面，对现在的等级提出"),
            status=409,
        )
    if not text.strip():
        raise Refusal(
            "objection_empty", _noop("没有写异议内容"), fix=_noop("请写明哪里不对"), status=422
        )
    try:
        with transaction.atomic():
            made = Objection.objects.create(
                business_id=grade.business_id, grade=grade, item=item, text=text.strip(),
                user_id=by.user_id if by else None,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Refusal(
            "objection_open",
            _noop("已有一件异议等待答复"),
            fix=_noop("请等待答复，或先撤回"),
            status=409,
        ) from twice
    record(
        events.ObjectionMade(
            subject=registry.subject(made.business_id),
            business_id=made.business_id,
            objection_id=made.pk,
            grade_id=grade.pk,
            item=item,
        )
    )
    return made


@transaction.atomic
def answer_objection(
    *, objection: Objection, upheld: bool, answer: str, by: Actor | None = None
) -> Objection:
    """Upheld or not; what has to be put right is put right by its own act, facts first."""
    held = _open(objection)
    held.state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    held.answer, held.answered_at = _said(answer), clock.now()
    held.answered_by = by.user_id if by else None
    held.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    record(
        events.ObjectionAnswered(
            subject=registry.subject(held.business_id),
            business_id=held.business_id,
            objection_id=held.pk,
            state=str(held.state),
        )
    )
    return held


@transaction.atomic
def withdraw_objection(*, objection: Objection) -> Objection:
    """The business takes it back, as long as nobody has answered."""
    held = _open(objection)
    held.state = ObjectionState.WITHDRAWN
    held.save(update_fields=["state"])
    record(
        events.ObjectionWithdrawn(
            subject=registry.subject(held.business_id),
            business_id=held.business_id,
            objection_id=held.pk,
        )
    )
    return held


def _open(objection: Objection) -> Objection:
    held = Objection.objects.select_for_update().get(pk=objection.pk)
    if held.state != ObjectionState.OPEN:
        raise Refusal(
            "objection_closed",
            _noop("这件异议现在是“{state}”"),
            fix=_noop("请刷新页面"),
            status=409,
            state=ObjectionState(held.state).label,
        )
    return held
