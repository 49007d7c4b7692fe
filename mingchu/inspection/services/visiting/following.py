"""Following a business: its visits and records go where it goes, and back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from mingchu.inspection import events
from mingchu.inspection.models import WAITING, Finding, Record, Recusal, Visit
from mingchu.inspection.services.visiting.telling import about
from mingchu.ledger.services import record_many
from mingchu.registry.models import Business
from mingchu.registry.queries.parts import files_within


@transaction.atomic
def follow_business(*, business_id: int, district: str, station: str) -> None:
    """Visits that wait go where the business goes; who was to make them is decided anew there."""
    rows = Visit.objects.select_for_update().filter(business=business_id, state__in=WAITING)
    moved = [one for one in rows if (one.district, one.station) != (district, station)]
    for one in moved:
        one.district, one.station = district, station
    Visit.objects.bulk_update(moved, ["district", "station"])
    record_many(
        [events.VisitReassigned(**about(one), fields=("district",), reason="") for one in moved]
    )


@transaction.atomic
def follow_merge(*, gone: int, kept: int) -> None:
    """Of two files that became one the kept one has the visits, what was found, and who keeps
    away."""
    _hand_over(Visit.objects.filter(business=gone), kept)
    known = Recusal.objects.filter(business=kept, ended=None).values("user")
    for one in Recusal.objects.filter(business=gone, ended=None).exclude(user__in=known):
        one.pk, one.business_id = None, kept
        one.save(force_insert=True)


@transaction.atomic
def follow_unmerge(*, gone: int, kept: int) -> None:
    """They are two again: what was planned for the other goes back to it. Who keeps away from
    either of them goes on to do so until somebody says otherwise."""
    own = Visit.objects.filter(business=kept, planned_for__in=files_within(gone))
    _hand_over(own, gone)


def _hand_over(visits: QuerySet[Visit], business: int) -> None:
    numbers = list(visits.select_for_update(of=("self",)).values_list("pk", flat=True))
    Visit.objects.filter(pk__in=numbers).update(business=business)
    Record.objects.filter(visit__in=numbers).update(business=business)
    Finding.objects.filter(record__visit__in=numbers).update(business=business)
    place = Business.objects.only("district", "station").get(pk=business)
    follow_business(business_id=business, district=place.district, station=place.station)
