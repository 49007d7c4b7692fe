"""Attached 附件: photos and signatures of a record, and what a business shows of its mending.

Officers see them inside their scope and whoever made the record; the business sees the photos of
its own record and what it sent in itself, and nobody's signature.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.inspection.models import Finding, FindingState, Record, RecordState
from mingchu.inspection.queries import records
from mingchu.inspection.services.accepting import PHOTO, SIGNATURE
from mingchu.inspection.services.mending import EVIDENCE
from mingchu.kit.files.guards import GUARDS, FileRole, Guard

READ, ANSWER = "inspection.read", "inspection.answer"
OF_RECORD = {PHOTO: FileRole(_("检查照片")), SIGNATURE: FileRole(_("签字"))}
OF_FINDING = {EVIDENCE: FileRole(_("整改材料"))}


def sees_record(actor: Actor, number: str, role: str) -> bool:
    if not number.isdecimal():
        return False
    pk = int(number)
    if records.record(actor.scopes_for(READ), pk) is not None:
        return True
    if Record.objects.filter(pk=pk, user_id=actor.user_id or 0).exists():
        return True
    shown = records.record(actor.scopes_for(ANSWER), pk) if role == PHOTO else None
    return shown is not None and shown.state == RecordState.ACCEPTED


def sees_finding(actor: Actor, number: str, role: str) -> bool:
    if not number.isdecimal():
        return False
    return any(
        records.finding(actor.scopes_for(action), int(number)) is not None
        for action in (READ, ANSWER)
    )


def records_over(numbers: Collection[int], moment: datetime) -> Collection[int]:
    rows = Record.objects.filter(pk__in=numbers, received_at__lt=moment)
    waits = rows.filter(findings__state__in=records.UNMENDED)
    over = rows.exclude(pk__in=waits.values("pk")).exclude(state=RecordState.CONFLICT)
    return list(over.values_list("pk", flat=True))


def findings_over(numbers: Collection[int], moment: datetime) -> Collection[int]:
    rows = Finding.objects.filter(pk__in=numbers, settled_at__lt=moment)
    over = rows.filter(state__in=[FindingState.MENDED, FindingState.AGAIN])
    return list(over.values_list("pk", flat=True))


def hang() -> None:
    GUARDS.add("inspection", Guard(OF_RECORD, sees_record, records_over))
    GUARDS.add("finding", Guard(OF_FINDING, sees_finding, findings_over))
