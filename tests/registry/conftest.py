"""What tests of the registry begin from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from build import a_restaurant
from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.registry import services
from mingchu.registry.models import Business


@pytest.fixture
def restaurant(db: None) -> Business:
    return services.enrol(a_restaurant())


@pytest.fixture
def desk(db: None) -> Callable[..., Client]:
    """Whoever sits at a desk: a role in the city, a district (six digits) or a station."""

    def of(code: str = "", role: str = "") -> Client:
        kind = {0: ScopeKind.CITY, 6: ScopeKind.DISTRICT}.get(len(code), ScopeKind.STATION)
        role = role or kind.value
        name = f"desk-{role}-{code}-{User.objects.count()}"
        user = accounts.enrol_person(username=name, name=f"测试{role}")
        accounts.give_post(user=user, role=role, scope=Scope(kind, code) if code else CITY)
        client = Client()
        client.force_login(user, backend="mingchu.accounts.backends.Backend")
        return client

    return of
