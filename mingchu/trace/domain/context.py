"""`@context`: which prefixes an event may use, and the full names they stand for.

Nothing is fetched. The standard EPCIS context is known by heart; a prefix that only another
document declares cannot be told, so its names are refused and the sender declares it inline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mingchu.trace.domain.faults import Kind
from mingchu.trace.domain.vocabulary import CBV, VOC
from mingchu.trace.domain.words import Broken, is_uri

MASTER_DATA = "urn:epcglobal:cbv:mda"
STANDARD = {
    "cbv": CBV,
    "cbvmda": MASTER_DATA,
    "dcterms": "http://purl.org/dc/terms/",
    "epcis": "https://ref.gs1.org/epcis/",
    "gs1": VOC,
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
GS1 = ("https://ref.gs1.org", "https://gs1.org")
# Without "//" these are still names by themselves, not a prefix somebody forgot to declare.
_SCHEMES = frozenset({"urn", "tag", "ni", "did", "info", "oid"})
_LAST_MARK = re.compile(r".*[/#:]", re.DOTALL)
MOST_REMEMBERED = 10_000
MOST_PARTS = 100


class Context:
    """The prefixes in force for one event, and every name asked for so far."""

    __slots__ = ("_names", "prefixes", "values")

    def __init__(self, prefixes: Mapping[str, str]):
        self.prefixes = prefixes
        # In values only GS1's own prefixes are short for something; XML knows no others there.
        self.values = {name: to for name, to in prefixes.items() if to.startswith(GS1)}
        self._names: dict[str, str] = {}

    def within(self, own: object) -> Context:
        """This context with that of one event laid over it."""
        return Context({**self.prefixes, **dict(_declared(own))}) if own else self

    def name(self, key: str) -> str:
        """An extension's name as the hash writes it, {namespace}local; KeyError if undeclared.

        >>> read([{"example": "http://ns.example.com/epcis/"}]).name("example:myField")
        '{http://ns.example.com/epcis/}myField'
        >>> read([]).name("http://ns.example.com/epcis/myField")
        '{http://ns.example.com/epcis/}myField'
        """
        try:
            return self._names[key]
        except KeyError:
            found = self._expanded(key)
        if len(self._names) < MOST_REMEMBERED:
            self._names[key] = found
        return found

    def _expanded(self, key: str) -> str:
        prefix, colon, local = key.partition(":")
        if colon and not local.startswith("//"):
            space = self.prefixes.get(prefix)
            if space is not None:
                return f"{{{space}}}{local}"
            if prefix.lower() not in _SCHEMES:
                raise KeyError(prefix)
        return _split(key)

    def value(self, text: str) -> str:
        """A compact address of GS1's vocabularies in full; any other text unchanged.

        >>> read([]).value("gs1:Temperature"), read([{"example": "http://e.g/"}]).value("example:x")
        ('https://gs1.org/voc/Temperature', 'example:x')
        """
        prefix, _, local = text.partition(":")
        space = self.values.get(prefix)
        return text if space is None or local.startswith("//") else space + local


def _split(key: str) -> str:
    match = _LAST_MARK.match(key)
    if match is None or match.end() == len(key):
        raise KeyError(key)
    return f"{{{_space(match[0])}}}{key[match.end() :]}"


def _space(text: str) -> str:
    """XML writes the namespace of master data without the colon JSON-LD needs to join names to."""
    return MASTER_DATA if text == MASTER_DATA + ":" else text


def _declared(context: object) -> Iterable[tuple[str, str]]:
    """(prefix, address) for each entry of a context that declares one; keywords are passed over."""
    for part in context if isinstance(context, list) else [context]:
        entries: dict[str, Any] = part if isinstance(part, dict) else {}
        for name, to in entries.items():
            address = to.get("@id") if isinstance(to, dict) else to
            if isinstance(address, str) and name and not name.startswith("@"):
                yield name, _space(address)


def check(context: object) -> None:
    """An address, an object of terms, or a list of these without repeats; raises Broken."""
    listed = context if isinstance(context, list) else [context]
    if len(listed) > MOST_PARTS:
        raise Broken(Kind.BAD_VALUE, _PLACE, str(MOST_PARTS))
    for at, part in enumerate(listed):
        place = _PLACE + (f"[{at}]" if isinstance(context, list) else "")
        if not isinstance(part, dict | str):
            raise Broken(Kind.WRONG_TYPE, place)
        if isinstance(part, str) and not is_uri(part):
            raise Broken(Kind.BAD_VALUE, place, part)
        if part in listed[:at]:
            raise Broken(Kind.REPEATED, place)


_PLACE = "['@context']"
_STANDARD = Context(STANDARD)


def read(context: object) -> Context:
    """What a document's `@context` (a decoded JSON value) declares over the standard's."""
    return _STANDARD.within(context)
