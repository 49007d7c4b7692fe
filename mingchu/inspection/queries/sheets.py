"""Sheets: lists that records were made with, read once; what a digest names never changes."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from mingchu.inspection.domain.checklists import Checklist, from_plain
from mingchu.inspection.models import Sheet

KEPT = 256  # lists of one process
_known: dict[str, Checklist] = {}
NAMES = """
SELECT DISTINCT ON (i.id) i.id, i.zh, i.en
  FROM inspection_sheet s
 CROSS JOIN LATERAL jsonb_to_recordset(s.body -> 'items') AS i (id text, zh text, en text)
 WHERE i.id = ANY(%s) ORDER BY i.id, s.since DESC
"""


def checklists_of(digests: Collection[str]) -> dict[str, Checklist]:
    """By digest; of those that this process has not met yet in one question."""
    found = {one: _known[one] for one in digests if one in _known}
    if missing := set(digests) - found.keys():
        rows = Sheet.objects.filter(pk__in=missing)
        found |= {one.pk: from_plain(one.body) for one in rows}
        if len(_known) > KEPT:
            _known.clear()
        _known.update(found)
    return found


def names_of(items: Collection[str]) -> dict[str, tuple[str, str]]:
    """(Chinese, English) of items by code, as the newest list that has each calls them."""
    if not items:
        return {}
    with connection.cursor() as db:
        db.execute(NAMES, [list(items)])
        return {code: (zh, en) for code, zh, en in db.fetchall()}
