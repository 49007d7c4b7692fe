"""What supervision tells a plan of many businesses is what it tells of each by itself."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from build import SAIHAN, XINCHENG
from planning import TODAY, shops, visited

from mingchu.inspection.standing import Of, standings
from mingchu.registry.models import Business
from mingchu.risk.models import CreditClass, CreditRun, Grade, Run
from mingchu.risk.queries.supervising import supervised

pytestmark = pytest.mark.django_db
PPM = 10_000


def a_city(random: Random) -> list[Business]:
    """Every mixture of grade, class and visits, in two districts."""
    known = [
        *shops(12), *shops(6, "seller", district=XINCHENG), *shops(6, "producer", address="园区")
    ]  # fmt: skip
    run = Run.objects.create(
        as_of=TODAY, occasion="asked", subjects=1, graded=1, moved=0, written=1, rules={}, counts=[]
    )
    reckoned = CreditRun.objects.create(day=TODAY, firms=1, moved=0, rules={}, digest="", salt="")
    since = date(2026, 1, 5)
    for one in known:
        if letter := random.choice(["", *"ABCD"]):
            Grade.objects.create(
                business=one, since=since, letter=letter, by_points=letter, points=10, run=run
            )
        if letter := random.choice(["", *"ABCD"]):
            CreditClass.objects.create(
                business=one, credit=letter, points=1, since=since, run=reckoned
            )
        for n in range(random.randrange(4)):
            day = TODAY - timedelta(days=random.randrange(600))
            visited(
                one, day, inspector=str(n), full_list=random.random() < 0.6,
                purpose=random.choice(["routine", "random", "complaint"]),
            )  # fmt: skip
    return known


@pytest.mark.parametrize("seed", range(3))
def test_many_are_told_what_each_is_told(seed):
    known = a_city(Random(seed))  # noqa: S311 no secret

    told = standings(Of(("caterer", "seller", "producer")), TODAY)

    assert set(told) == {one.pk for one in known}
    for one in known:
        alone = supervised(one.pk, TODAY, with_credit=True)
        many = told[one.pk]
        assert (many.yearly, many.floor) == (alone.measures.ratio * PPM, alone.measures.visits)
        assert (many.counted, many.cap) == (alone.account.counted, alone.account.cap)
        assert (many.key, many.last) == (alone.key, alone.last)
        assert min(many.cover_due, many.floor_due) == alone.due.day


def test_only_who_is_asked_for_is_told():
    shops(2)
    shops(1, "seller")
    [there] = shops(1, district=XINCHENG)

    assert len(standings(Of(("caterer",), (SAIHAN,)), TODAY)) == 2
    assert set(standings(Of(("caterer",), (XINCHENG,)), TODAY)) == {there.pk}
    assert standings(Of(("market",)), TODAY) == {}
