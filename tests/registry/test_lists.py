"""The officer's list: by person, by every filter, as a view, as a map, as a file."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingchu.base import clock
from mingchu.registry import services
from mingchu.registry.models import Business, SavedView
from mingchu.registry.services import NewLicence, NewPerson

pytestmark = pytest.mark.django_db
LIST = "/w/businesses/"
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_a_day():
    with clock.stopped(clock.midnight(TODAY)):
        yield


def a_place(name: str, number: int = 0, **facts) -> Business:
    """Without a code; with a licence when it is given an end."""
    expires = facts.pop("expires", None)
    licences = ()
    if expires:
        new = NewLicence(
            kind="card", number=f"演示TF{number:012d}", issued=date(2024, 1, 1), expires=expires
        )
        licences = (new,)
    known = {"code": "", "licences": licences, "people": (), **facts}
    return services.enrol(a_restaurant(name=name, **known))


def shown(client, query: str) -> list[str]:
    page = client.get(f"{LIST}?{query}").content.decode()
    return [one.name for one in Business.objects.order_by("name") if f">{one.name}</a>" in page]


def test_an_officer_finds_a_business_by_who_works_there_and_the_public_never(desk, client):
    services.enrol(a_restaurant(people=(NewPerson(name="示范丙丁"),)))
    here = desk(SAIHAN)

    assert shown(here, "q=范丙丁") == ["绿野家常菜馆"]
    assert shown(here, "q=绿野 示范") == ["绿野家常菜馆"]
    assert shown(here, "q=青山 示范") == []
    assert here.get("/api/v1/businesses?q=示范丙丁").json()["items"] != []
    assert "绿野" in here.get("/w/businesses/export?q=示范丙丁&format=csv").content.decode()
    assert shown(desk(XINCHENG), "q=示范丙丁") == []
    for somebody in (client, here):
        assert "绿野" not in somebody.get("/p/?q=示范丙丁").content.decode()


def test_a_single_character_is_looked_for_in_texts_only(desk):
    services.enrol(a_restaurant(people=(NewPerson(name="示范丙丁"),)))

    assert shown(desk(SAIHAN), "q=丙") == []


def test_a_common_name_is_found_by_walking_the_list(desk, monkeypatch):
    from mingchu.registry.queries import finding

    for at in range(4):
        a_place(f"甲{at}", people=(NewPerson(name="示范丙丁"),))
    a_place("乙")
    monkeypatch.setattr(finding, "COUNTED", 2)
    here = desk(SAIHAN)

    first, again = shown(here, "q=示范丙丁"), shown(here, "q=示范丙丁")

    assert first == again == ["甲0", "甲1", "甲2", "甲3"]


@pytest.fixture
def town() -> None:
    a_place("开着", 1, expires=date(2027, 6, 1), legal_form="company", kind="caterer")
    a_place("过期", 2, expires=date(2026, 11, 1), channel="list")
    a_place("将到", 3, expires=date(2026, 12, 1), grid="150105001002")
    a_place("无证", kind="unlicensed", station="150105002")
    a_place("菜摊", kind="farm_stall", district=XINCHENG, station="")
    closed = a_place("关了", 4, expires=date(2026, 1, 1))
    services.close(number=closed.pk, closed=TODAY, why="停业")
    head = Business.objects.get(name="开着")
    Business.objects.filter(name="将到").update(head=head)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("standing=expired", ["关了", "过期"]),
        ("standing=expired&state=open", ["过期"]),
        ("standing=none", ["无证", "过期"]),
        ("within=30", ["将到"]),
        ("within=300", ["将到", "开着"]),
        ("legal_form=company", ["开着"]),
        ("channel=list", ["过期"]),
        ("grid=150105001002", ["将到"]),
        ("station=150105002", ["无证"]),
        (f"district={XINCHENG}", ["菜摊"]),
        ("kind=caterer&state=closed", ["关了"]),
        ("sort=expires", ["关了", "将到", "开着", "过期"]),
    ],
)
def test_every_filter_stands_in_the_address(desk, town, query, names):
    assert shown(desk(), query) == sorted(names)


def test_branches_are_found_by_their_head_office(desk, town):
    head = Business.objects.get(name="开着")

    assert shown(desk(SAIHAN), f"head={head.public_id}") == ["将到"]


def test_a_licence_that_is_renewed_leaves_the_list_of_those_without(desk, town):
    services.grant_licence(
        number=Business.objects.get(name="过期").pk,
        new=NewLicence(
            kind="card", number="演示TF000000000002", issued=TODAY, expires=date(2029, 1, 1)
        ),
    )

    assert shown(desk(SAIHAN), "standing=none") == ["无证"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_is_the_list_with_its_filters_and_names_of_areas(desk, town, form):
    services.name_areas(kind="station", rows=[("150105001", "赛罕区一所")])

    answer = desk(SAIHAN).get(f"/w/businesses/export?within=30&format={form}")

    if form == "csv":
        rows = [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(rows) == 2
    said = dict(zip(rows[0], rows[1], strict=True))
    assert (said["名称"], said["监管所"], said["网格"]) == ("将到", "赛罕区一所", "150105001002")


def test_a_question_is_kept_renamed_replaced_and_deleted(desk, town):
    here, other = desk(SAIHAN), desk(SAIHAN)
    keep = "/w/businesses/views/save"

    here.post(keep, {"name": "快到期的", "query": "within=30&cursor=x&nonsense=1"})
    here.post(keep, {"name": "快到期的", "query": "within=60&state=open"})

    view = SavedView.objects.get()
    assert view.query == "state=open&within=60"
    assert "快到期的" in here.get(LIST).content.decode()
    assert "快到期的" not in other.get(LIST).content.decode()
    assert "几天之内到期：60" in here.get("/w/businesses/views/").content.decode()
    here.post(f"/w/businesses/views/{view.pk}/rename", {"name": "两个月内"})
    assert other.post(f"/w/businesses/views/{view.pk}/drop").status_code == 404
    assert SavedView.objects.get().name == "两个月内"
    here.post(f"/w/businesses/views/{view.pk}/drop")
    assert not SavedView.objects.exists()


def test_two_views_of_one_person_have_two_names_and_thirty_are_enough(desk):
    here, keep = desk(SAIHAN), "/w/businesses/views/save"
    for at in range(30):
        here.post(keep, {"name": f"查询{at}", "query": ""})

    more = here.post(keep, {"name": "再一个", "query": ""}, follow=True).content.decode()
    first = SavedView.objects.get(name="查询0")
    rename = f"/w/businesses/views/{first.pk}/rename"
    again = here.post(rename, {"name": "查询1"}, follow=True).content.decode()

    assert "您已保存30个常用查询" in more
    assert "您已有名为“查询1”的常用查询" in again
    assert SavedView.objects.count() == 30


def test_the_map_counts_the_question_and_every_cell_leads_to_its_rows(desk, town):
    here = desk()

    page = here.get("/w/businesses/map?state=open").content.decode()
    csv = here.get("/w/businesses/map/export?q=摊&format=csv").content.decode("utf-8-sig")

    assert 'aria-label="赛罕区 4"' in page
    assert f'href="/w/businesses/?state=open&amp;district={SAIHAN}"' in page.replace(
        f"district={SAIHAN}&amp;state=open", f"state=open&amp;district={SAIHAN}"
    )
    assert "经营状态：在营" in page
    assert "新城区,1" in csv
    assert "赛罕区,0" in csv


def test_a_list_costs_the_same_queries_with_five_rows_and_with_five_hundred(desk):
    here, costs = desk(SAIHAN), []
    here.get(LIST)  # which stations there are is remembered for some seconds
    for more in (5, 495):
        services.enrol_many(
            a_restaurant(name=f"面馆{more}-{at}", code="", licences=(), people=())
            for at in range(more)
        )
        for query in ("", "q=面馆", "standing=none"):
            with CaptureQueriesContext(connection) as seen:
                here.get(f"{LIST}?{query}")
            costs.append(len(seen))

    assert costs[:3] == costs[3:]
    # Two of them say who asks; a question in words asks the texts and the people.
    assert max(costs) <= 12
