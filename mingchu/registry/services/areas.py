"""Stations 监管所 and grid cells 网格 get their names, and lose them while nothing lies in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.queries import open_posts
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record, record_many
from mingchu.registry import events
from mingchu.registry.models import Area, AreaKind, Business, Premises
from mingchu.registry.places import DISTRICTS
from mingchu.registry.queries import regions
from mingchu.registry.services import checking
from mingchu.registry.services.bounds import check_fits

CODE_TOPS = {AreaKind.STATION: 12, AreaKind.GRID: 15}


@dataclass
class Named:
    """What came of a list of areas, by code."""

    added: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)


@transaction.atomic
def name_areas(*, kind: str, rows: Sequence[tuple[str, str]]) -> Named:
    """Adds areas, or names known ones anew; a faulty line keeps the whole list out.

    Raises Refusal `bad_area_code`, `area_without_parent`, `area_name_taken`, `area_of_other_kind`.
    """
    check_fits(Area, {"kind": kind})
    known = {one.pk: one for one in Area.objects.select_for_update().filter(_near(rows))}
    taken = {(one.parent, one.name): code for code, one in known.items()}
    done, told = Named(), []
    for code, name in rows:
        made = _checked(kind, code, name, known)
        holder = taken.setdefault((made.parent, made.name), code)
        if holder != code:
            raise _name_taken(made.name, holder)
        before = known.get(code)
        if before and before.name == made.name:
            continue
        if before:
            del taken[before.parent, before.name]
        (done.renamed if before else done.added).append(code)
        told.append(
            events.AreaNamed(
                subject=f"area:{code}",
                code=code,
                area_kind=kind,
                name=made.name,
                before=before.name if before else "",
            )
        )
        made.save(force_insert=before is None)
        known[code] = made
    record_many(told)
    _forget()
    return done


def _forget() -> None:
    """Whoever named an area sees it named; other processes within seconds."""
    regions.forget()
    transaction.on_commit(regions.forget)


def _near(rows: Sequence[tuple[str, str]]) -> Q:
    """All areas of the districts the list speaks of."""
    near = Q(pk__in=[])
    for district in {code[:6] for code, _name in rows if len(code) > 6}:
        near |= Q(code__startswith=district)
    return near


def _checked(kind: str, code: str, name: str, known: dict[str, Area]) -> Area:
    name = name.strip()
    if not name:
        raise checking.missing(_noop("区域名称"))
    check_fits(Area, {"name": name})
    top = CODE_TOPS[AreaKind(kind)]
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
    if there and there.kind != kind:
        raise Refusal(
            "area_of_other_kind",
            _noop("代码{area}已用于{name}，种类不同"),
            fix=_noop("请换一个代码"),
            area=code,
            name=there.name,
        )
    return Area(code=code, kind=kind, name=name, parent=_parent(kind, code, known))


def _parent(kind: str, code: str, known: dict[str, Area]) -> str:
    """A station's is its district, a grid cell's the station with the longest like beginning."""
    if kind == AreaKind.STATION:
        return code[:6]
    stations = (one.pk for one in known.values() if one.kind == AreaKind.STATION)
    parent = max((one for one in stations if code.startswith(one) and one != code), default="")
    if not parent:
        raise Refusal(
            "area_without_parent",
            _noop("网格{area}不属于任何已登记的监管所"),
            fix=_noop("请先登记监管所，网格代码以监管所代码开头"),
            status=422,
            area=code,
        )
    return parent


def _name_taken(name: str, holder: str) -> Refusal:
    return Refusal(
        "area_name_taken",
        _noop("“{name}”已是{holder}的名称"),
        fix=_noop("同一上级之下名称不能相同，请换一个名称"),
        name=name,
        holder=holder,
    )


@transaction.atomic
def drop_area(*, code: str) -> None:
    """Takes out an area that was entered by mistake.

    Raises Refusal `area_in_use` while a business, a post or a grid cell lies in it.
    """
    area = Area.objects.select_for_update().get(pk=code)
    used = (
        Business.objects.filter(Q(station=code) | Q(grid=code)).exists()
        or Premises.objects.filter(station=code).exists()
        or Area.objects.filter(parent=code).exists()
        or open_posts().filter(scope_code=code).exists()
    )
    if used:
        raise Refusal(
            "area_in_use",
            _noop("{name}名下还有主体、岗位或网格"),
            fix=_noop("请先把它们划到别的区域；只是改名的，直接改名"),
            name=area.name,
        )
    area.delete()
    _forget()
    record(events.AreaDropped(subject=f"area:{code}", code=code, area_kind=area.kind))
