"""Inspections in the demo: what was drawn is approved, told, made and mended as the days go by.

Records come in at the end of the day, as phones bring them; photos are painted and say so. On the
last office day the desks get what the phones show first: visits to make, one unannounced, one that
looks again. A record of a few is in doubt, so that its page has something to decide.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO
from random import Random
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import has_signing_pin, open_posts
from mingchu.accounts.roles import roles
from mingchu.accounts.services import issue_device_token, set_signing_pin
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.stage import Stage
from mingchu.demo.agenda import Act, Cast, as_, is_office_day, moment
from mingchu.demo.handset import Handset
from mingchu.demo.painted import scribble
from mingchu.demo.plan import plan
from mingchu.inspection import packing, services
from mingchu.inspection.domain.checklists import Checklist
from mingchu.inspection.models import (
    READY,
    Finding,
    FindingState,
    Instrument,
    Record,
    Visit,
    VisitState,
)
from mingchu.inspection.queries import people
from mingchu.inspection.services import NewVisit
from mingchu.inspection.services.sheets import keep_sheets
from mingchu.kit.files import keeping
from mingchu.ledger.services import acting
from mingchu.registry.domain import number_of
from mingchu.registry.models import Business

PIN = "802613"  # of every officer of the demo who has visits to make
AT_DOOR, WIDE = 45, 40  # minutes of a visit at least, and how many more
CLEAN, ABSENT = 62, 3  # in a hundred: nothing found, nobody found
LATE = 12  # in a hundred findings: not answered in time
TASKS = 8
DEVICE = "00000000-0000-4000-8000-0000000000d0"
UNCONFIRMED = 24  # of so many drawn visits one lacks its second officer and waits for a person
WORDS = (
    "操作台面有油污，抹布未分类",
    "部分原料未离地存放",
    "进货记录少登记两天",
    "消毒记录缺当天签字",
    "冷藏柜温度记录不连续",
    "从业人员一人未戴帽",
)
MENDED = "已清理并对员工重新培训，附照片（演示）"


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """What offices and officers do about inspections on a day."""
    if stage.number(day) == 0:
        yield Act(moment(day, 0, 50), _instruments)
    if not is_office_day(day):
        return
    yield Act(moment(day, 10, 40), partial(_approve, cast))
    yield Act(moment(day, 11, 20), partial(_answer, stage))
    yield Act(moment(day, 14, 10), partial(_judge, stage, cast))
    yield Act(moment(day, 16, 30), partial(_release, cast))
    yield Act(moment(day, 17, 40), partial(_make, stage, day, cast))
    if day == _last_office_day(stage):
        yield Act(moment(day, 18, 20), partial(_leave_for_the_phones, stage, day, cast))


def _last_office_day(stage: Stage) -> date:
    day = stage.day(stage.days - 1)
    while not is_office_day(day):
        day -= timedelta(days=1)
    return day


def _instruments() -> None:
    """A thermometer and a rapid tester for each district; one calibration is over."""
    day = clock.today()
    rows = [
        Instrument(
            number=f"演示{code[-2:]}-{n}",
            name=name,
            kind=kind,
            district=code,
            calibrated_until=day + timedelta(days=300 if n < 3 else -20),
            certificate=f"演示校准{code}{n}",
        )
        for code in plan().districts
        for n, (name, kind) in enumerate(
            (
                ("中心温度计", "thermometer"),
                ("红外测温仪", "thermometer"),
                ("ATP荧光检测仪", "surface"),
            ),
            start=1,
        )
    ]
    Instrument.objects.bulk_create(rows)


def _approve(cast: Cast) -> None:
    """The chief of each district looks at what was planned, and the notices go out."""
    waiting = Visit.objects.filter(state=VisitState.PLANNED, lead_id__isnull=False)
    for code in plan().districts:
        chief = cast.at("district", code)
        rows = list(waiting.filter(district=code, second_id__isnull=False).order_by("pk"))
        if chief is None or not rows:
            continue
        with as_(chief):
            approved = services.approve_visits(visits=rows, by=chief)
            told = [one for one in approved if one.type != "unannounced"]
            services.notify_visits(visits=told, by=chief)


# ── Visits made ──


def _make(stage: Stage, day: date, cast: Cast) -> None:
    """What falls due by the end of its month is spread over the office days that are left."""
    rows = Visit.objects.filter(state__in=READY, day__lte=day).select_related("business")
    rows = rows.filter(records=None).defer("business__search_text").order_by("lead_id", "pk")
    mine: dict[int, list[Visit]] = {}
    for one in rows:
        if _day_of(stage, one) <= day and one.lead_id is not None:
            mine.setdefault(one.lead_id, []).append(one)
    for lead, visits in mine.items():
        actor = cast.of(lead)
        if actor is not None:
            with as_(actor):
                _bring(stage, visits, actor)


def _day_of(stage: Stage, one: Visit) -> date:
    """Some day between the notice and the end of the month, none of the last ones of the demo."""
    told = clock.city(one.approved_at).date() if one.approved_at else one.day
    left = max(1, (one.due - told).days)
    return told + timedelta(days=1 + int(stage.random("visit day", one.pk).random() * left))


def _bring(stage: Stage, visits: Sequence[Visit], by: Actor) -> None:
    lists = packing.lists_of(visits, clock.today())
    keep_sheets(lists.values(), clock.today())
    hands = _hands(by)
    sent = []
    for place, one in enumerate(visits):
        ended = clock.now() - timedelta(minutes=30 + 75 * place % 400)
        body = _body(stage, one, lists[one.pk], hands, ended, by)
        sent.append((_client_id(stage, one), json.dumps(body, ensure_ascii=False).encode()))
    services.receive_many(sent_in=sent, by=by)


def _client_id(stage: Stage, one: Visit) -> UUID:
    told = hashlib.sha256(f"{stage.seed}:record:{one.pk}".encode()).digest()
    return UUID(bytes=told[:16], version=4)


def _body(
    stage: Stage,
    one: Visit,
    checklist: Checklist,
    hands: dict[str, tuple[str, int]],
    ended: datetime,
    by: Actor,
) -> dict[str, Any]:
    random = stage.random("record", one.pk)
    began = ended - timedelta(minutes=AT_DOOR + int(random.random() * WIDE))
    absent = one.recheck_of_id is None and random.random() * 100 < ABSENT
    doubtful = one.task_id is not None and one.pk % UNCONFIRMED == 7
    answers = {} if absent else dict(_answers(random, one, checklist, ended.date()))
    photos = {name for answer in answers.values() for name in answer.get("photos", ())}
    files = [
        {"sha256": name, "size": size, "type": "image/png", "role": role}
        for role, (name, size) in _files(hands, photos)
    ]
    return {
        "format": "mingchu.inspection/1",
        "visit": one.pk,
        "checklist": checklist.digest,
        "person": by.user_id,
        "sealed": True,
        "outcome": "unreachable" if absent else "inspected",
        "device": "演示手机",
        "presence": {"way": "stated" if absent else "scan", "code": one.business.code,
                     "reason": "门店关闭，电话无人接听（演示）" if absent else ""},
        "shown": {"lead": True, "second": True},
        "started_at": began.isoformat(),
        "ended_at": ended.isoformat(),
        "answers": answers,
        "party": {"name": "演示当事人", "role": "负责人"},
        "signatures": {
            "lead": hands["lead"][0],
            "second": hands["second"][0],
            "party": None if absent else hands["party"][0],
        },
        "second": None if doubtful else {"id": one.second_id, "kid": "demo", "seal": ""},
        "blobs": files,
    }  # fmt: skip


def _files(
    hands: dict[str, tuple[str, int]], photos: set[str]
) -> Iterator[tuple[str, tuple[str, int]]]:
    for name in ("lead", "second", "party"):
        yield "signature", hands[name]
    for key, known in hands.items():
        if known[0] in photos:
            yield "photo", hands[key]


def _answers(
    random: Random, one: Visit, checklist: Checklist, day: date
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Most is in order; a few items are not, and a few do not apply."""
    asked = one.items or list(checklist.ids)
    clean = random.random() * 100 < CLEAN or one.recheck_of_id is not None
    some = 0 if clean else min(len(asked), 1 + int(random.random() * 4))
    bad = set(random.sample(asked, some))
    for item in asked:
        if item in bad:
            known = checklist.item(item)
            yield item, _unmet(random, known is not None and known.is_key, day)
        else:
            yield item, {"verdict": "na" if random.random() < 0.04 and not one.items else "met"}


def _unmet(random: Random, is_key: bool, day: date) -> dict[str, Any]:
    answer: dict[str, Any] = {"verdict": "unmet", "text": random.choice(WORDS), "photos": []}
    luck, due = random.random(), (day + timedelta(days=7 + int(random.random() * 8))).isoformat()
    if is_key:
        affects = "yes" if luck < 0.2 else "no"
        return {**answer, "affects": affects, "fix": {"way": "order", "due": due}}
    if luck < 0.5:
        return {**answer, "affects": "slight", "fix": {"way": "on_spot"}}
    if luck < 0.8:
        return {**answer, "affects": "slight", "fix": {"way": "by", "due": due}}
    return {**answer, "affects": "no", "fix": {"way": "order", "due": due}}


def _hands(by: Actor) -> dict[str, tuple[str, int]]:
    """Signatures as the officer's phone sent them: drawn lines that say that they are invented."""
    return {
        name: _sent(by, scribble(f"{name}:{by.user_id}")) for name in ("lead", "second", "party")
    }


def _sent(by: Actor, content: bytes) -> tuple[str, int]:
    upload = keeping.keep(file=BytesIO(content), claimed="image/png", by=by)
    return upload.sha256, upload.size


# ── What became of findings ──


def _answer(stage: Stage) -> None:
    """Businesses show what they have put right, most of them in time."""
    day = clock.today()
    rows = Finding.objects.filter(state=FindingState.OPEN, due__lte=day + timedelta(days=3))
    for one in rows.order_by("pk"):
        random = stage.random("mending", one.pk)
        if random.random() * 100 < LATE:
            continue
        with acting("system:demo"):
            services.answer_finding(finding=one, text=MENDED, by=Actor(roles=roles()))


def _judge(stage: Stage, cast: Cast) -> None:
    """Whoever made the record confirms by evidence; what must be seen again is looked at again."""
    rows = Finding.objects.filter(state=FindingState.ANSWERED).select_related("record__visit")
    again: dict[int, Record] = {}
    for one in rows.order_by("pk"):
        if one.way == "order":
            if one.recheck_id is None:
                again[one.record_id] = one.record
            continue
        actor = cast.of(one.record.user_id)
        if actor is not None:
            with as_(actor):
                services.confirm(finding=one, by=actor)
    for record in again.values():
        _look_again(record, cast)


def _release(cast: Cast) -> None:
    """What has counted for a week is public; the rest waits for its last day."""
    publisher = cast.at("publisher")
    due = Record.objects.filter(
        state="accepted", released_at=None, day__lte=clock.today() - timedelta(days=7)
    )
    if publisher is not None:
        with as_(publisher):
            services.release(records=due, by=publisher)


def _look_again(record: Record, cast: Cast) -> None:
    """By two of the same district who were not there before."""
    day, before = clock.today(), set(record.visit.pair)
    able = [one for one in people.pool([record.district], day) if not one.absent]
    fit = [one for one in able if one.user.pk not in before and record.business.kind in one.kinds]
    leads = [one for one in fit if one.leads]
    chief = cast.at("station", f"{record.district}001") or cast.at("city")
    if not leads or len(fit) < 2 or chief is None:
        return
    lead = leads[record.pk % len(leads)]
    second = next(one for one in fit if one is not lead)
    with as_(chief):
        services.plan_recheck(
            record=record,
            due=day + timedelta(days=10),
            lead_id=lead.user.pk,
            second_id=second.user.pk,
            by=chief,
        )


# ── The last day: what the phones show first ──


def _leave_for_the_phones(stage: Stage, day: date, cast: Cast) -> None:
    """A day's work for the officer of each desk, with a colleague who has a PIN."""
    for code in ("", *plan().districts):
        if (lead := cast.user("inspector", code)) is not None:
            _day_for(stage, day, code or next(iter(plan().districts)), lead, cast)


def _day_for(stage: Stage, day: date, code: str, lead: User, cast: Cast) -> None:
    able = [one for one in people.pool([code], day) if one.user.pk != lead.pk and not one.absent]
    chief, asks = cast.at("district", code), cast.at("station", f"{code}001")
    if not able or chief is None or asks is None:
        return
    second = able[0].user
    waiting = Visit.objects.filter(district=code, state__in=("planned", "approved", "notified"))
    rows = Business.objects.filter(district=code, state="open", kind__in=("caterer", "seller"))
    rows = rows.exclude(pk__in=waiting.values("business")).defer("search_text").order_by("pk")
    own = Business.objects.filter(pk__in=_desks(), district=code).exclude(
        pk__in=waiting.values("business")
    )
    some = [*own, *rows.exclude(pk__in=own)[lead.pk % 7 :: 11]][:TASKS]
    kinds = ["key", "special", "unannounced", *["key"] * TASKS]
    first = _next_office_day(stage.today)
    news = [
        NewVisit(
            business_id=one.pk,
            type=kind,
            day=stage.today,
            due=first + timedelta(days=n % 4),
            lead_id=lead.pk,
            second_id=second.pk,
            reason="重点监管计划（演示）" if kind == "key" else "冬季餐饮专项（演示）",
        )
        for n, (one, kind) in enumerate(zip(some, kinds, strict=False))
    ]
    with as_(asks):
        made = services.plan_visits(news=news, by=asks)
    with as_(chief):
        approved = services.approve_visits(visits=made, by=chief)
        services.notify_visits(
            visits=[one for one in approved if one.type != "unannounced"], by=chief
        )
    for user in (lead, second):
        if not has_signing_pin([user.pk]):
            set_signing_pin(user, PIN)


def _desks() -> list[int]:
    """Businesses that somebody of the demo signs in for: they see what officers found there."""
    posts = open_posts().filter(scope_kind=ScopeKind.BUSINESS)
    return [number_of(one) for one in posts.values_list("scope_code", flat=True)]


def _next_office_day(day: date) -> date:
    while not is_office_day(day):
        day += timedelta(days=1)
    return day


# ── A phone that is no browser ──


def made_by_phone(
    *,
    url: str,
    visit: int | None,
    business: str,
    own: str,
    unmet: int,
    photos: int,
    pin: str,
) -> dict[str, Any]:
    """The visit, or the next one that waits (of the business, by its public id, or of the one that
    somebody of the role signs in for), made by its lead over HTTP; the second officer gets the
    demo's PIN if he has none."""
    found = _waiting_visit(visit, business or _desk_of(own))
    lead, second = (User.objects.get(pk=one) for one in found.pair)
    if not has_signing_pin([second.pk]):
        set_signing_pin(second, PIN)
    _token, secret = issue_device_token(user=lead, device=DEVICE, name="演示手机", days=1)
    handset = Handset(url.rstrip("/"), secret, pin)
    pack = handset.pack()
    task = next(one for one in pack["tasks"] if one["visit"] == found.pk)
    return handset.visit(pack, task, unmet=unmet, photos=photos)


def _desk_of(role: str) -> str:
    """The business of the demo's account in that role; "" where no role is asked for."""
    post = open_posts().filter(role=role, scope_kind=ScopeKind.BUSINESS).first() if role else None
    return post.scope_code if post else ""


def _waiting_visit(visit: int | None, business: str) -> Visit:
    rows = Visit.objects.filter(state__in=READY, records=None).order_by("due", "pk")
    if visit is not None:
        rows = rows.filter(pk=visit)
    if business:
        rows = rows.filter(business=number_of(business))
    found = rows.exclude(lead_id=None).exclude(second_id=None).first()
    if found is None:
        raise Refusal(
            "no_waiting_visit",
            _noop("没有待检查的任务"),
            fix=_noop("请在检查任务页安排并审批一项"),
            status=404,
        )
    return found
