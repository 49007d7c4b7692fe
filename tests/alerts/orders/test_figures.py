"""Figures of orders on the city page: each number is as many as the list that it links to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from build import SAIHAN, XINCHENG
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from orderly import MORNING, STATION, later
from program import Program

from mingchu.accounts.domain import CITY
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.asking import orders_asked as asked_of
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.queries import figures
from mingchu.alerts.queries.figures import Counted
from mingchu.alerts.queries.orders import Wanted, matching
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.registry.models import Business
from mingchu.registry.services.areas import name_areas

pytestmark = pytest.mark.django_db
CASES = "licence_number_bad"


@pytest.fixture
def ended(an_alert: Callable[..., Alert]) -> Callable[..., Order]:
    """`ended(days=3)`: an order that ended so long ago, and was handled in a day unless said."""

    def make(days: float, *, spent: float = 1, outcome: str = "handled", **facts: Any) -> Order:
        done = MORNING - timedelta(days=days)
        with clock.at(done - timedelta(days=spent)):
            [made] = orders.open_for([an_alert(**{"kind": CASES, **facts})])
        state = {"handled": "closed", "gone": "closed", "false": "false_alarm"}.get(
            outcome, "merged"
        )
        Order.objects.filter(pk=made.pk).update(
            ended_at=done, state=state, outcome=outcome, group_key=""
        )
        return Order.objects.get(pk=made.pk)

    return make


@pytest.fixture
def a_city(
    ended: Callable[..., Order],
    an_alert: Callable[..., Alert],
    another_business: Business,
    officer: User,
) -> None:
    """A bit of everything, at two stations, in two districts and in none."""
    name_areas(kind="station", rows=[(STATION, "大学路所"), ("150105002", "巴彦所")])
    for days, facts in (
        (100, {"spent": 4}),
        (80, {"kind": "health_expired"}),
        (60, {"spent": 9, "severity": 1}),
        (45, {"outcome": "gone"}),
        (20, {"severity": 3}),
        (19, {"outcome": "false"}),
        (18, {"outcome": "false", "kind": "reported_problem", "business": None}),
        (10, {"outcome": "merged"}),
        (2, {"business": another_business, "spent": 2}),
        (0, {"spent": 0.1, "district": XINCHENG, "station": ""}),
    ):
        ended(days, **facts)
    for days, facts in (
        (0, {}),
        (1, {"severity": 1}),
        (3, {"kind": "director_missing"}),
        (9, {"severity": 3}),
        (20, {"district": XINCHENG, "station": ""}),
        (50, {"kind": "signal_flood", "business": None, "district": "", "station": ""}),
    ):
        with clock.at(MORNING - timedelta(days=days)):
            orders.open_for([an_alert(**{"kind": f"late{days}", **facts})])


def counted(one: Any) -> Iterator[Counted]:
    """Every count inside figures, however deep."""
    if isinstance(one, Counted):
        yield one
    elif isinstance(one, list | tuple):
        for each in one:
            yield from counted(each)
    elif is_dataclass(one):
        for field in fields(one):
            yield from counted(getattr(one, field.name))
        yield from counted(getattr(one, "in_time", None))


EVERY = (
    figures.ageing,
    figures.closing_times,
    figures.repeats,
    figures.false_alarms,
    figures.loads,
)


@pytest.mark.parametrize("where", ["", SAIHAN, XINCHENG, STATION])
def test_every_number_is_as_many_as_its_list(
    a_city: None, someone: Callable[..., User], where: str
) -> None:
    role = {0: "city", 6: "district"}.get(len(where), "station")
    actor = actor_for(someone(role, where))

    found = [one for figure in EVERY for one in counted(figure(actor))]

    assert sum(one.n for one in found) > 0
    for one in found:
        asked = asked_of(one.wanted.query(), actor).wanted
        assert asked == one.wanted
        assert matching(actor, asked).count() == one.n, one.wanted


def test_open_orders_stand_in_the_band_of_their_days(
    a_city: None, chief: User, someone: Callable[..., User]
) -> None:
    whole = figures.ageing(actor_for(someone("city", "")))
    bands = {one.band.key if one.band else "all": (one.open.n, one.overdue.n) for one in whole}

    assert bands == {
        "0-1": (2, 1),  # the red one of yesterday is late
        "2-3": (1, 0),
        "4-7": (0, 0),
        "8-15": (1, 0),
        "16-30": (1, 1),
        "31-": (1, 1),
        "all": (6, 3),
    }
    assert sum(one.open.n for one in figures.ageing(actor_for(chief))[:-1]) == 4


def test_closing_takes_as_long_as_it_took_by_month_and_severity(
    a_city: None, someone: Callable[..., User]
) -> None:
    recent, monthly = figures.closing_times(actor_for(someone("city", "")))

    def said(one: figures.Spent) -> tuple[int, Any, Any]:
        return one.closed.n, one.median, one.p90

    day = timedelta(days=1)
    assert said(recent[0]) == (3, day, 2 * day)  # of 30 days, all of them
    assert said(recent[1]) == (6, day, 9 * day)  # of 90
    assert {one.severity: one.closed.n for one in recent[1::2]} == {None: 6, 1: 1, 2: 4, 3: 1}
    assert [f"{one.window.first:%m}" for one in monthly] == ["06", "07", "08", "09", "10", "11"]
    assert [one.closed.n for one in monthly] == [0, 0, 1, 2, 2, 2]
    assert said(monthly[0])[1:] == (None, None)


def test_what_comes_again_within_the_days_of_the_rule_is_a_repeat(
    ended: Callable[..., Order], another_business: Business, someone: Callable[..., User]
) -> None:
    actor = actor_for(someone("city", ""))
    first = ended(80)
    nothing = ended(60, outcome="false")  # is no repeat, but was followed by one
    ended(55, spent=0.5)
    ended(50, business=another_business)
    ended(45, kind="health_expired")
    young = ended(20)  # 34 days after the last; that it came again is not yet judged
    ended(5)

    shares = {one.kind: (one.of.n, one.part.n) for one in figures.repeats(actor)}
    found = set(matching(actor, Wanted(repeated="yes")))

    assert shares == {CASES: (3, 1), "health_expired": (1, 0), "": (4, 1)}
    assert found == {first, nothing, young}


def test_false_alarms_are_of_what_was_judged(a_city: None, someone: Callable[..., User]) -> None:
    shares = figures.false_alarms(actor_for(someone("city", "")))

    found = {one.kind: (one.of.n, one.part.n) for one in shares}
    assert found == {
        CASES: (6, 1),  # without the merged one and without that of 100 days ago
        "health_expired": (1, 0),
        "reported_problem": (1, 1),
        "": (8, 2),
    }
    assert shares[-1].rate == 25


def test_load_stands_by_district_and_station_with_those_who_have_nothing(
    a_city: None, someone: Callable[..., User]
) -> None:
    loads = figures.loads(actor_for(someone("city", "")))

    found = [(one.district, one.station, one.open.n, one.overdue.n, one.officers) for one in loads]
    assert found == [
        ("", "", 1, 1, 0),
        (XINCHENG, "", 1, 1, 0),
        (SAIHAN, STATION, 4, 1, 1),
        (SAIHAN, "150105002", 0, 0, 0),
    ]
    assert [one.per_officer for one in loads] == [None, None, 4, None]


def test_ten_questions_are_enough_however_many_orders_there_are(
    a_city: None, someone: Callable[..., User]
) -> None:
    actor = actor_for(someone("city", ""))

    with CaptureQueriesContext(connection) as asked:
        for figure in EVERY:
            figure(actor)

    assert len(asked) <= 10


LINK = re.compile(r'<td class="num"[^>]*><a href="(/w/orders/(?:\?[^"]*)?)">([^<]*)</a>')
COUNT = re.compile(r'<p class="num"><strong>([\d,]+)')


def test_the_city_page_draws_each_picture_with_its_table_of_links(
    a_city: None, chief: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(chief)

    page = client.get("/w/city/").content.decode()

    parts = page[page.index('id="part-1"') :]
    titles = ("在办工单：来了多久", "办结用时", "再次发生", "误报", "各监管所在办工单")
    assert [parts.count(f">{title}</h2>") for title in titles] == [1] * 5
    assert parts.count("<svg") == 5
    links = LINK.findall(parts)
    assert len(links) > 40
    whole = [(address, said) for address, said in links if said.isdigit()]
    for address, said in dict(whole[::5]).items():
        shown = COUNT.search(client.get(unescape(address)).content.decode())
        assert shown is not None
        assert shown[1] == said, address
    assert "大学路所" in parts
    assert "新城" not in parts  # another district's


def test_the_number_of_officers_leads_to_them(
    a_city: None, chief: User, officer: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(chief)

    page = client.get("/w/city/").content.decode()
    there = client.get(f"/w/orders/desk?of={STATION}").content.decode()

    assert f'<a href="/w/orders/desk?of={STATION}">1</a>' in page
    loads = there[there.index('id="loads"') :]
    assert officer.name in loads
    assert chief.name not in loads


def test_a_city_without_orders_says_so(chief: User, signed_in: Callable[[User], Client]) -> None:
    page = signed_in(chief).get("/w/city/").content.decode()

    assert "辖区内没有在办的工单" in page
    assert "近几个月没有办结的工单" in page


def test_programs_get_the_same_figures_each_with_its_list(a_city: None) -> None:
    program = Program("city", CITY)

    told = program.get("orders/figures").json()

    assert told["ageing"][-1]["open"]["n"] == 6
    assert told["closing"]["recent"][1]["median_seconds"] == 86_400
    assert told["repeats"]["days"] == 30
    assert told["repeats"]["rule"]["status"] == "demo"
    assert told["false_alarms"]["items"][-1]["rate_pct"] == 25
    assert told["loads"][2]["per_officer"] == 4
    for one in (told["ageing"][0]["overdue"], told["false_alarms"]["items"][-1]["part"]):
        rows = program.get(one["rows"].removeprefix("/api/v1/")).json()["items"]
        assert len(rows) == one["n"]
        assert dict(parse_qsl(urlsplit(one["rows"]).query))
    assert program.get("orders?ended_from=nonsense").status_code == 422


def test_a_question_for_what_has_ended_need_not_say_so_twice() -> None:
    for asked in (
        Wanted(outcome="handled"), Wanted(repeated="no"), Wanted(ended_from="2026-11-01"),
        Wanted(state="closed"), Wanted(due="ended"),
    ):  # fmt: skip
        assert asked.is_ended
    assert not Wanted(state="handling", age="0-1").is_ended
    assert not replace(Wanted(), due="overdue").is_ended


def test_pages_of_figures_speak_english(
    a_city: None, chief: User, signed_in: Callable[[User], Client]
) -> None:
    page = signed_in(chief).get("/w/city/", headers={"Accept-Language": "en"}).content.decode()

    main = page[page.index("<main") : page.index("</main")]
    main = main[main.index("part-1") :]
    for name in ("大学路所", "巴彦所"):
        main = main.replace(name, "")
    assert re.findall(r"[\u4e00-\u9fff]+", main) == []


def test_later_the_same_orders_are_older(a_city: None, someone: Callable[..., User]) -> None:
    actor = actor_for(someone("city", ""))

    with later(days=40):
        found = {one.band.key: one.open.n for one in figures.ageing(actor) if one.band}

    assert found["31-"] == 6
