"""Spelling 写法: the identifiers of an event rewritten in the form a reader asks for.

Only members of the standard that name things, places and documents are touched. What is said stays:
the event hash knows a GS1 key in any spelling. A Digital Link does not tell how long the company
prefix is, so that it becomes a URN only where that is known from elsewhere; else it stays a link.
So does one that says more than its key, such as lot and serial, or dates: a URN would lose it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mingchu.identifiers.epc import EpcError, elements, is_gs1, link_of, read, urn
from mingchu.trace.domain.extending import Members
from mingchu.trace.domain.predicates import NAMED_BY

# How the standard asks for identifiers.
KEPT, ANY_FORMAT = "Never_Translates", "No_Preference"
LINKS, URNS = "Always_GS1_Digital_Link", "Always_EPC_URN"
Spell = Callable[[str], str]
_TEXTS = ("parentID", "transformationID")
_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_PLACES = ("readPoint", "bizLocation")


def as_link(text: str) -> str:
    """
    >>> as_link("urn:epc:id:sgtin:0614141.112345.400"), as_link("urn:example:1")
    ('https://id.gs1.org/01/10614141123459/21/400', 'urn:example:1')
    """
    return link_of(text) if text.startswith("urn:epc:") else text


def as_urn(text: str, prefix: int | None = None) -> str:
    """A company prefix of so many digits; None: nobody knows how many.

    >>> as_urn("https://id.gs1.org/01/10614141123459/21/400", 7)
    'urn:epc:id:sgtin:0614141.112345.400'
    >>> as_urn("https://id.gs1.org/01/10614141123459/21/400")
    'https://id.gs1.org/01/10614141123459/21/400'
    """
    if not text.startswith(_HTTP) or "?" in text or "#" in text:
        return text
    try:
        found = read(text)
        is_whole = len(elements(text)) == (found.key.count("/") + 1) // 2
        return urn(found, prefix) if is_whole else text
    except EpcError:
        return text


_HTTP = ("http", "HTTP")


def is_link(text: str) -> bool:
    """
    >>> is_link("https://id.gs1.org/01/10614141123459"), is_link("https://example.org/x")
    (True, False)
    """
    return text.startswith(_HTTP) and is_gs1(text)


def identifiers(members: Members) -> list[str]:
    """Every text of an event that `respelled` rewrites."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    respelled(members, note)
    return found


def respelled(members: Members, spell: Spell) -> Members:
    """The event with its identifiers as `spell` writes them; the same object if none changed."""
    changed: dict[str, Any] = {}
    for name in members.keys() & _KNOWN.keys():
        value = members[name]
        new = _KNOWN[name](value, spell)
        if new != value:
            changed[name] = new
    return (
        {name: changed.get(name, value) for name, value in members.items()} if changed else members
    )


def _text(value: str, spell: Spell) -> str:
    return spell(value)


def _list(value: list[str], spell: Spell) -> list[str]:
    return [spell(one) for one in value]


def _place(value: Members, spell: Spell) -> Members:
    return {**value, "id": spell(value["id"])}


def _parts(member: str) -> Callable[[list[Members], Spell], list[Members]]:
    def respell(value: list[Members], spell: Spell) -> list[Members]:
        return [{**one, member: spell(one[member])} for one in value]

    return respell


_KNOWN: Mapping[str, Callable[[Any, Spell], Any]] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_LISTS, _list),
    **dict.fromkeys(_PLACES, _place),
    **{name: _parts(member) for name, member in NAMED_BY.items()},
}
