"""A home of its own for tests that keep files, and people who send and look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from evidence import XINCHENG, browser
from live import served
from phone import Line, Phone

from mingchu.accounts import services
from mingchu.accounts.domain import CITY, Actor, Scope
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    settings.SPARE_BYTES = 0
    return tmp_path


@dataclass(frozen=True)
class Somebody:
    user: User
    actor: Actor
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def sender() -> Callable[..., Somebody]:
    """`sender("inspector", scope)`: a person with a token; needs a database."""

    def make(role: str = "city", scope: Scope = CITY, within: tuple[str, ...] = ()) -> Somebody:
        number = User.objects.count()
        user = services.enrol_person(username=f"sender{number}", name="测试", certificate="XZ-1")
        post = services.give_post(user=user, role=role, scope=scope)
        token = services.issue_token(post=post, title="测试", api_scopes=within)[1]
        return Somebody(user, actor_for(user), token)

    return make


@pytest.fixture
def on_disk(home: Path) -> Callable[[], list[str]]:
    """What lies in the home's files, whole or on its way."""

    def names() -> list[str]:
        return sorted(
            str(path.relative_to(home / "files"))
            for path in (home / "files").rglob("*")
            if path.is_file()
        )

    return names


@pytest.fixture
def phone(db, home, sender) -> Phone:
    return Phone(sender("inspector").token)


@pytest.fixture
def door(committed, home) -> Iterator[str]:
    with served() as where:
        yield where


@pytest.fixture
def line(door, sender) -> Line:
    return Line(door, sender("inspector").token)


@pytest.fixture
def neighbour(db, sender) -> Client:
    """A browser of the district in which the tests' evidence lies."""
    return browser(sender("district", XINCHENG))
