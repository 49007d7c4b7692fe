"""Programs: they read records, settle what was found, plan rechecks, decide on doubts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from build import SAIHAN, XINCHENG
from corrections import found
from inspecting import Sent, a_visit, officers
from planning import TODAY, shops
from program import Program

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.inspection.models import Conflict, Finding, Record
from mingchu.registry.models import Business

pytestmark = pytest.mark.django_db

DUE = (TODAY + timedelta(days=10)).isoformat()


def office(role: str = "district", code: str = SAIHAN) -> Program:
    """Of an inspector the certificate goes with the token."""
    return Program(role, Scope(ScopeKind.DISTRICT, code), "XZ-1" if role == "inspector" else "")


def shop(business: Business) -> Program:
    return Program("enterprise", Scope(ScopeKind.BUSINESS, business.public_id))


def told(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def codes(answer: Any, status: int) -> str:
    return str(told(answer, status)["code"])


def test_a_record_is_read_with_what_was_found_and_nobody_s_name():
    one = found()
    record, chief = one.record, office()
    listed = told(chief.get("inspection-records?state=accepted"))["items"]
    assert [row["id"] for row in listed] == [record.pk]
    answer = chief.get(f"inspection-records/{record.pk}")
    read = told(answer)
    assert read["findings"][0]["item"] == one.item
    assert read["unmet"] == [one.item]
    assert read["publish_by"]
    assert "店主" not in answer.content.decode()
    assert office(code=XINCHENG).get(f"inspection-records/{record.pk}").status_code == 404


def test_a_recheck_is_planned_for_another_pair():
    one = found()
    chief, path = office(), f"inspection-records/{one.record_id}/recheck"
    pair = one.record.visit.pair
    same = {"due": DUE, "lead": pair[0], "second": pair[1]}
    assert codes(chief.post(path, same), 409) == "same_pair"
    lead, second = officers(4)[2:]
    made = told(chief.post(path, {"due": DUE, "lead": lead.pk, "second": second.pk}))
    assert (made["type"], made["state"]) == ("recheck", "planned")
    assert office(code=XINCHENG).post(path, {"due": DUE}).status_code == 404


def test_a_business_answers_and_objects_by_its_own_token_and_an_officer_settles_it():
    mine, other = shops(2)
    one, foreign = found("by", business_id=mine.pk), found("by", business_id=other.pk)
    program, officer = shop(mine), office("inspector")

    own = told(program.get("inspection-findings/own"))["items"]
    assert [row["id"] for row in own] == [one.pk]
    assert [row["id"] for row in told(program.get("inspection-records/own"))["items"]] == [
        one.record_id
    ]
    assert program.get("inspection-findings").status_code == 403
    path = f"inspection-findings/{one.pk}"
    away = f"inspection-findings/{foreign.pk}/answer"
    assert program.post(away, {"text": "改"}).status_code == 404
    assert codes(program.post(f"{path}/answer", {"text": " "}), 422) == "nothing_said"
    assert told(program.post(f"{path}/answer", {"text": "换了新的"}))["state"] == "answered"
    said = {"kind": "objection", "text": "当天设备在维修"}
    assert told(program.post(f"inspection-records/{one.record_id}/reply", said))["kind"] == (
        "objection"
    )
    away = f"inspection-records/{foreign.record_id}/reply"
    assert program.post(away, said).status_code == 404

    assert told(officer.post(f"{path}/return", {"why": "看不清"}))["returned_why"] == "看不清"
    assert program.post(f"{path}/confirm", {}).status_code == 403
    told(program.post(f"{path}/answer", {"text": "又换了"}))
    assert told(officer.post(f"{path}/confirm", {}))["state"] == "mended"
    waiting = told(officer.get(f"inspection-findings?business={mine.public_id}"))["items"]
    assert waiting == []
    assert told(officer.get("inspection-findings?state=mended"))["items"][0]["id"] == one.pk


def test_a_doubt_is_decided_inside_its_district():
    Sent(a_visit(), pin="111111").send()
    doubt = Conflict.objects.get()
    path = f"inspection-conflicts/{doubt.pk}/decide"
    said = {"decision": "accept", "why": "两名人员当面确认"}
    assert office(code=XINCHENG).post(path, said).status_code == 404
    chief = office()
    assert chief.post(path, {**said, "decision": "perhaps"}).status_code == 422
    assert told(chief.post(path, said))["state"] == "accepted"
    assert codes(chief.post(path, said), 409) == "doubt_decided"
    assert Record.objects.get().state == "accepted"
    assert not Finding.objects.exists()
