"""What the codes of a list mean: businesses, areas, accounts and cadres, each asked for once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mingchu.accounts.domain import Actor
from mingchu.accounts.models import User
from mingchu.kit.sheets.examine import GoodRow
from mingchu.registry import domain as registry
from mingchu.registry import queries as registered
from mingchu.registry.models import Business
from mingchu.territory.importing.layout import parts
from mingchu.territory.models import Assignment, Beat, Cadre
from mingchu.territory.services import known_areas, ranges_of
from mingchu.territory.services.roster import Range

CREDIT_CODE = 18  # characters


@dataclass(frozen=True)
class Known:
    """All that the rows of a list refer to."""

    cadres: Mapping[tuple[str, str], Cadre]
    ranges: Mapping[int, Range]
    areas: Collection[str]
    businesses: Mapping[str, Business]
    levels: Mapping[int, str]
    owners: Mapping[int, int]
    users: Mapping[str, User]

    def of(self, row: GoodRow) -> Cadre | None:
        return self.cadres.get(key_of(row))


def key_of(row: GoodRow) -> tuple[str, str]:
    return str(row.values["phone"]), str(row.values["name"])


def codes_of(row: GoodRow, column: str) -> tuple[str, ...]:
    return parts(str(row.values.get(column) or "").upper())


def known_of(rows: Sequence[GoodRow], by: Actor | None, action: str) -> Known:
    """Businesses as far as whoever imports may manage them."""
    cadres = _cadres(rows)
    businesses = _businesses({code for row in rows for code in codes_of(row, "businesses")})
    if by is not None:
        inside = registered.some(by.scopes_for(action), {one.pk for one in businesses.values()})
        seen = {one.pk for one in inside}
        businesses = {code: one for code, one in businesses.items() if one.pk in seen}
    numbers = registered.any_number({one.pk for one in businesses.values()})
    names = {str(row.values["username"]) for row in rows if row.values.get("username")}
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    held = Assignment.objects.filter(business__in=numbers, until__isnull=True)
    owned = Beat.objects.filter(business__in=numbers)
    return Known(
        cadres=cadres,
        ranges=ranges_of([one.pk for one in cadres.values()]),
        areas=known_areas({code for row in rows for code in codes_of(row, "areas")}),
        businesses=businesses,
        levels=dict(held.values_list("business", "level")),
        owners=dict(owned.values_list("business", "cadre")),
        users=users,
    )


def _cadres(rows: Sequence[GoodRow]) -> dict[tuple[str, str], Cadre]:
    wanted = {key_of(row) for row in rows}
    found = Cadre.objects.filter(
        phone__in={phone for phone, _name in wanted}, until__isnull=True
    ).select_related("user")
    return {(one.phone, one.name): one for one in found if (one.phone, one.name) in wanted}


def _businesses(codes: Iterable[str]) -> dict[str, Business]:
    """By credit code or by the number of the file; a file that was merged is none."""
    known = list(codes)
    numbers = {
        number: code
        for code in known
        if len(code) < CREDIT_CODE and (number := registry.number_of(code))
    }
    found: dict[str, Business] = {}
    listed = Business.objects.filter(registered.LISTED).defer("search_text")
    for one in listed.filter(pk__in=registered.any_number(numbers)):
        found[numbers[one.pk]] = one
    coded = [code for code in known if len(code) == CREDIT_CODE]
    for one in listed.filter(code__in=registered.any_of(coded)):
        found[one.code] = one
    return found
