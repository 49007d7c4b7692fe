"""Recording: facts that grades are made of, one or very many by the same road, through COPY.

A faulty fact stays out and is told with its reason; the others go in. A list alone moves no grade:
the night's run, or who brought it, grades the businesses it was about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.event import Event
from mingchu.ledger.services import record_many
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.registry.queries import any_number
from mingchu.registry.services import storing
from mingchu.risk import events, rules
from mingchu.risk.models import (
    Department,
    Direction,
    Ground,
    Profile,
    Purpose,
    Source,
    Visit,
)
from mingchu.risk.services import sameness
from mingchu.risk.services.running import regrade
from mingchu.risk.values import NewGround, NewProfile, NewVisit
from mingchu.rulebook import scoring

BATCH = 10_000


@dataclass
class Recorded:
    """Numbers of what went in, by place in the list None for what stayed out, and why it did."""

    numbers: list[int | None] = field(default_factory=list)
    refused: list[tuple[int, Refusal]] = field(default_factory=list)


def record_profile(*, new: NewProfile, source: str = Source.HAND, by: Actor | None = None) -> int:
    """One profile, and the grade it leads to."""
    return _one(record_profiles_many, new, source, by)


def record_visit(*, new: NewVisit, source: str = Source.HAND, by: Actor | None = None) -> int:
    """One visit, and the grade it leads to."""
    return _one(record_visits_many, new, source, by)


def record_ground(*, new: NewGround, source: str = Source.HAND, by: Actor | None = None) -> int:
    """One ground; it blocks lowering at once, and raises when somebody has decided."""
    return _one(record_grounds_many, new, source, by)


@transaction.atomic
def _one(many: Callable[..., Recorded], new: Any, source: str, by: Actor | None) -> int:
    done = many([new], source=source, by=by)
    for _place, refusal in done.refused:
        raise refusal
    [number] = done.numbers
    assert number is not None  # noqa: S101 nothing was refused
    regrade([new.business], by=by)
    return number


def record_profiles_many(
    news: Iterable[NewProfile], *, source: str, by: Actor | None = None
) -> Recorded:
    """Static factors of many businesses, checked by the sheets of their days."""
    return _many(
        news, check=_checked_profile(), model=Profile, columns=PROFILE, row=_profile,
        event=_profile_told, source=source, by=by,
    )  # fmt: skip


def record_visits_many(
    news: Iterable[NewVisit], *, source: str, by: Actor | None = None
) -> Recorded:
    """Visits and their findings."""
    return _many(
        news, check=_check_visit, model=Visit, columns=VISIT, row=_visit, event=_visit_told,
        source=source, by=by,
    )  # fmt: skip


def record_grounds_many(
    news: Iterable[NewGround], *, source: str, by: Actor | None = None
) -> Recorded:
    """Cases in which grades may move; a person decides on each."""
    return _many(
        news, check=_check_ground, model=Ground, columns=GROUND, row=_ground, event=_ground_told,
        source=source, by=by,
    )  # fmt: skip


def faults_of(news: Sequence[Any]) -> dict[int, Refusal]:
    """What would keep facts out, by their place in the list; nothing is written."""
    if not news:
        return {}
    checks: dict[type, Callable[[Any], None]] = {
        NewProfile: _checked_profile(),
        NewVisit: _check_visit,
        NewGround: _check_ground,
    }
    check = checks[type(news[0])]
    told = Recorded()
    for _place in _sound(news, check, told):
        pass
    return dict(told.refused)


@transaction.atomic
def _many(
    news: Iterable[Any],
    *,
    check: Callable[[Any], None],
    model: Any,
    columns: Sequence[str],
    row: Callable[[Any, date], Sequence[Any]],
    event: Callable[[Any, int, str], Event],
    source: str,
    by: Actor | None,
) -> Recorded:
    done, waiting = Recorded(), iter(news)
    added = (str(source), by.user_id if by else None, clock.now())
    while batch := list(islice(waiting, BATCH)):
        good = list(_sound(batch, check, done))
        fresh = [batch[place] for place in good]
        keys = storing.numbers(model, len(good))
        _store(model, columns, fresh, keys, row, added)
        begin = len(done.numbers)
        done.numbers += [None] * len(batch)
        for place, key in zip(good, keys, strict=True):
            done.numbers[begin + place] = key
        record_many(event(one, key, source) for one, key in zip(fresh, keys, strict=True))
    return done


def _store(
    model: Any,
    columns: Sequence[str],
    fresh: Sequence[Any],
    keys: Sequence[int],
    row: Callable[[Any, date], Sequence[Any]],
    added: Sequence[Any],
) -> None:
    today = clock.today()
    storing.copy(
        model,
        ("id", *columns, "source", "user_id", "recorded_at"),
        ((key, *row(one, today), *added) for one, key in zip(fresh, keys, strict=True)),
    )


def _sound(batch: Sequence[Any], check: Callable[[Any], None], done: Recorded) -> Iterator[int]:
    """Places in the batch of what is in order."""
    begin, today = len(done.numbers), clock.today()
    numbers = any_number({one.business for one in batch})
    known = set(Business.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    twice = sameness.twice(batch)
    for place, new in enumerate(batch):
        try:
            _check_business(new, known)
            _check_days(new, today)
            check(new)
            if place in twice:
                raise sameness.known(new)
        except Refusal as refusal:
            done.refused.append((begin + place, refusal))
        else:
            yield place


def _check_business(new: Any, known: Collection[int]) -> None:
    if new.business not in known:
        raise Refusal(
            "unknown_business",
            _noop("主体库里没有编号为{number}的主体"),
            fix=_noop("请先建档，或核对编号"),
            status=404,
            number=new.business,
        )


def _check_days(new: Any, today: date) -> None:
    """Nothing is known before it was so, or from a day that has not come."""
    about: date = new.since if isinstance(new, NewProfile) else new.day
    known = new.known_on or today
    if about > today or known > today:
        raise Refusal(
            "fact_in_future",
            _noop("{day}还没有到"),
            fix=_noop("请填写今天或以前的日期"),
            status=422,
            day=max(about, known),
        )
    if known < about:
        raise Refusal(
            "known_before",
            _noop("录入日期{known}早于事实日期{day}"),
            fix=_noop("请核对两个日期"),
            status=422,
            known=known,
            day=about,
        )


# ── Profiles ──

PROFILE = ("business_id", "sheet", "answers", "since", "known_on", "note")


def _checked_profile() -> Callable[[NewProfile], None]:
    sheet_of = cache(lambda name, day: rules.sheet(name, day).value)

    def check(new: NewProfile) -> None:
        # A fact may be older than the sheet: then the sheet of today reads it.
        sheet = sheet_of(new.sheet, clock.today())
        scoring.score(sheet, new.answers)

    return check


def _profile(new: NewProfile, today: date) -> Sequence[Any]:
    answers = json.dumps(sameness.as_json(new.answers), ensure_ascii=False)
    return (new.business, new.sheet, answers, new.since, new.known_on or today, new.note)


def _profile_told(new: NewProfile, key: int, source: str) -> Event:
    return events.ProfileRecorded(
        subject=registry.subject(new.business),
        business_id=new.business,
        profile_id=key,
        sheet=new.sheet,
        since=new.since,
        source=str(source),
    )


# ── Visits ──

VISIT = (
    "business_id", "premises_id", "day", "known_on", "department", "purpose", "full_list", "joint",
    "inspector_id", "inspector", "applicable_key", "applicable_general", "failed_key",
    "failed_general", "failed", "note",
)  # fmt: skip


def _check_visit(new: NewVisit) -> None:
    if new.department not in Department.values or new.purpose not in Purpose.values:
        raise Refusal(
            "unknown_visit_kind",
            _noop("没有“{word}”这种部门或检查类型"),
            fix=_noop("请从列出的种类里选"),
            status=422,
            word=f"{new.department} {new.purpose}",
        )
    counts = (new.failed_key, new.applicable_key, new.failed_general, new.applicable_general)
    if min(counts) < 0 or counts[0] > counts[1] or counts[2] > counts[3]:
        raise Refusal(
            "visit_counts",
            _noop("不符合项多于适用项，或者是负数"),
            fix=_noop("请核对重点项和一般项的数目"),
            status=422,
        )
    if len(new.failed) > counts[0] + counts[2]:
        raise Refusal(
            "visit_items",
            _noop("列出了{listed}个不符合项，计数只有{counted}个"),
            fix=_noop("请核对不符合项的清单"),
            status=422,
            listed=len(new.failed),
            counted=counts[0] + counts[2],
        )


def _visit(new: NewVisit, today: date) -> Sequence[Any]:
    return (
        new.business, new.premises, new.day, new.known_on or today, str(new.department),
        str(new.purpose), new.full_list, new.joint, new.inspector_id, new.inspector,
        new.applicable_key, new.applicable_general, new.failed_key, new.failed_general,
        list(new.failed), new.note,
    )  # fmt: skip


def _visit_told(new: NewVisit, key: int, source: str) -> Event:
    return events.VisitRecorded(
        subject=registry.subject(new.business),
        business_id=new.business,
        visit_id=key,
        day=new.day,
        department=str(new.department),
        purpose=str(new.purpose),
        failed=new.failed_key + new.failed_general,
        applicable=new.applicable_key + new.applicable_general,
        source=str(source),
    )


# ── Grounds ──

GROUND = ("business_id", "direction", "ground", "day", "known_on", "note", "reason")


def _check_ground(new: NewGround) -> None:
    known = new.direction in Direction.values
    if not known or new.ground not in rules.grounds(new.direction, clock.today()).value:
        raise Refusal(
            "unknown_ground",
            _noop("没有“{ground}”这种{direction}情形"),
            fix=_noop("请从办法列出的情形里选"),
            status=422,
            ground=new.ground,
            direction=Direction(new.direction).label if known else new.direction,
        )


def _ground(new: NewGround, today: date) -> Sequence[Any]:
    known = new.known_on or today
    return (new.business, new.direction, new.ground, new.day, known, new.note, "")


def _ground_told(new: NewGround, key: int, source: str) -> Event:
    return events.GroundRecorded(
        subject=registry.subject(new.business),
        business_id=new.business,
        ground_id=key,
        direction=new.direction,
        ground=new.ground,
        day=new.day,
        source=str(source),
    )
