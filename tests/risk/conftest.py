"""A small city to grade: businesses that have been there for years, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.test import Client
from duty import browser

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.risk import services
from mingchu.risk.values import NewProfile, NewVisit

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=clock.CITY_ZONE)
TODAY = NOW.date()
STATION = f"{SAIHAN}001"


@pytest.fixture(autouse=True)
def house(settings, tmp_path) -> Iterator[None]:
    """Files of its own, and the demo's day."""
    settings.HOME = tmp_path
    settings.SPARE_BYTES = 0
    with clock.stopped(NOW):
        yield


@pytest.fixture
def areas(db: None) -> None:
    registry.name_areas(kind="station", rows=[(STATION, "一所"), (f"{XINCHENG}001", "新城一所")])


@pytest.fixture
def business(areas: None) -> Callable[..., Business]:
    """`business("seller")`: one that has been there for long."""
    made = 0

    def make(kind: str = "seller", **facts: Any) -> Business:
        nonlocal made
        made += 1
        known = {
            "name": f"第{made}家", "code": "", "licences": (), "people": (), "kind": kind,
            "station": STATION, "address": f"大学东街{made}号", "opened": date(2020, 1, 1),
        }  # fmt: skip
        return registry.enrol(a_restaurant(**{**known, **facts}))

    return make


@pytest.fixture
def profile() -> Callable[..., int]:
    """`profile(shop, area=150)`: what a seller's sheet asks."""

    def make(
        one: Business, sheet: str = "seller", since: date = date(2025, 1, 1), **answers: Any
    ) -> int:
        new = NewProfile(business=one.pk, sheet=sheet, answers=answers, since=since, known_on=since)
        [number] = services.record_profiles_many([new], source="history").numbers
        assert number is not None
        return number

    return make


@pytest.fixture
def visit() -> Callable[..., int]:
    """`visit(shop, failed_key=2)`: of 20 key and 30 general items."""

    def make(one: Business, day: date = date(2026, 6, 1), **found: Any) -> int:
        known = {"applicable_key": 20, "applicable_general": 30, "known_on": day, "inspector": "1"}
        new = NewVisit(business=one.pk, day=day, **{**known, **found})
        done = services.record_visits_many([new], source="history")
        for _place, refusal in done.refused:
            raise refusal
        [number] = done.numbers
        assert number is not None
        return number

    return make


@pytest.fixture
def account(db: None) -> Callable[..., User]:
    """An account in a post."""

    def make(role: str = "city", code: str = "", name: str = "测试") -> User:
        kind = {0: ScopeKind.CITY, 6: ScopeKind.DISTRICT, 8: ScopeKind.BUSINESS}
        scope = Scope(kind.get(len(code), ScopeKind.STATION), code) if code else CITY
        user = accounts.enrol_person(username=f"{role}-{code}-{User.objects.count()}", name=name)
        accounts.give_post(user=user, role=role, scope=scope)
        return user

    return make


@pytest.fixture
def desk(account: Callable[..., User]) -> Callable[..., Client]:
    """`desk(SAIHAN)`: a browser of a district's bureau; of a station or the city by the code."""

    def of(code: str = "", role: str = "") -> Client:
        role = role or {0: "city", 6: "district", 8: "enterprise"}.get(len(code), "station")
        return browser(account(role, code))

    return of
