"""The demo's cold chain: every firm's events are captured, and what goes wrong is seen."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from capturing import events_of
from planning import shops

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.demo import coldchain
from mingchu.demo.agenda import Cast, moment
from mingchu.trace import viewing

pytestmark = pytest.mark.django_db
STAGE = Stage(1, 400, date(2026, 11, 20), 12)


def played() -> None:
    for number in range(STAGE.days):
        for act in coldchain.agenda(STAGE, STAGE.day(number), Cast()):
            with clock.at(act.at):
                act.does()


def test_the_chain_is_captured_and_its_faults_are_seen():
    with clock.at(moment(STAGE.day(0), 6)):
        for role, one in zip(coldchain.ROLES.values(), shops(4), strict=True):
            user = accounts.enrol_person(username=role, name="测试")
            scope = Scope(ScopeKind.BUSINESS, one.public_id)
            accounts.give_post(user=user, role=role, scope=scope)

    played()

    found = viewing.captures((CITY,), viewing.Wanted(), None, 100)
    loads = coldchain.LOADS * len(coldchain.ROLES)
    assert Counter(one.state for one in found) == {"captured": loads + 2, "failed": 1, "partial": 1}
    assert events_of() >= 250
    assert all(viewing.events_of((CITY,), one, -1, 50) for one in found if one.captured)


def test_a_city_without_such_firms_has_no_chain():
    played()

    assert events_of() == 0
