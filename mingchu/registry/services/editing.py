"""How every change of a file is made: the row locked, what it was kept, what is copied refreshed.

A change is checked against the revision its form was opened at, so that of two officers who edit
the same file the second is told what the first changed instead of overwriting it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.ids import digest
from mingchu.ledger.services import current_actor, reacting_afterwards
from mingchu.registry import domain, history
from mingchu.registry.domain import Channel, LicenceState
from mingchu.registry.models import Business, Past
from mingchu.registry.pinyin import sort_key
from mingchu.registry.services.checking import WHY_TOP


class Edit:
    """A file open for one change."""

    def __init__(self, business: Business, channel: str):
        self.business, self.channel, self.why = business, channel, ""
        self.before = history.snapshot(business)

    def set(self, name: str, value: Any) -> bool:
        """Sets a field and says from where it is known; False if it was so already."""
        if getattr(self.business, name) == value:
            return False
        setattr(self.business, name, value)
        self.business.sources = {
            **self.business.sources,
            name.removesuffix("_id"): f"{self.channel} {clock.today()}",
        }
        return True


@contextmanager
def editing(
    number: int, *, revision: int | None = None, why: str = "", channel: str = Channel.FORM
) -> Iterator[Edit]:
    """Inside the block the file is this act's alone; at its end the older version is kept, and
    whoever reacts to what was entered inside finds the file as the act leaves it.

    Raises Refusal `no_such_business`, `changed_meanwhile`, `file_merged`.
    """
    with transaction.atomic(), reacting_afterwards():
        edit = Edit(held(number, revision), channel)
        yield edit
        keep(edit, why)


def held(number: int, revision: int | None = None) -> Business:
    """The row, locked; a Refusal if somebody changed it since `revision`, or it was merged."""
    business = Business.objects.select_for_update(of=("self",)).filter(pk=number).first()
    return checked(business, revision)


def checked(business: Business | None, revision: int | None) -> Business:
    """The row that was asked for, if it may be changed."""
    if business is None:
        raise Refusal(
            "no_such_business",
            _noop("没有这个主体"),
            fix=_noop("请从名单里重新查找"),
            status=404,
        )
    if revision is not None and business.revision != revision:
        raise changed_meanwhile(_changed_since(business, revision))
    if business.merged_into_id:
        raise Refusal(
            "file_merged",
            _noop("这份档案已并入{kept}"),
            fix=_noop("请在保留的档案上办理；确属误并的先撤回合并"),
            kept=domain.public_id(business.merged_into_id),
        )
    return business


def _changed_since(business: Business, revision: int) -> set[str]:
    since = business.past.filter(revision__gte=revision)
    return {name.split(".")[0] for row in since for name in row.fields}


def changed_meanwhile(names: Collection[str]) -> Refusal:
    """What the second editor is told; of people no versions are kept, so they are named whole."""
    return Refusal(
        "changed_meanwhile",
        _noop("这份档案在您打开之后已被他人改动（{fields}）"),
        fix=_noop("请刷新页面，看过新内容后再改"),
        fields=", ".join(sorted(names)) or "people",
    )


def stamp(row: Model, names: Iterable[str]) -> str:
    """How a row was when a form on it was opened: of each field a few characters of its digest."""
    values = ((name, repr(getattr(row, name)).encode()) for name in names)
    return " ".join(f"{name}:{digest(value)[:10]}" for name, value in values)


def check_stamp(row: Model, names: Collection[str], seen: str) -> None:
    """A Refusal that names the fields somebody changed since; nothing, if no form was opened."""
    now = set(stamp(row, names).split()) - set(seen.split())
    if seen and now:
        raise changed_meanwhile({one.split(":")[0] for one in now})


def keep(edit: Edit, why: str) -> None:
    """Writes the row with all that is copied into it, and what it was before."""
    business = edit.business
    refresh(business)
    if past := past_of(edit, why):
        past.save(force_insert=True)
    business.revision += 1
    business.changed_at = clock.now()
    business.save()


def past_of(edit: Edit, why: str) -> Past | None:
    """The older version, if anything in the file differs from it."""
    fields = history.differing(edit.before, history.snapshot(edit.business))
    if not fields:
        return None
    return Past(
        business=edit.business,
        revision=edit.business.revision,
        until=clock.now(),
        fields=[name[:40] for name in fields],
        why=why[:WHY_TOP],
        channel=edit.channel,
        actor=current_actor().actor,
        file=edit.before,
    )


def refresh(business: Business) -> None:
    """What is copied into the row from its parts, or made of them."""
    licences = sorted(history.parts(business, "licences"), key=attrgetter("pk"))
    places = sorted(history.parts(business, "premises"), key=attrgetter("pk"))
    ends = (one.expires for one in licences if one.state == LicenceState.VALID)
    business.expires, business.licensed_until = domain.earliest_and_latest(ends)
    business.sort_key = sort_key(business.name)
    business.search_text = domain.searchable(
        (
            business.name,
            business.sign,
            business.code,
            business.address,
            *(one.number for one in licences),
            *(one.address for one in places),
            *business.former_names,
        )
    )
