"""The day pack 当天任务包: all that an officer's phone needs at a door without signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from mingchu.accounts.keys import SIGNING
from mingchu.accounts.models import User
from mingchu.accounts.queries import has_signing_pin
from mingchu.base import clock
from mingchu.inspection import checklists, rules
from mingchu.inspection.domain.checklists import Checklist
from mingchu.inspection.models import (
    Finding,
    FindingState,
    Instrument,
    Record,
    Visit,
    VisitType,
)
from mingchu.inspection.queries import people as inspectors
from mingchu.inspection.queries import visits
from mingchu.inspection.queries.checklists import traits_of
from mingchu.inspection.services.sheets import keep_sheets
from mingchu.inspection.services.weighing import certified_on
from mingchu.registry import domain as registry
from mingchu.registry.models import Business, Duty, Licence, LicenceState, Person
from mingchu.rulebook.store import rule

DUTIES = (Duty.PRINCIPAL, Duty.DIRECTOR, Duty.OFFICER)
OPEN = (FindingState.OPEN, FindingState.ANSWERED)


def pack_of(user: User) -> dict[str, Any]:
    """Everything for the visits that wait for the officer; lists that are new are kept."""
    day = clock.today()
    rows = list(visits.mine(user.pk))
    numbers = [one.business_id for one in rows]
    lists = lists_of(rows, day)
    keep_sheets(lists.values(), day)
    known = _Known(numbers, rows)
    people = _colleagues(rows, user, day)
    return {
        "person": _person(user),
        "server_time": clock.city(clock.now()).isoformat(),
        "day": day.isoformat(),
        "demo": settings.DEMO,
        "key": SIGNING.public_jwk(),
        "rules": _rules(day),
        "checklists": {one.digest: one.plain() for one in lists.values()},
        "instruments": _instruments({one.district for one in rows}),
        "people": people,
        "tasks": [_task(one, lists[one.pk], known) for one in rows],
    }


def lists_of(rows: Sequence[Visit], day: date) -> dict[int, Checklist]:
    """The whole list of each visit, by its number."""
    traits = traits_of([one.business_id for one in rows], day)
    return {
        one.pk: checklists.checklist_for(
            one.business.kind, traits.get(one.business_id, frozenset()), one.matter, day
        )
        for one in rows
    }


def _rules(day: date) -> dict[str, Any]:
    asks = rule("inspection.phone_asks").on(day).value
    return {
        "gps": bool(asks["gps"]),
        "photo": bool(asks["photo"]),
        "unsent_days": rules.unsent_days(day),
        "correct_days_top": int(rule("inspection.correct_days_top").on(day).number()),
        "exam_pass": rules.exam_pass(day),
        "exam_people": int(rule("inspection.exam_people").on(day).number()),
        "clock_minutes": rules.clock_seconds(day) // 60,
        "basic_pass_rate": rules.basic_pass_rate(day),
        "publish_by": rules.publish_by(day).isoformat(),
        "results": [
            {"id": key, "zh": label.zh, "en": label.en}
            for key, label in rule("inspection.result_kinds").on(day).labels.items()
        ],
    }


def _person(user: User) -> dict[str, Any]:
    until = user.certificate_until
    return {
        "id": user.pk,
        "name": user.name,
        "certificate": user.certificate_no,
        "until": until.isoformat() if until else None,
    }


def _colleagues(rows: Sequence[Visit], user: User, day: date) -> list[dict[str, Any]]:
    """Whoever may confirm as the second: the pairs of the visits, and the officers of the same
    districts who hold a certificate."""
    wanted = {one for row in rows for one in row.pair}
    wanted |= (
        {one.user.pk for one in inspectors.pool({row.district for row in rows}, day)}
        if rows
        else set()
    )
    wanted.discard(user.pk)
    found = [one for one in User.objects.filter(pk__in=wanted) if certified_on(one, day)]
    with_pin = has_signing_pin([one.pk for one in found])
    return [
        {
            "id": one.pk,
            "name": one.name,
            "certificate": one.certificate_no,
            "has_pin": one.pk in with_pin,
        }
        for one in sorted(found, key=lambda one: (one.name, one.pk))
    ]


def _instruments(districts: Iterable[str]) -> list[dict[str, Any]]:
    rows = Instrument.objects.filter(in_use=True, district__in=["", *districts]).order_by("number")
    return [
        {
            "number": one.number,
            "name": one.name,
            "kind": one.kind,
            "calibrated_until": one.calibrated_until.isoformat(),
        }
        for one in rows
    ]


class _Known:
    """What is known of the businesses of a day, in one question for each sort."""

    def __init__(self, numbers: Sequence[int], rows: Sequence[Visit]):
        self.licences: dict[int, list[Licence]] = {}
        papers = Licence.objects.filter(business__in=numbers, state=LicenceState.VALID)
        for one in papers.order_by("pk"):
            self.licences.setdefault(one.business_id, []).append(one)
        self.managers: dict[int, list[Person]] = {}
        posted = Person.objects.filter(business__in=numbers, until=None, duties__overlap=DUTIES)
        for person in posted.order_by("pk"):
            self.managers.setdefault(person.business_id, []).append(person)
        self.last = visits.last_records(numbers)
        self.open: dict[int, list[Finding]] = {}
        for finding in Finding.objects.filter(business__in=numbers, state__in=OPEN).order_by(
            "due", "pk"
        ):
            self.open.setdefault(finding.business_id, []).append(finding)
        officers = {one for row in rows for one in row.pair}
        self.officers = User.objects.in_bulk(officers)


def _task(one: Visit, checklist: Checklist, known: _Known) -> dict[str, Any]:
    return {
        "visit": one.pk,
        "number": one.number,
        "type": one.type,
        "type_title": str(VisitType(one.type).label),
        "unannounced": one.type == VisitType.UNANNOUNCED,
        "state": one.state,
        "day": one.day.isoformat(),
        "due": one.due.isoformat(),
        "department": one.get_department_display(),
        "matter": one.matter,
        "reason": one.reason,
        "business": _business(one.business, known),
        "lead": _officer(one.lead_id, known.officers),
        "second": _officer(one.second_id, known.officers),
        "checklist": checklist.digest,
        "items": list(one.items) or None,
        "last": _last(known.last.get(one.business_id)),
        "open": [_open(finding) for finding in known.open.get(one.business_id, ())],
        "notice": _notice(one),
        "recheck_of": one.recheck_of.number if one.recheck_of else None,
    }


def _business(one: Business, known: _Known) -> dict[str, Any]:
    managers = known.managers.get(one.pk, ())
    return {
        "id": one.pk,
        "public": registry.public_id(one.pk),
        "code": one.code,
        "name": one.name,
        "address": one.address,
        "phone": one.phone,
        "kind": one.kind,
        "kind_title": one.get_kind_display(),
        "district": one.district,
        "licences": [
            {
                "title": paper.get_kind_display(),
                "number": paper.number,
                "until": paper.expires.isoformat() if paper.expires else None,
            }
            for paper in known.licences.get(one.pk, ())
        ],
        "managers": [
            {"id": person.pk, "name": person.name, "role": _role(person)} for person in managers
        ],
    }


def _role(person: Person) -> str:
    return "、".join(str(Duty(one).label) for one in person.duties)


def _officer(number: int | None, known: Mapping[int, User]) -> dict[str, Any] | None:
    user = known.get(number) if number else None
    if user is None:
        return None
    return {"id": user.pk, "name": user.name, "certificate": user.certificate_no}


def _last(record: Record | None) -> dict[str, Any] | None:
    if record is None:
        return None
    verdicts = {
        **dict.fromkeys(record.met, "met"),
        **dict.fromkeys(record.unmet, "unmet"),
        **dict.fromkeys(record.not_applicable, "na"),
    }
    return {"day": record.day.isoformat(), "verdicts": verdicts}


def _open(one: Finding) -> dict[str, Any]:
    return {
        "finding": one.pk,
        "item": one.item,
        "text": one.text,
        "due": one.due.isoformat() if one.due else None,
        "answer": one.answer,
        "state": one.state,
    }


def _notice(one: Visit) -> dict[str, Any] | None:
    if one.notified_at is None:
        return None
    return {"number": one.notice_number, "sent": clock.city(one.notified_at).isoformat()}
