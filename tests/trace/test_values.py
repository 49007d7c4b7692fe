"""Times and addresses: every form the standards allow, and none besides."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3986_validator import validate_rfc3986

from mingchu.trace.domain import times
from mingchu.trace.domain.words import is_uri

FORMS = [
    ("2026-11-28T08:00:00Z", "2026-11-28T08:00:00.000Z"),
    ("2026-11-28t08:00:00z", "2026-11-28T08:00:00.000Z"),
    ("2026-11-28T08:00:00.1Z", "2026-11-28T08:00:00.100Z"),
    ("2026-11-28T08:00:00.123456789Z", "2026-11-28T08:00:00.123Z"),
    ("2026-11-28T08:00:00.1235Z", "2026-11-28T08:00:00.124Z"),
    ("2026-11-28T08:00:00.12349999Z", "2026-11-28T08:00:00.123Z"),
    ("2026-12-31T23:59:59.9995Z", "2027-01-01T00:00:00.000Z"),
    ("2026-11-28T00:30:00+08:00", "2026-11-27T16:30:00.000Z"),
    ("2026-11-28T08:00:00-00:00", "2026-11-28T08:00:00.000Z"),
    ("2026-11-28T08:00:00+14:00", "2026-11-27T18:00:00.000Z"),
    ("2026-11-28T08:00:00-23:59", "2026-11-29T07:59:00.000Z"),
    ("2024-02-29T12:00:00+05:45", "2024-02-29T06:15:00.000Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
    ("2017-01-01T07:59:60.500+08:00", "2017-01-01T00:00:00.500Z"),
    ("2016-12-31T23:59:60.000Z", "2017-01-01T00:00:00.000Z"),
]
WRONG = [
    "2026-11-28",
    "2026-11-28T08:00:00",
    "2026-11-28 08:00:00Z",
    "2026-11-28T08:00Z",
    "2026-11-28T24:00:00Z",
    "2026-11-28T08:00:00+8:00",
    "2026-11-28T08:00:00+0800",
    "2026-11-28T08:00:00.Z",
    "2026-11-28T08:00:61Z",
    "2026-13-01T08:00:00Z",
    "20261128T080000Z",
    "2026-11-28T08:00:00Z\n",
    "\uff12\uff10\uff12\uff16-11-28T08:00:00Z",
]


@pytest.mark.parametrize(("text", "hashed"), FORMS)
def test_each_form_of_a_time_is_one_instant(text: str, hashed: str) -> None:
    assert re.search(times.DATE_TIME, text)
    assert times.hashed(text) == hashed


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_time(text: str) -> None:
    assert re.search(times.DATE_TIME, text) is None


@pytest.mark.parametrize(
    "text", ["2026-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00"]
)
def test_days_no_calendar_has(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        times.read(text)


@given(
    at=st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
    minutes=st.integers(-23 * 60, 23 * 60),
)
def test_a_zone_moves_the_clock_and_not_the_instant(at: datetime, minutes: int) -> None:
    instant = at.replace(tzinfo=UTC)
    there = instant.astimezone(timezone(timedelta(minutes=minutes)))

    assert times.read(there.isoformat()) == instant
    assert times.hashed(there.isoformat()) == times.hashed(instant.isoformat())


_hosts = st.one_of(
    st.ip_addresses(v=6).map(str),
    st.ip_addresses(v=6).map(lambda address: address.exploded),
    st.text("0f:.v", max_size=14),
    st.tuples(
        st.sampled_from(["::", "1::", "1:2:3:4:5:6:"]), st.sampled_from(["1.2.3.4", "1.2.3.256"])
    ).map("".join),
)


@settings(max_examples=500)
@given(host=_hosts)
def test_hosts_by_number(host: str) -> None:
    text = f"http://[{host}]:80/"

    assert bool(is_uri(text)) == bool(validate_rfc3986(text, rule="URI"))


@settings(max_examples=1000)
@given(
    text=st.one_of(
        st.text("ahtps:/?#[]@!$&'()*+,;=-._~%2Fg09 é\n", max_size=24),
        st.tuples(
            st.sampled_from(
                ["http://", "urn:", "ni:///", "a:", "x+y.z-1://", "http://[::1]", "http://["]
            ),
            st.text("ab:/?#@!$&'()*+,;=-._~%2F09[] ", max_size=16),
        ).map("".join),
    )
)
def test_addresses_are_those_of_rfc_3986(text: str) -> None:
    assert bool(is_uri(text)) == bool(validate_rfc3986(text, rule="URI"))
