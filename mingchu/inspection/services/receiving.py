"""Receiving 接收: what a phone sends becomes a record, once, when nothing of it is missing.

A record is kept as soon as it came, whatever is doubtful about it; files follow by digest. Sent
again it changes nothing. Who comes with a wrong PIN, too late or second waits for a person.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, PinAnswer
from mingchu.accounts.keys import SIGNING
from mingchu.accounts.queries import user as user_of
from mingchu.accounts.services import check_signing_pin
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection.domain.bodies import Body, digest_of, read
from mingchu.inspection.domain.checklists import Checklist, from_plain
from mingchu.inspection.domain.outcome import DATED, Affects, way_of
from mingchu.inspection.models import READY, Record, RecordState, Sheet, Visit
from mingchu.inspection.queries.checklists import asked_of
from mingchu.inspection.services import accepting, visiting
from mingchu.inspection.services.doubting import Doubtful, doubts_about
from mingchu.kit.files.uploads import sent_under

OVER = (RecordState.ACCEPTED, RecordState.CONFLICT, RecordState.SET_ASIDE)


@dataclass(frozen=True)
class Came:
    """Where a record stands after a phone has spoken; `waits` asks it to come again later."""

    record: Record
    doubts: tuple[Doubtful, ...] = field(default=())
    waits: bool = False


def receive(*, client_id: UUID, revision: int, content: bytes, by: Actor) -> Came:
    """A record, or the draft of one, in a revision; Refusal `bad_record`, `another_person`,
    `unknown_visit`, `unknown_checklist`, `revision_differs`, `older_revision`,
    `record_incomplete`. What is refused stays on the phone.
    """
    body, plain = read(content)
    came = _keep(client_id, revision, body, plain, by)
    if came.state != RecordState.HELD or came.missing:
        return Came(came, _told(came))
    # Between the two, so that a try counts whatever becomes of the rest.
    answer = pin_answer(client_id, body)
    if answer is PinAnswer.LOCKED:
        return Came(came, waits=True)
    return _weigh(came.pk, answer, by)


# ── Kept ──


@transaction.atomic
def _keep(
    client_id: UUID, revision: int, body: Body, plain: Mapping[str, Any], by: Actor
) -> Record:
    _check_person(body, by)
    digest = digest_of(plain)
    known = Record.objects.select_for_update().filter(client_id=client_id).first()
    if known is not None:
        _check_revision(known, revision, digest)
        if known.state in OVER or (known.revision == revision and _still_missing(known, body, by)):
            return known
    visit = _visit_of(body)
    sheet = _sheet_of(body)
    checklist = from_plain(sheet.body)
    if body.sealed:
        check_whole(body, checklist, visit)
    record = known or Record(client_id=client_id)
    _fill(record, revision, body, plain, digest, visit, sheet)
    record.token_id = by.token or ""
    record.state = RecordState.HELD if body.sealed else RecordState.DRAFT
    record.missing = _missing(body, by) if body.sealed else []
    record.save()
    if visit.state in READY:
        visiting.begin(visit=visit, at=record.started_at)
    return record


def _still_missing(known: Record, body: Body, by: Actor) -> bool:
    """Sent again: files may have come meanwhile."""
    missing = _missing(body, by) if body.sealed else []
    if missing != known.missing:
        known.missing = missing
        known.save(update_fields=["missing"])
    return True


def _check_person(body: Body, by: Actor) -> None:
    if body.person != by.user_id:
        raise Refusal(
            "another_person",
            _noop("这份记录属于另一位检查人员"),
            fix=_noop("请由填写人本人登录后发送；记录仍在手机里"),
            status=403,
        )


def _check_revision(known: Record, revision: int, digest: str) -> None:
    if known.user_id and revision < known.revision:
        raise Refusal(
            "older_revision",
            _noop("这里已经有更新的一版（第{n}版）"),
            fix=_noop("请以手机上最新的一版为准"),
            status=409,
            n=known.revision,
        )
    if revision == known.revision and digest != known.digest:
        raise Refusal(
            "revision_differs",
            _noop("同一版号下内容不同"),
            fix=_noop("请让手机以新的版号再发送一次"),
            status=409,
        )
    if revision > known.revision and known.state in (RecordState.HELD, *OVER):
        raise Refusal(
            "record_sealed",
            _noop("这份记录已经签字封存，不能再改"),
            fix=_noop("要更正请由负责人在工作台处理"),
            status=409,
        )


def _visit_of(body: Body) -> Visit:
    found = Visit.objects.select_for_update().filter(pk=body.visit).first()
    if found is None:
        raise Refusal(
            "unknown_visit",
            _noop("没有这项检查任务"),
            fix=_noop("请联系派单的负责人；记录仍在手机里"),
            status=404,
        )
    return found


def _sheet_of(body: Body) -> Sheet:
    found = Sheet.objects.filter(pk=body.checklist).first()
    if found is None:
        raise Refusal(
            "unknown_checklist",
            _noop("检查表不是本系统发出的"),
            fix=_noop("请重新下载当天任务后再发送；记录仍在手机里"),
            status=422,
        )
    return found


def _missing(body: Body, by: Actor) -> list[str]:
    """Digests of files that are not whole here yet."""
    wanted = [one.sha256 for one in body.blobs]
    here = {digest for digest, one in sent_under(by, wanted).items() if one.blob_id}
    return [digest for digest in wanted if digest not in here]


def _fill(
    record: Record,
    revision: int,
    body: Body,
    plain: Mapping[str, Any],
    digest: str,
    visit: Visit,
    sheet: Sheet,
) -> None:
    """Times by the house's clock: what the phone's was ahead is taken off."""
    ahead = _ahead(body)
    began = body.started_at - ahead
    ended = max((body.ended_at or body.started_at) - ahead, began)
    record.revision, record.visit, record.sheet = revision, visit, sheet
    record.business_id, record.district = visit.business_id, visit.district
    record.user_id = body.person
    record.second_id = body.second.id if body.second else None
    record.device, record.body, record.digest = body.device[:80], dict(plain), digest
    record.outcome = body.outcome
    record.started_at, record.ended_at = began, ended
    record.day = clock.city(began).date()
    record.skew = round(ahead.total_seconds())
    record.received_at = clock.now()


def _ahead(body: Body) -> timedelta:
    """How far the phone's clock is ahead now, by when it says that it sends; a line takes its
    time, so what is less than a minute is none."""
    if body.sent_at is None:
        return timedelta(milliseconds=body.clock.offset_ms)
    ahead: timedelta = body.sent_at - clock.now()
    return ahead if abs(ahead) >= timedelta(minutes=1) else timedelta()


def check_whole(body: Body, checklist: Checklist, visit: Visit) -> None:
    """A sealed record says all that its outcome asks for."""
    lacks = list(_lacking(body, checklist, visit))
    if lacks:
        raise Refusal(
            "record_incomplete",
            _noop("记录还缺：{what}"),
            fix=_noop("请在手机上补齐后重新签字发送"),
            status=422,
            what=lacks[:10],
        )


def _lacking(body: Body, checklist: Checklist, visit: Visit) -> Any:
    if body.ended_at is None:
        yield "ended_at"
    if body.signatures.lead is None:
        yield "signatures.lead"
    if body.outcome != "inspected":
        return
    asked = visit.items or list(checklist.ids)
    yield from (item for item in asked if item not in body.answers)
    for item, answer in body.answers.items():
        known = checklist.item(item)
        if known is None:
            yield f"answers.{item}: ?"
        elif answer.verdict == "unmet":
            yield from _open_ends(item, known.is_key, answer)
    if body.signatures.party is None and body.refusal is None:
        yield "signatures.party"


def _open_ends(item: str, is_key: bool, answer: Any) -> Any:
    if answer.affects is None or (is_key and answer.affects == Affects.SLIGHT):
        yield f"answers.{item}.affects"
        return
    way = way_of(is_key, answer.affects, answer.fix.way if answer.fix else "")
    if way in DATED and (answer.fix is None or answer.fix.due is None):
        yield f"answers.{item}.fix.due"


# ── The second officer ──


def pin_answer(client_id: UUID, body: Body) -> PinAnswer:
    """What the second officer's sealed PIN is worth; `none` where there is no seal."""
    if body.second is None:
        return PinAnswer.NONE
    said = _opened(body)
    person = user_of(body.second.id)
    if said is None or person is None or said.get("client_id") != str(client_id):
        return PinAnswer.WRONG
    if said.get("person") != body.second.id:
        return PinAnswer.WRONG
    return check_signing_pin(person, str(said.get("pin", "")))


def _opened(body: Body) -> dict[str, Any] | None:
    """What the seal holds; None where it was not made for this house or is broken."""
    assert body.second is not None  # noqa: S101 asked above
    try:
        content = SIGNING.unseal(body.second.kid, base64.b64decode(body.second.seal, validate=True))
        said = json.loads(content) if content is not None else None
    except (binascii.Error, ValueError):
        return None
    return said if isinstance(said, dict) else None


# ── Weighed ──


@transaction.atomic
def _weigh(pk: int, answer: PinAnswer, by: Actor) -> Came:
    """Whole: it counts, or waits for a person."""
    record = (
        Record.objects.select_for_update(of=("self",)).select_related("visit", "sheet").get(pk=pk)
    )
    if record.state in OVER:
        return Came(record, _told(record))
    doubts = doubts_about(record, answer, by, asked_of(record, record.day))
    accepting.take_in(record, doubts, by=by)
    return Came(record, tuple(doubts))


def _told(record: Record) -> tuple[Doubtful, ...]:
    rows = record.conflicts.filter(decision="") if record.state == RecordState.CONFLICT else ()
    return tuple(Doubtful(one.doubt, one.about) for one in rows)


# ── By the set ──


@transaction.atomic
def receive_many(*, sent_in: Sequence[tuple[UUID, bytes]], by: Actor) -> list[Record]:
    """First and only revisions whose files are all here and whose second officer the house itself
    vouches for: what the demo plays, and what an office brings from another system."""
    kept = []
    for client_id, content in sent_in:
        body, plain = read(content)
        kept.append(_keep(client_id, 1, body, plain, by))
    whole = [one for one in kept if one.state == RecordState.HELD and not one.missing]
    came = [(one, doubts_about(one, PinAnswer.OK, by, asked_of(one, one.day))) for one in whole]
    accepting.take_in_many(came, by=by)
    return kept
