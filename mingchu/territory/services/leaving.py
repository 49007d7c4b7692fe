"""Leaving 离任与整桌移交: what a cadre has goes to his heir as a whole, or back to the areas.

A hand-over may be said for a later day; the round of that day's night carries it out. What was
visited stays whose it was.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.territory import events
from mingchu.territory.models import Assignment, Beat, Cadre
from mingchu.territory.services.settling import settle


@transaction.atomic
def hand_over(*, giver: Cadre, heir: Cadre, since: date) -> Cadre:
    """From the day on, all the giver has is the heir's, and the giver is off the roster."""
    held = _held(giver)
    _check_heir(held, heir)
    held.leaves, held.heir = since, heir
    held.save(update_fields=["leaves", "heir"])
    record(
        events.CadreChanged(subject=f"cadre:{held.pk}", cadre_id=held.pk, fields=("heir", "leaves"))
    )
    if since <= clock.today():
        _pass_on(held)
    return held


@transaction.atomic
def take_off(*, cadre: Cadre) -> Cadre:
    """He leaves today without an heir: what he had goes to whoever has the area, or to nobody."""
    held = _held(cadre)
    held.leaves, held.heir = clock.today(), None
    _pass_on(held)
    return held


@transaction.atomic
def pass_on_due() -> int:
    """Hand-overs whose day has come; how many."""
    due = Cadre.objects.select_for_update(of=("self",)).filter(
        until__isnull=True, leaves__lte=clock.today()
    )
    leaving = list(due.order_by("pk"))
    for cadre in leaving:
        _pass_on(cadre)
    return len(leaving)


def desk_is_handed_over(*, giver: int, taker: int, since: date) -> None:
    """A desk of accounts changed hands: with it the entry of the roster, if there is one.

    The taker is entered on the roster where he was not, with the giver's unit and rank.
    """
    held = Cadre.objects.filter(user=giver, until__isnull=True).first()
    if held is not None:
        hand_over(giver=held, heir=_entered(held, taker), since=since)


def _entered(giver: Cadre, taker: int) -> Cadre:
    known = Cadre.objects.filter(user=taker, until__isnull=True).first()
    if known is not None:
        return known
    user = User.objects.get(pk=taker)
    made = Cadre.objects.create(
        name=user.name, unit=giver.unit, rank=giver.rank, phone=user.phone,
        district=giver.district, user=user, since=clock.today(),
    )  # fmt: skip
    record(
        events.CadreListed(
            subject=f"cadre:{made.pk}", cadre_id=made.pk, rank=made.rank, district=made.district
        )
    )
    return made


def _held(cadre: Cadre) -> Cadre:
    held = Cadre.objects.select_for_update(of=("self",)).get(pk=cadre.pk)
    if held.until is not None:
        raise Refusal(
            "cadre_left",
            _noop("{name}已于{day}离开花名册"),
            fix=_noop("请刷新页面查看现状"),
            name=held.name,
            day=held.until,
        )
    return held


def _check_heir(giver: Cadre, heir: Cadre) -> None:
    """An area counts for the rank of its cadre, so an heir of another rank would not have it."""
    if giver.pk == heir.pk:
        raise Refusal("same_person", _noop("交接双方是同一人"), fix=_noop("请选择另一位接手人"))
    if heir.until is not None or heir.rank != giver.rank:
        raise Refusal(
            "unfit_heir",
            _noop("{name}不能接手：职级不同，或已离开花名册"),
            fix=_noop("请选择同一职级的在册干部"),
            name=heir.name,
        )


def _pass_on(giver: Cadre) -> None:
    """`until` is the last day he had it; the day itself where he came and left on one."""
    assert giver.leaves is not None  # noqa: S101 only those who leave get here
    heir = _last_heir(giver)
    numbers = Assignment.objects.filter(cadre=giver, until__isnull=True)
    had = list(numbers.values_list("business", flat=True))
    if heir:
        _give_beats(giver, heir)
    giver.beats.all().delete()
    giver.until = max(giver.leaves - timedelta(days=1), giver.since)
    giver.heir = heir
    giver.save(update_fields=["until", "heir", "leaves"])
    record(
        events.CadreLeft(
            subject=f"cadre:{giver.pk}",
            cadre_id=giver.pk,
            until=giver.until,
            heir_id=heir.pk if heir else None,
        )
    )
    settle(had, heirs={giver.pk: heir.pk} if heir else {})


def _last_heir(giver: Cadre) -> Cadre | None:
    """An heir who has left meanwhile has one himself, or nobody has."""
    heir, seen = giver.heir, {giver.pk}
    while heir is not None and heir.until is not None:
        if heir.pk in seen:
            return None
        seen.add(heir.pk)
        heir = heir.heir
    return heir if heir and heir.pk not in seen else None


def _give_beats(giver: Cadre, heir: Cadre) -> None:
    """An area both have stays the heir's once."""
    own = heir.beats.exclude(area="").values_list("area", flat=True)
    Beat.objects.filter(cadre=giver).exclude(area__in=list(own)).update(cadre=heir)
