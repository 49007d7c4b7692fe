"""Silencing 静默: what is known shall call nobody for a while; who said so, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.alerts import events, rules
from mingchu.alerts.models import OPEN, Alert, Silence
from mingchu.alerts.services import holding
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.registry import domain as registry
from mingchu.signals.services import wake

WHY_TOP = 200


@dataclass(frozen=True, kw_only=True)
class About:
    """What a silence holds: alerts of one kind that agree in everything that is said here."""

    kind: str
    business_id: int | None = None
    subject: str = ""
    district: str = ""
    station: str = ""


@transaction.atomic
def silence(*, about: About, why: str, until: datetime, author: int) -> Silence:
    """From now on alerts like this call nobody; those that are open are held too.

    Raises Refusal `silence_without_why`, `silence_too_long`, `silence_is_past`, `never_silenced`,
    `silence_everything`.
    """
    _check(about, why, until)
    made = Silence.objects.create(
        kind=about.kind,
        business_id=about.business_id,
        subject=about.subject,
        district=about.district,
        station=about.station,
        why=why.strip(),
        author=author,
        since=clock.now(),
        until=until,
    )
    entry = record(
        events.SilenceMade(
            subject=_subject(made),
            silence_id=made.pk,
            kind_of=made.kind,
            business_id=made.business_id,
            district=made.district,
            station=made.station,
            about=made.subject,
            until=until,
        )
    )
    made.entry = entry.id
    made.save(update_fields=["entry"])
    holding.silence_standing(made)
    return made


def _check(about: About, why: str, until: datetime) -> None:
    today = clock.today()
    kind = rules.live(today).get(about.kind)
    if kind is None or not kind.may_silence:
        raise Refusal(
            "never_silenced",
            _noop("这一类预警不得静默"),
            fix=_noop("请直接处置；情形不实的，按误报处理"),
        )
    if not (about.business_id or about.subject or about.district or about.station):
        raise Refusal(
            "silence_everything",
            _noop("静默必须指明主体、对象或者辖区"),
            fix=_noop("请从要静默的那条预警进入"),
            status=422,
        )
    if not why.strip() or len(why.strip()) > WHY_TOP:
        raise Refusal(
            "silence_without_why",
            _noop("静默必须写明理由，最多{top}个字"),
            fix=_noop("请写明为什么这件事已经知道、暂不需要派单"),
            status=422,
            top=WHY_TOP,
        )
    _check_until(until, rules.silence_days_max(today))


def _check_until(until: datetime, days: int) -> None:
    if until <= clock.now():
        raise Refusal(
            "silence_is_past",
            _noop("静默的截止时间已经过去"),
            fix=_noop("请选择以后的日期"),
            status=422,
        )
    if until > rules.end_of(clock.today() + timedelta(days=days)):
        raise Refusal(
            "silence_too_long",
            _noop("静默最长{days}天"),
            fix=_noop("请缩短；到期仍有必要的，届时重新设置并说明理由"),
            status=422,
            days=days,
        )


@transaction.atomic
def lift(*, silence: Silence, by: int) -> None:
    """Ends a silence before its time; lifting twice changes nothing."""
    held = Silence.objects.select_for_update().get(pk=silence.pk)
    if held.lifted_at or held.until <= clock.now():
        return
    held.lifted_at, held.lifted_by = clock.now(), by
    held.save(update_fields=["lifted_at", "lifted_by"])
    entry = record(
        events.SilenceLifted(
            subject=_subject(held),
            silence_id=held.pk,
            kind_of=held.kind,
            business_id=held.business_id,
            district=held.district,
            station=held.station,
        )
    )
    holding.release_silenced({held.pk: entry.id})
    wake()


@transaction.atomic
def end_silences() -> int:
    """Alerts held by silences that have run out call again; how many."""
    held = Alert.objects.filter(OPEN, silence__until__lte=clock.now())
    return holding.release_silenced(dict(held.values_list("silence", "silence__entry")))


def _subject(one: Silence) -> str:
    return registry.subject(one.business_id) if one.business_id else f"silence:{one.pk}"
