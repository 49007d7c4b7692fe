"""A small city with cadres: a district, two stations, a grid cell, businesses of every level."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.test import Client
from duty import GRID, NOW, OTHER_STATION, STATION, at, browser

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.territory import services
from mingchu.territory.models import Cadre
from mingchu.territory.services import Listed


@pytest.fixture(autouse=True)
def house(settings, tmp_path) -> Iterator[None]:
    """Files of its own, and the demo's day."""
    settings.HOME = tmp_path
    settings.SPARE_BYTES = 0
    with clock.stopped(NOW):
        yield


@pytest.fixture
def areas(db: None) -> None:
    registry.name_areas(kind="station", rows=[(STATION, "一所"), (OTHER_STATION, "二所")])
    registry.name_areas(kind="station", rows=[(f"{XINCHENG}001", "新城一所")])
    registry.name_areas(kind="grid", rows=[(GRID, "第三网格")])


@pytest.fixture
def business(areas: None) -> Callable[..., Business]:
    """`business(scale="large")`: one that has been there for long, in a station of 赛罕."""
    made = 0

    def make(**facts: Any) -> Business:
        nonlocal made
        made += 1
        known = {
            "name": f"第{made}家", "code": "", "licences": (), "people": (), "station": STATION,
            "address": f"大学东街{made}号",
        }  # fmt: skip
        with clock.stopped(at(2026, 1, 5)):
            return registry.enrol(a_restaurant(**{**known, **facts}))

    return make


@pytest.fixture
def cadre(areas: None) -> Callable[..., Cadre]:
    """`cadre("village", areas=(GRID,))`: on the roster, without an account."""
    made = 0

    def make(rank: str = "village", **facts: Any) -> Cadre:
        nonlocal made
        made += 1
        known = {
            "name": f"干部{made}", "phone": f"1380000{made:04d}", "unit": "示例街道",
            "district": SAIHAN,
        }  # fmt: skip
        return services.put_cadre(Listed(rank=rank, **{**known, **facts}))

    return make


@pytest.fixture
def account(db: None) -> Callable[..., User]:
    """An account in a post."""

    def make(role: str = "duty_cadre", code: str = SAIHAN, name: str = "测试") -> User:
        kind = {0: ScopeKind.CITY, 6: ScopeKind.DISTRICT}.get(len(code), ScopeKind.STATION)
        user = accounts.enrol_person(username=f"{role}-{code}-{User.objects.count()}", name=name)
        accounts.give_post(user=user, role=role, scope=Scope(kind, code) if code else CITY)
        return user

    return make


@pytest.fixture
def desk(account: Callable[..., User]) -> Callable[..., Client]:
    """`desk(SAIHAN)`: a browser of a district's bureau; of a station or the city by the code."""

    def of(code: str = "", role: str = "") -> Client:
        role = role or {0: "city", 6: "district"}.get(len(code), "station")
        return browser(account(role, code))

    return of
