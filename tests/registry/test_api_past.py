"""The past of a file and what comes due, for programs: as the pages have them, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from program import Program

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import Viewing
from mingchu.base import clock
from mingchu.identifiers.licences import Series, build
from mingchu.registry import services
from mingchu.registry.models import Business
from mingchu.registry.plans import PLANS
from mingchu.registry.services import NewLicence, NewPerson

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=clock.CITY_ZONE)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def saihan(db: None) -> Program:
    return Program("district", Scope(ScopeKind.DISTRICT, SAIHAN))


@pytest.fixture
def city(db: None) -> Program:
    return Program("city", CITY)


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content.decode()
    said: dict[str, Any] = answer.json()
    return said


def whole_list(program: Program, path: str) -> list[dict[str, Any]]:
    """All of a list, one at a time, by its cursor."""
    found: list[dict[str, Any]] = []
    sign, cursor = "&" if "?" in path else "?", ""
    while True:
        page = done(program.get(f"{path}{sign}limit=1&cursor={cursor}"))
        assert set(page) == {"items", "next"}
        found += page["items"]
        if not (cursor := page["next"]):
            return found


@pytest.fixture
def moved() -> Business:
    """Enrolled a month ago; moved a week ago, renamed and renewed today."""
    with clock.stopped(NOW - timedelta(days=30)):
        made = services.enrol(a_restaurant())
    with clock.stopped(NOW - timedelta(days=7)):
        services.correct(
            number=made.pk, changes={"district": XINCHENG, "station": "", "grid": ""}, why="迁址"
        )
    services.correct(number=made.pk, changes={"name": "青山菜馆"}, why="更名")
    services.grant_licence(
        number=made.pk,
        new=NewLicence(
            number=made.licences.get().number,
            issued=TODAY,
            expires=date(2031, 11, 19),
            evidence="原证",
        ),
    )
    return made


# The past


def test_a_file_is_read_as_it_stood_on_any_day(moved: Business, city: Program) -> None:
    at = f"businesses/{moved.public_id}"
    today = done(city.get(at))
    first = done(city.get(f"{at}?on={TODAY - timedelta(days=10)}"))
    later = done(city.get(f"{at}?on={TODAY - timedelta(days=1)}"))

    assert (first["district"], first["name"]) == (SAIHAN, "绿野家常菜馆")
    assert (later["district"], later["name"]) == (XINCHENG, "绿野家常菜馆")
    assert (today["district"], today["name"]) == (XINCHENG, "青山菜馆")
    assert first["on"] == f"{TODAY - timedelta(days=10)}"
    assert first["licences"][0]["expires"] < today["licences"][0]["expires"]
    for part in ("licences", "premises"):
        assert set(first[part][0]) == set(today[part][0])
    assert set(today) - set(first) == {"revision", "sources", "channel"}


def test_a_licence_of_a_past_day_stands_as_it_stood_then(city: Program) -> None:
    with clock.stopped(NOW - timedelta(days=60)):
        ended = NewLicence(
            number=build(Series.OPERATION, "2", SAIHAN, 5),
            issued=date(2021, 11, 1),
            expires=TODAY - timedelta(days=20),
        )
        made = services.enrol(a_restaurant(code="", licences=(ended,)))
    services.correct(number=made.pk, changes={"sign": "绿野"}, why="招牌")

    states = [
        done(city.get(f"businesses/{made.public_id}?on={day}"))["licences"][0]["state"]
        for day in (TODAY - timedelta(days=59), TODAY - timedelta(days=10), TODAY)
    ]

    assert states == ["expiring", "expired", "expired"]


def test_before_a_file_began_there_is_none(moved: Business, city: Program) -> None:
    answer = city.get(f"businesses/{moved.public_id}?on=2026-01-01")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_enrolled_then")
    assert city.get(f"businesses/{moved.public_id}?on=yesterday").status_code == 422


def test_people_of_a_past_day_are_those_posted_then(moved: Business, city: Program) -> None:
    services.post_person(
        number=moved.pk, new=NewPerson(name="新来的", duties=("handler",), since=TODAY)
    )
    at = f"businesses/{moved.public_id}/people"

    then = done(city.get(f"{at}?on={TODAY - timedelta(days=1)}"))["items"]

    assert [one["name"] for one in then] == ["测试甲"]
    assert len(done(city.get(at))["items"]) == 2
    assert Viewing.objects.filter(purpose="registry.people").count() == 2


def test_versions_say_who_changed_what_and_why_value_by_value(
    moved: Business, city: Program
) -> None:
    licence = moved.licences.get().pk
    renewed, renamed, relocated = whole_list(city, f"businesses/{moved.public_id}/versions")

    assert [one["why"] for one in (renamed, relocated)] == ["更名", "迁址"]
    assert {"field": "name", "before": "绿野家常菜馆", "after": "青山菜馆"} in renamed["changes"]
    assert {"field": "district", "before": SAIHAN, "after": XINCHENG} in relocated["changes"]
    fields = {one["field"] for one in renewed["changes"]}
    assert f"licences.{licence}.expires" in fields
    assert not any("site" in field for field in fields)
    assert renamed["revision"] > relocated["revision"]


def test_the_timeline_is_the_ledger_in_words_newest_first(moved: Business, city: Program) -> None:
    lines = whole_list(city, f"businesses/{moved.public_id}/timeline")

    kinds = [one["kind"] for one in lines]
    assert kinds[-2:] == ["registry.licence_granted", "registry.business_enrolled"]
    assert "registry.business_moved" in kinds
    assert all(one["said"] and one["said"] != one["kind"] for one in lines)
    assert [one["at"] for one in lines] == sorted((one["at"] for one in lines), reverse=True)


@pytest.mark.parametrize("part", ["", "/people", "/versions", "/timeline"])
def test_the_past_of_another_district_does_not_exist(
    part: str, moved: Business, saihan: Program
) -> None:
    assert saihan.get(f"businesses/{moved.public_id}{part}").status_code == 404


@pytest.mark.parametrize("path", ["versions", "timeline"])
def test_a_cursor_somebody_made_up_is_refused(path: str, moved: Business, city: Program) -> None:
    for cursor in ("x", "WyJhIl0", "WzEsMl0"):
        answer = city.get(f"businesses/{moved.public_id}/{path}?cursor={cursor}")
        assert answer.json()["code"] == "bad_cursor"


# What comes due


def ending(in_days: int, at: int, **facts: Any) -> Business:
    licence = NewLicence(
        number=build(Series.OPERATION, "2", SAIHAN, 100 + at),
        issued=date(2022, 1, 1),
        expires=TODAY + timedelta(days=in_days),
    )
    known = {"code": "", "people": (), "licences": (licence,), **facts}
    return services.enrol(a_restaurant(name=f"第{at}家", **known))


def test_licences_that_end_are_a_list_by_step_in_ones_own_area(saihan: Program) -> None:
    late, soon = ending(-3, 1), ending(40, 2)
    ending(20, 3, district=XINCHENG, station="", grid="")

    everything = whole_list(saihan, "plans/licences")

    assert [one["business"] for one in everything] == [late.public_id, soon.public_id]
    assert [one["left"] for one in everything] == [-3, 40]
    assert everything[0]["about"] == f"licence:{late.licences.get().pk}"
    assert [one["name"] for one in whole_list(saihan, "plans/licences?step=d60")] == ["第2家"]
    assert whole_list(saihan, "plans/licences?step=d30") == []


def test_the_lists_say_their_rules_and_how_long_they_are(saihan: Program) -> None:
    ending(-3, 1)

    plans = {one["key"]: one for one in done(saihan.get("plans"))["items"]}

    assert list(plans) == list(PLANS)
    assert plans["licences"]["rule"] == "licence.expiry_steps"
    assert plans["licences"]["count"] == 1
    assert [(one["key"], one["count"]) for one in plans["licences"]["steps"]] == [
        ("past", 1), ("d30", 0), ("d60", 0), ("d90", 0),
    ]  # fmt: skip
    assert plans["director"]["steps"] == []


@pytest.mark.parametrize("key", list(PLANS))
def test_every_list_of_the_pages_is_there_for_programs(key: str, city: Program) -> None:
    services.enrol(a_restaurant(legal_form="company", scale="large"))

    for line in whole_list(city, f"plans/{key}"):
        assert line["about"].split(":")[0] in ("business", "licence", "person", "inquiry")


def test_lines_of_people_are_looked_at_in_the_open(city: Program) -> None:
    made = services.enrol(a_restaurant(legal_form="company"))

    [line] = whole_list(city, "plans/training")

    assert line["about"] == f"person:{made.people.get().pk}"
    assert Viewing.objects.filter(subject="plan:training").exists()


def test_a_list_or_step_that_is_none_is_told(city: Program) -> None:
    assert city.get("plans/weather").status_code == 404
    for asked in ("licences?step=d7", "director?step=d30"):
        assert city.get(f"plans/{asked}").json()["code"] == "no_such_step"
