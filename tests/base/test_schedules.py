"""Schedules of EPCIS: the next time is the first that fits, as counting seconds finds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.base.clock import city
from mingchu.base.schedules import FIELDS, Schedule, ScheduleWrong


def next_of(said: dict[str, str], moment: str) -> str:
    found = Schedule.read(said).after(datetime.fromisoformat(moment + "+08:00"))
    return city(found).isoformat()[:19]


@pytest.mark.parametrize(
    ("said", "after", "then"),
    [
        ({"hour": "1", "minute": "5"}, "2026-11-28T01:04:59", "2026-11-28T01:05:00"),
        ({"hour": "1", "minute": "5"}, "2026-11-28T01:05:00", "2026-11-29T01:05:00"),
        ({"second": "0/30"}, "2026-11-28T01:05:00", "2026-11-28T01:05:30"),
        ({"minute": "0/15"}, "2026-11-28T01:46:00", "2026-11-28T02:00:00"),
        ({"dayOfWeek": "1"}, "2026-11-28T12:00:00", "2026-11-30T00:00:00"),
        ({"dayOfWeek": "[1-5]", "hour": "8,17"}, "2026-11-27T17:00:00", "2026-11-30T08:00:00"),
        ({"month": "2", "dayOfMonth": "29"}, "2026-11-28T00:00:00", "2028-02-29T00:00:00"),
        ({"second": "*"}, "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
    ],
)
def test_the_next_time_is_the_one_the_standard_means(said, after, then):
    assert next_of(said, after) == then


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"second": "60"},
        {"hour": "[5-3]"},
        {"minute": "5/0"},
        {"dayOfWeek": "0"},
        {"year": "2026"},
        {"minute": ""},
        {"minute": "1,"},
        {"month": "\uff12"},
        {"month": "2", "dayOfMonth": "30"},
        {"minute": ",".join(["1"] * 300)},
    ],
)
def test_what_cannot_be_read_or_never_comes_is_refused(said):
    with pytest.raises(ScheduleWrong):
        Schedule.read(said).after(datetime(2026, 11, 28, tzinfo=UTC))


@given(
    st.dictionaries(st.sampled_from(["second", "minute"]), st.integers(0, 59), min_size=1),
    st.integers(0, 7200),
)
def test_no_time_between_fits(said, ahead):
    schedule = Schedule.read({name: str(value) for name, value in said.items()})
    begin = datetime(2026, 11, 28, tzinfo=UTC) + timedelta(seconds=ahead)
    moment = begin + timedelta(seconds=1)
    while not (moment.second in schedule.second and moment.minute in schedule.minute):
        moment += timedelta(seconds=1)
    assert schedule.after(begin) == moment
    assert set(said) <= FIELDS.keys()
