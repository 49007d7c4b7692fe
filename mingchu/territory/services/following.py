"""Following: an open visit lies where its business lies, is whose the business is, or ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from mingchu.ledger.services import current_cause, record_many
from mingchu.registry import domain as registry
from mingchu.registry.queries import any_number
from mingchu.registry.services import storing
from mingchu.territory import events
from mingchu.territory.domain.quarters import quarter_of
from mingchu.territory.models import Visit, VisitState
from mingchu.territory.services.wanting import Row, Wanted

FOLLOWED = ("district", "station", "cadre_id", "state")


def follow(
    known: Collection[Row],
    wanted: Mapping[int, Wanted | None],
    causes: Mapping[int, UUID],
) -> None:
    """Open visits as their businesses stand; `causes` are the entries a business follows from.

    They are locked, so that one that is being made just now stays as it was made.
    """
    places = {row["pk"]: (row["district"], row["station"]) for row in known}
    waiting = Visit.objects.select_for_update().filter(
        business__in=any_number(places), state=VisitState.OPEN
    )
    moved, ended = [], []
    for visit in waiting.order_by("pk"):
        target = wanted[visit.business_id]
        if target is None:
            visit.state = VisitState.ENDED
            ended.append(visit)
            continue
        now = (*places[visit.business_id], target.cadre)
        if (visit.district, visit.station, visit.cadre_id) != now:
            visit.district, visit.station, visit.cadre_id = now
            moved.append(visit)
    storing.update(Visit, FOLLOWED, [*moved, *ended])
    by = current_cause()
    record_many(map(_told, ended), causes=[causes.get(one.business_id, by) for one in ended])


def _told(visit: Visit) -> events.VisitEnded:
    return events.VisitEnded(
        subject=registry.subject(visit.business_id),
        business_id=visit.business_id,
        visit_id=visit.pk,
        quarter=str(quarter_of(visit.quarter)),
    )
