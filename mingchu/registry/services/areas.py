"""Stations 监管所 and grid cells 网格 get their names, and lose them while nothing lies in them.

A list of them is looked at as a whole: stations and their cells may stand in it in any order, and
two areas may change names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.queries import open_posts
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record_many
from mingchu.registry import events
from mingchu.registry.models import Area, AreaKind, Business, Premises
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import regions
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits

CODE_TOPS = {AreaKind.STATION: 12, AreaKind.GRID: 15}


@dataclass(frozen=True)
class NewArea:
    """What a list says of an area."""

    kind: str
    code: str
    name: str


@dataclass
class Named:
    """What came of a list of areas, by code."""

    added: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)


def name_areas(*, kind: str, rows: Sequence[tuple[str, str]]) -> Named:
    """`put_areas` of one kind, as lines of code and name."""
    return put_areas([NewArea(kind, code, name) for code, name in rows])


@transaction.atomic
def put_areas(wanted: Sequence[NewArea]) -> Named:
    """Adds areas, or names known ones anew; a faulty line keeps the whole list out.

    Raises Refusal `bad_area_code`, `area_without_parent`, `area_name_taken`,
    `area_of_other_kind`, `area_twice`.
    """
    known = {one.pk: one for one in Area.objects.select_for_update().filter(_near(wanted))}
    made: dict[str, Area] = {}
    for one in planned_areas(wanted, known):
        if isinstance(one, Refusal):
            raise one
        if one.pk not in known or known[one.pk].name != one.name:
            made[one.pk] = one
    done = Named(
        added=[code for code in made if code not in known],
        renamed=[code for code in made if code in known],
    )
    Area.objects.bulk_create([made[code] for code in done.added])
    Area.objects.bulk_update([made[code] for code in done.renamed], ["name"])
    record_many(
        events.AreaNamed(
            subject=f"area:{code}",
            code=code,
            area_kind=one.kind,
            name=one.name,
            before=known[code].name if code in known else "",
        )
        for code, one in made.items()
    )
    _forget()
    return done


def _forget() -> None:
    """Whoever named an area sees it named; other processes within seconds."""
    regions.forget()
    transaction.on_commit(regions.forget)


def known_areas(wanted: Sequence[NewArea]) -> dict[str, Area]:
    """All that is known where the list speaks, by code."""
    return {one.pk: one for one in Area.objects.filter(_near(wanted))}


def _near(wanted: Sequence[NewArea]) -> Q:
    """All areas of the districts the list speaks of."""
    near = Q(pk__in=[])
    for district in {one.code[:6] for one in wanted if len(one.code) > 6}:
        near |= Q(code__startswith=district)
    return near


def planned_areas(wanted: Sequence[NewArea], known: Mapping[str, Area]) -> list[Area | Refusal]:
    """What each line comes to beside the others and what is known; reads and writes nothing.

    A line that is refused claims nothing, so the others are looked at once more without it.
    """
    found = list(_alone(wanted, known))
    while refused := dict(_together(found, known)):
        for at, refusal in refused.items():
            found[at] = refusal
    return found


def _alone(wanted: Sequence[NewArea], known: Mapping[str, Area]) -> Iterator[Area | Refusal]:
    said: dict[str, NewArea] = {}
    for one in wanted:
        try:
            made = _checked(one, known)
            if said.setdefault(one.code, one) != one:
                raise _twice(one.code)
        except Refusal as refusal:
            yield refusal
        else:
            yield made


def _checked(one: NewArea, known: Mapping[str, Area]) -> Area:
    code, name = one.code, one.name.strip()
    check_fits(Area, {"kind": one.kind})
    if not name:
        raise checking.missing(_noop("区域名称"))
    check_fits(Area, {"name": name})
    top = CODE_TOPS[AreaKind(one.kind)]
    if not (6 < len(code) <= top and code.isascii() and code.isalnum() and code[:6] in DISTRICTS):
        raise Refusal(
            "bad_area_code",
            _noop("区域代码“{area}”不能用"),
            fix=_noop("前六位是旗县区代码，后面是本区域的数字或字母，总共不超过{top}位"),
            status=422,
            area=code,
            top=top,
        )
    there = known.get(code)
    if there and there.kind != one.kind:
        raise Refusal(
            "area_of_other_kind",
            _noop("代码{area}已用于{name}，种类不同"),
            fix=_noop("请换一个代码"),
            area=code,
            name=there.name,
        )
    return Area(code=code, kind=one.kind, name=name)


def _together(
    found: Sequence[Area | Refusal], known: Mapping[str, Area]
) -> Iterator[tuple[int, Refusal]]:
    """Gives each area that is left its parent; a refusal where it has none, or its name is gone."""
    left = {at: one for at, one in enumerate(found) if isinstance(one, Area)}
    listed = {one.pk: one for one in left.values()}
    stations = {
        one.pk for one in (*known.values(), *listed.values()) if one.kind == AreaKind.STATION
    }
    holders = {(one.parent, one.name): one.pk for one in known.values() if one.pk not in listed}
    # Whoever keeps his name comes before those who would like to have it.
    for at, one in sorted(left.items(), key=lambda pair: _takes_a_name(pair[1], known)):
        one.parent = known[one.pk].parent if one.pk in known else _parent(one, stations)
        if not one.parent:
            yield at, _without_parent(one.pk)
            continue
        holder = holders.setdefault((one.parent, one.name), one.pk)
        if holder != one.pk:
            yield at, _name_taken(one.name, holder)


def _takes_a_name(one: Area, known: Mapping[str, Area]) -> bool:
    return one.pk not in known or known[one.pk].name != one.name


def _parent(one: Area, stations: Collection[str]) -> str:
    """A station's is its district, a grid cell's the station with the longest like beginning."""
    if one.kind == AreaKind.STATION:
        return one.pk[:6]
    above = (one.pk[:length] for length in range(len(one.pk) - 1, 6, -1))
    return next((code for code in above if code in stations), "")


def _without_parent(code: str) -> Refusal:
    return Refusal(
        "area_without_parent",
        _noop("网格{area}不属于任何已登记的监管所"),
        fix=_noop("请先登记监管所，网格代码以监管所代码开头"),
        status=422,
        area=code,
    )


def _name_taken(name: str, holder: str) -> Refusal:
    return Refusal(
        "area_name_taken",
        _noop("“{name}”已是{holder}的名称"),
        fix=_noop("同一上级之下名称不能相同，请换一个名称"),
        name=name,
        holder=holder,
    )


def _twice(code: str) -> Refusal:
    return Refusal(
        "area_twice",
        _noop("代码{area}前面已经出现过，种类或名称不同"),
        fix=_noop("请只留正确的一行"),
        status=422,
        area=code,
    )


def drop_area(*, code: str) -> None:
    """Takes out an area that was entered by mistake; Refusal `area_in_use` while it is used."""
    drop_areas([code])


@transaction.atomic
def drop_areas(codes: Collection[str]) -> None:
    """Takes out areas that were entered by mistake, cells together with their stations.

    Raises Refusal `area_in_use` while a business, a post or another grid cell lies in one.
    """
    gone = list(Area.objects.select_for_update().filter(pk__in=codes).order_by("pk"))
    used = used_areas([one.pk for one in gone])
    for one in gone:
        if one.pk in used:
            raise Refusal(
                "area_in_use",
                _noop("{name}名下还有主体、岗位或网格"),
                fix=_noop("请先把它们划到别的区域；只是改名的，直接改名"),
                name=one.name,
            )
    Area.objects.filter(pk__in=[one.pk for one in gone]).delete()
    record_many(
        events.AreaDropped(subject=f"area:{one.pk}", code=one.pk, area_kind=one.kind)
        for one in gone
    )
    _forget()


def used_areas(codes: Collection[str]) -> set[str]:
    """In which of these a business, a post or a grid cell lies that would not go with them."""
    used: set[str] = set()
    for column in ("station", "grid"):
        rows = Business.objects.filter(**{f"{column}__in": codes})
        used |= set(rows.order_by().values_list(column, flat=True).distinct())
    places = Premises.objects.filter(station__in=codes)
    used |= set(places.order_by().values_list("station", flat=True).distinct())
    used |= set(open_posts().filter(scope_code__in=codes).values_list("scope_code", flat=True))
    cells = dict(Area.objects.filter(parent__in=codes).values_list("code", "parent"))
    return used | {parent for code, parent in cells.items() if code in used or code not in codes}
