"""What a registry has to put right 待清理: places without a licence, second files of a subject.

None of these rows is open, so the city's figures stay the census's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from mingchu.demo import invented
from mingchu.demo.plan import Plan
from mingchu.registry.domain import Kind, State
from mingchu.registry.values import NewBusiness

KNOWN = 500  # businesses from whose like second files are made
FIRST_PERSON = 4_000_000  # resident numbers beyond those of the census
FIRST_PHONE = 800_000
SINCE_TOP = 300  # days


def rows(plan: Plan, businesses: int) -> int:
    counts = _counts(plan, businesses)
    return counts["unlicensed"] + counts["second"] + 2 * counts["keeper"]


def _counts(plan: Plan, businesses: int) -> dict[str, int]:
    """At least one of each, so that a small city shows them too."""
    return {what: max(1, n * businesses // plan.size) for what, n in plan.untidy.items()}


def untidy(
    plan: Plan, known: Sequence[NewBusiness], *, seed: int, businesses: int, day: date
) -> Iterator[NewBusiness]:
    counts, random = _counts(plan, businesses), Random(f"untidy:{seed}")  # noqa: S311 no secret
    for number in range(counts["unlicensed"]):
        yield _unlicensed(plan, number, random, day)
    for number in range(counts["second"]):
        yield _second(known[number % len(known)], number, day)
    for number in range(counts["keeper"]):
        yield from _keeper(plan, number, random, day)


def _place(plan: Plan, random: Random) -> tuple[str, str, str]:
    """A district, a station of it and an address."""
    district = random.choice(list(plan.districts))
    station = f"{district}{random.randint(1, plan.districts[district]['stations']):03d}"
    street = random.choice(plan.streets)
    return district, station, f"{invented.place_name(district)}{street}{random.randint(1, 300)}号"


def _unlicensed(plan: Plan, number: int, random: Random, day: date) -> NewBusiness:
    """Somebody cooks there, nobody knows who: told to stop until it is settled."""
    district, station, address = _place(plan, random)
    return NewBusiness(
        name=f"演示未办证场所{number + 1:03d}甲号",
        kind=Kind.UNLICENSED,
        legal_form="other",
        district=district,
        station=station,
        grid=f"{station}001",
        address=address,
        phone=f"0471-0{FIRST_PHONE + number:06d}",
        state=State.SUSPENDED,
        state_since=day - timedelta(days=random.randint(1, SINCE_TOP)),
    )


def _second(first: NewBusiness, number: int, day: date) -> NewBusiness:
    """Entered again without looking: by name, by telephone, or by address under a like name."""
    same_name, same_phone = number % 3 != 2, number % 3 != 0
    return NewBusiness(
        name=first.name if same_name else f"{first.name}（分店）",
        sign=first.sign,
        kind=first.kind,
        legal_form="household",
        district=first.district,
        station=first.station,
        address=first.address if number % 2 else f"{first.address}甲",
        phone=first.phone if same_phone else f"0471-0{FIRST_PHONE + 1_000 + number:06d}",
        state=State.NOT_FOUND if number % 2 else State.DORMANT,
        state_since=day - timedelta(days=1 + number),
    )


def _keeper(plan: Plan, number: int, random: Random, day: date) -> Iterator[NewBusiness]:
    """A vendor who moved his stall and got a second file there."""
    brand = invented.brand(plan.stems, plan.branches, 3_000 + number)
    for at, word in enumerate(("煎饼摊", "小吃摊")):
        district, station, address = _place(plan, random)
        yield NewBusiness(
            name=f"{plan.districts[district]['short']}{brand}{word}",
            kind=Kind.VENDOR,
            legal_form="person",
            identity=invented.resident_number(FIRST_PERSON + number),
            district=district,
            station=station,
            address=address,
            phone=f"0471-0{FIRST_PHONE + 2_000 + 2 * number + at:06d}",
            state=State.DORMANT,
            state_since=day - timedelta(days=2 + at),
        )
