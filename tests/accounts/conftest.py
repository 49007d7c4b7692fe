"""People for the tests of this floor."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from django.test import Client

from mingchu.accounts import services
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User

XINCHENG, YUQUAN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")
_numbers = count(1)


@pytest.fixture
def someone(db) -> Callable[..., User]:
    """`someone("city")`: a new person in a post of that role."""

    def make(role: str = "", scope: Scope = CITY, password: str | None = None) -> User:
        number = next(_numbers)
        user = services.enrol_person(
            username=f"p{number}",
            name=f"测试{number}",
            password=password,
            certificate="XZ-1" if role == "inspector" else "",
        )
        if role:
            services.give_post(user=user, role=role, scope=scope)
        return user

    return make


@pytest.fixture
def signed_in(someone) -> Callable[..., Client]:
    """`signed_in("city")`: a browser of somebody in that role."""

    def make(role: str = "", scope: Scope = CITY, user: User | None = None) -> Client:
        client = Client()
        client.user = user or someone(role, scope)
        client.force_login(client.user, backend="mingchu.accounts.backends.Backend")
        return client

    return make
