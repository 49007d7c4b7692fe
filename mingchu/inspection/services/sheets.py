"""Sheets: every list that a visit was made with is kept, once, under its digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from mingchu.inspection.domain.checklists import Checklist
from mingchu.inspection.models import Sheet


def keep_sheets(lists: Iterable[Checklist], day: date) -> None:
    """Those that are new; the same list again changes nothing."""
    wanted = {one.digest: one for one in lists}
    known = set(Sheet.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    Sheet.objects.bulk_create(
        [
            Sheet(digest=digest, kind=one.kind, since=day, body=one.plain())
            for digest, one in wanted.items()
            if digest not in known
        ],
        ignore_conflicts=True,
    )
