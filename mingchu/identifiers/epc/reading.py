"""Reading identifiers: EPC URN, class and pattern URN, or Digital Link of any domain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from mingchu.identifiers.checksums import gs1
from mingchu.identifiers.epc.errors import (
    CHARACTER,
    CHECK,
    DIGITS,
    FIELDS,
    LENGTH,
    NOT_GS1,
    ORDER,
    PATTERN,
    PIECES,
    PREFIX,
    EpcError,
)
from mingchu.identifiers.epc.letters import decoded, from_link, from_urn, in_link
from mingchu.identifiers.epc.schemes import (
    BY_URN,
    LINKS,
    LONGEST_PREFIX,
    NAMES_OF_KEYS,
    NAMES_OF_QUALIFIERS,
    ORDERS,
    QUALIFIERS,
    SHORTEST_PREFIX,
    VARIANT,
    Epc,
    Kind,
    Link,
    Scheme,
    name_of,
)
from mingchu.identifiers.gs1 import LENGTHS, Key, to_14

HOST = "https://id.gs1.org"
# A place: its extension `0` means that there is none.
PLACE, ITSELF = "414", "0"


def read(text: str) -> Epc:
    """The identifier in a text, checked down to its check digit.

    >>> read("urn:epc:id:sgtin:0614141.112345.400")
    Epc(scheme='sgtin', kind=<Kind.INSTANCE: 'instance'>, key='01/10614141123459/21/400', prefix=7)
    >>> read("https://example.org/a/01/0614141123452/10/L1?17=261231").key
    '01/00614141123452/10/L1'
    """
    if text.startswith("urn:epc:"):
        row, key, prefix = of_urn(text)
        if row.pieces:
            _check_pieces(key[19:23])
        return Epc(name_of(row), row.kind, key, prefix)
    found = of_link(text)
    _verify(found)
    return Epc(*found.meaning, found.key, None)


def is_gs1(text: str) -> bool:
    """
    >>> is_gs1("urn:epc:id:sscc:0614141.1234567890"), is_gs1("urn:epc:id:gid:1.2.3")
    (True, False)
    """
    try:
        read(text)
    except EpcError:
        return False
    return True


def link_of(text: str) -> str:
    """The canonical Digital Link by the rules of the event hash (CBV 2.0, 8.9); others unchanged.

    Domain id.gs1.org, the finest level only, no variant, no query. The hash says which text was
    meant, not whether it is right: check digits of links stay as they are written.

    >>> link_of("https://example.org/01/10614141123459/10/L1/21/400?17=261231")
    'https://id.gs1.org/01/10614141123459/21/400'
    >>> link_of("urn:epcglobal:cbv:bt:0614141073467:1152")
    'urn:epcglobal:cbv:bt:0614141073467:1152'
    """
    try:
        if text.startswith("urn:epc:"):
            return f"{HOST}/{of_urn(text)[1]}"
        return f"{HOST}/{of_link(text).key}" if text[:4] in _HTTP else text
    except EpcError:
        return text


_HTTP = ("http", "HTTP")


def of_urn(text: str) -> tuple[Scheme, str, int]:
    """(scheme, key, digits of the company prefix) of a URN."""
    head, body = head_of(text)
    row = BY_URN.get(head)
    if row is None:
        raise EpcError(NOT_GS1, found=text)
    fields = fields_of(row, body)
    prefix = fields[0]
    key = f"{row.ai}/{value_of(row, prefix, fields[1])}"
    if row.pieces:
        key += pieces_of(fields[2], fields[3])
    if row.last is not None:
        last = fields[-1]
        if last != ITSELF or row.ai != PLACE:
            key += row.joint + from_urn(last, row.last)
    elif row.is_class and fields[-1] != "*":
        raise EpcError(PATTERN, found=body)
    return row, key, len(prefix)


def head_of(text: str) -> tuple[str, str]:
    """
    >>> head_of("urn:epc:id:sgtin:0614141.112345.4:0")
    ('urn:epc:id:sgtin:', '0614141.112345.4:0')
    """
    at = text.find(":", text.find(":", 8) + 1) + 1
    return text[:at], text[at:]


def fields_of(row: Scheme, body: str) -> list[str]:
    fields = body.split(".", row.fields - 1)
    if len(fields) != row.fields:
        raise EpcError(FIELDS, found=body, expected=row.fields, count=len(fields))
    return fields


# The same few thousand products and places come again and again.
@lru_cache(maxsize=8192)
def value_of(row: Scheme, prefix: str, reference: str) -> str:
    """Prefix and reference of a URN as they stand in the key, with their check digit.

    >>> value_of(BY_URN["urn:epc:id:sgtin:"], "0614141", "112345")
    '10614141123459'
    """
    if not SHORTEST_PREFIX <= len(prefix) <= LONGEST_PREFIX or not _digits(prefix):
        raise bad_prefix(prefix)
    if row.letters is not None:
        spelled = from_urn(reference, row.letters)
        most = row.letters.longest - len(prefix)
        if len(decoded(spelled)) > most:
            raise EpcError(LENGTH, found=reference, longest=most)
        return prefix + spelled
    digits = prefix + reference
    if len(digits) != row.digits or not _digits(digits):
        raise EpcError(DIGITS, found=reference, expected=row.digits - len(prefix))
    if row.turned:
        digits = reference[0] + prefix + reference[1:]
    return row.lead + digits + gs1(digits)


def bad_prefix(found: str) -> EpcError:
    return EpcError(PREFIX, found=found, shortest=SHORTEST_PREFIX, longest=LONGEST_PREFIX)


def pieces_of(piece: str, total: str) -> str:
    if len(piece) != 2 or len(total) != 2 or not _digits(piece + total):
        raise EpcError(PIECES, found=f"{piece}.{total}")
    return piece + total


def _check_pieces(both: str) -> None:
    if not "00" < both[:2] <= both[2:]:
        raise EpcError(PIECES, found=both)


def _digits(text: str) -> bool:
    return text.isdigit() and text.isascii()


class Found(NamedTuple):
    """A Digital Link taken apart; `value` and the qualifiers are spelled as in the key.

    `meaning` is (scheme, kind); the key is of the finest level told.
    """

    ai: str
    value: str
    qualifiers: tuple[tuple[str, str], ...]
    meaning: tuple[str, Kind]
    key: str


def of_link(text: str) -> Found:
    """A Digital Link taken apart, its check digit not compared."""
    path = text
    for sign in "#?":
        if sign in path:
            path = path[: path.index(sign)]
    segments = path.removesuffix("/").split("/")
    if segments[0].lower() not in ("https:", "http:") or segments[1:2] != [""]:
        raise EpcError(NOT_GS1, found=text)
    # Keys and qualifiers share no name, so the last key at its place in the pairs is the key.
    for at in range(len(segments) - 2, max(2, len(segments) - 10), -2):
        ai = NAMES_OF_KEYS.get(segments[at])
        if ai is not None:
            return _found(ai, segments[at + 1], segments[at + 2 :])
    raise EpcError(NOT_GS1, found=text)


def _found(ai: str, text: str, behind: list[str]) -> Found:
    link = LINKS[ai]
    value, longer = _value(link, ai, text)
    meaning = link.longer if longer and link.longer else link.whole
    key = f"{ai}/{value}"
    if not behind:
        return Found(ai, value, (), meaning, key)
    qualifiers = _qualifiers(ai, behind)
    finest, told = qualifiers[-1]
    if finest != VARIANT and (finest, told) != ("254", ITSELF):
        meaning = link.qualified.get(finest, meaning)
        key = f"{key}/{finest}/{told}"
    return Found(ai, value, qualifiers, meaning, key)


def _value(key: Link, ai: str, text: str) -> tuple[str, bool]:
    """(the value of a primary key, whether a serial follows its digits)."""
    if key.letters is not None:
        spelled = from_link(text, key.letters)
        if not _digits(spelled[:4]) or len(spelled) < 5:
            raise bad_prefix(text)
        return spelled, False
    digits, serial = (text, "") if not key.serial else (text[: key.digits], text[key.digits :])
    if ai == "01" and len(digits) in LENGTHS[Key.GTIN]:
        digits = to_14(digits)
    expected = key.digits + (4 if key.pieces else 0)
    if len(digits) != expected or not _digits(digits):
        raise EpcError(DIGITS, found=digits, expected=expected)
    if not serial or key.serial is None:
        return digits, False
    return digits + from_link(serial, key.serial), True


def _qualifiers(ai: str, segments: list[str]) -> tuple[tuple[str, str], ...]:
    names = tuple([NAMES_OF_QUALIFIERS.get(name, name) for name in segments[::2]])
    if names not in ORDERS[ai]:
        raise EpcError(ORDER, ai=ai, found="/".join(names))
    values = segments[1::2]
    return tuple([(name, from_link(values[at], QUALIFIERS[name])) for at, name in enumerate(names)])


def _verify(found: Found) -> None:
    key = LINKS[found.ai]
    if not key.digits:
        return
    digits = found.value[: key.digits]
    if found.ai == "8003" and digits[0] != "0":
        raise EpcError(CHARACTER, found=found.value)
    expected = gs1(digits[:-1])
    if digits[-1] != expected:
        raise EpcError(CHECK, found=digits, expected=expected)
    if key.pieces:
        _check_pieces(found.value[14:18])


def elements(text: str) -> dict[str, str]:
    """All that a text says, by application identifier, in the order of the standard.

    More than the key where a link tells lot and serial: the key keeps the finest level.

    >>> elements("https://example.org/01/10614141123459/10/L1/21/a%2Fb")
    {'01': '10614141123459', '10': 'L1', '21': 'a/b'}
    """
    read(text)
    found = of_link(link_of(text) if text.startswith("urn:") else text)
    pairs = ((found.ai, found.value), *found.qualifiers)
    return {ai: decoded(value) for ai, value in pairs}


def of(parts: Mapping[str, str]) -> Epc:
    """The identifier of values by application identifier, as they stand on a label.

    >>> of({"10": "L/1", "01": "6901234567892"}).key
    '01/06901234567892/10/L%2F1'
    """
    keys = [ai for ai in parts if ai in LINKS]
    if len(keys) != 1:
        raise EpcError(NOT_GS1, found="/".join(parts))
    order = list(QUALIFIERS)
    others = sorted(
        (ai for ai in parts if ai != keys[0]),
        key=lambda ai: order.index(ai) if ai in QUALIFIERS else -1,
    )
    path = (f"{ai}/{in_link(parts[ai])}" for ai in (*keys, *others))
    return read(f"{HOST}/{'/'.join(path)}")
