"""The bureau's view: every number is its rows, inside one's own area, and never an inspection."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from build import SAIHAN, XINCHENG
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from duty import GRID, OTHER_STATION, STATION, YES, at, browser, cadre_of, the_visit

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.slots import FIGURES, MEASURES, TASKS
from mingchu.territory import queries, services
from mingchu.territory.domain.quarters import Quarter
from mingchu.territory.models import Cadre
from mingchu.territory.queries import Counts, VisitsAsked

pytestmark = pytest.mark.django_db
Q4 = Quarter(2026, 4)


@pytest.fixture
def city(business, cadre):
    """Three in one station, one in another, one in another district; two visited, one with a
    problem; the other district has nobody."""
    cadre("village", areas=(SAIHAN,), name="包保甲")
    shops = [business(), business(), business(), business(station=OTHER_STATION)]
    shops.append(business(district=XINCHENG, station=f"{XINCHENG}001"))
    services.nightly()
    services.finish(visit=the_visit(shops[0]), answers=YES)
    services.finish(visit=the_visit(shops[3]), answers=YES, problem="dirty", note="积水")
    return shops


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def counts(scope: Scope = CITY) -> Counts:
    return sum((cell.counts for cell in queries.coverage([scope], Q4)), Counts())


def test_what_was_to_be_visited_is_done_to_do_or_missed(city):
    found = counts()

    assert (found.all, found.done, found.todo, found.nobody, found.problem) == (5, 2, 3, 1, 1)
    assert found.all == found.done + found.todo + found.missed
    assert found.share == 40.0


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(ScopeKind.DISTRICT, SAIHAN), (4, 2)),
        (Scope(ScopeKind.STATION, STATION), (3, 1)),
        (Scope(ScopeKind.DISTRICT, XINCHENG), (1, 0)),
        (Scope(ScopeKind.BUSINESS, "1"), (0, 0)),
    ],
)
def test_a_scope_counts_its_own(city, scope, expected):
    found = counts(scope)

    assert (found.all, found.done) == expected


def test_every_number_of_the_page_has_as_many_rows_behind_it(city, desk):
    bureau = desk()
    shown = page(bureau, "/w/territory/?quarter=2026Q4")

    links = re.findall(
        r'<a href="(/w/territory/(?:visits|businesses)/\?[^"]*)">([\d,]+)</a>', shown
    )
    assert len(links) > 15
    for href, number in links:
        rows = page(bureau, href.replace("&amp;", "&"))
        assert f"<strong>{number} 户</strong>" in rows, href


def test_the_end_of_a_quarter_shows_late_and_missed(city):
    with clock.stopped(at(2027, 1, 10)):
        services.nightly()
        services.finish(visit=_old(city[1]), answers=YES)
        assert queries.visits([CITY], VisitsAsked(state="overdue")).count() == 2
    with clock.stopped(at(2027, 2, 1)):
        services.nightly()

    found = counts()
    assert (found.done, found.late, found.missed, found.todo) == (3, 1, 2, 0)


def _old(shop):
    return queries.visits([CITY], VisitsAsked(quarter=Q4, state="todo")).get(business=shop)


def test_the_file_shows_whose_cadre_visits_and_when_last(city, desk):
    shown = page(desk(SAIHAN), f"/w/businesses/{city[3].public_id}")

    assert "包保D级 · 村级干部" in shown
    assert "包保甲" in shown
    assert "2026-11-20" in shown
    assert "场所脏乱或者有虫鼠" in shown
    assert "与风险等级、信用分类和量化等级无关" in shown


def test_the_file_s_story_tells_of_duty_and_visit(city, desk):
    shown = page(desk(SAIHAN), f"/w/businesses/{city[3].public_id}/story")

    assert "包保层级D级，包保干部为包保甲" in shown
    assert "完成2026年第4季度走访，发现问题并转监管所" in shown


def test_businesses_without_a_cadre_are_counted_on_the_map_with_their_rows(city, desk):
    measure = MEASURES.get("territory.nobody")

    assert measure.count(clock.today()) == {XINCHENG: 1}
    assert city[4].name in page(desk(), measure.rows(XINCHENG))
    assert FIGURES.get("territory.visited").count(clock.today()).value == 2
    assert FIGURES.get("territory.visited").count(clock.today()).public_rows == ""


def test_the_first_page_says_what_waits(city, account, cadre):
    user = account()
    services.link(cadre=Cadre.objects.get(name="包保甲"), user=user)
    chief = account("city", "")

    mine = TASKS.get("territory.mine")
    nobody = TASKS.get("territory.nobody")

    assert mine.rows(actor_for(user)).count() == 2
    assert nobody.rows(actor_for(chief)).count() == 1
    assert page(browser(user), mine.href())
    assert city[4].name in page(browser(chief), nobody.href())


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("visits/export?quarter=2026Q4&state=done", 2),
        ("businesses/export?who=nobody", 1),
        ("cadres/export", 1),
    ],
)
def test_every_list_comes_as_a_file(city, desk, path, rows):
    answer = desk().get(f"/w/territory/{path}")

    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.active.max_row == rows + 1


@pytest.mark.parametrize("role", ["duty_cadre", "grid", "education", "enterprise"])
def test_the_bureau_s_pages_are_the_bureau_s(city, desk, role):
    code = {"grid": STATION, "enterprise": STATION}.get(role, SAIHAN)
    who = desk(code, role) if role != "enterprise" else Client()

    for path in ("", "visits/", "businesses/", "cadres/", "visits/export"):
        assert who.get(f"/w/territory/{path}").status_code in (302, 403)


def test_a_station_reads_and_manages_nothing(city, desk):
    station = desk(STATION)
    one = Cadre.objects.get()

    assert one.name in page(station, f"/w/territory/businesses/?cadre={one.pk}")
    assert station.get("/w/territory/cadres/new").status_code == 403
    assert station.post(f"/w/territory/cadres/{one.pk}/take-off").status_code == 403
    assert station.post("/w/territory/round").status_code == 403


def test_a_cadre_is_added_named_for_a_business_and_handed_over_by_form(city, desk, account):
    bureau, user = desk(SAIHAN), account(name="新来的")
    said = {
        "name": "新来的", "unit": "街道", "rank": "village", "district": SAIHAN,
        "phone": "13900000001", "areas": f"{GRID}、{OTHER_STATION}", "businesses": "",
    }  # fmt: skip

    answer = bureau.post("/w/territory/cadres/new", said, follow=True)
    one = Cadre.objects.get(name="新来的")
    assert answer.redirect_chain == [(f"/w/territory/cadres/{one.pk}", 302)]
    assert cadre_of(city[3]) == one.pk

    bureau.post(f"/w/territory/cadres/{one.pk}/link", {"user": user.pk})
    bureau.post(f"/w/territory/businesses/{city[0].public_id}/cadre", {"cadre": one.pk})
    one.refresh_from_db()
    assert (one.user_id, cadre_of(city[0])) == (user.pk, one.pk)

    heir = Cadre.objects.get(name="包保甲")
    bureau.post(f"/w/territory/cadres/{one.pk}/hand-over", {"heir": heir.pk, "since": "2026-11-20"})
    assert cadre_of(city[0]) == cadre_of(city[3]) == heir.pk


def test_a_range_that_cannot_be_is_said_beside_the_form(city, desk):
    bureau = desk(SAIHAN)
    said = {
        "name": "新",
        "unit": "街道",
        "rank": "village",
        "district": SAIHAN,
        "phone": "13900000001",
    }

    for more, word in (
        ({"areas": "150105999"}, "没有登记过代码为“150105999”的区域"),
        ({"areas": f"{XINCHENG}001"}, "不归您安排包保"),
        ({"businesses": city[4].public_id}, "辖区内没有"),
    ):
        answer = bureau.post("/w/territory/cadres/new", {**said, **more})
        assert word in answer.content.decode()
    assert Cadre.objects.count() == 1


def test_the_round_is_asked_of_the_worker_once(city, desk):
    bureau = desk()

    for _ in range(2):
        answer = bureau.post("/w/territory/round", follow=True)
        assert "已开始更新" in answer.content.decode()

    with connection.cursor() as db:
        db.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%territory%'")
        assert db.fetchone()[0] == 1


@pytest.mark.parametrize("path", ["", "visits/", "businesses/", "cadres/"])
def test_a_list_takes_the_same_questions_however_long_it_is(city, desk, business, cadre, path):
    bureau = desk()
    page(bureau, f"/w/territory/{path}")
    with CaptureQueriesContext(connection) as few:
        page(bureau, f"/w/territory/{path}")
    for _ in range(5):
        business()
        cadre("village", areas=(STATION,))
    services.nightly()

    with CaptureQueriesContext(connection) as many:
        page(bureau, f"/w/territory/{path}")

    assert len(many) <= len(few) + (1 if path == "cadres/" else 0)


@pytest.mark.parametrize("path", ["", "visits/", "businesses/", "cadres/", "cadres/new"])
def test_a_page_reads_in_english(city, desk, path):
    answer = desk().get(f"/w/territory/{path}", headers={"Accept-Language": "en"})

    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    left = set(re.findall(r"[\u4e00-\u9fff]+", text))
    names = {"第", "家", "大学东街", "号", "包保甲", "示例街道", "测试", "中文", "明厨"}
    assert left - names == set()
