"""The index of the clocks is what its pure function says, whatever was done to the orders."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from build import a_pdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orderly import MORNING

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts import limits
from mingchu.alerts.domain.states import Move
from mingchu.alerts.domain.terms import Office
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.performing import ACTS, Said, perform
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.workdays import Calendar
from mingchu.kit.files import keeping

pytestmark = pytest.mark.django_db

WALKS = st.lists(
    st.tuples(
        st.sampled_from(list(ACTS)), st.integers(0, 3), st.integers(0, 90), st.integers(1, 3)
    ),
    max_size=12,
)


@pytest.fixture
def people(officer: User, someone: Callable[..., User], business: Any) -> list[User]:
    return [
        officer,
        someone("district", "150105"),
        someone("station"),
        someone("enterprise", business.public_id),
    ]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(walk=WALKS, severity=st.integers(1, 3), own=st.booleans())
def test_after_any_walk_the_columns_are_what_the_steps_say(
    walk: list[tuple[Move, int, int, int]],
    severity: int,
    own: bool,
    an_alert: Callable[..., Alert],
    people: list[User],
) -> None:
    upload = keeping.keep(file=io.BytesIO(a_pdf("walk")), by=actor_for(people[0]))
    term = {"rule": "alert.due_hours", "rule_since": date(2019, 1, 1), "due_at": MORNING}
    with clock.at(MORNING):
        alert = an_alert(kind="camera_off", severity=severity, **(term if own else {}))
        [order] = orders.open_for([alert], groups={alert.pk: f"walk {alert.pk}"})
        [target] = orders.open_for([other := an_alert()], groups={other.pk: f"other {other.pk}"})
    now = MORNING
    for move, who, hours, grade in walk:
        now += timedelta(hours=hours)
        with clock.at(now):
            said = Said(
                note="走一步",
                files=(upload,),
                ground="testing",
                day=clock.today(),
                person=people[grade % 3],
                target=target,
                authority="health",
                receipt="1",
                severity=grade,
            )
            try:
                perform(order, move, said, by=actor_for(people[who]))
            except Refusal:
                continue
    order.refresh_from_db()
    read = orders.read_clocks(orders.steps_of(order))
    accept, handle = read.accept, read.handle

    assert order.due_at == (handle.due if handle else None)
    assert order.accept_due_at == (accept.due if accept and accept.is_running else None)
    assert (order.paused, order.provisional) == (read.paused, read.provisional)
    assert (order.due_at is None) == bool(handle and handle.paused)
    assert orders.reindex() == 0
    numbers = list(order.steps.order_by("number").values_list("number", "before", "after"))
    assert [one[0] for one in numbers] == list(range(1, len(numbers) + 1))
    assert [one[1] for one in numbers[1:]] == [one[2] for one in numbers[:-1]]


def test_another_calendar_moves_the_open_ones_and_no_step_says_so(
    an_order: Callable[..., Order], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, ended = an_order(severity=2), an_order(severity=2)
    orders.gone([ended])
    known = limits.office()
    holiday = date(2026, 11, 25)
    announced = Calendar(known.calendar.off | {holiday}, known.calendar.makeup, frozenset({2026}))
    monkeypatch.setattr(limits, "office", lambda: replace(known, calendar=announced))
    steps = order.steps.count()

    assert (orders.reindex(), orders.reindex()) == (1, 0)

    order.refresh_from_db()
    assert clock.city(order.due_at).date() == date(2026, 12, 1)  # type: ignore[arg-type]
    assert (order.steps.count(), order.revision) == (steps, 1)
    assert isinstance(limits.office(), Office)
