"""Officers for the pages of the site."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from mingchu.accounts import services
from mingchu.accounts.domain import CITY
from mingchu.accounts.models import User


@pytest.fixture
def officer() -> Callable[..., Client]:
    """`officer("city", "admin")`: a browser of somebody in these posts; needs a database."""

    def make(*posts: str) -> Client:
        user: User = services.enrol_person(
            username=f"site{User.objects.count()}", name="Tester", password=None
        )
        for role in posts:
            services.give_post(user=user, role=role, scope=CITY)
        client = Client()
        client.force_login(user, backend="mingchu.accounts.backends.Backend")
        return client

    return make
