"""A station with its people, a business, and what makes orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from build import SAIHAN, a_restaurant
from django.test import Client
from orderly import MORNING, STATION

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.ids import new_id
from mingchu.registry import services as registry
from mingchu.registry.models import Business

_numbers = count(1)


@pytest.fixture(autouse=True)
def friday(tmp_path: Any, settings: Any) -> Iterator[None]:
    settings.HOME = tmp_path
    with clock.at(MORNING):
        yield


@pytest.fixture
def someone() -> Callable[..., User]:
    """`someone("station")`: a new person in a post of that role, at the station unless said."""

    def make(role: str, code: str = STATION) -> User:
        number = next(_numbers)
        certificate = "XZ-1" if role in ("inspector", "case_officer") else ""
        user = accounts.enrol_person(
            username=f"o{number}", name=f"测试{number}", certificate=certificate
        )
        kind = {0: ScopeKind.CITY, 6: ScopeKind.DISTRICT}.get(len(code), ScopeKind.STATION)
        kind = ScopeKind.BUSINESS if len(code) == 8 else kind
        scope = Scope(kind, code) if code else CITY
        accounts.give_post(user=user, role=role, scope=scope)
        return user

    return make


@pytest.fixture
def officer(someone: Callable[..., User]) -> User:
    """Handles, and may not review."""
    return someone("inspector")


@pytest.fixture
def chief(someone: Callable[..., User]) -> User:
    """Assigns and reviews; away when orders are given out by themselves."""
    return someone("district", SAIHAN)


@pytest.fixture
def by() -> Callable[[User], Actor]:
    return actor_for


@pytest.fixture
def business() -> Business:
    return registry.enrol(a_restaurant())


@pytest.fixture
def another_business() -> Business:
    return registry.enrol(a_restaurant(name="塞上饺子馆", code="", licences=(), people=()))


@pytest.fixture
def an_alert(business: Business) -> Callable[..., Alert]:
    """`an_alert(severity=1)`: open, as folding leaves it, of the business unless said."""

    def make(**facts: Any) -> Alert:
        number = next(_numbers)
        now = clock.now()
        known: dict[str, Any] = {
            "kind": "licence_bad",
            "fingerprint": sha256(str(number).encode()).digest()[:16],
            "subject": f"licence:{number}",
            "business": business,
            "district": business.district,
            "station": business.station,
            "severity": 2,
            "first_at": now,
            "last_at": now,
            "opened_at": now,
            "entry": new_id(),
        }
        return Alert.objects.create(**{**known, **facts})

    return make


@pytest.fixture
def an_order(an_alert: Callable[..., Alert]) -> Callable[..., Order]:
    """`an_order(severity=3)`: a new one, whoever is at the station has it."""

    def make(**facts: Any) -> Order:
        [made] = orders.open_for([an_alert(**{"kind": f"k{next(_numbers)}", **facts})])
        return made

    return make


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="mingchu.accounts.backends.Backend")
        return client

    return make
