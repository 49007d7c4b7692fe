"""The importer of businesses; who is on no row is left as he is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.importers import Named, Planned, State
from mingchu.kit.sheets.progress import told
from mingchu.registry import services
from mingchu.registry.domain import Channel
from mingchu.registry.importing import heads, undoing
from mingchu.registry.importing.known import Known
from mingchu.registry.importing.planning import ACTION, Planner, Subject
from mingchu.registry.importing.rows import Said, said
from mingchu.registry.layout import LIST
from mingchu.registry.models import Business
from mingchu.registry.services import Correction

# Said in the ledger and in the file of a business; people read it there in Chinese.
BROUGHT = "批量导入"


class Businesses:
    """Plans rows, writes them set by set, and puts back how it was."""

    key = "registry"
    title = _("经营者名单")
    action = ACTION
    table = "registry.Business"
    layout = LIST

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        read = [(row, _said(row)) for row in rows]
        known = Known([one for _row, one in read if isinstance(one, Said)], as_of)
        planner = Planner(known, by)
        return list(heads.settle(planner.plan(read), planner))

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        whats: list[Subject] = [plan.what for plan in planned]
        subjects = list(dict.fromkeys(whats))
        _enrol([one for one in subjects if one.new])
        _bring_up_to_date([one for one in subjects if one.business])
        return [str(one.pk) for one in whats]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        return undoing.current(list(map(int, subjects)))

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        return undoing.restore({int(pk): state for pk, state in states.items()})

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        rows = Business.objects.filter(pk__in=subjects).only("name")
        return {
            str(one.pk): Named(one.public_id, one.name, reverse("registry:business", args=[one.pk]))
            for one in rows
        }


def _said(row: GoodRow) -> Said | Refusal:
    try:
        return said(row)
    except Refusal as refusal:
        return refusal


def _enrol(subjects: Sequence[Subject]) -> None:
    """Head offices before their branches."""
    for wave in heads.in_order(subjects):
        news = [_with_head(one) for one in told(gettext("写入"), wave)]
        done = services.enrol_many(news, are_checked=True)
        for _place, refusal in done.refused:  # somebody was faster since the plan
            raise refusal
        for one, number in zip(wave, done.numbers, strict=True):
            assert number is not None  # noqa: S101 nothing was refused
            one.made = number


def _with_head(one: Subject) -> Any:
    assert one.new is not None  # noqa: S101 asked only of new ones
    return replace(one.new, head=_number(one.head)) if one.head else one.new


def _number(head: Subject | int | None) -> int | None:
    return head.pk if isinstance(head, Subject) else head


def _bring_up_to_date(subjects: Sequence[Subject]) -> None:
    corrections = []
    for one in told(gettext("写入"), subjects):
        changes = {**one.changes, **({"head_id": _number(one.head)} if one.head else {})}
        if changes and one.business:
            revision = one.business.revision
            corrections.append(Correction(number=one.pk, changes=changes, revision=revision))
    channel = Channel.LIST
    services.correct_many(corrections, why=BROUGHT, channel=channel)
    services.grant_licences(
        [(one.pk, licence) for one in subjects for licence in one.licences], channel=channel
    )
    services.post_people(
        [(one.pk, person) for one in subjects for person in one.posts], channel=channel
    )
    services.correct_people(
        [person for one in subjects for person in one.people], why=BROUGHT, channel=channel
    )
