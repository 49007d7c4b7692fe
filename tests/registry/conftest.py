"""What tests of the registry begin from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from build import a_restaurant
from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.registry import services
from mingchu.registry.models import Business


@pytest.fixture
def restaurant(db: None) -> Business:
    return services.enrol(a_restaurant())


Officer = Callable[..., Client]


@pytest.fixture
def desk(db: None) -> Officer:
    """A browser of somebody in a role and a scope, by default a district's bureau."""

    def of(code: str = "150105", role: str = "district") -> Client:
        user = accounts.enrol_person(username=f"{role}-{code}-{User.objects.count()}", name="测试")
        kind = {4: ScopeKind.CITY, 6: ScopeKind.DISTRICT}.get(len(code), ScopeKind.STATION)
        scope = Scope(kind, "" if kind is ScopeKind.CITY else code)
        accounts.give_post(user=user, role=role, scope=scope)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return of
