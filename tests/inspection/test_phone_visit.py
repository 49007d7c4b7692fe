"""A visit on the phone, from the door to the seal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from browsing import PHONE, faults
from phone_house import (
    House, a_phone, all_met, begin, go, now, opened_house, ready, record_of, seal,
    show_and_inspect, sign_all, stored, until_state, whole,
)  # fmt: skip

pytestmark = pytest.mark.peer


@pytest.fixture
def house(committed, settings) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    with opened_house() as one:
        yield one


def test_a_visit_with_the_network_off_arrives_once_it_is_on(house):
    context = a_phone(house, house.lead)
    page = ready(context)
    context.set_offline(True)
    record = whole(page)
    until_state(page, "held")

    context.set_offline(False)
    until_state(page, "accepted")

    ((client_id, _revision, body),) = house.office.sealed
    assert client_id == record
    assert {one["verdict"] for one in body["answers"].values()} == {"met"}
    assert len(body["answers"]) == 6
