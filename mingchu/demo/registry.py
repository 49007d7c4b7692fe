"""The registry's part of the played days: firms close and open, papers are renewed, people change.

Whoever closes makes room for one of the same kind and district, so that the city's figures are
the same on every day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from mingchu.accounts.domain import ScopeKind
from mingchu.accounts.queries import open_posts
from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.demo.agenda import Act, Cast, done_by, is_office_day
from mingchu.demo.census import Cell, Maker
from mingchu.demo.plan import Plan, plan
from mingchu.identifiers import health
from mingchu.registry import services
from mingchu.registry.domain import Duty, LicenceState, State, number_of
from mingchu.registry.models import Business, Licence, Person
from mingchu.registry.rules import norms
from mingchu.registry.services import NewBusiness, NewLicence

# Said in the ledger; people read it there in Chinese.
CLOSES, MISTYPED, RESTS, CANCELLED, CERTIFIED = (
    "经营者办理注销",
    "电话填写有误",
    "经营者报告歇业",
    "随主体注销",
    "健康证明已换新",
)
EARLY_DAYS, LATE_DAYS = 20, 5  # how long before and after its end a certificate is renewed
CODES, PEOPLE = 2_000, 2_000  # numbers kept for a day's newcomers, beyond any census
FIRST_CODE, FIRST_PERSON = 5_000_000, 5_000_000
FIRST_SHORT, SHORTS = 9_000, 16  # of four digits
FIRST_LONG, LONGS = 900_000, 1_600  # of six
FIRST_BRAND, BRANDS = 3_000, 10

Dated = tuple[datetime, str, Callable[[], object]]


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """One day's acts, each at its minute and by the district it belongs to."""
    if not is_office_day(day):
        return
    found = Day(stage, day)
    acts = [*found.replaced(), *found.renewed(), *found.joined(), *found.left()]
    acts += [*found.changed(), *found.certified()]
    for moment, district, act in acts:
        yield Act(moment, partial(done_by, cast.at("district", district), act))


class Day:
    """Whom a day meets: chosen by the seed, out of who is open, nobody twice."""

    def __init__(self, stage: Stage, day: date):
        self.stage, self.day, self.plan = stage, day, plan()
        self.random = stage.random("registry", day)
        self.maker = Maker(
            self.plan, f"{stage.seed}:newcomers:{day}", day, _firsts(stage.number(day))
        )
        self._met = {
            number_of(code)
            for code in open_posts()
            .filter(scope_kind=ScopeKind.BUSINESS)
            .values_list("scope_code", flat=True)
        }
        self._last = Business.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def _share(self, what: str) -> range:
        return range(self.stage.share(self.plan.played[what], self.plan.size, self.day))

    def _moment(self) -> datetime:
        return self.stage.minute(self.day, self.random)

    def _open_one(self) -> Business | None:
        """Any open business that has been there for a while, met for the first time today."""
        known = Business.objects.filter(state=State.OPEN, opened__lt=self.stage.day(0))
        begin = 1 + int(self.random.random() * self._last)
        for found in (known.filter(pk__gte=begin), known):
            business = found.exclude(pk__in=self._met).order_by("pk").first()
            if business:
                self._met.add(business.pk)
                return business
        return None

    def _some(self, what: str) -> Iterator[Business]:
        return filter(None, (self._open_one() for _ in self._share(what)))

    def replaced(self) -> Iterator[Dated]:
        """One closes, and another of its kind opens in its district."""
        for old in self._some("replaced"):
            new = self._newcomer(old)
            yield self._moment(), old.district, partial(close, old, self.day)
            yield self._moment(), new.district, partial(services.enrol, new)

    def _newcomer(self, old: Business) -> NewBusiness:
        made = self.maker.business(Cell(old.kind, old.district, State.OPEN))
        return replace(
            made,
            opened=self.day,
            state_since=self.day,
            licences=tuple(_issued(one, self.day, self.plan) for one in made.licences),
            people=tuple(replace(one, since=self.day) for one in made.people),
        )

    def renewed(self) -> Iterator[Dated]:
        """Of the licences in their last days a share a day."""
        ends = (self.day, self.day + timedelta(days=self.plan.renewal_days))
        due = Licence.objects.filter(
            state=LicenceState.VALID, expires__range=ends, business__state=State.OPEN
        ).select_related("business")
        for licence in due.exclude(business__in=self._met).order_by("pk"):
            if self.random.random() * 1000 < self.plan.renewed_per_1000:
                self._met.add(licence.business_id)
                district = licence.business.district
                yield self._moment(), district, partial(renew, licence, self.plan)

    def joined(self) -> Iterator[Dated]:
        for business in self._some("joined"):
            new = self.maker.person((Duty.HANDLER.value,), self.day)
            yield (
                self._moment(),
                business.district,
                partial(services.post_person, number=business.pk, new=new),
            )

    def left(self) -> Iterator[Dated]:
        """Handlers come and go; whoever answers for a business stays."""
        for business in self._some("left"):
            held = Person.objects.filter(business=business, until=None, since__lt=self.day)
            person = held.filter(duties=[Duty.HANDLER.value]).order_by("pk").first()
            if person:
                yield (
                    self._moment(),
                    business.district,
                    partial(services.person_leaves, person=person, until=self.day),
                )

    def changed(self) -> Iterator[Dated]:
        """A mistyped number is put right; somebody who had vanished reports that he rests."""
        for business in self._some("corrected"):
            phone = f"0471-0{int(self.random.random() * 1_000_000):06d}"
            yield self._moment(), business.district, partial(_correct, business, phone)
        lost = Business.objects.filter(state=State.NOT_FOUND).order_by("pk")
        for business in lost[: len(self._share("unsettled"))]:
            yield self._moment(), business.district, partial(_rests, business, self.day)

    def certified(self) -> Iterator[Dated]:
        """Whose health certificate runs out soon shows the next one, most of them in time: each
        district enters in one list what was shown to it."""
        ends = (self.day - timedelta(days=LATE_DAYS), self.day + timedelta(days=EARLY_DAYS))
        due = Person.objects.filter(
            until=None,
            health_until__range=ends,
            duties__contains=[Duty.HANDLER.value],
            business__state=State.OPEN,
            business__kind__in=norms(self.day).health_kinds,
        ).select_related("business")
        shown: dict[str, list[Person]] = {}
        for person in due.defer("business__search_text").order_by("pk"):
            if self.random.random() * 1000 < self.plan.certified_per_1000:
                shown.setdefault(person.business.district, []).append(person)
        for district, people in shown.items():
            yield self._moment(), district, partial(_certified, people, self.plan)


def _firsts(number: int) -> dict[str, int]:
    """Where the newcomers of a played day begin to count."""
    long = FIRST_LONG + number * LONGS
    return {
        "code": FIRST_CODE + number * CODES,
        "person": FIRST_PERSON + number * PEOPLE,
        "phone": FIRST_LONG + number * LONGS,
        "SC": FIRST_SHORT + number * SHORTS,
        "brand": FIRST_BRAND + number * BRANDS,
        **dict.fromkeys(("JY", "YB", "small"), long),
    }


def _issued(one: NewLicence, day: date, said: Plan) -> NewLicence:
    years = said.years.get(one.kind)
    ends = health.expires(day, years) - timedelta(days=1) if years else None
    return replace(one, issued=day, expires=ends)


def close(business: Business, day: date) -> None:
    for licence in business.licences.filter(state=LicenceState.VALID).order_by("pk"):
        services.set_licence_state(licence=licence, state=LicenceState.CANCELLED, why=CANCELLED)
    business.refresh_from_db()
    services.close(number=business.pk, closed=day, why=CLOSES, revision=business.revision)


def renew(held: Licence, said: Plan, *, since: date | None = None) -> None:
    """The new term follows the old one, or begins on a day."""
    years = said.years[held.kind]
    assert held.expires is not None  # noqa: S101 chosen by its end
    services.grant_licence(
        number=held.business_id,
        new=NewLicence(
            kind=held.kind,
            number=held.number,
            items=tuple(held.items),
            issued=clock.today(),
            expires=health.expires(since or held.expires, years),
        ),
    )


def _certified(people: list[Person], said: Plan) -> None:
    """The new certificate follows the old one, or begins today where that has run out."""
    today = clock.today()
    ends = [
        health.expires(max(one.health_until or today, today), said.health_years) for one in people
    ]
    services.correct_people(
        [(one, {"health_until": end}) for one, end in zip(people, ends, strict=True)],
        why=CERTIFIED,
    )


def _correct(business: Business, phone: str) -> None:
    services.correct(
        number=business.pk, changes={"phone": phone}, why=MISTYPED, revision=business.revision
    )


def _rests(business: Business, day: date) -> None:
    services.change_state(
        number=business.pk, state=State.DORMANT, since=day, why=RESTS, revision=business.revision
    )
