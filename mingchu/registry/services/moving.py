"""Moving 迁址: a business goes to other premises and stays the same subject in the same file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.registry import domain, events
from mingchu.registry.domain import Channel
from mingchu.registry.models import Business, Licence, Premises
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits
from mingchu.registry.services.editing import Edit, editing
from mingchu.registry.values import NewPremises


def move(
    *,
    number: int,
    new: NewPremises,
    day: date,
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Premises:
    """From the day on the main premises are the new ones; the old ones end, licences go along.

    Another district or station takes the business over with all its open work.
    """
    checking.not_later(day, _noop("迁址日期"))
    with editing(number, revision=revision, why=why, channel=channel) as edit:
        business = edit.business
        old = business.premises.filter(is_main=True).first()
        if old and old.address == new.address and old.district == new.district:
            raise Refusal(
                "not_moved",
                _noop("新场所与现在的主要场所是同一个地址"),
                fix=_noop("请填写搬去的地址；只是地址写错的办理更正"),
            )
        if old:
            checking.in_order(old.since, day, _noop("迁址日期早于原场所启用日期{first}"))
            _leave(old, day, why)
        made = _arrive(business, new, day, why)
        if old:
            _take_licences(business, old, made)
        _follow(edit, old, made)
    return made


def _told(one: Premises) -> dict[str, Any]:
    return {
        "subject": domain.subject(one.business_id),
        "business_id": one.business_id,
        "premises_id": one.pk,
    }


def _leave(old: Premises, day: date, why: str) -> None:
    old.is_main, old.until = False, day
    old.save(update_fields=["is_main", "until"])
    record(events.PremisesChanged(**_told(old), fields=("is_main", "until"), why=why))


def _arrive(business: Business, new: NewPremises, day: date, why: str) -> Premises:
    made = Premises(business=business, is_main=True, since=day)
    for name in ("use", "address", "district", "station", "platform", "hours"):
        setattr(made, name, getattr(new, name))
    if not made.address.strip():
        raise checking.missing(_noop("经营场所"))
    checking.check_division(made.district, made.station)
    check_fits(Premises, {name: getattr(made, name) for name in checking.PREMISES})
    made.save()
    record(events.PremisesAdded(**_told(made), use=made.use, why=why))
    return made


def _take_licences(business: Business, old: Premises, made: Premises) -> None:
    """A licence for several places that named the old one names the new one instead."""
    for licence in Licence.objects.filter(business=business, places=old):
        licence.places.remove(old)
        licence.places.add(made)


def _follow(edit: Edit, old: Premises | None, made: Premises) -> None:
    """District, station and, where it was the place itself, the registered address go along."""
    business = edit.business
    before = (business.district, business.station)
    edit.set("district", made.district)
    edit.set("station", made.station)
    if not (made.station and business.grid.startswith(made.station)):
        edit.set("grid", "")
    if old is None or business.address == old.address:
        edit.set("address", made.address)
    if before != (business.district, business.station):
        record(
            events.BusinessMoved(
                subject=domain.subject(business.pk),
                business_id=business.pk,
                from_district=before[0],
                from_station=before[1],
                district=business.district,
                station=business.station,
            )
        )
