"""The saved views of one officer."""

from __future__ import annotations

from mingchu.registry.models import SavedView


def views_of(owner: int | None) -> list[SavedView]:
    return list(SavedView.objects.filter(owner=owner).order_by("name")) if owner else []


def view_of(owner: int | None, number: int) -> SavedView | None:
    return SavedView.objects.filter(owner=owner, pk=number).first() if owner else None
