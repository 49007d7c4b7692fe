"""The roster 花名册: cadres come, change and get their ranges, many at a time.

What a cadre answers for is said as a whole: areas and named businesses that are not among it any
more are his no longer. All of a list is looked at together, so that a business may change hands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.event import Event
from mingchu.identifiers.divisions import HOHHOT
from mingchu.ledger.services import record_many
from mingchu.registry.models import Area, Business
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import LISTED, any_number, any_of
from mingchu.territory import events
from mingchu.territory.models import Assignment, Beat, Cadre, Rank, Visit
from mingchu.territory.services.settling import settle

FIELDS = ("name", "phone", "unit", "rank", "district", "user_id")
TOPS = {"name": 80, "phone": 20, "unit": 120}
WORDS = {"name": _noop("姓名"), "unit": _noop("单位"), "phone": _noop("手机号")}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A cadre as the roster says he is; `areas` and `businesses` None leave his range alone.

    `pk` None is somebody new. `user_id` None leaves the account as it is, unless it `unlinks`.
    """

    pk: int | None = None
    name: str
    phone: str
    unit: str
    rank: str
    district: str = ""
    user_id: int | None = None
    unlinks: bool = False
    areas: tuple[str, ...] | None = None
    businesses: tuple[int, ...] | None = None


def put_cadre(listed: Listed) -> Cadre:
    """One cadre, by form."""
    return put_cadres([listed])[0]


@transaction.atomic
def put_cadres(listed: Sequence[Listed]) -> list[Cadre]:
    """All of them or none; in order. Raises Refusal for the first that cannot be."""
    for one in listed:
        _check(one)
    _check_areas(listed)
    known = Cadre.objects.select_for_update().in_bulk([one.pk for one in listed if one.pk])
    fresh = [_fresh(one) for one in listed if one.pk is None]
    _check_once(listed)
    Cadre.objects.bulk_create(fresh)
    told: list[Event] = [_listed(cadre) for cadre in fresh]
    made = iter(fresh)
    rows = [known[one.pk] if one.pk else next(made) for one in listed]
    before = ranges_of([cadre.pk for cadre in rows])
    changed = _changed(rows, listed)
    after = {
        cadre.pk: _range(one, before[cadre.pk]) for cadre, one in zip(rows, listed, strict=True)
    }
    _check_named(after)
    _write_ranges(before, after)
    told += _told(changed, before, after)
    record_many(told)
    settle(_affected(before, after, moved={pk for pk, names in changed.items() if "rank" in names}))
    return rows


def _check(one: Listed) -> None:
    for name, what in WORDS.items():
        _check_text(getattr(one, name), what, TOPS[name])
    if one.rank not in Rank.values:
        raise Refusal(
            "unknown_rank",
            _noop("没有“{rank}”这个职级"),
            fix=_noop("请从市、县、乡、村四级里选"),
            status=422,
            rank=one.rank,
        )
    check_district(one.rank, one.district)


def _check_text(value: str, what: str, top: int) -> None:
    if not value.strip():
        raise Refusal(
            "missing", _noop("“{what}”没有填写"), fix=_noop("请填写"), status=422, what=what
        )
    if len(value) > top:
        raise Refusal(
            "too_long",
            _noop("“{what}”太长"),
            fix=_noop("最多{top}个字"),
            status=422,
            what=what,
            top=top,
        )


def check_district(rank: str, district: str) -> None:
    """Only a cadre of the city has none."""
    if not district and rank != Rank.CITY:
        raise Refusal(
            "district_missing",
            _noop("看不出他在哪个旗县区"),
            fix=_noop("请填写旗县区；只有市级干部可以不填"),
            status=422,
        )
    if district and district not in DISTRICTS:
        raise Refusal(
            "unknown_district", _noop("没有旗县区“{district}”"), fix=_noop("请从名单里选"),
            status=422, district=district,
        )  # fmt: skip


def _check_areas(listed: Sequence[Listed]) -> None:
    said = {area for one in listed for area in one.areas or ()}
    if unknown := sorted(said - known_areas(said)):
        raise no_such_area(unknown[0])


def no_such_area(code: str) -> Refusal:
    return Refusal(
        "no_such_area",
        _noop("没有登记过代码为“{area}”的区域"),
        fix=_noop("请填旗县区、监管所或网格的代码；没有登记的先登记"),
        status=422,
        area=code,
    )


def known_areas(codes: Collection[str]) -> set[str]:
    """Of these codes the ones of the city, a district, a station or a grid cell."""
    drawn = Area.objects.filter(pk__in=list(codes)).values_list("pk", flat=True)
    return {code for code in codes if code == HOHHOT or code in DISTRICTS} | set(drawn)


def _check_once(listed: Sequence[Listed]) -> None:
    """One entry for each name and telephone."""
    phones = any_of({one.phone for one in listed})
    rows = Cadre.objects.filter(phone__in=phones, until__isnull=True)
    known = {(phone, name): pk for pk, phone, name in rows.values_list("pk", "phone", "name")}
    for one in listed:
        if known.get((one.phone, one.name), one.pk) != one.pk:
            raise Refusal(
                "cadre_listed_already",
                _noop("{name}（{phone}）已经在花名册上"),
                fix=_noop("请在他的页面上修改"),
                name=one.name,
                phone=one.phone,
            )


def _fresh(one: Listed) -> Cadre:
    return Cadre(
        name=one.name.strip(), phone=one.phone.strip(), unit=one.unit.strip(), rank=one.rank,
        district=one.district, user_id=one.user_id, since=clock.today(),
    )  # fmt: skip


def _listed(cadre: Cadre) -> events.CadreListed:
    return events.CadreListed(
        subject=f"cadre:{cadre.pk}", cadre_id=cadre.pk, rank=cadre.rank, district=cadre.district
    )


def _changed(rows: Sequence[Cadre], listed: Sequence[Listed]) -> dict[int, list[str]]:
    """Sets what is said otherwise; the names of what changed, by cadre."""
    found: dict[int, list[str]] = {}
    for cadre, one in zip(rows, listed, strict=True):
        names = []
        for name in FIELDS:
            value = getattr(one, name)
            if value == getattr(cadre, name) or (value is None and not one.unlinks):
                continue
            setattr(cadre, name, value)
            names.append(name.removesuffix("_id"))
        if names:
            found[cadre.pk] = names
    Cadre.objects.bulk_update([one for one in rows if one.pk in found], FIELDS)
    return found


@dataclass(frozen=True)
class Range:
    """What somebody answers for."""

    areas: frozenset[str] = frozenset()
    businesses: frozenset[int] = frozenset()


def ranges_of(cadres: Collection[int]) -> dict[int, Range]:
    """The ranges as they stand."""
    areas: dict[int, set[str]] = {pk: set() for pk in cadres}
    named: dict[int, set[int]] = {pk: set() for pk in cadres}
    rows = Beat.objects.filter(cadre__in=cadres).values_list("cadre", "area", "business")
    for cadre, area, business in rows:
        if business is None:
            areas[cadre].add(area)
        else:
            named[cadre].add(business)
    return {pk: Range(frozenset(areas[pk]), frozenset(named[pk])) for pk in cadres}


def _range(one: Listed, now: Range) -> Range:
    return Range(
        now.areas if one.areas is None else frozenset(one.areas),
        now.businesses if one.businesses is None else frozenset(one.businesses),
    )


def _check_named(after: Mapping[int, Range]) -> None:
    """A business is named for one cadre at most, on the list and beside it."""
    owner: dict[int, int] = {}
    for cadre, one in after.items():
        for business in one.businesses:
            if owner.setdefault(business, cadre) != cadre:
                raise _named_twice(business)
    others = Beat.objects.filter(business__in=any_number(owner)).exclude(cadre__in=after)
    if taken := others.values_list("business", flat=True).first():
        raise _named_twice(taken)


def _named_twice(business: int) -> Refusal:
    name = Business.objects.filter(pk=business).values_list("name", flat=True).first()
    return Refusal(
        "named_to_other",
        _noop("“{name}”已由另一名干部点名包保"),
        fix=_noop("请先从那名干部的范围里去掉，或把他也列在同一张表里"),
        name=name or business,
    )


def _write_ranges(before: Mapping[int, Range], after: Mapping[int, Range]) -> None:
    """First what goes, then what comes: a business may change hands within one list."""
    gone, come = Q(pk__in=[]), []
    for cadre, now in after.items():
        was = before[cadre]
        if areas := was.areas - now.areas:
            gone |= Q(cadre=cadre, area__in=areas)
        if businesses := was.businesses - now.businesses:
            gone |= Q(cadre=cadre, business__in=businesses)
        come += [Beat(cadre_id=cadre, area=area) for area in sorted(now.areas - was.areas)]
        come += [
            Beat(cadre_id=cadre, business_id=number)
            for number in sorted(now.businesses - was.businesses)
        ]
    Beat.objects.filter(gone).delete()
    Beat.objects.bulk_create(come)


def _told(
    changed: Mapping[int, list[str]],
    before: Mapping[int, Range],
    after: Mapping[int, Range],
) -> Iterator[events.CadreChanged]:
    for cadre, now in after.items():
        fields = list(changed.get(cadre, ()))
        fields += ["areas"] if now.areas != before[cadre].areas else []
        fields += ["businesses"] if now.businesses != before[cadre].businesses else []
        if fields:
            yield events.CadreChanged(
                subject=f"cadre:{cadre}", cadre_id=cadre, fields=tuple(sorted(fields))
            )


def _affected(
    before: Mapping[int, Range], after: Mapping[int, Range], moved: Collection[int]
) -> set[int]:
    """Businesses that may fall to somebody else now."""
    areas: set[str] = set()
    numbers: set[int] = set()
    for cadre, now in after.items():
        was = before[cadre]
        areas |= now.areas | was.areas if cadre in moved else now.areas ^ was.areas
        numbers |= now.businesses ^ was.businesses
    return numbers | lying_in(areas)


def lying_in(areas: Collection[str]) -> set[int]:
    """Every business in some areas."""
    if not areas:
        return set()
    rows = Business.objects.filter(LISTED)
    if HOHHOT not in areas:
        wanted = list(areas)
        rows = rows.filter(Q(district__in=wanted) | Q(station__in=wanted) | Q(grid__in=wanted))
    return set(rows.values_list("pk", flat=True))


@transaction.atomic
def strike_off(cadres: Collection[int]) -> None:
    """People who should never have been listed: gone where nothing has come to refer to them,
    else off the roster from today."""
    rows = list(Cadre.objects.select_for_update().filter(pk__in=cadres))
    before = ranges_of([one.pk for one in rows])
    after = {pk: Range() for pk in before}
    _write_ranges(before, after)
    settle(_affected(before, after, moved=()))
    kept = set(Assignment.objects.filter(cadre__in=rows).values_list("cadre", flat=True))
    kept |= set(Visit.objects.filter(cadre__in=rows).values_list("cadre", flat=True))
    today = clock.today()
    record_many(
        [events.CadreLeft(subject=f"cadre:{one.pk}", cadre_id=one.pk, until=today) for one in rows]
    )
    Cadre.objects.filter(pk__in=kept).update(until=today, user=None)
    Cadre.objects.filter(pk__in=[one.pk for one in rows if one.pk not in kept]).delete()


@transaction.atomic
def name_for(*, number: int, cadre: int | None) -> None:
    """One business is named for a cadre; None gives it back to whoever has its area."""
    held = Beat.objects.select_for_update().filter(business=number).first()
    if (held.cadre_id if held else None) == cadre:
        return
    touched = {pk for pk in (held.cadre_id if held else None, cadre) if pk}
    if held:
        held.delete()
    if cadre:
        Beat.objects.create(cadre_id=cadre, business_id=number)
    record_many(
        [
            events.CadreChanged(subject=f"cadre:{pk}", cadre_id=pk, fields=("businesses",))
            for pk in sorted(touched)
        ]
    )
    settle([number])
