"""Stations and grid cells of the demo city: as many as its plan says, with plain names."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation

from mingchu.demo.plan import Plan, plan
from mingchu.registry.models import AreaKind
from mingchu.registry.places import district_name
from mingchu.registry.services import name_areas

DIGITS = "零一二三四五六七八九"


def give_areas() -> None:
    """In the house's language, whatever that of the command is: names are data."""
    with translation.override(settings.LANGUAGE_CODE):
        name_areas(kind=AreaKind.STATION, rows=list(stations(plan())))
        name_areas(kind=AreaKind.GRID, rows=list(grids(plan())))


def stations(said: Plan) -> Iterator[tuple[str, str]]:
    for district, facts in said.districts.items():
        for number in range(1, facts["stations"] + 1):
            yield f"{district}{number:03d}", f"{district_name(district)}{numeral(number)}所"


def grids(said: Plan) -> Iterator[tuple[str, str]]:
    for station, _name in stations(said):
        for number in range(1, said.grids + 1):
            yield f"{station}{number:03d}", f"第{numeral(number)}网格"


def numeral(number: int) -> str:
    """A number below a hundred as Chinese says it.

    >>> numeral(3), numeral(10), numeral(11), numeral(24)
    ('三', '十', '十一', '二十四')
    """
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return f"{ten}{DIGITS[ones] if ones or not tens else ''}"
