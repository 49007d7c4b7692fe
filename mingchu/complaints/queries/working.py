"""What the acts ask: steps, testing, who stepped aside, what gathers on a business."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import QuerySet

from mingchu.complaints.domain.outbreaks import Sick
from mingchu.complaints.domain.states import OPEN, UNCOUNTED
from mingchu.complaints.models import Complaint, ComplaintStep, State
from mingchu.registry.models import Business

SUBJECT = "complaint:"


def steps_of(complaint: Complaint) -> list[ComplaintStep]:
    return list(ComplaintStep.objects.filter(complaint=complaint).order_by("number"))


def steps_of_many(letters: Collection[Complaint]) -> dict[int, list[ComplaintStep]]:
    """Steps by letter, asked once; of one without any an empty list."""
    found: dict[int, list[ComplaintStep]] = defaultdict(list)
    steps = ComplaintStep.objects.filter(complaint__in=[one.pk for one in letters])
    for step in steps.order_by("complaint", "number"):
        found[step.complaint_id].append(step)
    return found


def of_origin(origin: str) -> list[Complaint]:
    """What a form that was sent before has made, the first part first."""
    first = Complaint.objects.filter(origin=origin).first() if origin else None
    return [first, *first.parts.order_by("pk")] if first else []


def is_testing(complaint: Complaint) -> bool:
    moves = ComplaintStep.objects.filter(
        complaint=complaint, move__in=("begin_testing", "end_testing")
    )
    last = moves.order_by("-number").first()
    return last is not None and last.move == "begin_testing"


def recused(complaint: Complaint) -> set[int | None]:
    """Who stepped aside from the letter."""
    steps = ComplaintStep.objects.filter(complaint=complaint, move="recuse")
    return set(steps.values_list("user_id", flat=True))


def businesses(numbers: Collection[int]) -> dict[int, Business]:
    """These businesses, without what they are searched by."""
    return Business.objects.defer("search_text").in_bulk(numbers) if numbers else {}


def open_by_subject(subject: str) -> Complaint | None:
    """The open letter that an order or alert is about; None if it is about something else."""
    number = subject.removeprefix(SUBJECT)
    if not subject.startswith(SUBJECT) or not number.isdecimal():
        return None
    return Complaint.objects.filter(pk=int(number), state__in=OPEN).first()


def _waiting() -> QuerySet[Complaint]:
    """What somebody still has to do: open letters, and visits after an answer."""
    return Complaint.objects.filter(state__in=(*OPEN, State.CLOSED)).order_by("pk")


def waiting_of(user_id: int) -> list[Complaint]:
    return list(_waiting().filter(handler=user_id))


def waiting_about(businesses: Collection[int]) -> list[Complaint]:
    return list(_waiting().filter(business__in=list(businesses)))


def handled() -> list[Complaint]:
    """What waits and is somebody's."""
    return list(_waiting().filter(handler__isnull=False))


def handlers() -> list[int]:
    """Everybody to whom something that waits belongs."""
    found = _waiting().filter(handler__isnull=False).order_by()
    return list(found.values_list("handler", flat=True).distinct())


def count_about(business: int, since: datetime) -> int:
    """Letters on a business since a moment that may speak against it; one letter in two parts
    counts once."""
    found = Complaint.objects.filter(business=business, received_at__gte=since, part_of=None)
    return found.exclude(state__in=UNCOUNTED).count()


def sick_at(business: int, since: datetime) -> list[Sick]:
    """Who fell ill after a meal there, of letters that were not merged into others."""
    found = Complaint.objects.filter(
        business=business, ill__gt=0, ate_at__gte=since, part_of=None
    ).exclude(state__in=(State.MERGED, State.WITHDRAWN))
    return [
        Sick(
            letter=one.pk,
            household=one.household or f"letter:{one.pk}",
            ate_at=one.ate_at,
            households=max(one.households, 1),
            people=one.ill,
        )
        for one in found.only("household", "ate_at", "households", "ill")
        if one.ate_at
    ]


def due_by(day: date) -> QuerySet[Complaint]:
    """Open letters of which a term ends by the day."""
    return Complaint.objects.filter(due_on__lte=day).order_by("due_on", "pk")


def with_clocks() -> QuerySet[Complaint]:
    """Letters a clock may run on: open ones, and those that wait for a visit."""
    return _waiting()


def over_before(numbers: Collection[int], moment: datetime) -> set[int]:
    """Which of these letters had ended by then."""
    ended = Complaint.objects.filter(pk__in=numbers, ended_at__lt=moment)
    return set(ended.values_list("pk", flat=True))


def closed_before(moment: datetime) -> list[int]:
    """Letters that ended so early and of which something of the writer is still kept."""
    ended = Complaint.objects.filter(ended_at__lt=moment)
    kept = ended.filter(reporter__isnull=False) | ended.exclude(household="")
    return list(kept.values_list("pk", flat=True).distinct())
