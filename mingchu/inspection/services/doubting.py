"""Doubting 存疑: what about a record a person has to decide; nothing here is lost or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mingchu.accounts.domain import Actor, PinAnswer, Place, may
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.inspection import rules
from mingchu.inspection.domain.checklists import Checklist
from mingchu.inspection.models import (
    Doubt,
    Instrument,
    Record,
    RecordState,
    Recusal,
    VisitState,
)
from mingchu.inspection.services.weighing import certified_on

TAKEN = (RecordState.ACCEPTED, RecordState.CONFLICT)


@dataclass(frozen=True)
class Doubtful:
    """A doubt, with what a person needs to know of it: ids, days, words; no names."""

    doubt: str
    about: dict[str, Any] = field(default_factory=dict)


def doubts_about(
    record: Record, answer: PinAnswer, by: Actor, present: Checklist
) -> list[Doubtful]:
    """All that is doubtful about a record that is whole, in the order of `Doubt`."""
    return [*_second(record, answer), *_task(record), *_when(record), *_list(record, present),
            *_who(record, by), *_instruments(record)]  # fmt: skip


def _second(record: Record, answer: PinAnswer) -> Iterator[Doubtful]:
    pair, second = record.visit.pair, record.second_id
    if second is None or second == record.user_id or (pair and second not in pair):
        yield Doubtful(Doubt.NO_SECOND, {"second": second})
    elif not answer:
        yield Doubtful(Doubt.PIN, {"second": second, "answer": str(answer)})


def _task(record: Record) -> Iterator[Doubtful]:
    others = Record.objects.filter(visit=record.visit, state__in=TAKEN).exclude(pk=record.pk)
    if (other := others.order_by("pk").first()) is not None:
        yield Doubtful(Doubt.SECOND_RECORD, {"record": other.pk, "by": other.user_id})
    if record.visit.state == VisitState.PLANNED:
        yield Doubtful(Doubt.UNAPPROVED)
    if record.visit.state == VisitState.VOID:
        yield Doubtful(Doubt.VOID, {"why": record.visit.void_why})


def _when(record: Record) -> Iterator[Doubtful]:
    """A clock that was off by the same all along is put right; one that jumped cannot be."""
    limit = timedelta(seconds=rules.clock_seconds(clock.today()))
    at_pack = timedelta(milliseconds=record.body.get("clock", {}).get("offset_ms", 0))
    ahead = timedelta(seconds=record.skew)
    jumped = abs(ahead - at_pack) > limit
    future = record.ended_at > clock.now() + limit
    if jumped or future:
        yield Doubtful(
            Doubt.CLOCK,
            {"ahead_s": record.skew, "at_pack_s": round(at_pack.total_seconds()),
             "day": record.day.isoformat(), "said": str(record.body["started_at"])},
        )  # fmt: skip


def _list(record: Record, present: Checklist) -> Iterator[Doubtful]:
    """Of a newer list only what nobody answered is in doubt, and only where all is asked."""
    if record.visit.items or record.sheet_id == present.digest or record.outcome != "inspected":
        return
    answered = record.body.get("answers", {})
    if lacking := [item for item in present.ids if item not in answered]:
        yield Doubtful(Doubt.SHEET, {"items": lacking, "digest": present.digest})


def _who(record: Record, by: Actor) -> Iterator[Doubtful]:
    business = record.business
    place = Place(district=business.district, station=business.station, business=str(business.pk))
    if not may(by, "inspection.conduct", place):
        yield Doubtful(Doubt.MOVED, {"district": business.district})
    pair = record.visit.pair
    if record.user_id not in pair:
        yield Doubtful(Doubt.WRITER, {"pair": list(pair)})
    people = [one for one in (record.user_id, record.second_id) if one]
    users = User.objects.in_bulk(people)
    if lapsed := [pk for pk in people if pk in users and not certified_on(users[pk], record.day)]:
        yield Doubtful(Doubt.CERTIFICATE, {"people": lapsed})
    rows = Recusal.objects.filter(user__in=people, business=record.business_id, ended=None)
    if kept_away := list(rows.filter(since__lte=record.day).values_list("user_id", flat=True)):
        yield Doubtful(Doubt.RECUSED, {"people": kept_away})


def _instruments(record: Record) -> Iterator[Doubtful]:
    used = {
        answer["measure"]["instrument"]
        for answer in record.body.get("answers", {}).values()
        if answer.get("measure") and answer["measure"].get("instrument")
    }
    if not used:
        return
    fit = Instrument.objects.filter(number__in=used, calibrated_until__gte=record.day)
    if lapsed := sorted(used - set(fit.values_list("number", flat=True))):
        yield Doubtful(Doubt.INSTRUMENT, {"instruments": lapsed})
