"""Territorial duty in the played days: a roster of cadres, and their visits of the quarter.

A cadre sets out once in a week or two and enters in the evening whom he saw. Most of the quarter's
visits are made by the demo's today, in some districts fewer; a few find something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import count, pairwise
from random import Random

from django.conf import settings
from django.db.models import Count
from django.utils import translation

from mingchu.accounts.domain import Actor, Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.services import enrol_person, give_post
from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.demo import areas
from mingchu.demo.agenda import Act, Cast, as_, is_office_day, moment
from mingchu.demo.invented import person_name
from mingchu.demo.plan import plan
from mingchu.identifiers.divisions import HOHHOT
from mingchu.ledger.services import acting
from mingchu.registry.models import Business
from mingchu.registry.models import State as Standing
from mingchu.registry.places import district_name
from mingchu.territory import rules, services
from mingchu.territory.domain.quarters import Quarter, quarter_of
from mingchu.territory.models import Cadre, Rank, Visit, VisitState
from mingchu.territory.queries import ROLE
from mingchu.territory.services import Listed, Made

MONDAY = 0
EVERY_DAYS = 7  # of a cadre's office days one is for visits
SPREAD = 16  # percent by which cadres of one district differ
FIRST_NAME, FIRST_PHONE = 70_000, 900_000
# In these districts, where there are several, the last cell has nobody for now.
VACANT, SEVERAL = ("150105", "150121"), 3
# What a visit finds, the item it shows at, and what the cadre writes; people read it in Chinese.
FOUND = (
    ("dirty", "clean", "后厨地面积水，角落堆放杂物，请监管所看一下"),
    ("expired_food", "nothing_expired", "货架上有两样食品过了保质期，老板说马上撤下"),
    ("people", "people_healthy", "新来的帮工拿不出健康证明"),
    ("no_source", "sources_kept", "冷柜里的肉说不清从哪里进的，没有票据"),
    ("no_licence", "licence_shown", "墙上没有挂证，说是收起来了"),
    ("not_there", "", ""),
)


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """The roster on the first day; a round at the beginning of a quarter and of a month's first
    week, and before the last day; and whoever sets out on an office day."""
    number = stage.number(day)
    if number == 0:
        yield Act(moment(day, 0, 40), partial(_list_cadres, cast))
    begins = day == quarter_of(day).first
    if begins or (day.weekday() == MONDAY and day.day <= EVERY_DAYS) or number == stage.days - 1:
        yield Act(moment(day, 2, 20), services.nightly)
    if is_office_day(day):
        yield Act(moment(day, 17, 20), partial(_visits, stage, day, cast))


# The roster


def _list_cadres(cast: Cast) -> None:
    """In the house's language, whatever that of the command is: names are data."""
    with translation.override(settings.LANGUAGE_CODE), acting("system:demo"):
        listed = list(_listed())
        accounts = [_account(one, number, cast) for number, one in enumerate(listed)]
        services.put_cadres(
            [
                Listed(**{**vars(one), "user_id": user.pk})
                for one, user in zip(listed, accounts, strict=True)
            ]
        )


def _listed() -> Iterator[Listed]:
    """As many of each rank as the number of businesses wants, each with his part of the city."""
    rows = Business.objects.filter(state=Standing.OPEN).order_by()
    sizes = dict(rows.values_list("district").annotate(n=Count("pk")))
    numbers = count()
    for _n in range(_cadres("city", sum(sizes.values()))):
        yield _cadre(next(numbers), Rank.CITY, "演示市人民政府", "", (HOHHOT,))
    for code, facts in plan().districts.items():
        name, size = district_name(code), sizes.get(code, 0)
        for _n in range(_cadres("county", size)):
            yield _cadre(next(numbers), Rank.COUNTY, f"{name}人民政府（演示）", code, (code,))
        stations = [f"{code}{n:03d}" for n in range(1, facts["stations"] + 1)]
        for part in _parts(stations, _cadres("township", size)):
            unit = f"{name}{areas.numeral(int(part[0][6:]))}所辖区街道（演示）"
            yield _cadre(next(numbers), Rank.TOWNSHIP, unit, code, part)
        cells = [f"{one}{n:03d}" for one in stations for n in range(1, plan().grids + 1)]
        parts = list(_parts(cells, _cadres("village", size)))
        is_vacant = code in VACANT and len(parts) >= SEVERAL
        for part in parts[: -1 if is_vacant else None]:
            unit = f"{name}{areas.numeral(int(part[0][6:9]))}所网格社区（演示）"
            yield _cadre(next(numbers), Rank.VILLAGE, unit, code, part)


def _cadres(rank: str, businesses: int) -> int:
    return max(1, round(businesses / plan().cadres[rank]))


def _parts(codes: Sequence[str], wanted: int) -> Iterator[tuple[str, ...]]:
    """Neighbours stay together; nobody has less than one area.

    >>> list(_parts(["a", "b", "c"], 2)), len(list(_parts(["a"], 5)))
    ([('a', 'b'), ('c',)], 1)
    """
    number = min(wanted, len(codes))
    marks = [-(-len(codes) * n // number) for n in range(number + 1)]
    return (tuple(codes[low:high]) for low, high in pairwise(marks))


def _cadre(number: int, rank: str, unit: str, district: str, codes: tuple[str, ...]) -> Listed:
    said = plan()
    name = person_name(said.surnames, said.stems, said.branches, FIRST_NAME + number)
    return Listed(
        name=f"{name}（包保）",
        phone=f"0471-0{FIRST_PHONE + number:06d}",
        unit=unit,
        rank=rank,
        district=district,
        areas=codes,
    )


def _account(one: Listed, number: int, cast: Cast) -> User:
    """The account that is there for the role in the district, for the first of its cells; one of
    his own for everybody else."""
    first = f"{one.district}001001"
    if one.rank == Rank.VILLAGE and first in (one.areas or ()):
        known = cast.user(ROLE, one.district)
        if known:
            return known
    user = enrol_person(username=f"demo-cadre-{number:03d}", name=one.name, phone=one.phone)
    for code in [one.district] if one.district else plan().districts:
        give_post(user=user, role=ROLE, scope=Scope(ScopeKind.DISTRICT, code))
    return user


# The visits


def _visits(stage: Stage, day: date, cast: Cast) -> None:
    """Whoever was out today."""
    out = _office_days(quarter_of(day), day) - 1
    last = _office_days(quarter_of(day), stage.today - timedelta(days=1))
    for cadre in Cadre.objects.filter(until__isnull=True).order_by("pk"):
        mine = stage.random("cadre", cadre.phone)
        phase = int(mine.random() * EVERY_DAYS)
        outings = range(phase, last, EVERY_DAYS)
        if out not in outings:
            continue
        if actor := cast.of(cadre.user_id):
            done = (outings.index(out) + 1) / len(outings)
            _go(stage, cadre, actor, day, done * _target(cadre, mine))


def _office_days(quarter: Quarter, until: date) -> int:
    """How many office days of a quarter there were up to a day."""
    days = (quarter.first + timedelta(days=n) for n in range((until - quarter.first).days + 1))
    return sum(map(is_office_day, days))


def _target(cadre: Cadre, random: Random) -> float:
    """Which part of his visits a cadre has made by the demo's today."""
    district = plan().visited.get(cadre.district, 100)
    return min(1.0, max(0.0, (district + (random.random() - 0.5) * SPREAD) / 100))


def _go(stage: Stage, cadre: Cadre, actor: Actor, day: date, part: float) -> None:
    """As many as he should have made by tonight, in the order of his list."""
    mine = Visit.objects.filter(cadre=cadre, quarter=quarter_of(day).first)
    counts = dict(mine.order_by().values_list("state").annotate(n=Count("pk")))
    whole = counts.get(VisitState.OPEN, 0) + counts.get(VisitState.DONE, 0)
    wanted = round(whole * part) - counts.get(VisitState.DONE, 0)
    if wanted <= 0:
        return
    waiting = mine.filter(state=VisitState.OPEN).select_related("business")
    found = list(waiting.defer("business__search_text").order_by("business_id")[:wanted])
    with as_(actor):
        services.finish_many([_made(stage, one) for one in found], by=actor)


def _made(stage: Stage, visit: Visit) -> Made:
    """All in order, or one thing that is not."""
    random = stage.random("visit", visit.business_id, visit.quarter)
    items = [item.key for item in rules.sheet(visit.business.kind, clock.today()).items]
    if random.random() * 1000 >= plan().problems_per_1000:
        return Made(visit=visit, answers=dict.fromkeys(items, "yes"))
    problem, shown, note = random.choice(FOUND)
    answers = {key: "no" if key == shown else "yes" for key in items} if shown else {}
    return Made(visit=visit, answers=answers, problem=problem, note=note)
