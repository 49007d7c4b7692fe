"""Orders for programs: read, moved with a revision, answered from a business's own system."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from build import SAIHAN, XINCHENG, a_pdf
from orderly import STATION
from program import Program

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.registry.models import Business

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> Program:
    return Program("district", Scope(ScopeKind.DISTRICT, SAIHAN))


@pytest.fixture
def station() -> Program:
    return Program("station", Scope(ScopeKind.STATION, STATION))


def sent(program: Program, text: str = "api") -> str:
    content = a_pdf(text)
    digest = hashlib.sha256(content).hexdigest()
    answer = program.client.put(
        f"/api/v1/blobs/{digest}", content, content_type="application/pdf", headers=program.headers
    )
    assert answer.status_code == 200
    return digest


def test_an_order_tells_its_clocks_its_steps_and_what_may_be_done(
    district: Program, an_order: Callable[..., Order], officer: User
) -> None:
    order = an_order()

    listed = district.get("orders").json()
    whole = district.get(f"orders/{order.pk}").json()

    assert [one["number"] for one in listed["items"]] == [order.number]
    assert listed["next"] is None
    assert whole["clocks"]["handle"]["day"] == "2026-11-27"
    assert whole["clocks"]["handle"]["term"]["rule"] == "alert.orange_days"
    assert [one["move"] for one in whole["steps"]] == ["open", "triage", "assign"]
    assert {"hand_over", "false_alarm", "merge"} <= set(whole["moves"])
    assert "close" not in whole["moves"]


def test_a_move_takes_the_revision_that_was_read(
    district: Program, station: Program, an_order: Callable[..., Order]
) -> None:
    order = an_order()

    taken = station.post(f"orders/{order.pk}/accept", {"revision": 1})
    stale = station.post(f"orders/{order.pk}/begin", {"revision": 1})
    begun = station.post(f"orders/{order.pk}/begin", {"revision": 2}).json()
    bare = station.post(f"orders/{order.pk}/submit", {"note": "办了"})
    shown = station.post(
        f"orders/{order.pk}/submit", {"note": "办了", "files": [sent(station)]}
    ).json()
    own = station.post(f"orders/{order.pk}/close", {"note": "办结"})
    closed = district.post(f"orders/{order.pk}/close", {"note": "核对无误"}).json()

    assert taken.status_code == 200, taken.content
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
    assert begun["state"] == "handling"
    assert (bare.status_code, bare.json()["code"]) == (422, "order_needs")
    assert len(shown["steps"][-1]["files"]) == 1
    assert own.json()["code"] == "needs_another_person"
    assert (closed["state"], closed["outcome"]) == ("closed", "handled")


def test_of_another_place_there_is_no_such_order(an_order: Callable[..., Order]) -> None:
    order = an_order()
    stranger = Program("district", Scope(ScopeKind.DISTRICT, XINCHENG))

    assert stranger.get("orders").json()["items"] == []
    assert stranger.get(f"orders/{order.pk}").status_code == 404
    assert stranger.post(f"orders/{order.pk}/accept", {}).status_code == 404


def test_what_is_no_move_or_no_field_is_told(district: Program, an_order: Any) -> None:
    order = an_order()

    assert district.post(f"orders/{order.pk}/delete", {}).status_code == 404
    assert district.post(f"orders/{order.pk}/gone", {}).status_code == 404
    assert district.post(f"orders/{order.pk}/accept", {"who": 1}).status_code == 422
    assert district.get("orders?cursor=x").json()["code"] == "bad_cursor"


def test_a_program_reports_and_a_business_answers_from_its_own_system(
    station: Program, business: Business, officer: User, chief: User
) -> None:
    made = station.post("orders", {"note": "见到积水", "business": business.public_id}).json()
    order = Order.objects.get(pk=made["id"])
    orders.triage(order=order, severity=3, by=actor_for(chief))
    orders.accept(order=order, by=actor_for(officer))
    told = orders.await_business(
        order=order,
        note="改",
        correct_by=date(2026, 11, 24),
        by=actor_for(officer),
    )
    own = Program("enterprise", Scope(ScopeKind.BUSINESS, business.public_id))

    answer = own.post(f"orders/{order.pk}/answer", {"note": "改好了", "revision": told.revision})
    again = own.post(f"orders/{order.pk}/answer", {"note": "改好了"})

    assert (made["kind"], made["state"]) == ("reported", "new")
    assert answer.json()["state"] == "submitted"
    assert again.json()["code"] == "move_not_possible"
    assert own.get("orders").status_code == 403
