"""Letters are forgotten when the term of their record has run."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from mingchu.base import clock
from mingchu.complaints.models import Complaint, ComplaintStep
from mingchu.complaints.services.raising import subject
from mingchu.kit.files.queries import with_files
from mingchu.kit.forgetting import forget_rows, kept_from


def forget_letters() -> int:
    """Erases letters that ended so long ago, with their steps; how many.

    One that another letter still refers to goes after that one, and one with files when the term
    of these has run too.
    """
    until = kept_from("retention.complaints")
    old = Complaint.objects.filter(ended_at__lt=clock.midnight(until))
    kept = with_files(subject(pk) for pk in old.values_list("pk", flat=True))
    alone = old.filter(
        ~Exists(Complaint.objects.filter(part_of=OuterRef("pk"))),
        ~Exists(Complaint.objects.filter(merged_into=OuterRef("pk"))),
        ~Exists(ComplaintStep.objects.filter(other=OuterRef("pk"))),
    )
    held = [int(one.partition(":")[2]) for one in kept]
    return forget_rows("complaints:letters", alone.exclude(pk__in=held), until)
