"""What tests of inspection build and say again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from build import SAIHAN, a_restaurant
from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.draw import services as draws
from mingchu.draw.models import Draw
from mingchu.inspection import services
from mingchu.inspection.models import Batch, Plan
from mingchu.inspection.services import NewBatch
from mingchu.ledger.services import seal
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.risk import services as risk
from mingchu.risk.values import NewVisit

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=clock.CITY_ZONE)
TODAY = NOW.date()
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
DICE = {"kind": "dice", "throws": 20}
FELL = {"kind": "dice", "throws": "31415926535897932384"}


def at(day: date) -> Any:
    return clock.at(datetime(day.year, day.month, day.day, 9, tzinfo=clock.CITY_ZONE))


def browser(user: User) -> Client:
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


def somebody(role: str = "city", code: str = "", certificate: str = "", name: str = "") -> User:
    """An account in a post."""
    number = User.objects.count()
    kind = {0: ScopeKind.CITY, 6: ScopeKind.DISTRICT}.get(len(code), ScopeKind.STATION)
    user = accounts.enrol_person(
        username=f"{role}-{code}-{number}", name=name or f"人员{number}", certificate=certificate
    )
    accounts.give_post(user=user, role=role, scope=Scope(kind, code) if code else CITY)
    return user


def actor(role: str = "city", code: str = "") -> Actor:
    return actor_for(somebody(role, code))


def shops(count: int, kind: str = "caterer", **facts: Any) -> list[Business]:
    """So many that have been there for long."""
    known = {
        "code": "", "licences": (), "people": (), "kind": kind, "station": "",
        "opened": date(2026, 1, 5), "district": SAIHAN,
    }  # fmt: skip
    with at(date(2026, 1, 5)):
        return [
            registry.enrol(
                a_restaurant(
                    **{**known, "name": f"第{n}家{kind}", "address": f"大学东街{n}号", **facts}
                )
            )
            for n in range(count)
        ]


def visited(one: Business, day: date, **facts: Any) -> None:
    """Officers of food supervision were there, for all items."""
    known = {"applicable_key": 20, "applicable_general": 30, "known_on": day, "inspector": "1"}
    risk.record_visits_many(
        [NewVisit(business=one.pk, day=day, **{**known, **facts})], source="history"
    )


def inspectors(
    count: int = 4, code: str = SAIHAN, kinds: Iterable[str] = ("caterer",)
) -> list[User]:
    """Two of them lead."""
    made = [
        somebody("inspector", code, certificate=f"NM{code}{n}", name=f"检查员{n}")
        for n in range(count)
    ]
    for n, user in enumerate(made):
        services.set_expertise(user=user, kinds=list(kinds), leads=n < 2)
    return made


def published(*batches: NewBatch, district: str = "", year: int = 2026) -> Plan:
    """Drafted by one, approved by another, filed, published."""
    writer, other = actor(code=district, role="district" if district else "city"), actor()
    plan = services.draft_plan(year=year, title=f"{year}年度抽查计划", by=writer, district=district)
    for one in batches:
        services.add_batch(plan=plan, batch=one)
    services.submit(plan=plan)
    services.approve(plan=plan, by=other)
    services.file_plan(
        plan=plan, filed_with="自治区市场监督管理局", filing="备〔2026〕1号", filed_on=TODAY
    )
    return services.publish(plan=plan)


def november(matter: str = "catering", **more: Any) -> NewBatch:
    return NewBatch(**{"month": NOVEMBER, "matter": matter, "districts": (SAIHAN,), **more})


def the_batch(plan: Plan, number: int = 1) -> Batch:
    return Batch.objects.select_related("plan", "draw").get(plan=plan, number=number)


def checked(plan: Plan, number: int = 1, **more: Any) -> Batch:
    return services.check(batch=the_batch(plan, number), **more)


def opened(plan: Plan, number: int = 1) -> Draw:
    return services.open_batch(batch=checked(plan, number), announced=[DICE])


def drawn(plan: Plan, number: int = 1) -> Batch:
    draw = draws.commit(draw=opened(plan, number))
    seal()
    draws.conclude(draw=draw, found=[FELL])
    return the_batch(plan, number)


def standing(batch: Batch) -> dict[int, str]:
    """How each business stands, by its number."""
    return dict(batch.pool.values_list("business_id", "standing"))
