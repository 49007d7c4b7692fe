"""Random inspection in the demo: inspectors, a yearly plan that was published in January, batches.

Batches of earlier months are drawn and laid open on office days of the played time, that of the
present month is frozen on its last office day, ready for the draw room.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from functools import partial

from django.db.models import Count

from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind
from mingchu.accounts.queries import actor_for, holders
from mingchu.accounts.services import enrol_person, give_post
from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.demo.agenda import Act, Cast, as_, is_office_day, moment
from mingchu.demo.invented import person_name
from mingchu.demo.plan import plan
from mingchu.draw import services as draws
from mingchu.inspection import services
from mingchu.inspection.models import Batch, BatchState, Plan
from mingchu.inspection.services import NewBatch
from mingchu.inspection.services.regional import Brought
from mingchu.ledger.services import acting
from mingchu.registry.models import Business

A_HEAD, LEAST = 300, 4  # businesses of a district for each inspector, and the fewest
FIRST_NAME = 80_000
FIELDS = ("caterer", "canteen", "small_restaurant", "seller", "grocery")
MAKERS = ("producer", "workshop")
THROWS = 20
# What is drawn so many months from the present one.
BATCHES = (
    (-2, "catering", "", ""),
    (-1, "sale", "", ""),
    (-1, "canteens", "秋季学校食堂联合抽查（演示）", "教育部门、卫生健康部门"),
    (0, "catering", "", ""),
    (0, "production", "", ""),
    (1, "sale", "", ""),
)
DRAWN_FROM, REVEALED_AFTER, SETTLED = 8, 32, 3  # day of the month; days; days after the beginning
REGIONAL_TOP = 12


def standing(stage: Stage) -> None:
    """The pool of inspectors, and the plan of the year as it was published in January."""
    _give_inspectors()
    chief = enrol_person(username="demo-city-chief", name="演示市局分管负责人")
    give_post(user=chief, role="city", scope=CITY)
    writer = holders("city").first()
    if writer is not None:
        _publish(stage, actor_for(writer.user), actor_for(chief))


def _give_inspectors() -> None:
    """As many as a district has businesses for; the account of each desk leads, and half of the
    others. Whoever is new in the pool brings his certificate along."""
    for post in holders("inspector"):
        services.set_expertise(user=post.user, kinds=[*FIELDS, *MAKERS], leads=True)
    rows = Business.objects.filter(state="open").order_by()
    sizes = dict(rows.values_list("district").annotate(n=Count("pk")))
    number = FIRST_NAME
    for code in plan().districts:
        for n in range(1, max(LEAST, sizes.get(code, 0) // A_HEAD)):
            number += 1
            _give_inspector(code, n, number)


def _give_inspector(code: str, n: int, number: int) -> None:
    user = enrol_person(
        username=f"demo-inspector-{code}-{n:02}",
        name=person_name(plan().surnames, plan().stems, plan().branches, number),
        certificate=f"演示{code}{n:02}",
    )
    give_post(user=user, role="inspector", scope=Scope(ScopeKind.DISTRICT, code))
    kinds = [*FIELDS, *MAKERS] if n % 2 else list(FIELDS)
    services.set_expertise(user=user, kinds=kinds, leads=bool(n % 2))


def _publish(stage: Stage, writer: Actor, chief: Actor) -> None:
    """In the first weeks of the year, long before the played days."""
    year = stage.today.year

    def when(day: int, hour: int, by: Actor) -> tuple[AbstractContextManager[None], ...]:
        post = by.grants[0].post.id
        return clock.at(moment(date(year, 1, day), hour)), acting(by.label, f"post:{post}")

    at, who = when(8, 10, writer)
    with at, who:
        drafted = services.draft_plan(
            year=year,
            title=f"{year}年度食品安全“双随机、一公开”抽查计划（演示）",
            note="每批先核对名单、公布承诺，再产生随机数；检查办结后公开全部证明材料。",
            by=writer,
        )
        for batch in _batches(stage.today):
            services.add_batch(plan=drafted, batch=batch)
        services.submit(plan=drafted)
    at, who = when(12, 9, chief)
    with at, who:
        services.approve(plan=drafted, by=chief)
    at, who = when(16, 9, writer)
    with at, who:
        services.file_plan(
            plan=drafted,
            filed_with="自治区市场监督管理局（演示）",
            filing=f"演示备〔{year}〕1号",
            filed_on=date(year, 1, 15),
        )
    at, who = when(19, 9, chief)
    with at, who:
        services.publish(plan=drafted)


def _batches(today: date) -> Iterator[NewBatch]:
    """Those of the year: a city that lives in January has none of the autumn before."""
    for months, matter, campaign, departments in BATCHES:
        month = _month(today, months)
        if month.year == today.year:
            yield NewBatch(month=month, matter=matter, campaign=campaign, departments=departments)


def _month(today: date, months: int) -> date:
    """
    >>> _month(date(2026, 11, 20), -2), _month(date(2026, 12, 1), 1)
    (datetime.date(2026, 9, 1), datetime.date(2027, 1, 1))
    """
    years, month = divmod(today.month - 1 + months, 12)
    return date(today.year + years, month + 1, 1)


# ── Played days ──


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """What the plan has for the day."""
    city = cast.at("city")
    if city is None:
        return
    if stage.number(day) == 0:
        yield Act(moment(day, 9, 5), partial(_bring, stage, city))
    for batch in Batch.objects.filter(plan__in=_plans(stage)).order_by("number"):
        drawn, told = _days(stage, batch)
        if batch.month < stage.today.replace(day=1):
            if day == drawn:
                yield Act(moment(day, 10, batch.number), partial(_draw, stage, batch.pk, city))
            if day == told:
                yield Act(moment(day, 15, batch.number), partial(_reveal, batch.pk, city))
        elif batch.month <= stage.today and day == _last(stage):
            yield Act(moment(day, 16, batch.number), partial(_prepare, batch.pk, city))


def _plans(stage: Stage) -> list[Plan]:
    return list(Plan.objects.filter(year=stage.today.year, district=""))


def _days(stage: Stage, batch: Batch) -> tuple[date, date]:
    """When a batch of an earlier month is drawn, and when it is laid open."""
    first = max(stage.day(SETTLED), batch.month + timedelta(days=DRAWN_FROM))
    drawn = _office(first)
    return drawn, min(_office(drawn + timedelta(days=REVEALED_AFTER)), _last(stage))


def _office(day: date) -> date:
    while not is_office_day(day):
        day += timedelta(days=1)
    return day


def _last(stage: Stage) -> date:
    """The last office day that is played."""
    day = stage.day(stage.days - 1)
    while not is_office_day(day):
        day -= timedelta(days=1)
    return day


def _checked(number: int) -> Batch | None:
    """The batch, reckoned today; None where a city is too small for anybody to be drawn."""
    batch = services.check(batch=Batch.objects.get(pk=number))
    some = batch.found["expected"] or batch.found["standing"].get("cover", 0)
    return batch if some else None


def _draw(stage: Stage, number: int, by: Actor) -> None:
    with as_(by):
        batch = _checked(number)
        if batch is None:
            return
        opened = services.open_batch(
            batch=batch,
            announced=[{"kind": "dice", "throws": THROWS}],
            reveal_by=_days(stage, batch)[1],
        )
        draws.commit(draw=opened)
        digits = stage.random("dice", batch.number)
        fell = "".join(str(int(digits.random() * 10)) for _n in range(THROWS))
        draws.conclude(draw=opened, found=[{"kind": "dice", "throws": fell}])


def _reveal(number: int, by: Actor) -> None:
    batch = Batch.objects.select_related("draw").get(pk=number)
    if batch.state == BatchState.DRAWN and batch.draw is not None:
        with as_(by):
            draws.reveal(draw=batch.draw)


def _prepare(number: int, by: Actor) -> None:
    """The present month: catering is frozen, so that the draw room can draw it; the rest is
    checked, so that its conflicts can be seen."""
    with as_(by):
        batch = _checked(number)
        if batch is not None and batch.matter == "catering":
            services.open_batch(batch=batch, announced=[{"kind": "dice", "throws": THROWS}])


def _bring(stage: Stage, by: Actor) -> None:
    """A task of the regional platform for the present month."""
    month = stage.today.replace(day=1)
    task = {
        "title": f"{month.year}年餐饮服务跨部门抽查（演示）",
        "issuer": "自治区市场监督管理局（演示）",
        "departments": "卫生健康部门",
        "matter": "餐饮服务监督检查",
        "first": month,
        "last": _month(month, 1) - timedelta(days=1),
    }
    rows = Business.objects.filter(kind="caterer", state="open").exclude(code="").order_by("pk")
    some = rows[: max(1, min(REGIONAL_TOP, rows.count() // 20))]
    with as_(by):
        services.bring_regional(
            [
                Brought(
                    number=f"演示{month:%Y%m}01",
                    business=one.pk,
                    task=task,
                    own={"code": one.code, "name": one.name, "inspectors": "", "done_on": None,
                         "results": ""},
                )
                for one in some
            ]
        )  # fmt: skip
