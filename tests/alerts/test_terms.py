"""One meaning of a term: an alert and the order it opens are due at the same moment."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingchu.alerts import limits, rules
from mingchu.alerts.domain.clock import Beat, clocks
from mingchu.alerts.domain.kinds import Kind, read
from mingchu.alerts.domain.states import Move, OrderState
from mingchu.alerts.models import Alert
from mingchu.base.clock import CITY_ZONE, midnight

FRIDAY_EVENING = datetime(2026, 11, 20, 17, tzinfo=CITY_ZONE)
MONDAY = (2026, 11, 23)


def a_kind(rule: str, key: str = "") -> Kind:
    due = {"rule": rule, "key": key} if key else {"rule": rule}
    said = {
        "severity": 2, "due": due, "level": "station", "ends": "either", "basis": rule,
        "order": True, "group": "subject",
    }  # fmt: skip
    return read({"one": said})["one"]


@pytest.mark.parametrize(
    ("severity", "due"),
    [
        (1, datetime(2026, 11, 20, 19, tzinfo=CITY_ZONE)),
        # Half an hour of Friday is left, the rest is Monday's.
        (2, datetime(*MONDAY, 10, tzinfo=CITY_ZONE)),
        (3, datetime(*MONDAY, 10, tzinfo=CITY_ZONE)),
    ],
)
def test_hours_run_round_the_clock_where_all_is_urgent_and_in_office_hours_elsewhere(
    severity: int, due: datetime
) -> None:
    found = rules.deadline(a_kind("alert.due_hours", "camera_off"), severity, {}, FRIDAY_EVENING)

    assert (found.at, found.provisional) == (due, False)
    assert (found.rule, found.start) == ("alert.due_hours", FRIDAY_EVENING)


def test_a_term_in_days_ends_with_its_last_working_day_whatever_the_hour_it_began_at() -> None:
    kind = a_kind("alert.due_days", "licence_bad")

    found = {
        rules.deadline(kind, 2, {}, FRIDAY_EVENING.replace(hour=hour)).at for hour in (0, 9, 23)
    }

    assert found == {midnight(date(2026, 11, 28))}


@settings(max_examples=60, deadline=None)
@given(
    term=st.sampled_from([("alert.due_hours", "camera_off"), ("alert.due_days", "early_warning")]),
    severity=st.integers(1, 3),
    minutes=st.integers(0, 60 * 24 * 30),
)
def test_an_alert_and_its_order_have_one_deadline(
    term: tuple[str, str], severity: int, minutes: int
) -> None:
    rule, key = term
    opened = datetime.fromtimestamp(FRIDAY_EVENING.timestamp() + 60 * minutes, CITY_ZONE)
    found = rules.deadline(a_kind(rule, key), severity, {}, opened)
    alert = Alert(
        kind=key, severity=severity, opened_at=opened, due_at=found.at, rule=rule,
        rule_since=found.since,
    )  # fmt: skip
    own = limits.own_term(alert)

    assert own is not None
    said = {
        "severity": severity, **limits.terms(severity, opened.date()).plain(),
        "own": own.plain(), "own_from": opened.isoformat(),
    }  # fmt: skip
    handle = clocks([Beat(opened, Move.OPEN, OrderState.NEW, said)], limits.office()).handle
    assert handle is not None
    assert handle.due == found.at
