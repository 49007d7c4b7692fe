"""Reads of files, each asked for somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache, partial
from uuid import UUID

from mingchu.accounts.domain import Actor
from mingchu.kit.files.guards import may_see
from mingchu.kit.models import Attachment, Blob, BlobState


def visible(actor: Actor, pk: UUID) -> Attachment | None:
    """One attachment, if its subject's guard shows it to the actor."""
    found = Attachment.objects.select_related("blob").filter(pk=pk).first()
    return found if found and may_see(actor, found.subject, found.role) else None


def of_subject(actor: Actor, subject: str) -> list[Attachment]:
    """What is attached to the subject and the actor may see, the newest first."""
    found = Attachment.objects.select_related("blob").filter(subject=subject).order_by("-at", "-pk")
    return _seen(actor, found)


def of_ids(actor: Actor, pks: Collection[str]) -> list[Attachment]:
    """Of these attachments the ones the actor may see, in the order they were made."""
    found = Attachment.objects.select_related("blob").filter(pk__in=pks).order_by("at", "pk")
    return _seen(actor, found)


def with_files(subjects: Iterable[str]) -> set[str]:
    """Those of the subjects that anything is attached to."""
    found = Attachment.objects.filter(subject__in=list(subjects))
    return set(found.values_list("subject", flat=True))


def _seen(actor: Actor, found: Iterable[Attachment]) -> list[Attachment]:
    """The guard is asked once for all files of a subject in one role."""
    may = cache(partial(may_see, actor))
    return [each for each in found if may(each.subject, each.role)]


def damaged_count() -> int:
    return Blob.objects.filter(state=BlobState.DAMAGED).count()
