"""Merging 档案合并: two files of one subject become one, with a way back.

Licences, premises and people change hands; the empty file stays as a signpost, so that entries
and rows that name it still lead somewhere. Contexts above hear of it and move their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.registry import domain, events
from mingchu.registry.domain import Channel
from mingchu.registry.models import Business, Licence, Merge, NotSame, Person, Premises
from mingchu.registry.services.editing import Edit, held, keep

PARTS: dict[str, type[Licence | Premises | Person]] = {
    "licences": Licence,
    "premises": Premises,
    "people": Person,
}
# What the kept file lacks it takes from the other; what it has stays.
FILLED = (
    "sign", "code", "code_check", "code_evidence", "identity_digest", "identity_tail", "scale",
    "serves", "diners", "station", "grid", "address", "phone", "opened",
)  # fmt: skip


@transaction.atomic
def merge(*, kept: int, gone: int, why: str, revisions: Mapping[int, int] | None = None) -> Merge:
    """Makes `gone` a part of `kept`; `revisions` are those at which somebody compared them.

    Raises Refusal `merge_with_itself`, `two_codes` where both have a credit code.
    """
    if kept == gone:
        raise Refusal("merge_with_itself", _noop("这是同一份档案"), fix=_noop("请选择另一份档案"))
    seen = revisions or {}
    locked = {number: held(number, seen.get(number)) for number in sorted((kept, gone))}
    here, there = locked[kept], locked[gone]
    if here.code and there.code:
        raise Refusal(
            "two_codes",
            _noop("两份档案各有统一社会信用代码，是两个主体"),
            fix=_noop("新旧主体请办理接手；代码录错的先更正"),
        )
    mine, theirs = Edit(here, Channel.MERGE), Edit(there, Channel.MERGE)
    moved = _move(here, there)
    there.merged_into = here
    keep(theirs, why)
    moved["filled"] = _fill(mine, theirs.before, there)
    keep(mine, why)
    done = Merge.objects.create(kept=here, gone=there, why=why, moved=moved)
    record(
        events.BusinessesMerged(
            subject=domain.subject(kept), business_id=kept, gone=gone, merge_id=done.pk, why=why
        )
    )
    return done


def fills(here: Business, there: Business) -> list[str]:
    """What the kept file would take from the other."""
    return [name for name in FILLED if not getattr(here, name) and getattr(there, name)]


def _move(here: Business, there: Business) -> dict[str, Any]:
    """Ids of all that changed hands; the second main premises is main no more."""
    moved: dict[str, Any] = {}
    for name, model in PARTS.items():
        rows = model.objects.filter(business=there)
        moved[name] = list(rows.order_by("pk").values_list("pk", flat=True))
    main = there.premises.filter(is_main=True).values_list("pk", flat=True).first()
    moved["main"] = main
    there.premises.filter(is_main=True).update(is_main=False)
    for name, model in PARTS.items():
        model.objects.filter(pk__in=moved[name]).update(business=here)
    if main and not here.premises.filter(is_main=True).exists():
        here.premises.filter(pk=main).update(is_main=True)
    return moved


def _fill(mine: Edit, before: dict[str, Any], there: Business) -> dict[str, Any]:
    """Fields the kept file lacked, with what they were."""
    filled = {}
    for name in fills(mine.business, there):
        filled[name] = getattr(mine.business, name)
        mine.set(name, getattr(there, name))
    names = {*mine.business.former_names, there.name, *there.former_names} - {mine.business.name}
    mine.business.former_names = sorted(names)
    return filled


@transaction.atomic
def undo_merge(*, merge: Merge, why: str, revision: int | None = None) -> Merge:
    """The two files as they were, but for what was changed since in the kept one.

    `revision` is the kept file's, at which somebody looked; the other cannot change meanwhile.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        raise Refusal("merge_undone", _noop("这次合并已经撤回"), fix=_noop("请刷新页面查看现状"))
    here = held(merge.kept_id, revision)
    there = Business.objects.select_for_update(of=("self",)).get(pk=merge.gone_id)
    mine, theirs = Edit(here, Channel.MERGE), Edit(there, Channel.MERGE)
    _move_back(merge, here, there)
    for name, value in merge.moved.get("filled", {}).items():
        if getattr(here, name) == getattr(there, name):
            setattr(here, name, value)
    here.former_names = [name for name in here.former_names if name != there.name]
    there.merged_into = None
    keep(mine, why)
    keep(theirs, why)
    merge.undone_at = clock.now()
    merge.save(update_fields=["undone_at"])
    record(
        events.MergeUndone(
            subject=domain.subject(merge.kept_id),
            business_id=merge.kept_id,
            gone=merge.gone_id,
            merge_id=merge.pk,
            why=why,
        )
    )
    return merge


def _move_back(merge: Merge, here: Business, there: Business) -> None:
    """What went over and is still there; a licence that ended since comes back as it is now."""
    main = merge.moved["main"]
    here.premises.filter(pk=main, is_main=True).update(is_main=False)
    for name, model in PARTS.items():
        model.objects.filter(pk__in=merge.moved[name], business=here).update(business=there)
    there.premises.filter(pk=main).update(is_main=True)


@transaction.atomic
def not_same(*, one: int, other: int) -> NotSame:
    """Somebody looked: these are two; they are not suggested again."""
    first, second = sorted((one, other))
    held(first)
    held(second)
    made, new = NotSame.objects.get_or_create(one_id=first, other_id=second)
    if new:
        record(events.FoundNotSame(subject=domain.subject(first), business_id=first, other=second))
    return made


@transaction.atomic
def take_back_not_same(*, mark: NotSame) -> None:
    """They may be one after all: suggested again, as far as anything still speaks for it."""
    held(mark.one_id)
    held(mark.other_id)
    gone, _rows = NotSame.objects.filter(pk=mark.pk).delete()
    if gone:
        record(
            events.NotSameTakenBack(
                subject=domain.subject(mark.one_id), business_id=mark.one_id, other=mark.other_id
            )
        )
