"""What the demo city has to put right is found where an officer looks for it."""

from __future__ import annotations

import pytest

from mingchu.accounts.domain import CITY
from mingchu.demo import driver
from mingchu.demo.plan import plan
from mingchu.registry import queries
from mingchu.registry.models import Business
from mingchu.registry.queries import Ground, Wanted

EVERYWHERE = [CITY]


@pytest.fixture
def city(db: None) -> None:
    driver.load(seed=7, businesses=1_500, today=plan().today)


def test_every_ground_suggests_pairs_and_every_station_has_a_name(city: None) -> None:
    found = {ground: queries.duplicates(EVERYWHERE, ground).rows for ground in Ground}
    unlicensed = queries.page(EVERYWHERE, Wanted(kind="unlicensed", standing="none"))
    codes = set(Business.objects.values_list("station", flat=True))
    grids = set(Business.objects.exclude(grid="").values_list("grid", flat=True))

    assert [ground for ground, rows in found.items() if not rows] == []
    assert unlicensed.count == Business.objects.filter(kind="unlicensed").count() > 0
    assert set(queries.area_names(codes | grids)) == codes | grids
