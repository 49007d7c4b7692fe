"""What a newer sheet of the platform says of letters that came by an older one, and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from mingchu.complaints import rules, sealing
from mingchu.complaints.events import ComplaintCorrected, ComplaintTakenBack
from mingchu.complaints.models import Complaint, Reporter
from mingchu.complaints.services.raising import subject
from mingchu.complaints.values import Contact
from mingchu.ledger.services import record_many

Changes = Mapping[str, Any]


@transaction.atomic
def correct_many(changed: Sequence[tuple[Complaint, Changes]]) -> None:
    """Facts of letters as the platform has them now; what was done with them stays."""
    for one, changes in changed:
        for name, value in changes.items():
            setattr(one, name, value)
        rules.set_index(one, list(one.steps.order_by("number")))
        one.revision += 1
        one.save()
    record_many(
        ComplaintCorrected(
            subject=subject(one.pk), complaint_id=one.pk, fields=tuple(sorted(changes))
        )
        for one, changes in changed
    )


@transaction.atomic
def take_back(letters: Sequence[Complaint]) -> None:
    """Letters that an import brought and nobody has worked on go with it."""
    keys = [one.pk for one in letters]
    record_many(ComplaintTakenBack(subject=subject(pk), complaint_id=pk) for pk in keys)
    Complaint.objects.filter(part_of__in=keys).delete()
    Complaint.objects.filter(pk__in=keys).delete()


def keep_reporter(complaint: Complaint, contact: Contact) -> None:
    """Whoever wrote, as the newer sheet has it; an empty one says nothing."""
    if not contact.is_empty:
        Reporter.objects.update_or_create(
            complaint=complaint, defaults={"sealed": sealing.sealed(contact)}
        )
