"""The fast way to a Digital Link says what the careful one says."""

from __future__ import annotations

import pytest
from epcis import addresses, classes, epcs, places
from hypothesis import given, settings
from hypothesis import strategies as st

from mingchu.identifiers.epc import link_of
from mingchu.trace.domain.linking import linked

_digits = st.text("0123456789", max_size=14)
_near = st.tuples(
    st.sampled_from(
        ["urn:epc:id:sgtin:", "urn:epc:class:lgtin:", "urn:epc:id:sgln:", "urn:epc:id:sscc:"]
    ),
    _digits,
    st.sampled_from([".", "", ".."]),
    _digits,
    st.sampled_from([".", ""]),
    st.text("0123456789AZaz-_.%2F/*", max_size=22),
).map("".join)


@settings(max_examples=1000)
@given(text=st.one_of(epcs, classes, places, addresses, _near))
def test_fast_is_what_careful_is(text: str) -> None:
    assert linked(text) == link_of(text)


@pytest.mark.parametrize("size", range(5, 14))
@pytest.mark.parametrize("scheme", ["id:sgtin", "class:lgtin", "id:sgln", "id:sscc"])
def test_every_length_of_a_company_prefix(scheme: str, size: int) -> None:
    whole = {"id:sgln": 12, "id:sscc": 17}.get(scheme, 13)
    tail = "" if scheme == "id:sscc" else ".A1"
    text = f"urn:epc:{scheme}:{'4012345678901'[:size]}.{'7' * (whole - size)}{tail}"

    assert linked(text) == link_of(text)


@pytest.mark.parametrize("extension", ["0", "00", "01", "A", "0A", "%2F", "x" * 20, "x" * 21])
def test_extensions_of_places(extension: str) -> None:
    text = f"urn:epc:id:sgln:4012345.00005.{extension}"

    assert linked(text) == link_of(text)
