"""Names and numbers that belong to nobody, in patterns anybody recognises as invented."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from zlib import crc32

from mingchu.identifiers import resident_id
from mingchu.identifiers.divisions import COUNTIES, DIVISIONS, Level, division

ENDINGS = {
    "company": "有限公司",
    "cooperative": "农民专业合作社",
    "household": "",
    "person": "",
    "public": "",
    "private_school": "",
}
CYCLE = 60
_STEP = 2311  # no divisor in common with 3,600: neighbours get names far apart
_FIRST_BIRTH, _BIRTHS = date(1964, 1, 1), 14_975  # to the end of 2004
_BIRTH_STEP = 7919
# After the city's own counties, ones no league has: more people need more numbers.
_PLACES = (
    *(row.code for row in COUNTIES),
    *(
        f"{row.code[:4]}{n:02d}"
        for row in DIVISIONS.values()
        if row.level is Level.CITY
        for n in range(60, 100)
    ),
)


def offset(key: str) -> int:
    """Where in the cycle a list of brands begins, so that lists do not all begin alike."""
    return crc32(key.encode()) % CYCLE


def cyclic(stems: str, branches: str, number: int) -> str:
    """A name of the cycle of sixty.

    >>> cyclic("甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥", 62)
    '丙寅'
    """
    return stems[number % len(stems)] + branches[number % len(branches)]


def brand(stems: str, branches: str, number: int) -> str:
    """The n-th brand; after all pairs come second shops, third shops.

    >>> brand("甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥", 3601)
    '壬寅乙未2号'
    """
    again, place = divmod(number, CYCLE * CYCLE)
    pair = divmod(place * _STEP % (CYCLE * CYCLE), CYCLE)
    name = "".join(cyclic(stems, branches, part) for part in pair)
    return f"{name}{again + 1}号" if again else name


def person_name(surnames: str, stems: str, branches: str, number: int) -> str:
    """
    >>> person_name("演示", "甲乙", "子丑寅", 3)
    '示乙子'
    """
    rest, surname = divmod(number, len(surnames))
    rest, stem = divmod(rest, len(stems))
    return surnames[surname] + stems[stem] + branches[rest % len(branches)]


def resident_number(number: int) -> str:
    """The n-th resident number of sequence 000, which is never issued.

    >>> resident_number(0), resident_number(20_000)[:6]
    ('150102196401010006', '150103')
    """
    place, birth = divmod(number, _BIRTHS)
    day = _FIRST_BIRTH + timedelta(days=birth * _BIRTH_STEP % _BIRTHS)
    return resident_id.synthetic(_PLACES[place], day)


@cache
def place_name(district: str) -> str:
    """
    >>> place_name("150105"), place_name("150172")
    ('呼和浩特市赛罕区', '呼和浩特经济技术开发区')
    """
    found = division(district)
    name = found.zh if found else district
    return name if name.startswith("呼和浩特") else f"呼和浩特市{name}"
