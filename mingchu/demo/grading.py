"""Risk grades of the demo: what each business is like, a year of visits, and who stays ungraded.

So many of a group have their static factors in as the founding article counts as graded; of the
others some have had no visit for a year, some have the factors of the trade they were in before.
Whoever joins later gets his as long as the count leaves room, and is graded as new. Everybody was
graded at the end of last year too, by what was known then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.demo import supervision
from mingchu.demo.agenda import Act, Cast, is_office_day, moment
from mingchu.demo.plan import Wheel, plan
from mingchu.registry.models import Business, Licence
from mingchu.risk import services as risk
from mingchu.risk.models import Grade, Profile, Source
from mingchu.risk.values import NewProfile, NewVisit

SHEETS = {"producer": "producer", "seller": "seller", "caterer": "restaurant", "canteen": "canteen"}
GROUPS = {"producer": ("producer",), "seller": ("seller",), "caterer": ("caterer", "canteen")}
LOOKED_BACK = 295  # days of visits before the played ones, so that a year holds all of them
LAST_YEAR = date(2025, 12, 31)
ENTERED = 730  # days ago factors were entered
OLD = 400  # days after which nobody counts as new, to the end of the played ones
INSPECTORS, SEVENTH = 12, 7  # of a district; in a small city fewer, but the seventh is there
VISITED_BY_ONE = 300  # businesses of the city for each inspector of a district
KEY_ITEMS, GENERAL_ITEMS = 20, 30
PORTION = 20_000  # businesses whose facts are held in memory at a time
STRICTER = 0.25  # what one inspector finds beyond what others would


class One(NamedTuple):
    """What grading wants to know of a business."""

    id: int
    kind: str
    district: str
    category: str
    opened: date | None


def standing(stage: Stage) -> None:
    """Factors, visits and the first gradings: of last year, and of the day before the played ones
    begin."""
    known, day = list(_open()), clock.today()
    graded = [one for some in _groups(known).values() for one in some[: _wanted(some)]]
    entered = day - timedelta(days=ENTERED)
    risk.record_profiles_many(_wanting(stage, known, entered), source=Source.HISTORY)
    for start in range(0, len(graded), PORTION):
        some = graded[start : start + PORTION]
        risk.record_profiles_many(
            (_profile(stage, one, _since(one, entered)) for one in some), source=Source.HISTORY
        )
        risk.record_visits_many(
            (
                visit
                for one in some
                for visit in (*_visits_before(stage, one), *_visits(stage, one, day))
            ),
            source=Source.HISTORY,
        )
    with clock.at(moment(LAST_YEAR, 17)):
        risk.grade_city()
    supervision.standing(stage, day)
    risk.grade_city()
    risk.grade_hygiene()


def _since(one: One, entered: date) -> date:
    """Nobody had his factors entered before he was there."""
    return max(entered, one.opened or entered)


def _wanting(stage: Stage, known: Iterable[One], entered: date) -> Iterator[NewProfile]:
    """Who stays without a grade for another reason than that nothing is known of him."""
    shares = plan().lacking_pct
    for some in _groups(known).values():
        old = [one for one in some[_wanted(some) :] if _is_old(one, clock.today())]
        unseen = round(len(old) * shares["visits"] / 100)
        changed = -(-len(old) * shares["kind"] // 100)
        yield from (_profile(stage, one, entered) for one in old[:unseen])
        for one in old[unseen : unseen + changed]:
            yield _of_before(stage, one, entered)


def _is_old(one: One, day: date) -> bool:
    return one.opened is not None and one.opened < day - timedelta(days=ENTERED + OLD)


def _of_before(stage: Stage, one: One, entered: date) -> NewProfile:
    """It sold food before it cooked: its factors are those of a shop."""
    answers = _seller(stage.random("factors", one.id), one)
    return NewProfile(
        business=one.id, sheet="seller", answers=answers, since=entered, known_on=entered,
        note="改业态前登记",
    )  # fmt: skip


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """On office days whoever has joined is entered, before the bureau closes."""
    if is_office_day(day):
        yield Act(moment(day, 17, 45), lambda: _keep_up(stage, day))


def _keep_up(stage: Stage, day: date) -> None:
    """Whoever joined gets his factors where somebody graded has left room."""
    has = set(Profile.objects.values_list("business_id", flat=True))
    graded = set(
        Grade.objects.filter(until__isnull=True).exclude(letter="")
        .values_list("business_id", flat=True)
    )  # fmt: skip
    news = []
    for some in _groups(_open()).values():
        room = _wanted(some) - sum(one.id in graded for one in some)
        lacking = [one for one in some if one.id not in has]
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
    said = rows.order_by("pk").values_list("pk", "kind", "district", "opened")
    for number, kind, district, opened in said:
        yield One(number, kind, district, categories.get(number, ""), opened)


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
        "cold_high": int(random.random() * 30) if random.random() < 0.6 else 0,
        "raw": int(random.random() * 8) if random.random() < 0.16 else 0,
        "pastry_decorated": int(random.random() * 10) if random.random() < 0.12 else 0,
        "hot_high": int(random.random() * 40) if random.random() < 0.85 else 0,
        "low_risk": 5 + int(random.random() * 40),
        "drinks": int(random.random() * 9) if random.random() < 0.4 else 0,
    }


def _restaurant(random: Random, one: One) -> Mapping[str, Any]:
    return {"area": _size(random, 180), **_dishes(random)}


def _canteen(random: Random, one: One) -> Mapping[str, Any]:
    return {"diners": _size(random, 380), **_dishes(random), "raw": 0, "pastry_decorated": 0}


def _producer(random: Random, one: One) -> Mapping[str, Any]:
    return {"category": [one.category]}


ANSWERS = {
    "seller": _seller, "caterer": _restaurant, "canteen": _canteen, "producer": _producer,
}  # fmt: skip


def _visits_before(stage: Stage, one: One) -> Iterator[NewVisit]:
    """The one visit of last year."""
    random = stage.random("visits before", one.id)
    share, _number = _habit(random)
    day = LAST_YEAR - timedelta(days=40 + int(random.random() * 300))
    if one.opened is None or one.opened < day:
        yield _visit(random, one, day, share, _inspectors(stage))


def _visits(stage: Stage, one: One, day: date) -> Iterator[NewVisit]:
    """One to three visits of the year before; most find little, a few find much."""
    random = stage.random("visits", one.id)
    share, number = _habit(random)
    for back in sorted({1 + int(random.random() * LOOKED_BACK) for _n in range(number)}):
        yield _visit(random, one, day - timedelta(days=back), share, _inspectors(stage))


def _inspectors(stage: Stage) -> int:
    return min(max(stage.businesses // VISITED_BY_ONE, SEVENTH), INSPECTORS)


def _visit(random: Random, one: One, day: date, share: float, inspectors: int) -> NewVisit:
    number = 1 + int(random.random() * inspectors)
    found = min(share + (STRICTER if _is_strict(one.district, number) else 0), 1)
    return NewVisit(
        business=one.id,
        day=day,
        known_on=day,
        applicable_key=KEY_ITEMS,
        applicable_general=GENERAL_ITEMS,
        failed_key=_failed(random, KEY_ITEMS, found * 0.7),
        failed_general=_failed(random, GENERAL_ITEMS, found),
        inspector=f"{one.district}-{number:02}",
    )


def _habit(random: Random) -> tuple[float, int]:
    """How much is found on average, and how often somebody comes: whoever is worse, more often."""
    said = plan().findings[_habits().turn(random)]
    low, high = said["shape"]
    share = random.betavariate(low, high)
    return share, 1 + _times(said["visits"], random.random() * 100)


@cache
def _habits() -> Wheel[int]:
    return Wheel({number: one["of"] for number, one in enumerate(plan().findings)})


def _times(shares: Sequence[int], dice: float) -> int:
    return next(n for n, sum_ in enumerate(accumulate(shares)) if dice < sum_)


def _is_strict(district: str, number: int) -> bool:
    """The one whom the report on strictness has to find: the seventh of 赛罕."""
    return district == "150105" and number == SEVENTH


def _failed(random: Random, items: int, share: float) -> int:
    return sum(random.random() < share for _n in range(items))
