"""The importer of the roster: one row is one cadre, with all he answers for.

The list is looked at as a whole, so that a business may go from one cadre on it to another; a
row that is refused neither takes nor gives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, Place, ScopeKind, may
from mingchu.base.errors import Refusal
from mingchu.identifiers.divisions import HOHHOT
from mingchu.kit.sheets.examine import GoodRow
from mingchu.kit.sheets.faults import Fault
from mingchu.kit.sheets.importers import Named, Outcome, Planned, State
from mingchu.registry.models import Business
from mingchu.territory import rules, services
from mingchu.territory.importing.finding import Known, codes_of, known_of
from mingchu.territory.importing.layout import ROSTER
from mingchu.territory.models import Beat, Cadre, Rank
from mingchu.territory.services import Listed, check_account, no_such_area
from mingchu.territory.services.roster import Range, check_district, ranges_of

MANAGE = "territory.manage"


class _Misplaced(Exception):
    """A refusal with the column it is at home in."""

    def __init__(self, column: str, refusal: Refusal):
        super().__init__(refusal.code)
        self.column, self.refusal = column, refusal


class DutyRoster:
    """One row a cadre; who is on no row stays as he is."""

    key = "duty_roster"
    title = _("包保干部花名册")
    action = MANAGE
    table = "territory.Cadre"
    layout = ROSTER

    def plan(self, rows: Sequence[GoodRow], by: Actor | None, as_of: date) -> list[Planned]:
        known = known_of(rows, by, MANAGE)
        found = _settled(rows, known, by)
        return [_planned(row, found[at], known, as_of) for at, row in enumerate(rows)]

    def said(self, row: GoodRow, held: Cadre | None, by: Actor) -> Listed:
        """The same of one cadre by form, where an empty range is one; the first Refusal."""
        known = known_of([row], by, MANAGE)
        one = _by_form(row, held, known, by)
        pk = held.pk if held else None
        return replace(one, pk=pk, areas=one.areas or (), businesses=one.businesses or ())

    def write(self, planned: Sequence[Planned], by: Actor | None) -> list[str]:
        made = services.put_cadres([plan.what for plan in planned])
        return [str(one.pk) for one in made]

    def current(self, subjects: Sequence[str]) -> dict[str, State]:
        rows = Cadre.objects.filter(pk__in=list(map(int, subjects)), until__isnull=True)
        ranges = ranges_of([one.pk for one in rows])
        return {str(one.pk): _state(one, ranges[one.pk]) for one in rows}

    def restore(self, states: Mapping[str, State | None], by: Actor | None) -> Collection[str]:
        """Cadres that came with the list go; a business that somebody else was named for since
        keeps its cadre, and whoever had it stays as the list left him."""
        before = {int(pk): state for pk, state in states.items() if state is not None}
        left = _taken_since(before, {int(pk) for pk in states})
        back = [_said(pk, state) for pk, state in before.items() if str(pk) not in left]
        # First those that go give up what those that stay take back.
        services.strike_off([int(pk) for pk, state in states.items() if state is None])
        services.put_cadres(back)
        return left

    def named(self, subjects: Sequence[str]) -> dict[str, Named]:
        found = Cadre.objects.filter(pk__in=list(map(int, subjects)))
        return {
            str(one.pk): Named(str(one.pk), one.name, reverse("territory:cadre", args=[one.pk]))
            for one in found
        }


def _state(one: Cadre, held: Range) -> State:
    return {
        "name": one.name,
        "phone": one.phone,
        "unit": one.unit,
        "rank": one.rank,
        "district": one.district,
        "user": one.user_id,
        "areas": sorted(held.areas),
        "businesses": sorted(held.businesses),
    }


def _said(pk: int, state: State) -> Listed:
    return Listed(
        pk=pk,
        name=state["name"],
        phone=state["phone"],
        unit=state["unit"],
        rank=state["rank"],
        district=state["district"],
        user_id=state["user"],
        unlinks=state["user"] is None,
        areas=tuple(state["areas"]),
        businesses=tuple(state["businesses"]),
    )


def _taken_since(before: Mapping[int, State], restored: Collection[int]) -> set[str]:
    """Whose businesses are named for somebody now who is not put back himself."""
    wanted = {number: pk for pk, state in before.items() for number in state["businesses"]}
    others = Beat.objects.filter(business__in=list(wanted)).exclude(cadre__in=restored)
    return {str(wanted[number]) for number in others.values_list("business", flat=True) if number}


Found = dict[int, Listed | Fault]


def _settled(rows: Sequence[GoodRow], known: Known, by: Actor | None) -> Found:
    """What each row comes to; a row that is refused claims and frees nothing."""
    found: Found = {at: _by_itself(row, known, by) for at, row in enumerate(rows)}
    while True:
        clashes = dict(_clashes(rows, found, known))
        if not clashes:
            return found
        found |= clashes


def _by_itself(row: GoodRow, known: Known, by: Actor | None) -> Listed | Fault:
    try:
        return _listed(row, known, by)
    except _Misplaced as wrong:
        return Fault.of(row.number, ROSTER.column(wrong.column).title, wrong.refusal)


def _by_form(row: GoodRow, held: Cadre | None, known: Known, by: Actor) -> Listed:
    """Told of the row as a whole: a form has its fields beside it."""
    try:
        return _listed(row, known, by, held)
    except _Misplaced as wrong:
        raise wrong.refusal from None


def _listed(row: GoodRow, known: Known, by: Actor | None, held: Cadre | None = None) -> Listed:
    """`held` is whom a form is about, whatever his name and telephone become by it."""
    values: Mapping[str, Any] = row.values
    areas, codes = codes_of(row, "areas"), codes_of(row, "businesses")
    businesses = [_business(code, known) for code in codes]
    for area in areas:
        _check_area(area, known, by)
    held = held or known.of(row)
    district = _district(values, areas, businesses, held, by)
    _check_his(held, district, by)
    ranged = bool(areas or codes)
    return Listed(
        pk=held.pk if held else None,
        name=values["name"],
        phone=values["phone"],
        unit=values["unit"],
        rank=values["rank"],
        district=district,
        user_id=_user(values.get("username"), held, known),
        areas=areas if ranged else None,
        businesses=tuple(one.pk for one in businesses) if ranged else None,
    )


def _business(code: str, known: Known) -> Business:
    found = known.businesses.get(code)
    if found is None:
        refusal = Refusal(
            "no_such_business",
            _noop("辖区内没有“{number}”这个主体"),
            fix=_noop("请填档案编号或统一社会信用代码"),
            status=404,
            number=code,
        )
        raise _Misplaced("businesses", refusal)
    return found


def _check_area(area: str, known: Known, by: Actor | None) -> None:
    if area not in known.areas:
        raise _Misplaced("areas", no_such_area(area))
    # A code begins with its district's; the whole city is the city's to give.
    place = Place() if area == HOHHOT else Place(district=area[:6], station=area)
    if by is not None and not may(by, MANAGE, place):
        raise _Misplaced("areas", _not_yours(area))


def _not_yours(what: str) -> Refusal:
    return Refusal(
        "not_yours_to_assign",
        _noop("{what}不归您安排包保"),
        fix=_noop("请由所在旗县区局或市局办理"),
        status=403,
        what=what,
    )


def _district(
    values: Mapping[str, Any],
    areas: Sequence[str],
    businesses: Sequence[Business],
    held: Cadre | None,
    by: Actor | None,
) -> str:
    """As written; else the one his range lies in, his own of before, or that of whoever imports."""
    said = str(values.get("district") or "")
    lies_in = {area[:6] for area in areas} | {one.district for one in businesses}
    if not said and values["rank"] != Rank.CITY:
        own = {scope.code for scope in by.scopes_for(MANAGE)} if by else set()
        known = [{held.district} if held else set(), lies_in, own]
        said = next((min(one) for one in known if len(one) == 1), "")
    try:
        check_district(values["rank"], said)
    except Refusal as refusal:
        raise _Misplaced("district", refusal) from None
    return said


def _check_his(held: Cadre | None, district: str, by: Actor | None) -> None:
    """Nobody rewrites another district's cadre, nor lists one there."""
    if by is None:
        return
    for code in {district, held.district if held else district}:
        if not _manages(by, code):
            raise _Misplaced("district", _not_yours(code or HOHHOT))


def _manages(by: Actor, district: str) -> bool:
    if district:
        return may(by, MANAGE, Place(district=district))
    return any(scope.kind is ScopeKind.CITY for scope in by.scopes_for(MANAGE))


def _user(username: Any, held: Cadre | None, known: Known) -> int | None:
    if not username:
        return None
    user = known.users.get(str(username))
    if user is None:
        refusal = Refusal(
            "no_such_account",
            _noop("没有登录账号“{username}”"),
            fix=_noop("请先开户，或把这一格留空"),
            status=404,
            username=username,
        )
        raise _Misplaced("username", refusal)
    if held is None or held.user_id != user.pk:
        try:
            check_account(user, held.pk if held else None)
        except Refusal as refusal:
            raise _Misplaced("username", refusal) from None
    return user.pk


def _clashes(rows: Sequence[GoodRow], found: Found, known: Known) -> Iterator[tuple[int, Fault]]:
    """Rows that name a business that is, or stays, named for somebody else; accounts said twice."""
    good = {at: one for at, one in found.items() if isinstance(one, Listed)}
    freed = {one.pk for one in good.values() if one.pk and one.businesses is not None}
    owner: dict[int, int] = {}
    accounts: dict[int, int] = {}
    for at, one in good.items():
        if one.user_id and accounts.setdefault(one.user_id, at) != at:
            yield at, _fault(rows[at], "username", _said_twice(rows[accounts[one.user_id]]))
            continue
        for number in one.businesses or ():
            held_by = known.owners.get(number)
            if held_by not in (None, one.pk) and held_by not in freed:
                yield at, _fault(rows[at], "businesses", _named_to_other(number))
                break
            if owner.setdefault(number, at) != at:
                yield at, _fault(rows[at], "businesses", _said_twice(rows[owner[number]]))
                break


def _fault(row: GoodRow, column: str, refusal: Refusal) -> Fault:
    return Fault.of(row.number, ROSTER.column(column).title, refusal)


def _said_twice(row: GoodRow) -> Refusal:
    return Refusal(
        "assigned_twice",
        _noop("与第{row}行重复：一户只能点名给一名干部，一个账号只属于一名干部"),
        fix=_noop("请删去其中一处"),
        row=row.number,
    )


def _named_to_other(number: int) -> Refusal:
    found = Beat.objects.select_related("cadre", "business").get(business=number)
    assert found.business is not None  # noqa: S101 it was asked for by its business
    return Refusal(
        "named_to_other",
        _noop("“{name}”已由{cadre}点名包保"),
        fix=_noop("请先从那名干部的范围里去掉，或把他也列在同一张表里"),
        name=found.business.name,
        cadre=found.cadre.name,
    )


def _planned(row: GoodRow, one: Listed | Fault, known: Known, day: date) -> Planned:
    held = known.of(row)
    subject = str(held.pk) if held else ""
    if isinstance(one, Fault):
        return Planned(row, Outcome.UNCHANGED, subject, one)
    warnings = tuple(_warnings(row, one, known, day))
    if held is None:
        return Planned(row, Outcome.CREATED, "", warnings=warnings, what=one)
    outcome = Outcome.UNCHANGED if _is_so(held, one, known) else Outcome.CHANGED
    return Planned(row, outcome, subject, warnings=warnings, what=one)


def _is_so(held: Cadre, one: Listed, known: Known) -> bool:
    same = (held.unit, held.rank, held.district) == (one.unit, one.rank, one.district)
    if not same or one.user_id not in (None, held.user_id):
        return False
    ranged = known.ranges[held.pk]
    return one.areas is None or (
        ranged == Range(frozenset(one.areas), frozenset(one.businesses or ()))
    )


def _warnings(row: GoodRow, one: Listed, known: Known, day: date) -> Iterator[Fault]:
    """Businesses of a level that another rank visits come in, and somebody should look."""
    level = rules.level_of(one.rank, day)
    others = [number for number in one.businesses or () if known.levels.get(number, level) != level]
    if others:
        refusal = Refusal(
            "rank_differs",
            _noop("有{n}户的包保层级与他的职级不对应"),
            fix=_noop("请核对；确要如此的可以照导"),
            n=len(others),
        )
        yield Fault.of(row.number, ROSTER.column("businesses").title, refusal)
