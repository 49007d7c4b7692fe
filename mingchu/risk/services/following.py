"""Following 随档案: what is held against a business goes where its file goes, and back."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from mingchu.registry.queries import any_number
from mingchu.risk.models import CreditClass, Fact, Listing
from mingchu.risk.services.classing import reckon

# Rows that both files have are one and the same: the copy stays behind with the file that went.
SAME = {
    Fact: "o.kind = r.kind AND o.reference = r.reference",
    Listing: "o.roll = r.roll AND o.ground = r.ground AND o.until IS NULL AND r.until IS NULL",
}
THERE = """
UPDATE {table} r SET business_id = %(kept)s, came_from = r.came_from || %(gone)s::bigint
 WHERE r.business_id = %(gone)s AND NOT EXISTS (
   SELECT FROM {table} o WHERE o.business_id = %(kept)s AND o.struck_at IS NULL
      AND r.struck_at IS NULL AND {same})
"""
BACK = """
UPDATE {table} SET business_id = %(gone)s, came_from = came_from[:cardinality(came_from) - 1]
 WHERE business_id = %(kept)s AND came_from[cardinality(came_from)] = %(gone)s
"""


@transaction.atomic
def follow_merge(*, gone: int, kept: int) -> None:
    """Two files became one."""
    _move(THERE, gone, kept)


@transaction.atomic
def follow_unmerge(*, gone: int, kept: int) -> None:
    """They are two again: what had come from the other goes back."""
    _move(BACK, gone, kept)


def _move(sql: str, gone: int, kept: int) -> None:
    with connection.cursor() as db:
        for model, same in SAME.items():
            text = sql.format(table=model._meta.db_table, same=same)
            db.execute(text, {"gone": gone, "kept": kept})
    reckon(only=[gone, kept])


def forget_classes(numbers: Collection[int]) -> None:
    """Businesses that should never have been enrolled: their classes go with them."""
    CreditClass.objects.filter(business__in=any_number(numbers)).delete()
