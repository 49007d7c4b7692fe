"""Census of the demo city: from a seed, a size and a day to its businesses, one after another.

Pure and streaming: the same arguments give the same rows, whatever the size. Every code, number
and name is of a pattern that belongs to nobody.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from mingchu.demo import invented, untidy
from mingchu.demo.plan import Plan, Trade, Wheel, share_out
from mingchu.identifiers import credit_code, health, licences, small_operators
from mingchu.registry.domain import Duty, LicenceKind, LicenceState, State
from mingchu.registry.values import NewBusiness, NewLicence, NewPerson, NewPremises

FORM_DIGITS = {"seller": "1", "caterer": "2", "canteen": "3"}
RETAIL = "2"
SMALL = {
    "workshop": small_operators.Form.WORKSHOP,
    "small_restaurant": small_operators.Form.RESTAURANT,
    "vendor": small_operators.Form.VENDOR,
}
# A producer or canteen of so many people has a food-safety director.
DIRECTED = {"producer": 4, "canteen": 3}
# Nearly everybody renews a health certificate so many days before its end.
RENEWED_DAYS, LATE_ONE_OF = 20, 12
DAYS_A_YEAR = 365


class Cell(NamedTuple):
    """So many businesses are alike in these."""

    kind: str
    district: str
    state: str


def cells(plan: Plan, businesses: int) -> list[tuple[Cell, int]]:
    """How many of each; those that are open add up to `businesses` exactly."""
    beside = {state: round(count * businesses / plan.size) for state, count in plan.beside.items()}
    shares = [facts["share"] for facts in plan.districts.values()]
    found = []
    for state, total in {State.OPEN.value: businesses, **beside}.items():
        kinds = share_out(total, list(plan.census.values()))
        for kind, count in zip(plan.census, kinds, strict=True):
            dealt = zip(plan.districts, share_out(count, shares), strict=True)
            found += [(Cell(kind, district, state), n) for district, n in dealt]
    return found


def rows(plan: Plan, businesses: int) -> int:
    """How many rows a city of so many open businesses has."""
    return sum(n for _cell, n in cells(plan, businesses)) + untidy.rows(plan, businesses)


def census(plan: Plan, *, seed: int, businesses: int, day: date) -> Iterator[NewBusiness]:
    """The city as it stands on a day, open businesses and others mixed; the untidy rows last."""
    dealt = cells(plan, businesses)
    order = array("H", (place for place, (_cell, n) in enumerate(dealt) for _ in range(n)))
    maker = Maker(plan, seed, day)
    maker.random.shuffle(order)
    # The last ones: the played days close the first more often than others.
    known: deque[NewBusiness] = deque(maxlen=untidy.KNOWN)
    for place in order:
        made = maker.business(dealt[place][0])
        if made.state == State.OPEN:
            known.append(made)
        yield made
    yield from untidy.untidy(plan, known, seed=seed, businesses=businesses, day=day)


class Maker:
    """Makes businesses one after another, each with numbers nobody of the city has yet."""

    def __init__(
        self, plan: Plan, seed: int | str, day: date, firsts: Mapping[str, int] | None = None
    ):
        """`firsts` says where the numbers of a sort begin, for whoever comes after the census."""
        self.plan, self.day, self.random = plan, day, Random(seed)  # noqa: S311 no secret
        self.made, self.firsts = Counter[str](), firsts or {}
        self._wheels = {
            kind: Wheel({trade: trade.weight for trade in trades})
            for kind, trades in plan.trades.items()
        }
        self._scales = {kind: Wheel(weights) for kind, weights in plan.scales.items()}
        self._forms = {kind: Wheel(weights) for kind, weights in plan.forms.items()}

    def business(self, cell: Cell) -> NewBusiness:
        """The next business of this kind, place and state."""
        trade = self._wheels[cell.kind].turn(self.random)
        form = trade.form or self._forms[cell.kind].turn(self.random)
        brand = self._brand(cell.district, trade)
        licence = self._licence(cell, trade)
        opened = self._opened(licence)
        closed = self._after(opened) if cell.state == State.CLOSED else None
        since = closed if closed or cell.state == State.OPEN else self._after(opened)
        station = self._station(cell.district)
        return NewBusiness(
            name=f"{self.plan.districts[cell.district]['short']}{brand}{invented.ENDINGS[form]}",
            sign="" if cell.kind == "producer" else brand,
            kind=cell.kind,
            district=cell.district,
            station=station,
            grid=self._grid(station),
            code=self._code(form, cell.district),
            legal_form=form,
            scale=self._scale(cell.kind),
            serves=trade.serves,
            diners=self._between(*trade.diners) if trade.serves else None,
            address=self._address(cell.district),
            phone=f"0471-0{self._next('phone') % 1_000_000:06d}",
            state=cell.state,
            state_since=since or opened,
            opened=opened,
            closed=closed,
            premises=(NewPremises(use=self.plan.use.get(cell.kind, "shop")),),
            licences=(licence,),
            people=() if closed else tuple(self._people(cell.kind, opened)),
        )

    def _next(self, sort: str, of: str = "") -> int:
        """The next number of a sort, counted for each `of` by itself."""
        number = self.made[key := sort + of]
        self.made[key] = number + 1
        return self.firsts.get(sort, 0) + number

    def _scale(self, kind: str) -> str:
        wheel = self._scales.get(kind)
        return wheel.turn(self.random) if wheel else ""

    def _between(self, low: int, high: int) -> int:
        return low + self._below(high - low + 1)

    def _below(self, top: int) -> int:
        return int(self.random.random() * top)

    def _brand(self, district: str, trade: Trade) -> str:
        key = f"{district}{trade.word}"
        number = invented.offset(key) + self._next("brand", key)
        return invented.brand(self.plan.stems, self.plan.branches, number) + trade.word

    def _station(self, district: str) -> str:
        return f"{district}{1 + self._below(self.plan.districts[district]['stations']):03d}"

    def _grid(self, station: str) -> str:
        return f"{station}{1 + self._next('grid', station) % self.plan.grids:03d}"

    def _address(self, district: str) -> str:
        street = self.plan.streets[self._below(len(self.plan.streets))]
        return f"{invented.place_name(district)}{street}{1 + self._below(300)}号"

    def _code(self, form: str, district: str) -> str:
        prefix = self.plan.prefixes.get(form)
        if prefix is None:
            return ""
        return credit_code.synthetic(self._next("code"), prefix=prefix, place=district)

    def _opened(self, licence: NewLicence) -> date:
        """Days or some renewals before the licence that is held now."""
        terms = self._below(3)
        back = timedelta(days=terms * 5 * DAYS_A_YEAR + self._below(30))
        return licence.issued - back

    def _after(self, opened: date) -> date:
        """Some day between the opening and the city's day."""
        return opened + timedelta(days=self._below(1 + (self.day - opened).days))

    def _licence(self, cell: Cell, trade: Trade) -> NewLicence:
        kind, number = self._number(cell, trade)
        issued, expires = self._term(self.plan.years.get(kind))
        return NewLicence(
            kind=kind,
            number=number,
            items=trade.items,
            issued=issued,
            expires=expires,
            state=LicenceState.CANCELLED if cell.state == State.CLOSED else LicenceState.VALID,
        )

    def _number(self, cell: Cell, trade: Trade) -> tuple[str, str]:
        """The kind of paper and its number, running within a kind and a district."""
        kind, place = cell.kind, cell.district
        if kind in SMALL:
            own = LicenceKind.CARD if kind == "vendor" else LicenceKind.REGISTRATION
            sequence = 1 + self._next("small", f"{kind}{place}")
            return own.value, small_operators.synthetic(SMALL[kind], place, sequence)
        if trade.category:
            series, item = licences.Series.PRODUCTION, trade.category
        elif trade.filed:
            series, item = licences.Series.FILING, RETAIL
        else:
            series, item = licences.Series.OPERATION, FORM_DIGITS[kind]
        sequence = 1 + self._next(series.value, f"{item}{place}")
        return series.value, licences.build(series, item, place, sequence)

    def _term(self, years: int | None) -> tuple[date, date | None]:
        """Issued on any day of a term that has not run out; a few have run out all the same."""
        if years is None:
            return self.day - timedelta(days=self._below(4 * DAYS_A_YEAR)), None
        issued = self.day - timedelta(days=self._below(years * DAYS_A_YEAR))
        if self._below(1000) < self.plan.overdue_per_1000:
            issued -= timedelta(days=years * DAYS_A_YEAR)
        return issued, health.expires(issued, years) - timedelta(days=1)

    def _people(self, kind: str, opened: date) -> Iterator[NewPerson]:
        low, high = self.plan.people[kind]
        count = low + self._below(high - low + 1)
        for place in range(count):
            yield self.person(_duties(kind, place, count), self._after(opened))

    def person(self, duties: tuple[str, ...], since: date) -> NewPerson:
        """Somebody new, with a number nobody has and a health certificate."""
        number = self._next("person")
        age = self._below(DAYS_A_YEAR)
        if age > DAYS_A_YEAR - RENEWED_DAYS and number % LATE_ONE_OF:
            age -= DAYS_A_YEAR - RENEWED_DAYS
        if self._below(1000) < self.plan.health_overdue_per_1000:
            age += DAYS_A_YEAR
        return NewPerson(
            name=invented.person_name(
                self.plan.surnames, self.plan.stems, self.plan.branches, self._below(1 << 30)
            ),
            duties=duties,
            identity=invented.resident_number(number),
            phone=f"0471-0{self._next('phone') % 1_000_000:06d}",
            health_number=f"演示健{number:08d}",
            health_until=health.expires(self.day - timedelta(days=age), self.plan.health_years),
            since=since,
        )


def _duties(kind: str, place: int, count: int) -> tuple[str, ...]:
    if place == 0:
        return (Duty.PRINCIPAL.value,) if count > 1 else (Duty.PRINCIPAL.value, Duty.OFFICER.value)
    directed = kind in DIRECTED and count >= DIRECTED[kind]
    if place == 1:
        return (Duty.DIRECTOR.value,) if directed else (Duty.OFFICER.value,)
    if place == 2 and directed:
        return (Duty.OFFICER.value,)
    return (Duty.HANDLER.value,)
