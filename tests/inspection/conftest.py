"""A house of its own, on the demo's day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from planning import NOW

from mingchu.base import clock


@pytest.fixture(autouse=True)
def house(settings, tmp_path) -> Iterator[None]:
    settings.HOME = tmp_path
    settings.SPARE_BYTES = 0
    with clock.stopped(NOW):
        yield
