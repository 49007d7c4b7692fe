"""Capturing 采集: what was sent is judged, hashed, and stored once, or refused with its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from mingchu.base import clock, trail
from mingchu.base.ids import new_id
from mingchu.trace import rows, words
from mingchu.trace.domain import keys, reading
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.reading import Judged
from mingchu.trace.domain.words import Broken
from mingchu.trace.domain.xml import documents
from mingchu.trace.rows import Sent
from mingchu.trace.services.batching import Batches
from mingchu.trace.services.permitting import Permit
from mingchu.trace.services.storing import Outcome, store, store_few


class Behaviour(StrEnum):
    """What happens to a document with a wrong event: nothing of it goes in, or the others do."""

    ROLLBACK = "rollback"
    PROCEED = "proceed"


class Sender(NamedTuple):
    """Who sends: the actor as the ledger writes him, the party he speaks for, its district."""

    label: str
    party: str
    district: str


@dataclass(frozen=True)
class Error:
    """What was wrong with event number `at` of a document; `path` and `byte` say where."""

    at: int
    kind: str
    path: str = ""
    byte: int | None = None
    detail: str = ""

    def plain(self) -> dict[str, object]:
        return {
            "at": self.at,
            "kind": self.kind,
            "path": self.path,
            "byte": self.byte,
            "detail": self.detail,
        }


@dataclass(frozen=True)
class Job:
    """How the capture of a document ended."""

    id: UUID
    state: str
    events: int
    captured: int
    duplicate: int
    errors: Sequence[Error]


class Single(NamedTuple):
    """An event that was sent by itself, and what became of it."""

    outcome: Outcome
    name: str
    raw: bytes


def limits() -> reading.Limits:
    return reading.Limits(settings.CAPTURE_BYTES, settings.CAPTURE_EVENTS)


def capture_event(data: bytes, sender: Sender) -> Single:
    """One event; it is durable once this returns. Raises Fault, Refusal `event_exists`
    where another has its id."""
    document = reading.read(data, limits())
    if document.type not in rows.TYPES:
        raise Fault(Kind.NOT_EPCIS, path="$.type", detail=document.type)
    judged, permit = document.judge(0), Permit(sender.party)
    sent = Sent(judged, keys.identity(judged), sender.party, sender.district)
    try:
        permit.check(judged)
        for broken in permit.refused([sent]).values():
            raise broken
    except Broken as broken:
        raise document.refused(0, broken) from None
    identity, outcome = sent.identity, _singles.put(sent)
    name = judged.members.get("eventID", identity.hash)
    if outcome is Outcome.CONFLICT:
        raise words.refusal(words.EXISTS, name)
    return Single(outcome, name, judged.raw)


def _store_singles(sent: Sequence[Sent]) -> list[Outcome]:
    return store_few(sent)


_singles: Batches[Sent, Outcome] = Batches(_store_singles)


def capture_document(
    data: bytes, behaviour: Behaviour, sender: Sender, *, is_xml: bool = False
) -> Job:
    """A document's events with their job, in one transaction, durable once this returns.

    The job is written with its end and is never seen running; if the house dies on the way, it was
    never there. Raises Fault where the document itself cannot be read.
    """
    begun = clock.now()
    document = documents.read(data, limits()) if is_xml else reading.read(data, limits())
    if document.type != "EPCISDocument":
        raise Fault(Kind.NOT_EPCIS, path="$.type", detail=document.type)
    number = new_id()
    sent, errors = _judged(document, behaviour, sender, str(number))
    with transaction.atomic():
        outcomes: list[Outcome] = []
        if not errors or behaviour is Behaviour.PROCEED:
            outcomes, conflicts = _stored(sent, behaviour)
            errors = [*errors, *conflicts]
        errors.sort(key=lambda error: error.at)
        job = _job(number, len(document.events), outcomes, errors)
        header = document.header if isinstance(document, documents.Document) else b""
        _keep(job, begun, len(data), behaviour, sender, header)
    return job


class Judging(Protocol):
    """What has events that are judged one by one: a document, or a batch of a file."""

    @property
    def events(self) -> Sequence[Any]: ...

    def judge(self, at: int) -> Judged: ...

    def refused(self, at: int, broken: Broken) -> Fault: ...


def _judged(
    document: Judging, behaviour: Behaviour, sender: Sender, number: str
) -> tuple[list[Sent], list[Error]]:
    """Every event is looked at, also where one wrong one stops all: the sender hears of each."""
    sent, errors, permit = [], [], Permit(sender.party)
    for at in range(len(document.events)):
        try:
            judged = document.judge(at)
            permit.check(judged)
        except Fault as fault:
            errors.append(_error(at, fault))
            continue
        except Broken as broken:
            errors.append(_error(at, document.refused(at, broken)))
            continue
        if not errors or behaviour is Behaviour.PROCEED or "errorDeclaration" in judged.members:
            sent.append(_sent(judged, sender, number, at))
    refused = permit.refused(sent)
    errors += [_error(at, document.refused(at, broken)) for at, broken in refused.items()]
    return [one for one in sent if one.place not in refused], errors


def _error(at: int, fault: Fault) -> Error:
    return Error(at, fault.kind, fault.path, fault.byte, fault.detail)


def _sent(judged: Judged, sender: Sender, number: str, at: int) -> Sent:
    return Sent(judged, keys.identity(judged), sender.party, sender.district, number, at)


def _stored(sent: Sequence[Sent], behaviour: Behaviour) -> tuple[list[Outcome], list[Error]]:
    with transaction.atomic():
        outcomes = store(sent)
        errors = [
            Error(one.place, words.EXISTS, detail=one.judged.members.get("eventID", ""))
            for one, outcome in zip(sent, outcomes, strict=True)
            if outcome is Outcome.CONFLICT
        ]
        if errors and behaviour is Behaviour.ROLLBACK:
            transaction.set_rollback(True)
            return [], errors
    return outcomes, errors


def _job(number: UUID, events: int, outcomes: Sequence[Outcome], errors: Sequence[Error]) -> Job:
    """How a capture ended whose events came out so."""
    captured, duplicate = (outcomes.count(one) for one in (Outcome.CAPTURED, Outcome.DUPLICATE))
    state = "captured" if not errors else "partial" if captured + duplicate else "failed"
    return Job(number, state, events, captured, duplicate, errors)


KEEP = """
INSERT INTO trace_capture (id, created_at, finished_at, bytes, events, captured, duplicate,
    rejected, state, behaviour, sender, party, district, request, errors, header)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::text::json, %s)
"""


def _keep(
    job: Job,
    begun: datetime,
    size: int,
    behaviour: Behaviour,
    sender: Sender,
    header: bytes = b"",
) -> None:
    """Writes a job, `size` bytes of it having been sent; inside the transaction of its events."""
    rejected = job.events - job.captured - job.duplicate
    said = json.dumps([error.plain() for error in job.errors], ensure_ascii=False)
    with connection.cursor() as db:
        db.execute(
            KEEP,
            [
                job.id, begun, clock.now(), size, job.events, job.captured, job.duplicate, rejected,
                job.state, behaviour, *sender, trail.request_id(), said, header or None,
            ],
        )  # fmt: skip
