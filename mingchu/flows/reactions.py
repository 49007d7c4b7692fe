"""Reactions 联动: which event leads to which service; the whole wiring between contexts.

An event that nothing has to follow is listed in TERMINAL, so that forgetting one is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mingchu.accounts import events as accounts
from mingchu.accounts.queries import people
from mingchu.alerts import events as of_alerts
from mingchu.alerts import services as alerts
from mingchu.alerts.queries import desks
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.event import Event
from mingchu.complaints import events as complaints
from mingchu.complaints import services as letters
from mingchu.draw import events as draws
from mingchu.flows import inspecting, telling
from mingchu.inspection import events as of_inspection
from mingchu.inspection import services as inspection
from mingchu.kit import events as kit
from mingchu.ledger.services import Entry
from mingchu.registry import events as registry
from mingchu.risk import events as risk
from mingchu.risk import services as grading
from mingchu.risk.services import crediting, following
from mingchu.territory import events as territory
from mingchu.territory import services as territorial
from mingchu.trace import events as trace

Pairs = Sequence[tuple[Any, Entry]]
CASE = "case_reported"
# A report led to a case; it did so still when it was answered and followed up.
FILED, ANSWERED = "filed", ("closed", "followed_up")


def visits_go_with_the_business(event: Any, entry: Entry) -> None:
    """Level, cadre and open visits follow where a business lies and how it stands."""
    territorial.settle([event.business_id])


def visits_go_with_businesses(pairs: Pairs) -> None:
    causes = {event.business_id: entry.id for event, entry in pairs}
    territorial.settle(causes, causes=causes)


def visits_go_with_the_file(event: Any, entry: Entry) -> None:
    """Of two files that became one, or two again, each stands for itself."""
    territorial.settle([event.business_id, event.gone])


def withdrawn_business_is_forgotten(event: Any, entry: Entry) -> None:
    """What merely followed from its file goes, or ends, with it."""
    withdrawn_businesses_are_forgotten([(event, entry)])


def withdrawn_businesses_are_forgotten(pairs: Pairs) -> None:
    numbers = [event.business_id for event, _entry in pairs]
    territorial.forget(numbers)
    alerts.let_go(numbers)
    following.forget_classes(numbers)
    grading.forget(numbers)
    inspection.forget(numbers)


def desk_takes_its_visits_along(event: accounts.DeskHandedOver, entry: Entry) -> None:
    territorial.desk_is_handed_over(
        giver=event.from_user_id, taker=event.to_user_id, since=event.since
    )


def orders_follow_the_business(event: registry.BusinessMoved, entry: Any) -> None:
    """Another station has it from now on, with all that is open."""
    orders.follow_business(
        business_id=event.business_id, district=event.district, station=event.station
    )


def orders_go_to_the_kept_file(event: registry.BusinessesMerged, entry: Any) -> None:
    """Of two files that became one the kept one has what is open."""
    orders.follow_merge(gone=event.gone, kept=event.business_id)


def orders_come_back(event: registry.MergeUndone, entry: Any) -> None:
    """Files that are two again have each their own."""
    orders.follow_unmerge(gone=event.gone, kept=event.business_id)


def orders_go_with_the_desk(event: accounts.DeskHandedOver, entry: Any) -> None:
    """Whoever takes the desk takes what lies on it; a desk that changes hands later is swept by
    the job that looks after orders of people who have left."""
    if event.since <= clock.today() and desks.holds_orders(event.from_user_id):
        giver, taker = people([event.from_user_id, event.to_user_id])
        orders.hand_over_desk(giver=giver, taker=taker, by=None)


def its_alerts_are_looked_at_again(event: Any, entry: Entry) -> None:
    """Something changed about a business: an alert ends as soon as its fact does, and open ones
    go where the business goes."""
    their_alerts_are_looked_at_again([(event, entry)])


def their_alerts_are_looked_at_again(written: Pairs) -> None:
    alerts.touch({number: entry.id for event, entry in written for number in _businesses(event)})


def _businesses(event: Any) -> Sequence[int]:
    """Whom an event of the registry concerns: of a merger both files."""
    numbers = (getattr(event, name, None) for name in ("business_id", "gone"))
    return [number for number in numbers if number]


def desk_passes_letters_on(event: accounts.DeskHandedOver, entry: Entry) -> None:
    """Whoever takes a desk takes the complaints and reports on it; of one that changes hands later
    the nightly task of letters finds them."""
    if event.since <= clock.today():
        letters.pass_desk(giver=event.from_user_id, taker=event.to_user_id)


def letters_follow_the_business(event: registry.BusinessMoved, entry: Entry) -> None:
    """Where a business lies now its open complaints and reports are handled."""
    letters_follow_businesses([(event, entry)])


def letters_follow_businesses(pairs: Pairs) -> None:
    letters.follow_businesses(
        {event.business_id: (event.district, event.station) for event, _entry in pairs}
    )


def letters_hear_of_their_order(event: of_alerts.AlertEnded, entry: Entry) -> None:
    """What a complaint called for has been done: whoever handles it answers now."""
    if event.kind_of == "complaint_received" and event.how == "handled":
        letters.order_ended(subject=event.about, outcome=event.how)


def talk_is_held_against_the_business(event: of_alerts.TalkHeld, entry: Entry) -> None:
    """A responsibility talk stands in the credit file, with the number of its order."""
    talks_are_held_against_businesses([(event, entry)])


def talks_are_held_against_businesses(pairs: Pairs) -> None:
    crediting.note_facts(
        crediting.told_by_house(
            event.business_id, "talk", event.day, f"{event.number} · {event.step}"
        )
        for event, _entry in pairs
        if event.business_id
    )


def case_is_held_against_the_business(event: complaints.ComplaintMoved, entry: Entry) -> None:
    """A report that led to a case stands in the credit file; if it did not after all, no more."""
    if not event.business_id:
        return
    # The letter's own number is its writer's key: the house's number of it stands here.
    known = f"complaint:{event.complaint_id}"
    if event.after == FILED:
        day = clock.city(entry.city_time).date()
        fact = crediting.told_by_house(event.business_id, CASE, day, known)
        crediting.note_facts([fact])
    elif event.before == FILED and event.after not in ANSWERED:
        crediting.strike_told(
            business_id=event.business_id, kind=CASE, reference=known, why="撤销立案"
        )


def credit_goes_to_the_kept_file(event: registry.BusinessesMerged, entry: Entry) -> None:
    following.follow_merge(gone=event.gone, kept=event.business_id)


def credit_comes_back(event: registry.MergeUndone, entry: Entry) -> None:
    following.follow_unmerge(gone=event.gone, kept=event.business_id)


def grade_follows_the_business(event: Any, entry: Entry) -> None:
    """Whether and by which sheet it is graded depends on how it stands and what it is."""
    grades_follow_businesses([(event, entry)])


def grades_follow_businesses(pairs: Pairs) -> None:
    grading.follow({event.business_id for event, _entry in pairs if _matters(event)})


def _matters(event: Any) -> bool:
    """Of a correction only what a grade looks at."""
    return not isinstance(event, registry.BusinessCorrected) or bool(
        {"kind", "opened"} & set(event.fields)
    )


def grades_follow_the_files(event: Any, entry: Entry) -> None:
    """Of two files that became one, or two again, each has what is its own."""
    grading.follow({event.business_id, event.gone})


def listed_business_is_graded_anew(event: Any, entry: Entry) -> None:
    """The list of serious violations decides the grade as long as a business is on it."""
    listed_businesses_are_graded_anew([(event, entry)])


def listed_businesses_are_graded_anew(pairs: Pairs) -> None:
    grading.follow({event.business_id for event, _entry in pairs if event.roll == "serious"})


def order_rises_with_its_alert(event: of_alerts.AlertRose, entry: Entry) -> None:
    """What is graver than it was is more urgent for whoever handles it."""
    orders.rise([event.alert_id])


def batch_goes_with_its_draw(event: Any, entry: Entry) -> None:
    """A result becomes tasks; a draw that is void lets its batch be drawn again."""
    inspection.hear(draw=int(event.subject.partition(":")[2]))


# What the alerts' facts are made of.
FACTS: Sequence[type[Event]] = (
    registry.BusinessCorrected,
    registry.BusinessMoved,
    registry.BusinessStateChanged,
    registry.BusinessClosed,
    registry.BusinessesMerged,
    registry.MergeUndone,
    registry.BusinessHandedOn,
    registry.BusinessTakenOver,
    registry.BusinessAffiliated,
    registry.LicenceGranted,
    registry.LicenceChanged,
    registry.LicenceStateChanged,
    registry.LicenceFollowedUp,
    registry.LicenceWithdrawn,
    registry.PersonPosted,
    registry.PersonLeft,
    registry.PersonCorrected,
    registry.PersonWithdrawn,
    registry.HealthCertificateKept,
    registry.HealthCertificateSeen,
    registry.TrainingRecorded,
)

# What follows beside that, event by event.
OWN: Mapping[type[Event], Sequence[Callable[..., Any]]] = {
    **inspecting.OWN,
    of_alerts.AlertRose: [order_rises_with_its_alert],
    of_alerts.AlertEnded: [letters_hear_of_their_order],
    of_alerts.TalkHeld: [talk_is_held_against_the_business],
    complaints.ComplaintMoved: [case_is_held_against_the_business],
    of_alerts.OrderOpened: [telling.urgent_order_is_told],
    of_alerts.OrderMoved: [telling.step_is_told],
    of_alerts.OrderEscalated: [telling.rise_is_told],
    accounts.DeskHandedOver: [
        desk_takes_its_visits_along,
        orders_go_with_the_desk,
        desk_passes_letters_on,
    ],
    registry.BusinessMoved: [
        visits_go_with_the_business,
        orders_follow_the_business,
        letters_follow_the_business,
        *inspecting.OWN[registry.BusinessMoved],
    ],
    registry.BusinessCorrected: [grade_follows_the_business],
    registry.BusinessStateChanged: [visits_go_with_the_business, grade_follows_the_business],
    registry.BusinessClosed: [visits_go_with_the_business, grade_follows_the_business],
    registry.BusinessesMerged: [
        visits_go_with_the_file,
        orders_go_to_the_kept_file,
        credit_goes_to_the_kept_file,
        grades_follow_the_files,
        *inspecting.OWN[registry.BusinessesMerged],
    ],
    registry.MergeUndone: [
        visits_go_with_the_file,
        orders_come_back,
        credit_comes_back,
        grades_follow_the_files,
        *inspecting.OWN[registry.MergeUndone],
    ],
    risk.ListEntered: [listed_business_is_graded_anew],
    risk.ListLeft: [listed_business_is_graded_anew],
    risk.ListingStruck: [listed_business_is_graded_anew],
    registry.BusinessWithdrawn: [withdrawn_business_is_forgotten],
    draws.DrawConcluded: [batch_goes_with_its_draw],
    draws.DrawRevealed: [batch_goes_with_its_draw],
    draws.DrawVoided: [batch_goes_with_its_draw],
    draws.StoodIn: [batch_goes_with_its_draw],
}

REACTIONS: Mapping[type[Event], Sequence[Callable[..., Any]]] = {
    **dict.fromkeys(FACTS, (its_alerts_are_looked_at_again,)),
    **{
        event: [*handlers, *((its_alerts_are_looked_at_again,) if event in FACTS else ())]
        for event, handlers in OWN.items()
    },
}

# The set-wise form of a reaction: one call for all `(event, entry)` of a `record_many`.
BATCHES: Mapping[Callable[..., Any], Callable[..., Any]] = {
    **inspecting.BATCHES,
    visits_go_with_the_business: visits_go_with_businesses,
    withdrawn_business_is_forgotten: withdrawn_businesses_are_forgotten,
    its_alerts_are_looked_at_again: their_alerts_are_looked_at_again,
    talk_is_held_against_the_business: talks_are_held_against_businesses,
    telling.urgent_order_is_told: telling.urgent_orders_are_told,
    telling.step_is_told: telling.steps_are_told,
    letters_follow_the_business: letters_follow_businesses,
    grade_follows_the_business: grades_follow_businesses,
    listed_business_is_graded_anew: listed_businesses_are_graded_anew,
}

TERMINAL: frozenset[type[Event]] = inspecting.TERMINAL | frozenset(
    {
        accounts.PersonEnrolled,
        accounts.EnrolmentIssued,
        accounts.EnrolmentAccepted,
        accounts.EnrolmentVoided,
        accounts.ResetIssued,
        accounts.ResetAccepted,
        accounts.PostGiven,
        accounts.PostEnded,
        accounts.LinkIssued,
        accounts.TokenIssued,
        accounts.TokenRevoked,
        accounts.SigningPinSet,
        complaints.ComplaintRegistered,
        complaints.ComplaintCorrected,
        complaints.ComplaintTakenBack,
        complaints.ReportersForgotten,
        draws.DrawOpened,
        draws.DrawFrozen,
        draws.DrawThawed,
        draws.DrawCommitted,
        draws.DrawClosed,
        draws.DrawWitnessed,
        of_inspection.PlanDrafted,
        of_inspection.BatchPlanned,
        of_inspection.PlanMoved,
        of_inspection.PlanChanged,
        of_inspection.BatchChecked,
        of_inspection.BatchOpened,
        of_inspection.BatchDrawn,  # its tasks became visits in the same act
        of_inspection.ExpertiseSet,
        of_inspection.LeaveNoted,
        of_inspection.InspectorRecused,
        of_inspection.RecusalEnded,
        of_inspection.RegionalTaskBrought,
        of_inspection.RegionalSubjectsTakenBack,
        kit.ImportApplied,
        kit.ImportUndone,
        kit.FileAttached,
        kit.FileDetached,
        kit.RecordsForgotten,
        kit.FileHeld,
        kit.FileReleased,
        kit.ReceiverAdded,
        kit.ReceiverEnded,
        kit.DutySet,
        kit.DutyDropped,
        kit.RuleDrafted,
        kit.RuleRewritten,
        kit.RuleSubmitted,
        kit.RuleApproved,  # every process hears of it by the book's stamp
        kit.RuleReturned,
        kit.RuleWithdrawn,
        # A new business has no alerts to end; what it lacks is found at night.
        registry.BusinessEnrolled,
        registry.ExamRecorded,
        registry.LicencePlaced,
        registry.PremisesAdded,
        registry.PremisesChanged,
        registry.FoundNotSame,
        registry.NotSameTakenBack,
        registry.AreaNamed,
        registry.AreaDropped,
        registry.InquiryAsked,
        registry.InquiryAnswered,
        registry.InquirySettled,
        # A new business is settled by the night's round, with all the others.
        territory.CadreListed,
        territory.CadreChanged,
        territory.CadreLinked,
        territory.CadreLeft,
        territory.DutyAssigned,
        territory.VisitsOpened,
        territory.VisitDone,  # its problem goes by a signal
        territory.VisitEnded,
        territory.VisitsMissed,
        of_alerts.AlertOpened,
        of_alerts.AlertHeld,
        of_alerts.AlertReleased,
        of_alerts.AlertRedated,
        of_alerts.OrderEnded,
        of_alerts.OrderTransferred,
        of_alerts.SilenceMade,
        # Of classes and grades those who draw and inspect ask; nothing follows at once.
        # Facts alone move no grade: the act that brings one grades, or the night does.
        risk.ProfileRecorded,
        risk.VisitRecorded,
        risk.FactTakenBack,
        risk.GroundRecorded,
        risk.GroundDecided,
        risk.Regraded,
        risk.GradesRun,
        risk.OverrideSet,
        risk.OverrideEnded,
        risk.ObjectionMade,
        risk.ObjectionAnswered,
        risk.ObjectionWithdrawn,
        risk.HygieneGraded,
        risk.FactNoted,
        risk.FactStruck,
        risk.ExitAsked,
        risk.CreditReckoned,
        of_alerts.SilenceLifted,
        trace.NumberAllotted,
        trace.AllotmentEnded,
    }
)
