"""Corrections, moves and states of a business that is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.base.event import Event
from mingchu.kit.files import keeping
from mingchu.kit.models import Attachment
from mingchu.ledger.services import Entry, record
from mingchu.registry import domain, events
from mingchu.registry.domain import Channel, State
from mingchu.registry.models import Business
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits
from mingchu.registry.services.editing import Edit, editing, held

CORRECTABLE = (
    "name", "sign", "kind", "address", "phone", "legal_form", "district", "station", "grid",
    "scale", "serves", "diners",
)  # fmt: skip
PLACE = frozenset({"district", "station", "grid"})


def check_correctable(name: str) -> None:
    """Raises Refusal `not_correctable` for a field that has its own act, or is none."""
    if name not in CORRECTABLE:
        raise Refusal(
            "not_correctable",
            _noop("字段“{name}”不能这样更正"),
            fix=_noop("可以更正的有：{known}"),
            status=422,
            name=name,
            known=", ".join(CORRECTABLE),
        )


def correct(
    *,
    number: int,
    changes: Mapping[str, Any],
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Business:
    """Sets fields of CORRECTABLE to what they should be; a move is told as one.

    A change of name is no new subject: the old name stays findable.
    """
    with editing(number, revision=revision, why=why, channel=channel) as edit:
        corrected = put(edit, changes, CORRECTABLE)
        if corrected.is_moved:
            edit.business.premises.filter(is_main=True).update(
                district=edit.business.district, station=edit.business.station
            )
        for event in tell_corrected(corrected, edit, why):
            record(event)
    return edit.business


@dataclass(frozen=True)
class Corrected:
    """What a correction came to: the names that changed, and from which place it moved."""

    changed: frozenset[str]
    district: str
    station: str

    @property
    def is_moved(self) -> bool:
        return bool(PLACE & self.changed)


def tell_corrected(done: Corrected, edit: Edit, why: str) -> Iterator[Event]:
    business = edit.business
    told: dict[str, Any] = {"subject": domain.subject(business.pk), "business_id": business.pk}
    if done.is_moved:
        yield events.BusinessMoved(
            **told,
            from_district=done.district,
            from_station=done.station,
            district=business.district,
            station=business.station,
        )
    if "head_id" in done.changed:
        yield events.BusinessAffiliated(**told, head=business.head_id, why=why)
    if fields := tuple(sorted(done.changed - PLACE - {"head_id"})):
        yield events.BusinessCorrected(**told, fields=fields, why=why, channel=edit.channel)


def put(edit: Edit, changes: Mapping[str, Any], allowed: Collection[str]) -> Corrected:
    """Sets the fields in memory and checks what comes of it; writes nothing."""
    business = edit.business
    name, place = business.name, (business.district, business.station)
    changed = {key for key in changes if key in allowed and edit.set(key, changes[key])}
    if "name" in changed and name not in business.former_names:
        business.former_names = [*business.former_names, name]
    checking.check_name(business.name)
    checking.check_division(business.district, business.station)
    checking.check_grid(business.station, business.grid)
    check_fits(Business, {name: getattr(business, name) for name in changed})
    return Corrected(frozenset(changed), *place)


@transaction.atomic
def set_head(
    *,
    number: int,
    head: int | None,
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Business:
    """Makes a business a branch of a head office 总部, or (None) of none; never in a circle."""
    for one in sorted({number, head or number}):
        held(one)
    with editing(number, revision=revision, why=why, channel=channel) as edit:
        if head is not None:
            _check_head(number, Business.objects.get(pk=head))
        if edit.set("head_id", head):
            record(
                events.BusinessAffiliated(
                    subject=domain.subject(number), business_id=number, head=head, why=why
                )
            )
    return edit.business


def _check_head(number: int, head: Business) -> None:
    """Follows the heads upwards: none of them is a branch of this business, near or far."""
    above: Business | None = head
    while above is not None:
        if above.pk == number:
            raise head_circle(head.name)
        above = above.head


def head_circle(name: str) -> Refusal:
    return Refusal(
        "head_circle",
        _noop("{head}是该主体自己或它的下级，不能作总部"),
        fix=_noop("请选择真正的总部；关系录反的先在下级的档案里解除"),
        head=name,
    )


def change_state(
    *,
    number: int,
    state: str,
    since: date,
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Business:
    """Puts a business into another state from a day on; `closed` is final."""
    check_fits(Business, {"state": state})
    with editing(number, revision=revision, why=why, channel=channel) as edit:
        before = edit.business.state
        if put_state(edit, state, since):
            tell_state(edit.business, before, why)
    return edit.business


def put_state(edit: Edit, state: str, since: date) -> bool:
    """False if it is so already."""
    business = edit.business
    if business.state == State.CLOSED:
        raise Refusal(
            "closed_for_good",
            _noop("该主体已于{day}关闭"),
            fix=_noop("重新开业请按新主体建档"),
            day=business.closed,
        )
    checking.not_later(since, _noop("状态起始日"))
    checking.in_order(business.opened, since, _noop("状态起始日早于开业日期{first}"))
    changed = edit.set("state", state)
    if changed:
        business.state_since = since
        business.closed = since if state == State.CLOSED else None
    return changed


def tell_state(
    business: Business, before: str, why: str, papers: Sequence[Attachment] = ()
) -> Entry:
    """`papers` are the files that show it, named by id and salted digest."""
    told: dict[str, Any] = {
        "subject": domain.subject(business.pk),
        "business_id": business.pk,
        "why": why,
    }
    since = business.state_since
    assert since is not None  # noqa: S101 it was just set
    if business.state == State.CLOSED:
        return record(events.BusinessClosed(closed=since, **told))
    return record(
        events.BusinessStateChanged(
            before=before,
            state=business.state,
            since=since,
            attachments=tuple(str(one.pk) for one in papers),
            commitments=tuple(map(keeping.commitment_of, papers)),
            **told,
        )
    )


def close(*, number: int, closed: date, why: str, revision: int | None = None) -> Business:
    """The business ended for good; its licences stay as they were decided."""
    return change_state(number=number, state=State.CLOSED, since=closed, why=why, revision=revision)
