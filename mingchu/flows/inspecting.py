"""What follows from inspections: grades, calls to other desks, exams, visits that move along."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mingchu.base.event import Event
from mingchu.flows import inspection_telling
from mingchu.inspection import events as of_inspection
from mingchu.inspection import services as inspection
from mingchu.inspection.domain.outcome import Outcome
from mingchu.ledger.services import Entry
from mingchu.registry import events as registry
from mingchu.registry import services as registering
from mingchu.registry.queries import parts
from mingchu.risk import services as grading
from mingchu.risk.values import NewGround, NewVisit

Pairs = Sequence[tuple[Any, Entry]]
# Why somebody came, as grading counts it; what was drawn counts as a random visit.
PURPOSES: Mapping[str, str] = {
    "routine": "routine",
    "key": "routine",
    "special": "special",
    "unannounced": "unannounced",
    "system": "system",
    "licensing": "follow_up",
    "recheck": "follow_up",
    "joint": "random",
}
RECHECK, OBSTRUCTION, INSPECTION = "recheck", "obstruction", "inspection"


def visit_is_graded(event: of_inspection.InspectionDone, entry: Entry) -> None:
    visits_are_graded([(event, entry)])


def visits_are_graded(pairs: Pairs) -> None:
    """The finding stands in the account of the business, and its grade follows the same day."""
    told = [event for event, _entry in pairs]
    grading.record_visits_many(map(_visit, told), source=INSPECTION)
    refused = [one for one in told if one.outcome == Outcome.REFUSED]
    grading.record_grounds_many(map(_ground, refused), source=INSPECTION)
    grading.follow({one.business_id for one in told})


def _visit(event: of_inspection.InspectionDone) -> NewVisit:
    """A recheck looks at what was found before: it counts as a visit, and its items twice would
    be unfair either way."""
    again = event.type == RECHECK
    drawn = event.random and event.type == "routine"
    return NewVisit(
        business=event.business_id,
        day=event.day,
        department=event.department,
        purpose="random" if drawn else PURPOSES[event.type],
        full_list=event.full_list,
        joint=event.joint[:40],
        inspector_id=event.lead_id,
        applicable_key=0 if again else event.applicable_key,
        applicable_general=0 if again else event.applicable_general,
        failed_key=0 if again else event.failed_key,
        failed_general=0 if again else event.failed_general,
        failed=() if again else event.failed,
        note=f"inspection:{event.visit_id}",
    )


def _ground(event: of_inspection.InspectionDone) -> NewGround:
    return NewGround(
        business=event.business_id,
        direction="raise",
        ground=OBSTRUCTION,
        day=event.day,
        note=f"inspection:{event.visit_id}",
    )


def exams_stand_in_the_registry(event: of_inspection.ManagersExamined, entry: Entry) -> None:
    for number, score, passed in event.exams:
        person = parts.person_at(event.business_id, number)
        if person is not None:
            registering.record_exam(person=person, day=event.day, passed=passed, score=score)


def inspections_go_with_the_business(event: registry.BusinessMoved, entry: Entry) -> None:
    inspection.follow_business(
        business_id=event.business_id, district=event.district, station=event.station
    )


def inspections_go_to_the_kept_file(event: registry.BusinessesMerged, entry: Entry) -> None:
    inspection.follow_merge(gone=event.gone, kept=event.business_id)


def inspections_come_back(event: registry.MergeUndone, entry: Entry) -> None:
    inspection.follow_unmerge(gone=event.gone, kept=event.business_id)


OWN: Mapping[type[Event], Sequence[Callable[..., Any]]] = {
    **{event: [telling] for event, telling in inspection_telling.OWN.items()},
    of_inspection.InspectionDone: [
        visit_is_graded,
        inspection_telling.OWN[of_inspection.InspectionDone],
    ],
    of_inspection.ManagersExamined: [exams_stand_in_the_registry],
    registry.BusinessMoved: [inspections_go_with_the_business],
    registry.BusinessesMerged: [inspections_go_to_the_kept_file],
    registry.MergeUndone: [inspections_come_back],
}
BATCHES: Mapping[Callable[..., Any], Callable[..., Any]] = {
    visit_is_graded: visits_are_graded,
    **inspection_telling.BATCHES,
}
TERMINAL: frozenset[type[Event]] = frozenset(
    {
        of_inspection.CaseProposed,  # its call goes by a signal
        of_inspection.FindingOverdue,
        of_inspection.InstrumentKept,
    }
)
