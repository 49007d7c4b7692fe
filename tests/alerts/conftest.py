"""What tests of the alerts begin from."""

from __future__ import annotations

import pytest
from build import a_restaurant

from mingchu.registry import services as registry
from mingchu.registry.models import Business


@pytest.fixture
def restaurant(db: None) -> Business:
    return registry.enrol(a_restaurant())
