"""Answering 应答: stored events as a document of the standard, each byte as it came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from mingchu.trace import negotiating
from mingchu.trace.domain.spelling import Spell, as_link, as_urn, respelled
from mingchu.trace.queries import Stored

CONTEXTS = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]
STANDARD = msgspec.json.encode(CONTEXTS)
HEAD = (
    b'{"@context":%s,"type":"EPCISQueryDocument","schemaVersion":"2.0","creationDate":"%s",'
    b'"epcisBody":{"queryResults":{"queryName":"SimpleEventQuery","resultsBody":{"eventList":['
)
TAIL = b"]}}}}"


SPELL: dict[str, Spell] = {negotiating.LINKS: as_link, negotiating.URNS: as_urn}


def query_document(
    events: Sequence[Stored], at: datetime, spelled: str = negotiating.KEPT
) -> bytes:
    """One document. An event keeps its own `@context`, and gets that of its document where it is
    not everybody's. `spelled` is a GS1-EPC-Format; what it does not change keeps its bytes."""
    spell = SPELL.get(spelled)
    if spell is not None:
        events = [_respelled(event, spell) for event in events]
    outer = {event.context for event in events}
    shared = outer.pop() if len(outer) == 1 else b""
    head = HEAD % (shared or STANDARD, at.isoformat(timespec="milliseconds").encode())
    return head + b",".join(_within(event, shared) for event in events) + TAIL


def spelled(names: Iterable[str], form: str) -> list[str]:
    """Identifiers by themselves in a GS1-EPC-Format."""
    spell = SPELL.get(form)
    return list(names) if spell is None else [spell(name) for name in names]


def _respelled(event: Stored, spell: Spell) -> Stored:
    members: dict[str, Any] = json.loads(event.document)
    new = respelled(members, spell)
    if new is members:
        return event
    return event._replace(document=json.dumps(new, ensure_ascii=False).encode())


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
