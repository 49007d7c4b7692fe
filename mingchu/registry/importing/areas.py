"""The importer of stations 监管所 and grid cells 网格; what is on no row is left as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.registry import services
from mingchu.registry.area_layout import AREAS
from mingchu.registry.models import Area, AreaKind
from mingchu.registry.places import DISTRICTS, DRAWING, check_draws, district_name
from mingchu.registry.services import NewArea

# Where in the list a refusal is at home; the code itself, if nowhere else.
AT = {
    "area_name_taken": "name",
    "area_of_other_kind": "kind",
    "missing": "name",
    "not_of_district": "district",
    "not_of_station": "station",
}
Found = dict[int, Area | Refusal]


class Areas:
    """Plans the list as a whole, so that a cell may stand above its station."""

    key = "areas"
    title = _("监管所和网格")
    action = DRAWING
    table = "registry.Area"
    layout = AREAS

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        wanted = [_said(row) for row in rows]
        known = services.known_areas(wanted)
        found = _settled(rows, wanted, known, by)
        seen: set[str] = set()
        return [_planned(row, found[at], known, seen) for at, row in enumerate(rows)]

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        wanted = [_said(plan.row) for plan in planned]
        services.put_areas(wanted)
        return [one.code for one in wanted]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        rows = Area.objects.filter(pk__in=subjects)
        return {one.pk: {"kind": one.kind, "name": one.name, "parent": one.parent} for one in rows}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        """What lies in an area that the list made keeps it; so does who has its old name since."""
        made = [code for code, state in states.items() if state is None]
        left = services.used_areas(made)
        services.drop_areas([code for code in made if code not in left])
        before = [
            NewArea(state["kind"], code, state["name"])
            for code, state in states.items()
            if state is not None
        ]
        found = services.planned_areas(before, services.known_areas(before))
        taken = {
            said.code for said, one in zip(before, found, strict=True) if isinstance(one, Refusal)
        }
        services.put_areas([one for one in before if one.code not in taken])
        return left | taken

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        page = reverse("registry:areas")
        return {
            one.pk: Named(one.pk, one.name, f"{page}?station={_station(one)}")
            for one in Area.objects.filter(pk__in=subjects)
        }


def _planned(
    row: GoodRow, one: Area | Refusal, known: Mapping[str, Area], seen: set[str]
) -> Planned:
    """A row that says once more what one before it said changes nothing."""
    code = str(row.values["code"])
    subject = code if code in known else ""
    if isinstance(one, Refusal):
        title = AREAS.column(AT.get(one.code, "code")).title
        return Planned(row, Outcome.UNCHANGED, subject, Fault.of(row.number, title, one))
    if code in seen or (subject and known[code].name == one.name):
        return Planned(row, Outcome.UNCHANGED, subject)
    seen.add(code)
    return Planned(row, Outcome.CHANGED if subject else Outcome.CREATED, subject)


def _station(one: Area) -> str:
    return one.pk if one.kind == AreaKind.STATION else one.parent


def _said(row: GoodRow) -> NewArea:
    values: Mapping[str, Any] = row.values
    return NewArea(values["kind"], values["code"], values["name"])


def _settled(
    rows: Sequence[GoodRow],
    wanted: Sequence[NewArea],
    known: Mapping[str, Area],
    by: Actor | None,
) -> Found:
    """What each row comes to; a row that is refused by what stands in it claims nothing."""
    refused: Found = dict(_by_themselves(rows, by))
    while True:
        left = [at for at in range(len(rows)) if at not in refused]
        planned = services.planned_areas([wanted[at] for at in left], known)
        found: Found = dict(zip(left, planned, strict=True))
        misplaced = dict(_misplaced(rows, found, known))
        if not misplaced:
            return {**found, **refused}
        refused |= misplaced


def _by_themselves(rows: Sequence[GoodRow], by: Actor | None) -> Iterator[tuple[int, Refusal]]:
    """Whose area it is, and whether the district beside the code is the one in it."""
    for at, row in enumerate(rows):
        try:
            _check_district(row.values, by)
        except Refusal as refusal:
            yield at, refusal


def _check_district(values: Mapping[str, Any], by: Actor | None) -> None:
    district = values["code"][:6]
    if district not in DISTRICTS:
        return  # the code itself is refused
    if by:
        check_draws(by, values["code"])
    if values.get("district") not in (None, district):
        raise Refusal(
            "not_of_district",
            _noop("代码{area}属于{district}，与所填的旗县区不符"),
            fix=_noop("请核对代码和旗县区"),
            status=422,
            area=values["code"],
            district=district_name(district),
        )


def _misplaced(
    rows: Sequence[GoodRow], found: Found, known: Mapping[str, Area]
) -> Iterator[tuple[int, Refusal]]:
    """Whose station beside the code is not the one in it; by its name of before or of the list."""
    listed = {one.pk: one for one in found.values() if isinstance(one, Area)}
    for at, one in found.items():
        said = rows[at].values.get("station")
        if not said or isinstance(one, Refusal):
            continue
        station = _station(one)
        names = {book[station].name for book in (known, listed) if station in book}
        if said not in {station, *names}:
            yield at, _not_of_station(one, str(said), min(names))


def _not_of_station(one: Area, said: str, name: str) -> Refusal:
    return Refusal(
        "not_of_station",
        _noop("代码{area}按编码属于{name}，与所填的“{said}”不符"),
        fix=_noop("请核对代码和所属监管所；监管所自己这一列留空"),
        status=422,
        area=one.pk,
        name=name,
        said=said,
    )
