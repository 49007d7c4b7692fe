"""The demo's tests live on the demo's day, whatever the machine's is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mingchu.base import clock
from mingchu.demo.plan import plan


@pytest.fixture(autouse=True)
def the_demo_s_day() -> Iterator[None]:
    with clock.stopped(plan().moment(plan().today)):
        yield
