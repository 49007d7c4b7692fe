"""Stations and grid cells: named once, and by their names everywhere."""

from __future__ import annotations

import pytest
from build import SAIHAN, XINCHENG

from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry
from mingchu.registry import services
from mingchu.registry.models import Area, Business

pytestmark = pytest.mark.django_db
STATION, GRID = f"{SAIHAN}001", f"{SAIHAN}001003"
NAME = "/w/areas/name"


@pytest.fixture
def named(db) -> None:
    services.name_areas(kind="station", rows=[(STATION, "赛罕区一所"), (f"{SAIHAN}002", "二所")])
    services.name_areas(kind="grid", rows=[(GRID, "第三网格")])


def page(client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_list_of_lines_adds_and_renames_and_says_how_many(desk, named):
    lines = f"{STATION}\t大学路所\n\n{SAIHAN}005，五 所\n"

    done = desk(SAIHAN).post(NAME, {"kind": "station", "lines": lines}, follow=True)

    assert "新增1个，改名1个" in done.content.decode()
    assert dict(Area.objects.filter(kind="station").values_list("code", "name")) == {
        STATION: "大学路所",
        f"{SAIHAN}002": "二所",
        f"{SAIHAN}005": "五 所",
    }
    last = Entry.objects.filter(kind="registry.area_named").order_by("-id")
    assert {entry.subject for entry in last[:2]} == {f"area:{STATION}", f"area:{SAIHAN}005"}


@pytest.mark.parametrize(
    ("kind", "rows", "code"),
    [
        ("station", [("150105", "太短")], "bad_area_code"),
        ("station", [("999999001", "别的城市")], "bad_area_code"),
        ("station", [(GRID, "网格的代码")], "area_of_other_kind"),
        ("station", [(f"{SAIHAN}007", "二所")], "area_name_taken"),
        ("station", [(f"{SAIHAN}007", " ")], "missing"),
        ("grid", [(f"{SAIHAN}009001", "没有所")], "area_without_parent"),
        ("street", [(f"{SAIHAN}009", "街道")], "unknown_choice"),
    ],
)
def test_a_faulty_line_keeps_the_whole_list_out(named, kind, rows, code):
    before = set(Area.objects.values_list("code", "name"))

    with pytest.raises(Refusal, match=code):
        services.name_areas(kind=kind, rows=[(f"{SAIHAN}001008", "第八网格"), *rows])

    assert set(Area.objects.values_list("code", "name")) == before


def test_two_stations_can_change_names(named):
    services.name_areas(kind="station", rows=[(STATION, "过渡"), (f"{SAIHAN}002", "赛罕区一所")])

    assert Area.objects.get(pk=f"{SAIHAN}002").name == "赛罕区一所"


def test_a_line_without_a_name_is_told_with_its_number(desk):
    said = {"kind": "station", "lines": f"{STATION} 一所\n{SAIHAN}002"}

    assert "第2行没有同时写代码和名称" in desk(SAIHAN).post(NAME, said).content.decode()
    assert not Area.objects.exists()


def test_areas_are_drawn_by_the_district_that_has_them(desk, named):
    said = {"kind": "station", "lines": f"{SAIHAN}006 六所"}

    for stranger in (desk(XINCHENG), desk(STATION, "station")):
        assert "由所在旗县区局或市局登记" in stranger.post(NAME, said).content.decode()
    desk().post(NAME, said)

    assert Area.objects.filter(pk=f"{SAIHAN}006").exists()


def test_names_stand_in_lists_files_filters_and_posts(desk, named, restaurant):
    services.correct(number=restaurant.pk, changes={"grid": GRID}, why="划入网格")
    here = desk(SAIHAN)

    assert "赛罕区一所" in page(here, "/w/businesses/")
    assert "赛罕区一所 · 第三网格" in page(here, f"/w/businesses/{restaurant.public_id}")
    assert f'<option value="{GRID}">第三网格' in page(here, f"/w/businesses/?station={STATION}")
    assert '<optgroup label="赛罕区 赛罕区一所">' in page(here, "/w/businesses/new")
    assert "赛罕区一所" in page(desk(STATION, "station"), "/w/")
    assert f"station={STATION}" in page(here, "/w/areas/")
    assert f"grid={GRID}" in page(here, f"/w/areas/?station={STATION}")
    csv = here.get("/w/areas/export?format=csv").content.decode("utf-8-sig")
    assert f"{STATION},赛罕区一所,赛罕区,赛罕区,1" not in csv
    assert "赛罕区一所" in csv


def test_a_form_offers_the_officers_own_areas_and_keeps_a_code_without_a_name(desk, restaurant):
    services.name_areas(kind="station", rows=[(f"{XINCHENG}001", "新城区一所")])
    here, path = desk(SAIHAN), f"/w/businesses/{restaurant.public_id}/correct"

    form = page(here, path)
    said = {
        "name": restaurant.name,
        "kind": "caterer",
        "legal_form": "household",
        "district": SAIHAN,
        "station": "150105001",
        "address": restaurant.address,
        "phone": "0471-1",
        "why": "补电话",
        "revision": restaurant.revision,
    }
    here.post(path, said)

    assert '<option value="150105001" selected>' in form
    assert "新城区一所" not in form
    changed = Business.objects.get()
    assert (changed.station, changed.phone) == ("150105001", "0471-1")


def test_an_area_goes_only_while_nothing_lies_in_it(desk, named, restaurant):
    here = desk(SAIHAN)

    full = here.post(f"/w/areas/{STATION}/drop", follow=True).content.decode()
    here.post(f"/w/areas/{SAIHAN}002/drop")

    assert "名下还有主体、岗位或网格" in full
    assert set(Area.objects.values_list("code", flat=True)) == {STATION, GRID}
