"""Visiting 走访: what a cadre saw in five minutes; a problem is the station's from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.files.keeping import attach
from mingchu.kit.models import Upload
from mingchu.ledger.services import Entry, record, record_many
from mingchu.registry import domain as registry
from mingchu.registry.services import storing
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals
from mingchu.territory import events, rules
from mingchu.territory.domain.quarters import quarter_of
from mingchu.territory.models import Visit, VisitState

KIND = "duty_problem"
PHOTO = "visit_photo"
ANSWERS = ("yes", "no", "none")
WRITTEN = (
    "answers", "state", "done_at", "late", "sheet_since", "problem", "note", "user_id", "entry",
)  # fmt: skip
# Where the door was shut nobody could look at anything.
NOT_THERE = "not_there"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A visit that was made, as whoever was there says."""

    visit: Visit
    answers: Mapping[str, str]
    problem: str = ""
    note: str = ""


@transaction.atomic
def finish(
    *,
    visit: Visit,
    answers: Mapping[str, str],
    problem: str = "",
    note: str = "",
    photos: Sequence[Upload] = (),
    by: Actor | None = None,
) -> Visit:
    """The visit was made; it is written once. Photos are welcome and never asked for."""
    found = _held([visit.pk])[0]
    said = Made(visit=found, answers=answers, problem=problem, note=note)
    _put(found, said, by)
    subject = f"visit:{found.pk}"
    kept = [
        attach(upload=one, subject=subject, role=PHOTO, name=found.business.name, by=by)
        for one in photos
    ]
    entry = record(_done(found, tuple(str(one.pk) for one in kept)))
    found.entry = entry.pk
    found.save()
    if problem:
        raise_signals([_signal(found, entry)])
    return found


@transaction.atomic
def finish_many(made: Sequence[Made], *, by: Actor | None = None) -> list[Visit]:
    """`finish` of each, without photos: what somebody brings home from a day of visits."""
    held = {one.pk: one for one in _held([said.visit.pk for said in made])}
    done = [held[said.visit.pk] for said in made]
    for found, said in zip(done, made, strict=True):
        _put(found, said, by)
    entries = record_many([_done(found, ()) for found in done])
    for found, entry in zip(done, entries, strict=True):
        found.entry = entry.pk
    storing.update(Visit, WRITTEN, done)
    pairs = zip(done, entries, strict=True)
    if signals := [_signal(one, entry) for one, entry in pairs if one.problem]:
        raise_signals(signals)
    return done


def _held(keys: Sequence[int]) -> list[Visit]:
    """The rows, locked in the order of their numbers."""
    rows = Visit.objects.select_for_update(of=("self",)).select_related("business")
    return list(rows.defer("business__search_text").filter(pk__in=keys).order_by("pk"))


def _put(found: Visit, said: Made, by: Actor | None) -> None:
    """What was seen, if it fits the sheet of the day and nobody was quicker."""
    if found.state != VisitState.OPEN:
        raise _over(found)
    sheet = rules.sheet(found.business.kind, clock.today())
    found.answers = _checked(sheet, said.answers, said.problem)
    _check_problem(said.problem, said.note)
    found.state, found.done_at = VisitState.DONE, clock.now()
    found.late = clock.today() > found.due
    found.sheet_since, found.problem, found.note = sheet.since, said.problem, said.note.strip()
    found.user_id = by.user_id if by else None


def _over(visit: Visit) -> Refusal:
    return Refusal(
        "visit_over",
        _noop("这次走访现在是“{state}”"),
        fix=_noop("请刷新页面；已经提交的不能再改"),
        state=VisitState(visit.state).label,
    )


def _checked(sheet: rules.Sheet, answers: Mapping[str, str], problem: str) -> dict[str, str]:
    """One answer to each item; to none, where nobody was there."""
    known = {item.key for item in sheet.items}
    said = {key: value for key, value in answers.items() if key in known and value in ANSWERS}
    if problem != NOT_THERE and len(said) < len(known):
        raise Refusal(
            "items_unanswered",
            _noop("还有{n}项没有选"),
            fix=_noop("请逐项选“是”“否”或“无此项”；门关着的选“关门停业或者找不到”"),
            status=422,
            n=len(known) - len(said),
        )
    return said


def _check_problem(problem: str, note: str) -> None:
    if not problem:
        return
    if problem not in {one.key for one in rules.problems(clock.today())}:
        raise Refusal(
            "unknown_problem",
            _noop("没有“{problem}”这种问题"),
            fix=_noop("请从列出的种类里选"),
            status=422,
            problem=problem,
        )
    if problem != NOT_THERE and not note.strip():
        raise Refusal(
            "problem_unsaid",
            _noop("选了问题，还没有写看到了什么"),
            fix=_noop("请在说明里写一两句，监管所据此处理"),
            status=422,
        )


def _done(visit: Visit, attachments: tuple[str, ...]) -> events.VisitDone:
    return events.VisitDone(
        subject=registry.subject(visit.business_id),
        business_id=visit.business_id,
        visit_id=visit.pk,
        quarter=str(quarter_of(visit.quarter)),
        cadre_id=visit.cadre_id,
        late=visit.late,
        problem=visit.problem,
        attachments=attachments,
    )


def _signal(visit: Visit, entry: Entry) -> Signal:
    """One visit, one signal: the station gets one order for it."""
    return Signal(
        kind=KIND,
        subject=f"visit:{visit.pk}",
        business_id=visit.business_id,
        district=visit.district,
        station=visit.station,
        labels={"problem": visit.problem, "level": visit.level},
        cause=entry.pk,
    )
