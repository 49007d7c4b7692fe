"""Saved views 常用查询: an officer's own questions under names of his own."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.registry.models import SavedView
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits

VIEWS_TOP = 30


@transaction.atomic
def save_view(*, owner: int, name: str, query: str) -> SavedView:
    """Keeps a question, in place of an older one of the same name.

    Raises Refusal `too_many_views`.
    """
    name = _checked(name)
    check_fits(SavedView, {"query": query})
    mine = SavedView.objects.filter(owner=owner)
    if mine.exclude(name=name).count() >= VIEWS_TOP:
        raise Refusal(
            "too_many_views",
            _noop("您已保存{top}个常用查询"),
            fix=_noop("请先删去不用的"),
            top=VIEWS_TOP,
        )
    kept, _new = mine.update_or_create(owner_id=owner, name=name, defaults={"query": query})
    return kept


def rename_view(*, view: SavedView, name: str) -> None:
    """Raises Refusal `view_name_taken`."""
    view.name = _checked(name)
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError as taken:
        raise Refusal(
            "view_name_taken",
            _noop("您已有名为“{name}”的常用查询"),
            fix=_noop("请换一个名称"),
            name=view.name,
        ) from taken


def drop_view(*, view: SavedView) -> None:
    view.delete()


def _checked(name: str) -> str:
    name = name.strip()
    if not name:
        raise checking.missing(_noop("名称"))
    check_fits(SavedView, {"name": name})
    return name
