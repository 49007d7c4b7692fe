"""What tests of territorial duty ask and say again and again."""

from __future__ import annotations

from datetime import datetime

from build import SAIHAN
from django.test import Client

from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.registry.models import Business
from mingchu.territory.models import Assignment, Visit

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=clock.CITY_ZONE)
STATION, OTHER_STATION, GRID = f"{SAIHAN}001", f"{SAIHAN}002", f"{SAIHAN}001003"
# A restaurant where everything is in order.
YES = dict.fromkeys(
    ("licence_shown", "people_healthy", "clean", "nothing_expired", "sources_kept", "stored_well",
     "duty_known"),
    "yes",
)  # fmt: skip


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, tzinfo=clock.CITY_ZONE)


def who(one: Business) -> Assignment | None:
    """Level and cadre of a business at present."""
    return Assignment.objects.filter(business=one, until__isnull=True).first()


def cadre_of(one: Business) -> int | None:
    found = who(one)
    return found.cadre_id if found else None


def the_visit(one: Business) -> Visit:
    return Visit.objects.select_related("business").get(business=one)


def browser(user: User) -> Client:
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


def form_of(answers: dict[str, str], **more: str) -> dict[str, str]:
    """The visit's form as a phone sends it."""
    return {**{f"item-{key}": value for key, value in answers.items()}, **more}
