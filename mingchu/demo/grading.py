"""Risk grades of the demo: what each business is like, a year of visits, and who stays ungraded.

So many of a group have their static factors in as the founding article counts as graded; whoever
joins later gets his as long as the count leaves room, and is graded as new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.demo.agenda import Act, Cast, is_office_day, moment
from mingchu.demo.plan import plan
from mingchu.registry.models import Business, Licence
from mingchu.risk import services as risk
from mingchu.risk.models import Profile, Source
from mingchu.risk.values import NewProfile, NewVisit

SHEETS = {"producer": "producer", "seller": "seller", "caterer": "restaurant", "canteen": "canteen"}
GROUPS = {"producer": ("producer",), "seller": ("seller",), "caterer": ("caterer", "canteen")}
LOOKED_BACK = 295  # days of visits before the played ones, so that a year holds all of them
INSPECTORS = 12  # of a district
KEY_ITEMS, GENERAL_ITEMS = 20, 30
PORTION = 20_000  # businesses whose facts are held in memory at a time
STRICTER = 0.14  # what one inspector finds beyond what others would


class One(NamedTuple):
    """What grading wants to know of a business."""

    id: int
    kind: str
    district: str
    category: str


def standing(stage: Stage) -> None:
    """Factors, visits and the first grading, as of the day before the played ones begin."""
    known, day = list(_open()), clock.today()
    graded = [one for some in _groups(known).values() for one in some[: _wanted(some)]]
    for start in range(0, len(graded), PORTION):
        some = graded[start : start + PORTION]
        risk.record_profiles_many(
            (_profile(stage, one, day - timedelta(days=LOOKED_BACK)) for one in some),
            source=Source.HISTORY,
        )
        risk.record_visits_many(
            (visit for one in some for visit in _visits(stage, one, day)), source=Source.HISTORY
        )
    risk.grade_city()
    risk.grade_hygiene()


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """On office days whoever has joined is entered, before the bureau closes."""
    if is_office_day(day):
        yield Act(moment(day, 17, 45), lambda: _keep_up(stage, day))


def _keep_up(stage: Stage, day: date) -> None:
    has = set(Profile.objects.values_list("business_id", flat=True))
    news = []
    for some in _groups(_open()).values():
        lacking = [one for one in some if one.id not in has]
        room = _wanted(some) - (len(some) - len(lacking))
        joined = sorted(lacking, key=lambda one: -one.id)[: max(room, 0)]
        news += [_profile(stage, one, day) for one in joined]
    if news:
        risk.record_profiles_many(news, source=Source.HISTORY)
    risk.grade_touched()


def _open() -> Iterator[One]:
    categories = {
        number: said[3:5]
        for number, said in Licence.objects.filter(kind="SC").values_list("business_id", "number")
    }
    rows = Business.objects.filter(state="open", kind__in=SHEETS, merged_into__isnull=True)
    for number, kind, district in rows.order_by("pk").values_list("pk", "kind", "district"):
        yield One(number, kind, district, categories.get(number, ""))


def _groups(known: Iterable[One]) -> dict[str, list[One]]:
    """Businesses by the group they are counted in, in an order that only chance gave."""
    found: dict[str, list[One]] = {group: [] for group in GROUPS}
    group_of = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
    for one in known:
        found[group_of[one.kind]].append(one)
    return {
        group: sorted(some, key=lambda one: (one.id * 2_654_435_761) % 2**32)
        for group, some in found.items()
    }


def _wanted(some: list[One]) -> int:
    """How many of a group are graded: coverage is told in whole per cent, cut off."""
    group = next((name for name, kinds in GROUPS.items() if some and some[0].kind in kinds), "")
    return -(-len(some) * plan().graded_pct.get(group, 0) // 100)


def _profile(stage: Stage, one: One, day: date) -> NewProfile:
    answers = ANSWERS[one.kind](stage.random("factors", one.id), one)
    return NewProfile(
        business=one.id, sheet=SHEETS[one.kind], answers=answers, since=day, known_on=day
    )


def _size(random: Random, middle: float) -> int:
    return max(8, int(random.lognormvariate(0, 0.8) * middle))


def _seller(random: Random, one: One) -> Mapping[str, Any]:
    return {
        "area": _size(random, 90),
        "prepackaged_ambient": _size(random, 450),
        "prepackaged_chilled": _size(random, 60) if random.random() < 0.55 else 0,
        "prepackaged_frozen": _size(random, 40) if random.random() < 0.4 else 0,
        "bulk_ambient": _size(random, 50) if random.random() < 0.4 else 0,
        "bulk_chilled": _size(random, 25) if random.random() < 0.3 else 0,
        "bulk_frozen": _size(random, 20) if random.random() < 0.15 else 0,
        "suppliers": _size(random, 22),
    }


def _dishes(random: Random) -> dict[str, int]:
    return {
        "cold_high": int(random.random() * 25) if random.random() < 0.45 else 0,
        "raw": int(random.random() * 8) if random.random() < 0.12 else 0,
        "pastry_decorated": int(random.random() * 10) if random.random() < 0.1 else 0,
        "hot_high": int(random.random() * 30) if random.random() < 0.7 else 0,
        "low_risk": 5 + int(random.random() * 40),
        "drinks": int(random.random() * 9) if random.random() < 0.4 else 0,
    }


def _restaurant(random: Random, one: One) -> Mapping[str, Any]:
    return {"area": _size(random, 130), **_dishes(random)}


def _canteen(random: Random, one: One) -> Mapping[str, Any]:
    return {"diners": _size(random, 380), **_dishes(random), "raw": 0, "pastry_decorated": 0}


def _producer(random: Random, one: One) -> Mapping[str, Any]:
    return {"category": [one.category]}


ANSWERS = {
    "seller": _seller, "caterer": _restaurant, "canteen": _canteen, "producer": _producer,
}  # fmt: skip


def _visits(stage: Stage, one: One, day: date) -> Iterator[NewVisit]:
    """One to three visits of the year before; most find little, a few find much."""
    random = stage.random("visits", one.id)
    share = random.betavariate(*_habits(random))
    days = sorted(
        {1 + int(random.random() * LOOKED_BACK) for _n in range(1 + int(random.random() * 2.4))}
    )
    for back in days:
        number = 1 + int(random.random() * INSPECTORS)
        found = min(share + (STRICTER if _is_strict(one.district, number) else 0), 1)
        yield NewVisit(
            business=one.id,
            day=day - timedelta(days=back),
            known_on=day - timedelta(days=back),
            applicable_key=KEY_ITEMS,
            applicable_general=GENERAL_ITEMS,
            failed_key=_failed(random, KEY_ITEMS, found * 0.7),
            failed_general=_failed(random, GENERAL_ITEMS, found),
            inspector=f"{one.district}-{number:02}",
        )


def _habits(random: Random) -> tuple[float, float]:
    """How much is found on average, as the shape of its spread: little, a third, or half."""
    chance = random.random()
    return (1.2, 9) if chance < 0.72 else (4, 8) if chance < 0.94 else (5, 4)


def _is_strict(district: str, number: int) -> bool:
    """The one whom the report on strictness has to find: the seventh of 赛罕."""
    return district == "150105" and number == 7


def _failed(random: Random, items: int, share: float) -> int:
    return sum(random.random() < share for _n in range(items))
