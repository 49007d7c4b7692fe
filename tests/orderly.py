"""The morning on which tests of orders begin, and the station they are at."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from mingchu.base import clock
from mingchu.base.clock import CITY_ZONE

STATION = "150105001"
# A Friday in office hours.
MORNING = datetime(2026, 11, 20, 9, tzinfo=CITY_ZONE)


def later(**span: float) -> AbstractContextManager[None]:
    """Inside the block it is so much later than the morning."""
    return clock.at(MORNING + timedelta(**span))
