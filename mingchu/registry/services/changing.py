"""Changes to a business that is known: corrections, moves, states, licences, people.

Every change is checked against the revision its form was opened at, so that of two officers who
edit the same file the second is told instead of overwriting the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.registry import domain, events, identity
from mingchu.registry.domain import LicenceState, State
from mingchu.registry.models import Business, Licence, Person
from mingchu.registry.services import checking
from mingchu.registry.services.enrolling import licence_taken
from mingchu.registry.values import NewLicence, NewPerson

CORRECTABLE = ("name", "sign", "kind", "address", "phone", "legal_form", "district", "station")


@transaction.atomic
def correct(*, number: int, changes: Mapping[str, str], why: str, revision: int) -> Business:
    """Sets fields of CORRECTABLE to what they should have been; a move is told as one."""
    business = _held(number, revision)
    before = {name: getattr(business, name) for name in changes if name in CORRECTABLE}
    changed = {name: value for name, value in changes.items() if before.get(name) != value}
    if not changed:
        return business
    for name, value in changed.items():
        setattr(business, name, value)
    checking.check_name(business.name)
    checking.check_division(business.district, business.station)
    _save(business)
    _tell_corrected(business, before, changed, why)
    return business


def _tell_corrected(
    business: Business, before: Mapping[str, str], changed: Mapping[str, str], why: str
) -> None:
    subject = domain.subject(business.pk)
    if {"district", "station"} & changed.keys():
        business.premises.filter(is_main=True).update(
            district=business.district, station=business.station
        )
        record(
            events.BusinessMoved(
                subject=subject,
                business_id=business.pk,
                from_district=before.get("district", business.district),
                from_station=before.get("station", business.station),
                district=business.district,
                station=business.station,
            )
        )
    if fields := tuple(sorted(changed.keys() - {"district", "station"})):
        record(
            events.BusinessCorrected(
                subject=subject, business_id=business.pk, fields=fields, why=why
            )
        )


@transaction.atomic
def change_state(*, number: int, state: str, since: date, why: str, revision: int) -> Business:
    """Puts a business into another state from a day on; `closed` is final."""
    checking.one_of(state, State, _noop("经营状态"))
    business = _held(number, revision)
    before = business.state
    if before == State.CLOSED:
        raise Refusal(
            "closed_for_good",
            _noop("该主体已于{day}关闭"),
            fix=_noop("重新开业请按新主体建档"),
            day=business.closed,
        )
    checking.not_later(since, _noop("状态起始日"))
    checking.in_order(business.opened, since, _noop("状态起始日早于开业日期{first}"))
    if before == state:
        return business
    business.state, business.state_since = state, since
    business.closed = since if state == State.CLOSED else None
    _save(business)
    told: dict[str, Any] = {"subject": domain.subject(number), "business_id": number, "why": why}
    if state == State.CLOSED:
        record(events.BusinessClosed(closed=since, **told))
    else:
        record(events.BusinessStateChanged(before=before, state=state, since=since, **told))
    return business


def close(*, number: int, closed: date, why: str, revision: int) -> Business:
    """The business ended for good; its licences stay as they were decided."""
    return change_state(number=number, state=State.CLOSED, since=closed, why=why, revision=revision)


@transaction.atomic
def grant_licence(*, number: int, new: NewLicence) -> Licence:
    """Enters a licence for a business; a known number of its own is a renewal of its dates."""
    new = checking.checked_licence(new)
    business = _held(number)
    bare = new.number
    held = Licence.objects.filter(number=bare).first()
    if held and held.business_id != number:
        raise licence_taken(bare)
    licence = held or Licence(business=business, number=bare)
    licence.kind, licence.items, licence.state = new.kind, list(new.items), new.state
    licence.issued, licence.expires = new.issued, new.expires
    licence.number_check = new.number_check
    licence.number_evidence = new.evidence
    licence.save()
    _save(business)
    record(
        events.LicenceGranted(
            subject=domain.subject(number),
            business_id=number,
            licence_id=licence.pk,
            licence_kind=licence.kind,
            issued=licence.issued,
            expires=licence.expires,
            evidence=bool(new.evidence),
        )
    )
    return licence


@transaction.atomic
def set_licence_state(*, licence: Licence, state: str, why: str) -> Licence:
    """Suspends, restores, revokes or cancels; what is revoked or cancelled stays so."""
    checking.one_of(state, LicenceState, _noop("证件状态"))
    business = _held(licence.business_id)
    licence.refresh_from_db()
    before = licence.state
    if before == state:
        return licence
    if before in (LicenceState.REVOKED, LicenceState.CANCELLED):
        raise Refusal(
            "licence_ended",
            _noop("证件{number}已经终止"),
            fix=_noop("请办理新的证件"),
            number=licence.number,
        )
    licence.state = state
    licence.save(update_fields=["state"])
    _save(business)
    record(
        events.LicenceStateChanged(
            subject=domain.subject(business.pk),
            business_id=business.pk,
            licence_id=licence.pk,
            licence_kind=licence.kind,
            before=before,
            state=state,
            why=why,
        )
    )
    return licence


@transaction.atomic
def withdraw_licence(*, licence: Licence, why: str) -> None:
    """Takes out a licence that was entered by mistake."""
    business = _held(licence.business_id)
    number = licence.pk
    licence.delete()
    _save(business)
    record(
        events.LicenceWithdrawn(
            subject=domain.subject(business.pk),
            business_id=business.pk,
            licence_id=number,
            licence_kind=licence.kind,
            why=why,
        )
    )


@transaction.atomic
def post_person(*, number: int, new: NewPerson) -> Person:
    """Somebody takes up a duty in a business."""
    new = checking.checked_person(new)
    business = _held(number)
    known = new.identity
    person = Person.objects.create(
        business=business,
        name=new.name.strip(),
        duties=list(new.duties),
        identity_digest=identity.digest(known) if known else "",
        identity_tail=known[-4:],
        phone=new.phone,
        health_number=new.health_number,
        health_until=new.health_until,
        since=new.since,
    )
    record(
        events.PersonPosted(
            subject=domain.subject(number),
            business_id=number,
            person_id=person.pk,
            duties=tuple(new.duties),
        )
    )
    return person


@transaction.atomic
def person_leaves(*, person: Person, until: date) -> None:
    checking.in_order(person.since, until, _noop("离岗日期早于到岗日期{first}"))
    person.until = until
    person.save(update_fields=["until"])
    record(
        events.PersonLeft(
            subject=domain.subject(person.business_id),
            business_id=person.business_id,
            person_id=person.pk,
            until=until,
        )
    )


def _held(number: int, revision: int | None = None) -> Business:
    """The row, locked; a Refusal if somebody changed it since `revision`."""
    business = Business.objects.select_for_update().filter(pk=number).first()
    if business is None:
        raise Refusal(
            "no_such_business",
            _noop("没有这个主体"),
            fix=_noop("请从名单里重新查找"),
            status=404,
        )
    if revision is not None and business.revision != revision:
        raise Refusal(
            "changed_meanwhile",
            _noop("这份档案在您打开之后已被他人改动"),
            fix=_noop("请刷新页面，看过新内容后再改"),
        )
    return business


def _save(business: Business) -> None:
    """Writes the row with all that is copied into it."""
    licences = business.licences.all()
    business.expires = licences.filter(state=LicenceState.VALID).aggregate(e=Min("expires"))["e"]
    business.search_text = domain.searchable(
        (
            business.name,
            business.sign,
            business.code,
            business.address,
            *licences.order_by("pk").values_list("number", flat=True),
            *business.premises.order_by("pk").values_list("address", flat=True),
        )
    )
    business.revision += 1
    business.changed_at = clock.now()
    business.save()
