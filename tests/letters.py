"""Letters of complaint and report, and who handles them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.test import Client

from mingchu.accounts.domain import Actor
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.complaints import services
from mingchu.complaints.models import Complaint
from mingchu.complaints.values import Contact, NewComplaint

FRIDAY = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # half past eight in the city
SECRET_NAME, SECRET_PHONE = "乌兰其其格", "13947112233"
STATION = "150105001"


class Officer(NamedTuple):
    """Somebody at a desk, as a browser and as whoever acts."""

    client: Client
    user: User

    @property
    def actor(self) -> Actor:
        return actor_for(self.user)


def a_letter(**facts: Any) -> NewComplaint:
    known: dict[str, Any] = {
        "kinds": ("complaint",),
        "what": "昨天买的包子馊了，要求退钱。",
        "channel": "form",
        "category": "spoiled",
        "place": "大学东街的包子铺",
        "district": "150105",
        "contact": Contact(name=SECRET_NAME, phone=SECRET_PHONE),
    }
    return NewComplaint(**{**known, **facts})


def taken(letter: Complaint, officer: Officer) -> Complaint:
    return services.take(complaint=letter, by=officer.actor)


def on(day: str, hour: int = 9) -> Any:
    """Inside the block it is that day, at that hour of the city."""
    moment = datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=clock.CITY_ZONE)
    return clock.stopped(moment)
