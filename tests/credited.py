"""What tests of credit and measures build and say again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from build import SAIHAN, a_restaurant

from mingchu.accounts.domain import CITY
from mingchu.base import clock
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.risk.models import CreditClass, Fact, Listing, Visit
from mingchu.risk.services.crediting import NewFact, note_fact
from mingchu.risk.services.listing import NewListing, enter_list

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=clock.CITY_ZONE)
TODAY = NOW.date()
EVERYWHERE = (CITY,)
A_MONTH_AGO, IN_AUTUMN = TODAY - timedelta(days=30), TODAY - timedelta(days=60)
_numbers = count(1)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@contextmanager
def on(day: date) -> Iterator[None]:
    with clock.at(datetime(day.year, day.month, day.day, 9, tzinfo=clock.CITY_ZONE)):
        yield


def a_firm(**facts: Any) -> Business:
    """A company ten years old with nothing against it, enrolled long ago."""
    number = next(_numbers)
    known: dict[str, Any] = {
        "name": f"第{number}家公司", "code": "", "legal_form": "company", "people": (),
        "licences": (), "opened": date(2016, 1, 4), "address": f"大学东街{number}号",
        "district": SAIHAN, "station": "",
    }  # fmt: skip
    told = a_restaurant(**{**known, **facts})
    with on(max(date(2025, 1, 6), told.opened or date.min)):
        return registry.enrol(told)


def held_against(
    firm: Business, kind: str = "penalty", day: date = A_MONTH_AGO, **facts: Any
) -> Fact:
    known: dict[str, Any] = {"reference": f"呼市监处罚〔2026〕{next(_numbers)}号"}
    return note_fact(NewFact(business_id=firm.pk, kind=kind, day=day, **{**known, **facts}))


def listed(firm: Business, roll: str = "abnormal", ground: str = "", **facts: Any) -> Listing:
    known: dict[str, Any] = {"found": ago(40), "since": ago(35), "decision": "列入〔2026〕1号"}
    ground = ground or {"abnormal": "unreachable", "serious": "harmful"}[roll]
    told = {**known, **facts}
    return enter_list(NewListing(business_id=firm.pk, roll=roll, ground=ground, **told))


def visited(firm: Business, day: date = IN_AUTUMN, **facts: Any) -> Visit:
    known: dict[str, Any] = {
        "applicable_key": 10, "applicable_general": 20, "source": "hand", "known_on": day,
        "inspector": str(next(_numbers)),
    }  # fmt: skip
    return Visit.objects.create(business=firm, day=day, **{**known, **facts})


def class_of(firm: Business) -> CreditClass | None:
    return CreditClass.objects.filter(business=firm, until__isnull=True).first()


def letter_of(firm: Business) -> str:
    found = class_of(firm)
    return found.credit if found else ""
