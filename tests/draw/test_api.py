"""Draws by programs: the register for readers, the acts for whoever runs a draw."""

from __future__ import annotations

import pytest
from drawing import DICE, FELL, INSPECTORS, SUBJECTS, drawn, frozen, revealed, the_lead
from program import Program

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.ledger.services import seal

pytestmark = pytest.mark.django_db
HERE, THERE = (Scope(ScopeKind.DISTRICT, code) for code in ("150102", "150104"))


def frame() -> dict[str, object]:
    return {
        "subjects": [
            {"id": row.id, "district": row.district, "kind": row.kind, "tier": row.tier}
            for row in SUBJECTS
        ],
        "inspectors": [
            {"id": row.id, "districts": ["150102"], "kinds": ["caterer"], "leads": row.leads}
            for row in INSPECTORS
        ],
        "rates": [
            {"district": "150102", "kind": "caterer", "tier": f"t{n}", "ppm": 100_000}
            for n in (0, 1)
        ],
        "beacons": [DICE],
        "reveal_by": "2027-12-31",
    }


def test_a_program_takes_a_draw_from_its_draft_to_its_revealing():
    office = Program("district", HERE)
    opened = office.post("draws", {"title": "餐饮", "district": "150102"}).json()
    assert (opened["state"], opened["no"][:6]) == ("draft", "draft-")
    no = office.post(f"draws/{opened['no']}/freeze", frame()).json()["no"]
    promised = office.post(f"draws/{no}/commit", {}).json()
    assert promised["state"] == "committed"
    assert promised["beacon"] == {"announced": [DICE], "found": None}
    assert office.get(f"draws/{no}/result").status_code == 409
    told = office.post(f"draws/{no}/beacon", {"found": [FELL]}).json()
    assert (told["state"], told["selected"], told["seed"]) == ("drawn", None, None)
    result = office.get(f"draws/{no}/result").json()
    seal()
    shown = office.post(f"draws/{no}/reveal", {}).json()
    assert shown["pairs"] == result["tasks"]
    assert shown["selected"] == sorted(row[3] for row in result["drawn"])
    assert {"no", "state", "commitment", "beacon", "seed", "selected", "pairs"} <= shown.keys()
    assert [row["no"] for row in office.get("draws").json()["items"]] == [no]


def test_a_list_that_was_wrong_goes_back_and_a_draw_goes_to_its_end_by_programs():
    office, witness = Program("city", CITY), Program("witness", CITY)
    no = frozen().number
    assert office.post(f"draws/{no}/thaw", {"reason": "漏了一户"}).json()["state"] == "draft"
    assert office.post(f"draws/{no}/freeze", frame()).json()["no"] == no
    office.post(f"draws/{no}/commit", {})
    office.post(f"draws/{no}/beacon", {"found": [FELL]})
    out = office.get(f"draws/{no}/result").json()["tasks"][0]["subject"]
    stood = office.post(f"draws/{no}/stand-in", {"out": out, "reason": "closed"}).json()
    assert (stood["out"], stood["in"] != out) == (out, True)
    office.post(f"draws/{no}/reveal", {})
    assert office.post(f"draws/{no}/close", {}).json()["state"] == "closed"
    steps = witness.get(f"draws/{no}/steps").json()["items"]
    assert [one["act"].removeprefix("draw_") for one in steps] == [
        "opened", "frozen", "thawed", "frozen", "committed", "concluded", "stood_in", "revealed",
        "closed",
    ]  # fmt: skip
    said = {"step": steps[4]["step"]}
    assert witness.post(f"draws/{no}/sign", said).status_code == 200
    assert witness.post(f"draws/{no}/sign", said).status_code == 409
    assert office.post(f"draws/{no}/sign", said).status_code == 403
    assert len(witness.get(f"draws/{no}/steps").json()["items"][4]["signed"]) == 1


def test_a_draw_joins_another_by_its_number_while_that_one_waits():
    office = Program("city", CITY)
    lead = the_lead()
    made = office.post("draws", {"title": "卫生健康", "lead": lead.number}).json()
    assert (made["campaign"], made["lead"]) == (lead.campaign, lead.number)
    assert office.post("draws", {"title": "教育", "lead": made["no"]}).status_code == 404


def test_what_was_drawn_is_told_to_nobody_before_it_is_revealed_but_to_whoever_runs_it():
    draw = drawn(district="150102")
    for reader in (Program("auditor", CITY), Program("witness", THERE), Program("district", THERE)):
        shown = reader.get(f"draws/{draw.number}").json()
        assert (shown["seed"], shown["selected"], shown["pairs"]) == (None, None, None)
        assert reader.get(f"draws/{draw.number}/result").status_code in (403, 404)


@pytest.mark.parametrize(
    "act", ["freeze", "thaw", "commit", "beacon", "stand-in", "reveal", "close", "void"]
)
def test_a_draw_of_another_district_is_not_there_to_be_acted_on(act):
    draw = frozen(district="150102")
    assert Program("district", THERE).post(f"draws/{draw.number}/{act}", {}).status_code == 404
    assert Program("auditor", CITY).post(f"draws/{draw.number}/{act}", {}).status_code == 403


def test_a_district_opens_draws_of_its_own_alone():
    office = Program("district", HERE)
    assert office.post("draws", {"title": "全市"}).status_code == 403
    assert office.post("draws", {"title": "别处", "district": "150104"}).status_code == 403


def test_a_draft_is_there_for_whoever_may_run_it_alone():
    no = (
        Program("district", HERE)
        .post("draws", {"title": "餐饮", "district": "150102"})
        .json()["no"]
    )
    city, elsewhere = Program("city", CITY), Program("district", THERE)
    assert city.get(f"draws/{no}").json()["state"] == "draft"
    assert elsewhere.get(f"draws/{no}").status_code == 404
    assert city.get("draws/draft-x").status_code == 404


def test_a_void_draw_keeps_its_number_and_says_why():
    office = Program("city", CITY)
    draw = frozen()
    shown = office.post(f"draws/{draw.number}/void", {"reason": "名单有误"}).json()
    assert (shown["state"], shown["void_reason"]) == ("void", "名单有误")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"beacons": [{"kind": "dice", "throws": 3}]}, 409),
        ({"beacons": [{"kind": "coin"}]}, 409),
        ({"algorithm": "md5"}, 409),
        ({"subjects": [{"id": "x y", "district": "1", "kind": "k", "tier": "t"}]}, 409),
        ({"rates": [{"district": "1", "kind": "k", "tier": "t", "ppm": 2_000_000}]}, 422),
        ({"unknown": 1}, 422),
    ],
)
def test_a_frame_in_another_form_is_refused_with_its_reason(change, status):
    office = Program("city", CITY)
    no = office.post("draws", {"title": "餐饮"}).json()["no"]
    assert office.post(f"draws/{no}/freeze", {**frame(), **change}).status_code == status


def test_the_register_is_read_page_by_page():
    for _ in range(3):
        frozen()
    revealed()
    reader = Program("auditor", CITY)
    first = reader.get("draws?limit=3").json()
    rest = reader.get(f"draws?limit=3&cursor={first['next']}").json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)
    open_ones = reader.get("draws?state=revealed").json()["items"]
    assert [one["state"] for one in open_ones] == ["revealed"]
