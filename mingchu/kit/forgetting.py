"""Forgetting 到期清除: what people were told, duties, lists that came in, evidence of what is over:
all go when their term has run, with an entry of the ledger. Contexts forget their own rows by
`forget_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from mingchu.base import clock
from mingchu.kit import events
from mingchu.kit.files.guards import GUARDS
from mingchu.kit.files.keeping import detach
from mingchu.kit.models import Attachment, Duty, ImportBatch, ImportFile, InboxItem, Message
from mingchu.ledger.services import record
from mingchu.rulebook import values
from mingchu.rulebook.store import calendar, rule

AT_ONCE = 1_000


@dataclass(frozen=True)
class Forgotten:
    """How many of each went."""

    messages: int
    duties: int
    imports: int
    files: int


def forget() -> Forgotten:
    """All whose term has run; a file on hold stays."""
    told, brought = kept_from("retention.messages"), kept_from("retention.imports")
    return Forgotten(
        messages=_messages(told),
        duties=_duties(told),
        imports=_imports(brought),
        files=_files(kept_from("retention.evidence")),
    )


def kept_from(name: str) -> date:
    """Of what is of an earlier day the term has run, by the rule of today."""
    today = clock.today()
    ruling = rule(name).on(today)
    return values.due(ruling.unit, -int(ruling.number()), today, calendar()).day


def forget_rows(what: str, old: models.QuerySet[Any], until: date) -> int:
    """Erases rows whose term has run, with all that goes with them; how many. `what` says in the
    ledger which they were."""
    count = 0
    while some := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            old.model.objects.filter(pk__in=some).delete()
            _tell(what, len(some), until)
        count += len(some)
    return count


def _messages(until: date) -> int:
    old = Message.objects.filter(at__lt=clock.midnight(until)).values_list("pk", flat=True)
    count = 0
    while some := list(old[:AT_ONCE]):
        with transaction.atomic():
            InboxItem.objects.filter(message__in=some).delete()
            Message.objects.filter(pk__in=some).delete()
            _tell("kit:messages", len(some), until)
        count += len(some)
    return count


@transaction.atomic
def _duties(until: date) -> int:
    count = Duty.objects.filter(ends__lt=clock.midnight(until)).delete()[0]
    if count:
        _tell("kit:duties", count, until)
    return count


def _imports(until: date) -> int:
    """Lists with all they did row by row; the bytes of one that came again stay with the later."""
    moment, count = clock.midnight(until), 0
    old = ImportBatch.objects.filter(started_at__lt=moment).values_list("pk", flat=True)
    for pk in list(old):
        with transaction.atomic():
            ImportBatch.objects.filter(pk=pk).delete()
            _tell("kit:imports", 1, until)
        count += 1
    unused = ImportFile.objects.filter(kept_at__lt=moment)
    unused.exclude(importbatch__started_at__gte=moment).delete()
    return count


def _tell(what: str, count: int, until: date) -> None:
    record(events.RecordsForgotten(subject=what, count=count, until=until))


def _files(until: date) -> int:
    """Evidence that old of what was over that long ago, by what its context says."""
    moment, count = clock.midnight(until), 0
    old = Attachment.objects.filter(at__lt=moment, blob__on_hold=False).order_by("pk")
    last = UUID(int=0)
    while some := list(old.filter(pk__gt=last)[:AT_ONCE]):
        last = some[-1].pk
        for attachment in _over(some, moment):
            detach(attachment=attachment)
            count += 1
    return count


def _over(some: Sequence[Attachment], moment: datetime) -> list[Attachment]:
    """Those whose subject was over by then."""
    numbers: dict[str, set[int]] = {}
    for one in some:
        kind, _colon, number = one.subject.partition(":")
        if number.isdecimal():
            numbers.setdefault(kind, set()).add(int(number))
    over = {
        f"{kind}:{number}"
        for kind, known in numbers.items()
        if (guard := GUARDS.get(kind))
        for number in guard.over_before(known, moment)
    }
    return [one for one in some if one.subject in over]
