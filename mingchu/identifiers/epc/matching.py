"""Patterns of queries (`MATCH_epc` and its kin) as ranges of keys: no expression is searched.

The EPCIS standard lets a pattern be a pure identity pattern of the Tag Data Standard, with stars
for its last fields, or any other URI, which then matches itself. A key does not tell how long its
company prefix is; no prefix begins another, so a range over its digits finds one company.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mingchu.identifiers.epc.errors import PATTERN, EpcError
from mingchu.identifiers.epc.reading import (
    bad_prefix,
    fields_of,
    head_of,
    of_link,
    pieces_of,
    read,
    value_of,
)
from mingchu.identifiers.epc.schemes import (
    BY_URN,
    LINKS,
    LONGEST_PREFIX,
    NAMES_OF_QUALIFIERS,
    ORDERS,
    SCHEMES,
    SHORTEST_PREFIX,
    Scheme,
)

ANY = "*"


_STARS = re.compile(r"(?:\*\.)*\*$")


class Pattern(NamedTuple):
    """Keys that are one of `exact`, or begin with one of `prefixes` and are fit.

    Fit: their qualifier, the third part of the key, is among `qualifiers` (empty text: none);
    without `qualifiers` any is.
    """

    exact: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()

    def matches(self, key: str) -> bool:
        """
        >>> patterns("urn:epc:idpat:sgtin:0614141.*.*").matches("01/10614141123459/21/400")
        True
        """
        if key in self.exact:
            return True
        parts = key.split("/")
        qualifier = parts[2] if len(parts) > 2 else ""
        return key.startswith(self.prefixes) and (
            not self.qualifiers or qualifier in self.qualifiers
        )


def patterns(text: str) -> Pattern:
    """What a value of a MATCH parameter asks for; a text that is no GS1 key is kept whole.

    >>> patterns("urn:epc:idpat:sgtin:0614141.112345.*")
    Pattern(exact=('01/10614141123459',), prefixes=('01/10614141123459/21/',), qualifiers=())
    >>> patterns("https://example.org/01/10614141123459/10/*").prefixes
    ('01/10614141123459/10/',)
    >>> patterns("https://example.org/x").exact
    ('https://example.org/x',)
    """
    if text.startswith(("urn:epc:idpat:", "urn:epc:class:")) and text.endswith(ANY):
        return _starred(text)
    if text.startswith(("http:", "https:")) and text.endswith("/" + ANY):
        return _below(text)
    return Pattern(exact=(key_of(text),))


def key_of(text: str) -> str:
    """The key of a GS1 identifier; any other text is its own.

    >>> key_of("urn:epc:id:pgln:0614141.00777"), key_of("urn:example:1")
    ('417/0614141007776', 'urn:example:1')
    """
    try:
        return read(text).key
    except EpcError:
        return text


def is_prefix(text: str) -> bool:
    """
    >>> is_prefix("0614141"), is_prefix("4012345000115")
    (True, False)
    """
    return SHORTEST_PREFIX <= len(text) <= LONGEST_PREFIX and text.isascii() and text.isdecimal()


# Where in the value of a key its company prefix begins.
_BEGINS = {row.ai: int(row.turned) or len(row.lead) for row in SCHEMES}


def company_digits(key: str) -> str:
    """What a key says from its company prefix on, as much as a prefix could be; "" of other texts.

    >>> company_digits("01/10614141123459/21/400"), company_digits("urn:example:1")
    ('061414112345', '')
    """
    ai, _, rest = key.partition("/")
    begin = _BEGINS.get(ai)
    return "" if begin is None else rest.partition("/")[0][begin : begin + LONGEST_PREFIX]


def class_of(key: str) -> str:
    """The key without serial, lot or pieces; a number names the same place and party.

    >>> class_of("01/10614141123459/21/400"), class_of("8003/006141411234521A"), class_of("417/1")
    ('01/10614141123459', '8003/00614141123452', '414/1')
    """
    ai, value = key.split("/", 2)[:2]
    digits = LINKS[ai].digits
    return f"{_SAME.get(ai, ai)}/{value[:digits] if digits else value}"


_SAME = {"417": "414", "8006": "01"}


def _below(text: str) -> Pattern:
    """All that lies under a link: one with a qualifier's name at its end, or a key."""
    start, _, name = text.removesuffix("/*").rpartition("/")
    ai = NAMES_OF_QUALIFIERS.get(name)
    try:
        found = of_link(start if ai else f"{start}/{name}")
    except EpcError:
        return Pattern(exact=(text,))
    if not ai:
        return Pattern(exact=(found.key,), prefixes=(found.key + "/",))
    # A key keeps its finest level only: nothing tells which serials are of a lot.
    if found.qualifiers or (ai,) not in ORDERS[found.ai]:
        raise EpcError(PATTERN, found=text)
    return Pattern(prefixes=(f"{found.key}/{ai}/",))


def _starred(text: str) -> Pattern:
    head, body = head_of(text)
    row = BY_URN.get(head.replace(":idpat:", ":id:"))
    if row is None:
        return _foreign(text)
    fields = fields_of(row, body)
    known = fields[: fields.index(ANY)]
    if any(field != ANY for field in fields[len(known) :]):
        raise EpcError(PATTERN, found=body)
    qualifiers = _qualifiers(row)
    if not known:
        return Pattern(prefixes=(f"{row.ai}/",), qualifiers=qualifiers)
    if len(known) == 1:
        return Pattern(prefixes=_of_company(row, known[0]), qualifiers=qualifiers)
    return _of_class(row, known, qualifiers)


def _qualifiers(row: Scheme) -> tuple[str, ...]:
    """A lot stands beside no class; whatever else has a qualifier does."""
    if row.form == "class":
        return (row.qualifier,)
    return ("", row.qualifier) if row.joint else ("",)


def _of_company(row: Scheme, prefix: str) -> tuple[str, ...]:
    """The keys of one company: where a digit stands before its prefix, ten ranges."""
    if not SHORTEST_PREFIX <= len(prefix) <= LONGEST_PREFIX or not prefix.isdigit():
        raise bad_prefix(prefix)
    if row.turned:
        return tuple(f"{row.ai}/{first}{prefix}" for first in range(10))
    return (f"{row.ai}/{row.lead}{prefix}",)


def _of_class(row: Scheme, known: list[str], qualifiers: tuple[str, ...]) -> Pattern:
    prefix, reference, *rest = known
    key = f"{row.ai}/{value_of(row, prefix, reference)}"
    if row.pieces and len(rest) < 2:
        return Pattern(prefixes=(key + "".join(rest),), qualifiers=qualifiers)
    if row.pieces:
        key += pieces_of(*rest)
    if not row.joint:
        return Pattern(prefixes=(key,))
    exact = () if row.form == "class" else (key,)
    return Pattern(exact=exact, prefixes=(key + row.joint,))


def _foreign(text: str) -> Pattern:
    """A pattern of another EPC scheme: the texts that begin like it."""
    return Pattern(prefixes=(_STARS.sub("", text).replace(":idpat:", ":id:", 1),))
