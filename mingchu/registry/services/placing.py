"""Premises: added, changed, given up, handed on to a new owner; what several have in one place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.registry import domain, events
from mingchu.registry.domain import Channel, LicenceState, State
from mingchu.registry.models import Business, Premises, Site, Use
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits
from mingchu.registry.services.correcting import change_state
from mingchu.registry.services.editing import editing, held
from mingchu.registry.services.enrolling import enrol
from mingchu.registry.services.licensing import ENDED, set_licence_state
from mingchu.registry.values import NewBusiness, NewPremises

PREMISES_FIELDS = ("use", "address", "district", "station", "platform", "hours", "since", "until")


def add_premises(
    *,
    number: int,
    new: NewPremises,
    landlord: int | None = None,
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Premises:
    """Another place of a business; of a cold store that lets space, its landlord's site."""
    if landlord == number:
        raise Refusal(
            "own_landlord",
            _noop("出租方不能是承租的主体自己"),
            fix=_noop("自有场所请把出租方留空"),
        )
    with editing(number, revision=revision, why=why, channel=channel) as edit:
        business = edit.business
        made = Premises(business=business, landlord_id=landlord)
        for name in ("use", "address", "platform", "hours", "since"):
            setattr(made, name, getattr(new, name))
        made.district = new.district or business.district
        made.station = new.station or (
            business.station if made.district == business.district else ""
        )
        made.is_main = not business.premises.filter(is_main=True).exists()
        if landlord:
            made.site = _site_of_landlord(landlord, made)
        _check_premises(made)
        made.save()
        record(events.PremisesAdded(**_told(made), use=made.use, why=why))
    return made


def _site_of_landlord(landlord: int, made: Premises) -> Site:
    own = Premises.objects.filter(business=landlord, until__isnull=True).order_by("-is_main", "pk")
    theirs = own.first()
    if theirs is None:
        raise Refusal(
            "landlord_without_premises",
            _noop("出租方没有登记场所"),
            fix=_noop("请先在出租方的档案里登记场所"),
        )
    if not made.address:
        made.address = theirs.address
    return site_of(theirs)


def _told(one: Premises) -> dict[str, Any]:
    return {
        "subject": domain.subject(one.business_id),
        "business_id": one.business_id,
        "premises_id": one.pk,
    }


def _check_premises(one: Premises) -> None:
    if not one.address.strip() and one.use != Use.ONLINE:
        raise checking.missing(_noop("经营场所"))
    if one.use == Use.ONLINE and not one.platform.strip():
        raise checking.missing(_noop("网络平台"))
    checking.check_division(one.district, one.station)
    check_fits(Premises, {name: getattr(one, name) for name in checking.PREMISES})
    checking.in_order(one.since, one.until, _noop("停用日期早于启用日期{first}"))


def change_premises(
    *,
    premises: Premises,
    changes: Mapping[str, Any],
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Premises:
    """Corrects a place, or ends it with `until`; the main one ends with the business or a move."""
    with editing(premises.business_id, revision=revision, why=why, channel=channel) as edit:
        premises.refresh_from_db()
        if changes.get("until") and premises.is_main and edit.business.state != State.CLOSED:
            raise Refusal(
                "main_premises",
                _noop("这是主要场所，不能单独停用"),
                fix=_noop("请先把别的场所设为主要场所；整户搬走的办理迁址，不再经营的办理关闭"),
            )
        changed = [
            name
            for name, value in changes.items()
            if name in PREMISES_FIELDS and getattr(premises, name) != value
        ]
        for name in changed:
            setattr(premises, name, changes[name])
        _check_premises(premises)
        if changed:
            premises.save(update_fields=changed)
            record(
                events.PremisesChanged(**_told(premises), fields=tuple(sorted(changed)), why=why)
            )
    return premises


def make_main(
    *,
    premises: Premises,
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Premises:
    """From now on an officer goes here."""
    with editing(premises.business_id, revision=revision, why=why, channel=channel) as edit:
        edit.business.premises.filter(is_main=True).update(is_main=False)
        premises.refresh_from_db()
        checking.check_in_use(premises)
        premises.is_main = True
        premises.save(update_fields=["is_main"])
        record(events.PremisesChanged(**_told(premises), fields=("is_main",), why=why))
    return premises


def site_of(premises: Premises) -> Site:
    """The physical place of premises, made when a second business comes to share it."""
    if premises.site is None:
        with editing(premises.business_id):
            premises.site = Site.objects.create(
                address=premises.address, district=premises.district
            )
            premises.save(update_fields=["site"])
    return premises.site


@transaction.atomic
def take_over(
    *,
    number: int,
    new: NewBusiness,
    day: date,
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Business:
    """A new owner at the same place: a new subject with licences of its own, the old one closed.

    A licence belongs to who holds it, so the old one's are cancelled; both files and the place
    show the whole history.
    """
    old = held(number, revision)
    checking.not_later(day, _noop("接手日期"))
    if old.state == State.CLOSED and old.closed and old.closed > day:
        raise Refusal(
            "dates_out_of_order",
            _noop("接手日期早于原主体关闭日期{first}"),
            fix=_noop("请核对日期"),
            status=422,
            first=old.closed,
        )
    made = enrol(new)
    _hand_on_places(old, made, day)
    for licence in old.licences.exclude(state__in=ENDED):
        set_licence_state(licence=licence, state=LicenceState.CANCELLED, why=why, channel=channel)
    if old.state != State.CLOSED:
        change_state(number=number, state=State.CLOSED, since=day, why=why, channel=channel)
    told: dict[str, Any] = {"day": day, "why": why}
    record(
        events.BusinessHandedOn(
            subject=domain.subject(number), business_id=number, to_business=made.pk, **told
        )
    )
    record(
        events.BusinessTakenOver(
            subject=domain.subject(made.pk), business_id=made.pk, from_business=number, **told
        )
    )
    return made


def _hand_on_places(old: Business, made: Business, day: date) -> None:
    """The new owner's main premises are where the old one's were."""
    theirs = old.premises.filter(is_main=True).first()
    own = made.premises.filter(is_main=True).first()
    if theirs is None or own is None:
        return
    own.site = site_of(theirs)
    own.since = day
    own.save(update_fields=["site", "since"])
    if theirs.until is None:
        with editing(old.pk):
            theirs.until = max(day, theirs.since or day)
            theirs.save(update_fields=["until"])
