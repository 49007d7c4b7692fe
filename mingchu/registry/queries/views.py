"""The saved views of one officer."""

from __future__ import annotations

from mingchu.ledger.rows import Question, Rows
from mingchu.registry.models import SavedView

_owned = Rows(SavedView, "WHERE owner_id = %s ORDER BY name")


def views_asked(owner: int | None) -> tuple[Question, ...]:
    return (_owned.asked(owner),) if owner else ()


def views_of(owner: int | None) -> list[SavedView]:
    return _owned(owner) if owner else []


def view_of(owner: int | None, number: int) -> SavedView | None:
    return SavedView.objects.filter(owner=owner, pk=number).first() if owner else None
