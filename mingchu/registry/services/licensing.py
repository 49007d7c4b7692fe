"""Licences, filings and registrations: entered, renewed, suspended, ended, followed up.

A renewal keeps its number; what it said before stays in the older versions of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.base.event import Event
from mingchu.ledger.services import record
from mingchu.registry import domain, events
from mingchu.registry.domain import Channel, LicenceState
from mingchu.registry.models import Business, Licence, Premises
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits
from mingchu.registry.services.editing import editing, held
from mingchu.registry.services.enrolling import licence_taken
from mingchu.registry.values import NewLicence

ENDED = (LicenceState.REVOKED, LicenceState.CANCELLED)
LICENCE_FIELDS = ("items", "catalogue", "issued", "expires")


def grant_licence(
    *, number: int, new: NewLicence, revision: int | None = None, channel: str = Channel.FORM
) -> Licence:
    """Enters a licence for a business; a known number of its own is a renewal of its dates."""
    new = checking.checked_licence(new)
    with editing(number, revision=revision, channel=channel) as edit:
        known = Licence.objects.filter(number=new.number).first()
        licence = granted(edit.business, known, new)
        licence.save()
        record(told_granted(licence))
    return licence


@transaction.atomic
def renew_licence(
    *, licence: Licence, new: NewLicence, revision: int | None = None, channel: str = Channel.FORM
) -> Licence:
    """The next term of a licence in force; that of a suspended one would lift what was decided."""
    held(licence.business_id, revision)
    licence.refresh_from_db()
    if licence.state == LicenceState.SUSPENDED:
        raise Refusal(
            "licence_suspended",
            _noop("证件{number}正在暂扣"),
            fix=_noop("请先恢复证件，再办理延续"),
            number=licence.number,
        )
    return grant_licence(number=licence.business_id, new=new, channel=channel)


def granted(business: Business, known: Licence | None, new: NewLicence) -> Licence:
    """The licence as it will stand, in memory; a Refusal where another holds it or it has ended."""
    if known and known.business_id != business.pk:
        raise licence_taken(new.number)
    if known and known.state in ENDED:
        raise licence_ended(known)
    licence = known or Licence(business=business, number=new.number)
    licence.kind, licence.items, licence.state = new.kind, list(new.items), new.state
    licence.issued, licence.expires = new.issued, new.expires
    licence.number_check, licence.number_evidence = new.number_check, new.evidence
    licence.catalogue = new.catalogue or licence.catalogue
    # A visit that is owed stays owed: renewing a licence does not make it undone.
    if new.committed or not licence.follow_up_due or licence.followed_up:
        licence.committed, licence.follow_up_due = new.committed, new.follow_up_due
        licence.followed_up = None
    return licence


def told_granted(licence: Licence) -> Event:
    return events.LicenceGranted(
        **_told(licence),
        issued=licence.issued,
        expires=licence.expires,
        evidence=bool(licence.number_evidence),
        committed=licence.committed,
    )


def _told(licence: Licence) -> dict[str, Any]:
    return {
        "subject": domain.subject(licence.business_id),
        "business_id": licence.business_id,
        "licence_id": licence.pk,
        "licence_kind": licence.kind,
    }


def licence_ended(licence: Licence) -> Refusal:
    return Refusal(
        "licence_ended",
        _noop("证件{number}已经终止"),
        fix=_noop("请办理新的证件"),
        number=licence.number,
    )


def change_licence(
    *,
    licence: Licence,
    changes: Mapping[str, Any],
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Licence:
    """Changes what it allows or its days under the same number; what has ended stays as it was."""
    with editing(licence.business_id, revision=revision, why=why, channel=channel):
        licence.refresh_from_db()
        if licence.state in ENDED:
            raise licence_ended(licence)
        changed = [
            name
            for name, value in changes.items()
            if name in LICENCE_FIELDS and getattr(licence, name) != value
        ]
        for name in changed:
            setattr(licence, name, changes[name])
        check_fits(Licence, {name: getattr(licence, name) for name in changed})
        checking.not_later(licence.issued, _noop("发证日期"))
        checking.in_order(licence.issued, licence.expires, _noop("有效期截止早于发证日期{first}"))
        if changed:
            licence.save(update_fields=changed)
            record(events.LicenceChanged(**_told(licence), fields=tuple(sorted(changed)), why=why))
    return licence


def set_licence_state(
    *,
    licence: Licence,
    state: str,
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Licence:
    """Suspends, restores, revokes or cancels; what is revoked or cancelled stays so."""
    check_fits(Licence, {"state": state})
    with editing(licence.business_id, revision=revision, why=why, channel=channel):
        licence.refresh_from_db()
        before = licence.state
        if before == state:
            return licence
        if before in ENDED:
            raise licence_ended(licence)
        licence.state = state
        licence.save(update_fields=["state"])
        record(events.LicenceStateChanged(**_told(licence), before=before, state=state, why=why))
    return licence


def place_licence(
    *,
    licence: Licence,
    premises: Collection[Premises],
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Licence:
    """Says which premises of the business the licence is for; none means its main ones."""
    with editing(licence.business_id, revision=revision, why=why, channel=channel):
        if any(one.business_id != licence.business_id for one in premises):
            raise premises_elsewhere()
        for one in premises:
            checking.check_in_use(one)
        licence.places.set(premises)
        record(
            events.LicencePlaced(
                **_told(licence), premises=tuple(sorted(one.pk for one in premises)), why=why
            )
        )
    return licence


def premises_elsewhere() -> Refusal:
    return Refusal(
        "premises_elsewhere",
        _noop("所选场所不属于这个主体"),
        fix=_noop("请只选择该主体名下的场所"),
    )


def follow_up(
    *,
    licence: Licence,
    day: date,
    why: str,
    revision: int | None = None,
    channel: str = Channel.FORM,
) -> Licence:
    """The visit after a notice-and-commitment 告知承诺 licence was made."""
    with editing(licence.business_id, revision=revision, why=why, channel=channel):
        licence.refresh_from_db()
        if licence.follow_up_due is None or licence.followed_up:
            raise Refusal(
                "nothing_to_follow_up",
                _noop("证件{number}没有待办的承诺后核查"),
                fix=_noop("请核对证件编号"),
                number=licence.number,
            )
        checking.not_later(day, _noop("核查日期"))
        licence.followed_up = day
        licence.save(update_fields=["followed_up"])
        record(events.LicenceFollowedUp(**_told(licence), day=day, why=why))
    return licence


def withdraw_licence(
    *, licence: Licence, why: str, revision: int | None = None, channel: str = Channel.FORM
) -> None:
    """Takes out a licence that was entered by mistake."""
    with editing(licence.business_id, revision=revision, why=why, channel=channel):
        told = told_withdrawn(licence, why)
        licence.delete()
        record(told)


def told_withdrawn(licence: Licence, why: str) -> Event:
    return events.LicenceWithdrawn(**_told(licence), why=why)
