"""Two people of the city bureau, a house that hears its own rules, and versions half done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from rulings import CITED, SINCE, label

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.kit.models import RuleVersion
from mingchu.kit.rules import drafting, reviewing, source


@pytest.fixture(autouse=True)
def at() -> Iterator[Callable[[str], None]]:
    """`at("2027-01-01 09:00")`: the city's time stands there; before that on a Friday."""
    before = clock.source()

    def set_to(moment: str) -> None:
        there = datetime.fromisoformat(moment).replace(tzinfo=clock.CITY_ZONE)
        clock.use(clock.FixedClock(there))

    set_to("2026-11-20 10:00")
    yield set_to
    clock.use(before)


@pytest.fixture(autouse=True)
def hearing() -> Iterator[None]:
    """This process hears what its house approves, as the web and the worker do."""
    with source.heard():
        yield


@pytest.fixture
def people() -> tuple[User, User]:
    """Two of the city bureau: who drafts, and who reviews."""
    made = [accounts.enrol_person(username=f"rules{n}", name=f"规则{n}") for n in (1, 2)]
    for user in made:
        accounts.give_post(user=user, role="city", scope=CITY)
    return made[0], made[1]


@pytest.fixture
def approved(people, django_capture_on_commit_callbacks) -> Callable[..., RuleVersion]:
    """`approved("grade.bands", value)`: a version through its review, and the act committed."""

    def make(rule: str, value: Any, since: date = SINCE) -> RuleVersion:
        said = {"since": since, "value": value, **CITED}
        row = drafting.draft(rule=rule, author=label(people[0]), **said)
        drafting.submit(version=row.pk)
        with django_capture_on_commit_callbacks(execute=True):
            return reviewing.approve(version=row.pk, reviewer=label(people[1]))

    return make
