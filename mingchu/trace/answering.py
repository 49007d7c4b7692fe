"""Answering 应答: stored events as a document of the standard, each byte as it came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from mingchu.trace.allotments import rule
from mingchu.trace.domain.predicates import key_of
from mingchu.trace.domain.spelling import (
    ANY_FORMAT,
    KEPT,
    LINKS,
    URNS,
    Spell,
    as_link,
    as_urn,
    identifiers,
    is_link,
    respelled,
)
from mingchu.trace.queries import Stored, prefixes

CONTEXTS = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]
STANDARD = msgspec.json.encode(CONTEXTS)
HEAD = (
    b'{"@context":%s,"type":"EPCISQueryDocument","schemaVersion":"2.0","creationDate":"%s",'
    b'"epcisBody":{"queryResults":{%s,"resultsBody":{"eventList":['
)
TAIL = b"]}}}}"


class Asker(NamedTuple):
    """Which query is answered, and of which subscription."""

    query: str = "SimpleEventQuery"
    subscription: str = ""

    def written(self) -> bytes:
        said = {"subscriptionID": self.subscription} if self.subscription else {}
        return msgspec.json.encode({**said, "queryName": self.query})[1:-1]


SIMPLE = Asker()


def spelled_as(events: Sequence[Stored], spelled: str) -> tuple[Sequence[Stored], str]:
    """Events in a GS1-EPC-Format, and the format they have then: that of no preference where a
    link cannot be a URN. What is not changed keeps its bytes."""
    if spelled not in (LINKS, URNS):
        return events, spelled
    texts = {
        text
        for event in events
        if spelled == URNS
        for text in identifiers(json.loads(event.document))
    }
    spell, told = _speller(texts, spelled)
    return [_respelled(event, spell) for event in events], told


def _speller(texts: Iterable[str], spelled: str) -> tuple[Spell, str]:
    if spelled == LINKS:
        return as_link, spelled
    lengths = _lengths(filter(is_link, texts))

    def spell(text: str) -> str:
        return as_urn(text, lengths.get(text))

    is_whole = not any(is_link(spell(text)) for text in lengths)
    return spell, spelled if is_whole else ANY_FORMAT


def _lengths(links: Iterable[str]) -> dict[str, int | None]:
    """Digits of each company prefix: as a URN of the same thing told, or as it is allotted."""
    keys = {link: key_of(link) for link in links}
    told, allotted = prefixes(keys.values()), rule().allotments
    return {link: told.get(key) or allotted.prefix(key) or None for link, key in keys.items()}


def query_document(
    events: Sequence[Stored],
    at: datetime,
    spelled: str = KEPT,
    asker: Asker = SIMPLE,
) -> bytes:
    """One document. An event keeps its own `@context`, and gets that of its document where it is
    not everybody's. `spelled` is a GS1-EPC-Format; what it does not change keeps its bytes."""
    events, _told = spelled_as(events, spelled)
    outer = {event.context for event in events}
    shared = outer.pop() if len(outer) == 1 else b""
    when = at.isoformat(timespec="milliseconds").encode()
    head = HEAD % (shared or STANDARD, when, asker.written())
    return head + b",".join(_within(event, shared) for event in events) + TAIL


def spelled(names: Sequence[str], form: str) -> tuple[list[str], str]:
    """Identifiers by themselves in a GS1-EPC-Format, and the format they have then."""
    if form not in (LINKS, URNS):
        return list(names), form
    spell, told = _speller(names, form)
    return [spell(name) for name in names], told


def _respelled(event: Stored, spell: Spell) -> Stored:
    members: dict[str, Any] = json.loads(event.document)
    new = respelled(members, spell)
    if new is members:
        return event
    return Stored(json.dumps(new, ensure_ascii=False).encode(), event.context)


def _within(event: Stored, shared: bytes) -> bytes:
    if event.context in (b"", shared):
        return event.document
    members: dict[str, Any] = json.loads(event.document)
    if "@context" not in members:
        return b'{"@context":' + event.context + b"," + event.document.lstrip()[1:]
    both = [*_listed(json.loads(event.context)), *_listed(members["@context"])]
    unique = [one for at, one in enumerate(both) if one not in both[:at]]
    return msgspec.json.encode({**members, "@context": unique})


def _listed(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [context]
