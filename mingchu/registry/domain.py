"""Registry 主体库: what a business, a licence and a fragment to search by are; no framework.

A business has one number with two spellings: inside it is an integer, outside (addresses, API,
ledger, scopes) eight letters and digits that keep no order, made from it by arithmetic alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from mingchu.base.ids import CODE_ALPHABET, read_code

ID_LENGTH = 8
_SPACE = 1 << 5 * ID_LENGTH
STRIDE = 0x9E3779B97  # odd, so that every number has exactly one code
_BACK = pow(STRIDE, -1, _SPACE)
SEARCH_TOP = 2_100  # bytes
ENDLESS = date.max  # of a filing, which does not run out


class Kind(StrEnum):
    """What a business mainly does with food; the licences say what it may do."""

    PRODUCER = "producer"
    SELLER = "seller"
    CATERER = "caterer"
    CANTEEN = "canteen"
    WORKSHOP = "workshop"
    SMALL_RESTAURANT = "small_restaurant"
    GROCERY = "grocery"
    VENDOR = "vendor"
    FARM_STALL = "farm_stall"
    COLD_STORE = "cold_store"
    MARKET = "market"
    SCHOOL = "school"
    UNLICENSED = "unlicensed"


class State(StrEnum):
    """How a business stands; only `closed` is final."""

    OPEN = "open"
    SEASONAL = "seasonal"
    DORMANT = "dormant"
    SUSPENDED = "suspended"
    NOT_FOUND = "not_found"
    GONE = "gone"
    CLOSED = "closed"


class LicenceKind(StrEnum):
    """SC, JY and YB are the nation's; workshops and vendors hold what the region gives."""

    SC = "SC"
    JY = "JY"
    YB = "YB"
    REGISTRATION = "registration"
    CARD = "card"


class LicenceState(StrEnum):
    """What was decided about a licence; that its term has run out is read off its dates."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


class Duty(StrEnum):
    """What a person does in a business."""

    PRINCIPAL = "principal"
    DIRECTOR = "director"
    OFFICER = "officer"
    HANDLER = "handler"


class Use(StrEnum):
    """What a place is for."""

    SHOP = "shop"
    FACTORY = "factory"
    KITCHEN = "kitchen"
    WAREHOUSE = "warehouse"
    COLD_STORE = "cold_store"
    STALL = "stall"
    MOBILE = "mobile"
    ONLINE = "online"


class Scale(StrEnum):
    """The statistical size class."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


class Serves(StrEnum):
    """Whom a canteen or a meal supplier feeds."""

    KINDERGARTEN = "kindergarten"
    SCHOOL = "school"
    CARE_HOME = "care_home"
    OTHER = "other"
    SUPPLIER = "supplier"


class Channel(StrEnum):
    """By which door a value came in."""

    FORM = "form"
    LIST = "list"
    DESK = "desk"
    API = "api"
    MERGE = "merge"


@lru_cache(4096)  # a page spells the same ones dozens of times
def public_id(number: int) -> str:
    """The spelling of a business's number for the world outside.

    >>> public_id(1), number_of(public_id(1)), public_id(16108) != public_id(16109)
    ('17HQF6WQ', 1, True)
    """
    scattered = number * STRIDE % _SPACE
    return "".join(
        CODE_ALPHABET[scattered >> 5 * place & 31] for place in range(ID_LENGTH - 1, -1, -1)
    )


@lru_cache(4096)
def number_of(code: str) -> int:
    """The number behind a code; of a mistyped one 0 or some number nobody has.

    >>> number_of("17hq-f6wq"), number_of("?")
    (1, 0)
    """
    scattered = 0
    for letter in read_code(code):
        place = CODE_ALPHABET.find(letter)
        if place < 0:
            return 0
        scattered = scattered << 5 | place
    return scattered * _BACK % _SPACE


def subject(number: int) -> str:
    """How entries of the ledger name a business."""
    return f"business:{public_id(number)}"


def folded(text: str) -> str:
    """Text as it is compared: full-width as half-width, upper case, spaces single.

    >>> folded("  绿野ＡＢ  餐饮（赛罕）店 ")
    '绿野AB 餐饮(赛罕)店'
    """
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def searchable(parts: Iterable[str]) -> str:
    """All that a business is found by, in one line.

    Cut at whole parts: the line stands in an index, whose entries PostgreSQL holds to 2,704 bytes.

    >>> searchable(["绿野", "", "绿野", "A1"])
    '绿野 A1'
    >>> len(searchable(f"通道街{number}号" for number in range(999)).encode()) <= SEARCH_TOP
    True
    """
    line, length = [], 0
    for part in dict.fromkeys(folded(part) for part in parts if part):
        length += len(part.encode()) + 1
        if length <= SEARCH_TOP:
            line.append(part)
    return " ".join(line)


def may_be_named(word: str) -> bool:
    """Whether a word of the search box may be part of a person's name.

    One character would find a tenth of a city.

    >>> may_be_named("测试甲"), may_be_named("甲"), may_be_named("JY215")
    (True, False, False)
    """
    return len(word) > 1 and not any(map(str.isdigit, word))


_RUN = re.compile(r"[0-9A-Z]+|[^0-9A-Z ]+")
SHORT_RUN = 6  # characters
TAIL = 3  # terms


def grams(fragment: str) -> list[str]:
    """The terms of a `tsquery` that any text holding the fragment fulfils.

    The index holds, for every place of a text, the character and the pair that begin there, of
    letters and digits up to four: `registry_grams` of the first migration, which this mirrors.
    Of a short run all are asked, since the rarest spares most comparing; of a long one those that
    cover it, every hit being compared with the whole of it anyway. So a digit or two, with which
    thousands of terms begin, are asked for only where there is nothing else to ask.

    >>> grams("绿野饭店"), grams("JY2150005"), grams("A1"), grams("绿野2号")
    (["'绿野'", "'野饭'", "'饭店'"], ["'JY21'", "'5000'", "'0005'"], ["'A1':*"], ["'绿野'", "'号'"])
    """
    found, begun = [], []
    for run in _RUN.findall(fragment):
        plain = run.isascii() and run[0].isalnum()
        width = 4 if plain else 2
        if len(run) >= width:
            last = len(run) - width
            step = 1 if len(run) <= SHORT_RUN else width
            places = sorted({*range(0, last + 1, step), last})
            if plain:  # whole districts share the beginning of a number
                places = places[-TAIL:]
            found += [_term(run[at : at + width]) for at in places]
        elif plain:
            begun.append(f"{_term(run)}:*")
        else:
            found.append(_term(run))
    return found or begun


def _term(gram: str) -> str:
    doubled = gram.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


class Standing(StrEnum):
    """How a licence stands on a day."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


def standing(state: str, expires: date | None, day: date, warn_days: int) -> Standing:
    """A licence holds to the end of its last day; a filing without one does not expire.

    >>> standing("valid", date(2026, 11, 20), date(2026, 11, 20), 90).value
    'expiring'
    >>> standing("valid", None, date(2026, 11, 20), 90).value
    'valid'
    """
    if state != LicenceState.VALID:
        return Standing(state)
    if expires is None:
        return Standing.VALID
    if expires < day:
        return Standing.EXPIRED
    return Standing.EXPIRING if expires <= day + timedelta(days=warn_days) else Standing.VALID


def earliest_and_latest(ends: Iterable[date | None]) -> tuple[date | None, date | None]:
    """The earliest day some valid licence ends, and the last on which one is still held.

    >>> earliest_and_latest([]), earliest_and_latest([None])
    ((None, None), (None, datetime.date(9999, 12, 31)))
    >>> [f"{day}" for day in earliest_and_latest([date(2027, 2, 19), date(2026, 12, 1)])]
    ['2026-12-01', '2027-02-19']
    """
    known = list(ends)
    return (
        min((end for end in known if end), default=None),
        max((end or ENDLESS for end in known), default=None),
    )


def masked_phone(phone: str) -> str:
    """A telephone number as a page shows it.

    >>> masked_phone("13800001234"), masked_phone("4711")
    ('138****1234', '****')
    """
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)
