"""What tests of the alerts begin from."""

from __future__ import annotations

import pytest
from build import a_restaurant

from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.signals.feeders import FEEDERS


@pytest.fixture
def restaurant(db: None) -> Business:
    return registry.enrol(a_restaurant())


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> None:
    """A house in which somebody raises complaints, and what they add up to."""
    for kind in ("complaint_received", "complaint_cluster", "illness_cluster"):
        monkeypatch.setitem(FEEDERS._items, kind, (100, "complaints"))
