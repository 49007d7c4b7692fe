"""What else the pages do, for programs: sweeps, requests, areas, duplicates, merges, views."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from build import SAIHAN, XINCHENG, a_pdf, a_restaurant
from program import Program

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.identifiers import licences
from mingchu.identifiers.licences import Series
from mingchu.kit.models import Attachment
from mingchu.ledger.models import Entry
from mingchu.registry import services
from mingchu.registry.models import Area, Business, HealthCertificate, Merge, NotSame, SavedView

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
WHY = {"why": "核实"}
STALE = 99


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.at(clock.midnight(TODAY) + timedelta(hours=9)):
        yield


@pytest.fixture
def saihan(db: None) -> Program:
    return Program("district", Scope(ScopeKind.DISTRICT, SAIHAN))


@pytest.fixture
def xincheng(db: None) -> Program:
    return Program("district", Scope(ScopeKind.DISTRICT, XINCHENG))


@pytest.fixture
def city(db: None) -> Program:
    return Program("city", CITY)


@pytest.fixture
def keeper(restaurant: Business) -> Program:
    """The business itself, by a token of its own."""
    return Program("enterprise", Scope(ScopeKind.BUSINESS, restaurant.public_id))


def a_shop(name: str, **facts: Any) -> Business:
    known = {"code": "", "licences": (), "people": (), "address": f"{name}的街", **facts}
    return services.enrol(a_restaurant(name=name, **known))


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content.decode()
    said: dict[str, Any] = answer.json()
    return said


def refused(answer: Any, code: str, status: int) -> None:
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code), said


def send(program: Program, content: bytes) -> str:
    """The digest of a file that is now in the house."""
    digest = hashlib.sha256(content).hexdigest()
    answer = program.client.put(
        f"/api/v1/blobs/{digest}",
        content,
        content_type="application/pdf",
        headers=program.headers,
    )
    assert answer.json()["state"] == "kept"
    return digest


def pages(program: Program, path: str) -> list[dict[str, Any]]:
    """All of a list, one at a time, by its cursor."""
    found: list[dict[str, Any]] = []
    sign, cursor = "&" if "?" in path else "?", ""
    while True:
        page = done(program.get(f"{path}{sign}limit=1&cursor={cursor}"))
        assert set(page) == {"items", "next"}
        found += page["items"]
        if not (cursor := page["next"]):
            return found


# The sweep

SWEEP = {"since": "2026-11-12", "why": "清查", "evidence": "一所到场，门面已拆"}


def test_businesses_are_swept_by_their_ids_and_who_cannot_be_is_told_why(saihan: Program) -> None:
    one, gone = a_shop("面馆甲"), a_shop("面馆乙")
    services.close(number=gone.pk, closed=date(2026, 1, 5), why="停业")
    digest = send(saihan, a_pdf())

    said = done(
        saihan.post(
            "businesses/sweep",
            {**SWEEP, "ids": [one.public_id, gone.public_id], "files": [digest, digest]},
        )
    )

    assert [row["id"] for row in said["done"]] == [one.public_id]
    assert [(row["id"], row["code"]) for row in said["left"]] == [
        (gone.public_id, "closed_for_good")
    ]
    assert "2026-01-05" in said["left"][0]["why"]
    assert Attachment.objects.get().subject == f"business:{one.public_id}"
    assert Business.objects.get(pk=one.pk).state_since == date(2026, 11, 12)


def test_a_question_means_whom_the_list_means(saihan: Program) -> None:
    shops = [a_shop(f"面馆{at}", grid="") for at in range(2)]
    a_shop("别家")
    a_shop("面馆远", district=XINCHENG, station="")
    question = {"q": "面馆", "state": "open"}

    listed = done(saihan.get("businesses?q=面馆&state=open"))["items"]
    said = done(saihan.post("businesses/sweep", {**SWEEP, "question": question}))

    swept = {row["id"] for row in said["done"]}
    assert swept == {row["id"] for row in listed} == {one.public_id for one in shops}
    assert Business.objects.filter(state="not_found").count() == 2


def test_one_id_of_another_scope_and_nobody_is_swept(saihan: Program) -> None:
    here, there = a_shop("近"), a_shop("远", district=XINCHENG, station="")

    answer = saihan.post("businesses/sweep", {**SWEEP, "ids": [here.public_id, there.public_id]})

    refused(answer, "not_found", 404)
    assert not Business.objects.filter(state="not_found").exists()


def test_what_a_sweep_lacks_is_said_and_changes_nothing(
    saihan: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {"ids": [a_shop("甲").public_id, a_shop("乙").public_id]}
    monkeypatch.setattr("mingchu.registry.services.sweeping.SWEEP_TOP", 1)

    for said, code, status in (
        ({}, "ids_or_question", 422),
        ({**ids, "question": {}}, "ids_or_question", 422),
        ({**ids, "why": " "}, "missing", 422),
        ({**ids, "why": "长" * 61}, "too_long", 422),
        ({**ids, "evidence": " "}, "no_evidence", 422),
        ({**ids, "evidence": "长" * 121}, "too_long", 422),
        ({"ids": ids["ids"][:1], "since": "2026-11-21"}, "day_ahead", 422),
        ({**ids, "files": ["0" * 64]}, "file_not_here", 409),
        ({**ids, "files": ["0" * 64] * 11}, "invalid", 422),
        ({"question": {"colour": "red"}}, "invalid", 422),
        (ids, "sweep_too_many", 422),
        ({"question": {}}, "sweep_too_many", 422),
    ):
        refused(saihan.post("businesses/sweep", {**SWEEP, **said}), code, status)

    assert not Business.objects.filter(state="not_found").exists()


def test_a_file_somebody_else_sent_is_not_ones_own_to_attach(
    saihan: Program, city: Program
) -> None:
    digest = send(city, a_pdf())
    said = {**SWEEP, "ids": [a_shop("甲").public_id], "files": [digest]}

    refused(saihan.post("businesses/sweep", said), "file_not_here", 409)


# Requests to businesses

ASKED = {"title": "补交平面图", "asks": "请上传厨房平面图", "due": "2026-12-01"}


def ask(program: Program, business: Business) -> int:
    return int(done(program.post(f"businesses/{business.public_id}/inquiries", ASKED))["id"])


def test_a_request_is_asked_answered_returned_answered_anew_and_settled(
    saihan: Program, keeper: Program, restaurant: Business
) -> None:
    number = ask(saihan, restaurant)
    [asked] = pages(keeper, "own/inquiries")
    first = send(keeper, a_pdf("1"))
    second = send(keeper, a_pdf("2"))

    done(keeper.post(f"own/inquiries/{number}/answer", {"files": [first]}))
    back = {"good": False, "remark": "缺比例尺"}
    returned = done(saihan.post(f"inquiries/{number}/settlement", back))
    again = {"text": "已补", "files": [second]}
    answered = done(keeper.post(f"own/inquiries/{number}/answer", again))
    settled = done(saihan.post(f"inquiries/{number}/settlement", {"good": True}))

    assert (asked["business"], asked["state"]) == (restaurant.public_id, "open")
    assert (returned["state"], returned["remark"]) == ("returned", "缺比例尺")
    assert (answered["state"], len(answered["files"])) == ("answered", 2)
    assert settled["state"] == "accepted"
    for program, path in ((saihan, "inquiries"), (keeper, "own/inquiries")):
        assert done(program.get(path))["items"] == []
        [kept] = done(program.get(f"{path}?state=accepted"))["items"]
        shown = done(program.get(f"{path}/{number}"))
        assert kept.items() <= shown.items()
        file = shown["files"][0]["id"]
        assert program.client.get(f"/files/{file}", headers=program.headers).status_code == 200


def test_requests_are_listed_by_their_day_inside_the_scope(
    saihan: Program, xincheng: Program, restaurant: Business
) -> None:
    for day in ("2026-12-03", "2026-12-01", "2026-12-02"):
        done(saihan.post(f"businesses/{restaurant.public_id}/inquiries", {**ASKED, "due": day}))

    assert [one["due"] for one in pages(saihan, "inquiries")] == [
        "2026-12-01",
        "2026-12-02",
        "2026-12-03",
    ]
    assert pages(xincheng, "inquiries") == []


def test_a_request_is_withdrawn_and_then_answered_no_more(
    saihan: Program, keeper: Program, restaurant: Business
) -> None:
    number = ask(saihan, restaurant)

    done(saihan.post(f"inquiries/{number}/withdrawal", {"remark": "已从部门共享取得"}))

    answer = keeper.post(f"own/inquiries/{number}/answer", {"text": "给"})
    refused(answer, "inquiry_moved_on", 409)
    refused(saihan.post(f"inquiries/{number}/settlement", {"good": True}), "inquiry_moved_on", 409)


def test_what_does_not_fit_a_request_is_refused(
    saihan: Program, keeper: Program, restaurant: Business
) -> None:
    path, number = f"businesses/{restaurant.public_id}/inquiries", ask(saihan, restaurant)

    for said, code in (
        ({"title": " "}, "missing"),
        ({"title": "长" * 81}, "too_long"),
        ({"asks": "长" * 1001}, "too_long"),
        ({"due": "2026-11-19"}, "due_passed"),
    ):
        refused(saihan.post(path, {**ASKED, **said}), code, 422)
    own = f"own/inquiries/{number}/answer"
    refused(keeper.post(own, {}), "missing", 422)
    refused(keeper.post(own, {"text": "长" * 2001}), "too_long", 422)
    refused(keeper.post(own, {"files": ["x"]}), "file_not_here", 409)
    done(keeper.post(own, {"text": "给"}))
    settle = f"inquiries/{number}/settlement"
    refused(saihan.post(settle, {"good": False, "remark": " "}), "missing", 422)
    refused(saihan.post(settle, {"good": True, "remark": "长" * 401}), "too_long", 422)


def test_a_business_answers_for_itself_and_an_office_for_none(
    saihan: Program, keeper: Program, restaurant: Business
) -> None:
    other = a_shop("别家")
    foreign, own = ask(saihan, other), ask(saihan, restaurant)

    said = {"text": "给"}
    refused(keeper.post(f"own/inquiries/{foreign}/answer", said), "not_found", 404)
    refused(keeper.get(f"own/inquiries/{foreign}"), "not_found", 404)
    refused(saihan.post(f"own/inquiries/{own}/answer", said), "forbidden", 403)
    refused(saihan.get("own/inquiries"), "forbidden", 403)
    for path in ("inquiries", f"inquiries/{own}", "businesses", "areas", "merges", "duplicates"):
        refused(keeper.get(path), "forbidden", 403)
    assert [one["id"] for one in pages(keeper, "own/inquiries")] == [own]


def test_certificates_that_desks_sent_in_are_listed_until_somebody_looked(
    saihan: Program, xincheng: Program, restaurant: Business
) -> None:
    services.keep_health_certificate(
        person=restaurant.people.get(),
        issued=date(2026, 1, 10),
        until=date(2027, 1, 9),
        channel="desk",
    )

    assert pages(xincheng, "certificates") == []
    [one] = pages(saihan, "certificates")
    path = f"businesses/{one['business']}/people/{one['person']}/certificates/{one['id']}"
    done(saihan.post(path, {"good": True, "revision": one["revision"]}))

    assert pages(saihan, "certificates") == []
    assert HealthCertificate.objects.get().seen


# Areas

STATION, CELL = f"{SAIHAN}001", f"{SAIHAN}001001"


def area(kind: str, code: str, name: str) -> dict[str, str]:
    return {"kind": kind, "code": code, "name": name}


def test_areas_are_named_named_anew_listed_and_dropped(saihan: Program, city: Program) -> None:
    said = {"areas": [area("grid", CELL, "一格"), area("station", STATION, "一所")]}

    first = done(saihan.post("areas", said))
    renamed = done(saihan.post("areas", {"areas": [area("station", STATION, "大学路所")]}))
    done(city.post("areas", {"areas": [area("station", f"{XINCHENG}001", "东街所")]}))
    listed = pages(saihan, "areas")

    assert (sorted(first["added"]), renamed["renamed"]) == ([STATION, CELL], [STATION])
    assert listed == [
        {"code": STATION, "kind": "station", "name": "大学路所", "parent": SAIHAN},
        {"code": CELL, "kind": "grid", "name": "一格", "parent": STATION},
    ]
    assert pages(saihan, "areas?kind=grid") == pages(saihan, f"areas?parent={STATION}")
    refused(saihan.post("areas/drop", {"codes": [STATION]}), "area_in_use", 409)
    done(saihan.post("areas/drop", {"codes": [STATION, CELL]}))
    assert [one["code"] for one in pages(city, "areas")] == [f"{XINCHENG}001"]


def test_nobody_draws_in_another_district_and_a_station_nowhere(
    saihan: Program, xincheng: Program
) -> None:
    station = Program("station", Scope(ScopeKind.STATION, STATION))
    made = {"areas": [area("station", STATION, "一所")]}

    for other in (xincheng, station):
        refused(other.post("areas", made), "areas_by_district", 403)
    done(saihan.post("areas", made))

    refused(xincheng.post("areas/drop", {"codes": [STATION]}), "not_found", 404)
    refused(station.post("areas/drop", {"codes": [STATION]}), "areas_by_district", 403)
    assert Area.objects.get().name == "一所"


def test_a_faulty_area_keeps_the_whole_list_out(saihan: Program) -> None:
    good = area("station", STATION, "一所")

    for said, code in (
        ([good, area("grid", f"{SAIHAN}002001", "格")], "area_without_parent"),
        ([good, area("town", f"{SAIHAN}003", "镇")], "unknown_choice"),
        ([good, area("station", f"{SAIHAN}002", " ")], "missing"),
        ([], "invalid"),
    ):
        refused(saihan.post("areas", {"areas": said}), code, 422)

    assert not Area.objects.exists()


# Duplicates and merges


@pytest.fixture
def twins(restaurant: Business) -> tuple[Business, Business]:
    return restaurant, a_shop(restaurant.name, address=restaurant.address)


def test_a_pair_is_suggested_as_it_would_be_merged(
    saihan: Program, twins: tuple[Business, Business]
) -> None:
    [pair] = done(saihan.get("duplicates"))["items"]

    said = {side: pair[side]["id"] for side in ("kept", "gone")}
    read = {f"{side}_revision": pair[side]["revision"] for side in ("kept", "gone")}
    merged = done(saihan.post("merges", {**said, **read, **WHY}))

    assert set(pair["grounds"]) == {"name", "address"}
    assert said == {"kept": twins[0].public_id, "gone": twins[1].public_id}
    [listed] = pages(saihan, "merges")
    assert listed == merged
    assert done(saihan.get("duplicates"))["items"] == []
    refused(saihan.get("duplicates?by=colour"), "invalid", 422)


def test_suggestions_come_a_page_at_a_time(saihan: Program) -> None:
    for name in ("甲", "乙"):
        a_shop(f"{name}面馆", address="一街")
        a_shop(f"{name}面馆", address="二街")

    found = pages(saihan, "duplicates")

    assert sorted(pair["kept"]["name"] for pair in found) == ["乙面馆", "甲面馆"]


def test_two_found_not_to_be_one_are_left_in_peace_until_it_is_taken_back(
    saihan: Program, xincheng: Program, twins: tuple[Business, Business]
) -> None:
    one, other = (each.public_id for each in twins)
    said = {"one": other, "other": one}

    refused(xincheng.post("duplicates/apart", said), "not_found", 404)
    refused(saihan.post("duplicates/apart", {"one": one, "other": one}), "not_found", 404)
    mark = done(saihan.post("duplicates/apart", said))
    again = done(saihan.post("duplicates/apart", {"one": one, "other": other}))

    assert mark == again == {"id": NotSame.objects.get().pk, "one": one, "other": other}
    assert pages(saihan, "duplicates/apart") == [mark]
    assert pages(xincheng, "duplicates/apart") == []
    assert done(saihan.get("duplicates"))["items"] == []
    path = f"duplicates/apart/{mark['id']}/withdrawal"
    refused(xincheng.post(path, {}), "not_found", 404)
    done(saihan.post(path, {}, key="k"))
    assert saihan.post(path, {}, key="k")["Idempotent-Replay"] == "true"
    refused(saihan.post(path, {}), "not_found", 404)
    assert len(done(saihan.get("duplicates"))["items"]) == 1
    kinds = Entry.objects.filter(kind__contains="not_same").values_list("kind", flat=True)
    assert sorted(kinds) == ["registry.found_not_same", "registry.not_same_taken_back"]


def test_a_merge_is_undone_only_as_it_was_read(
    saihan: Program, xincheng: Program, twins: tuple[Business, Business]
) -> None:
    kept, gone = twins
    services.merge(kept=kept.pk, gone=gone.pk, why="重复")
    [read] = pages(saihan, "merges")
    path = f"merges/{read['id']}/undo"
    services.correct(number=kept.pk, changes={"sign": "新"}, why="换招牌")

    refused(xincheng.post(path, WHY), "not_found", 404)
    stale = saihan.post(path, {**WHY, "revision": read["revision"]})
    [now] = pages(saihan, "merges")
    undone = done(saihan.post(path, {**WHY, "revision": now["revision"]}))

    refused(stale, "changed_meanwhile", 409)
    assert pages(xincheng, "merges") == []
    assert undone["undone_at"] is not None
    assert Business.objects.get(pk=gone.pk).merged_into is None
    refused(saihan.post(path, WHY), "merge_undone", 409)
    assert Merge.objects.count() == 1


# Terms


def test_a_term_nobody_named_is_the_rules_and_null_is_none(
    saihan: Program, restaurant: Business
) -> None:
    path = f"businesses/{restaurant.public_id}/licences"
    new = {"issued": "2026-11-20"}

    def granted(n: int, **said: Any) -> Any:
        number = licences.build(Series.OPERATION, "2", SAIHAN, n)
        file = done(saihan.post(path, {**new, "number": number, **said}))
        return next(one for one in file["licences"] if one["number"] == number)

    by_rule, named, endless = granted(7), granted(8, expires="2027-01-01"), granted(9, expires=None)
    number = licences.build(Series.OPERATION, "2", SAIHAN, 10)
    first = {"number": number, **new}
    enrolled = done(
        saihan.post("businesses", {"name": "新店", "district": SAIHAN, "licences": [first]})
    )

    assert by_rule["expires"] == enrolled["licences"][0]["expires"] == "2031-11-19"
    assert (named["expires"], endless["expires"]) == ("2027-01-01", None)


# Views


def test_ones_questions_are_kept_named_anew_and_dropped(saihan: Program, city: Program) -> None:
    question = {"q": "面馆", "within": 30, "sort": "expires"}

    made = done(saihan.post("views", {"name": "到期", "question": question}))
    done(saihan.post("views", {"name": "别的", "question": {}}))
    done(saihan.post(f"views/{made['id']}/name", {"name": "快到期"}))

    kept = {"id": made["id"], "name": "快到期", "question": {**question, "within": "30"}}
    assert kept in done(saihan.get("views"))["items"]
    assert done(city.get("views"))["items"] == []
    refused(city.post(f"views/{made['id']}/name", {"name": "我的"}), "not_found", 404)
    taken = saihan.post(f"views/{made['id']}/name", {"name": "别的"})
    refused(taken, "view_name_taken", 409)
    gone = saihan.client.delete(f"/api/v1/views/{made['id']}", headers=saihan.headers)
    assert done(gone) == kept
    assert SavedView.objects.get().name == "别的"
    unknown = {"name": "x", "question": {"colour": "red"}}
    refused(saihan.post("views", unknown), "invalid", 422)


# Every act once


def test_an_act_sent_twice_under_one_key_is_done_once(
    saihan: Program, twins: tuple[Business, Business]
) -> None:
    kept, gone = twins
    merged = services.merge(kept=kept.pk, gone=gone.pk, why="重复")
    shop = a_shop("面馆")

    for path, said in (
        ("businesses/sweep", {**SWEEP, "ids": [shop.public_id]}),
        (f"businesses/{kept.public_id}/inquiries", ASKED),
        ("areas", {"areas": [area("station", STATION, "一所")]}),
        (f"merges/{merged.pk}/undo", WHY),
        ("duplicates/apart", {"one": kept.public_id, "other": gone.public_id}),
        ("views", {"name": "x", "question": {}}),
    ):
        first = saihan.post(path, said, key=path)
        entries = Entry.objects.count()
        again = saihan.post(path, said, key=path)

        assert done(again) == done(first)
        assert again["Idempotent-Replay"] == "true"
        assert Entry.objects.count() == entries
