"""What tests of the registry begin from."""

from __future__ import annotations

import pytest
from build import a_restaurant

from mingchu.registry import services
from mingchu.registry.models import Business


@pytest.fixture
def restaurant(db: None) -> Business:
    return services.enrol(a_restaurant())
