"""What tests of complaints begin from: a shop, people at desks, letters, one Friday in November."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from build import a_restaurant
from django.test import Client
from letters import FRIDAY, STATION, Officer, a_letter

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.complaints import services
from mingchu.complaints.models import Complaint
from mingchu.registry import services as registry
from mingchu.registry.models import Business


@pytest.fixture(autouse=True)
def friday(settings: Any, tmp_path: Any) -> Iterator[None]:
    """Time stands still, and the house has keys and files of its own."""
    settings.HOME = tmp_path
    with clock.stopped(FRIDAY):
        yield


@pytest.fixture
def restaurant(db: None) -> Business:
    return registry.enrol(a_restaurant())


@pytest.fixture
def at_desk(db: None) -> Callable[..., Officer]:
    """A role in the city, a district (six digits) or a station."""

    def of(code: str = STATION, role: str = "") -> Officer:
        kind = {0: ScopeKind.CITY, 6: ScopeKind.DISTRICT}.get(len(code), ScopeKind.STATION)
        role = role or kind.value
        user = accounts.enrol_person(
            username=f"desk{User.objects.count()}", name=f"测试{role}{User.objects.count()}"
        )
        accounts.give_post(user=user, role=role, scope=Scope(kind, code) if code else CITY)
        client = Client()
        client.force_login(user, backend="mingchu.accounts.backends.Backend")
        return Officer(client, user)

    return of


@pytest.fixture
def handler(at_desk: Callable[..., Officer]) -> Officer:
    """An officer of the shop's station."""
    return at_desk()


@pytest.fixture
def chief(at_desk: Callable[..., Officer]) -> Officer:
    """The shop's district bureau."""
    return at_desk("150105")


@pytest.fixture
def letter(restaurant: Business) -> Complaint:
    """A complaint about the shop, just come in."""
    [made] = services.register(new=a_letter(business=restaurant.pk))
    return made


@pytest.fixture
def report(restaurant: Business) -> Complaint:
    [made] = services.register(new=a_letter(business=restaurant.pk, kinds=("report",)))
    return made
