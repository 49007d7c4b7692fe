"""Answering in XML: stored events as a query document of EPCIS 2.0 or 1.2.

An event that came in the XML asked for comes back in its own bytes, with the prefixes declared that
were declared around it; any other is written from what it says in JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

from mingchu.trace import negotiating, problems
from mingchu.trace.answering import SIMPLE, Asker
from mingchu.trace.domain import context
from mingchu.trace.domain.spelling import KEPT
from mingchu.trace.domain.xml import table, writing
from mingchu.trace.domain.xml.writing import NotInXml, Spell, written
from mingchu.trace.queries import Stored

CONTENT_TYPE = "application/xml"
SPELL: dict[str, Spell] = {
    negotiating.WORDS_WEB: writing.web,
    negotiating.WORDS_URN: writing.urn,
}
_DECLARED = re.compile(rb"""xmlns:([^=\s]+)=("[^"]*"|'[^']*')""")
_START = re.compile(rb"<[^\s/>]+")
_TAG = re.compile(rb"""<(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")


class Asked(NamedTuple):
    """Which XML: the version of EPCIS, and how standard words are spelled."""

    version: str = "2.0"
    words: str = KEPT

    @classmethod
    def by(cls, headers: Mapping[str, str]) -> Asked:
        words = headers.get(negotiating.IN_XML, "")
        return cls(negotiating.version_of(headers), words if words in SPELL else KEPT)

    @property
    def headers(self) -> dict[str, str]:
        version = negotiating.VERSION if self.version == "2.0" else negotiating.OLDER
        return {
            "GS1-EPCIS-Version": version,
            "GS1-CBV-Version": version,
            negotiating.IN_XML: self.words,
        }


def query_document(
    events: Sequence[Stored], at: datetime, asked: Asked, asker: Asker = SIMPLE
) -> bytes:
    """Raises Refusal `not_in_xml`."""
    shared = {b"epcisq": f'"{table.QUERY[asked.version]}"'.encode()}
    listed = b"".join([_event(event, asked, shared) for event in events])
    spaces = b"".join(b" xmlns:%s=%s" % one for one in shared.items())
    when = at.isoformat(timespec="milliseconds").encode()
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<epcisq:EPCISQueryDocument%s schemaVersion="%s" creationDate="%s"><EPCISBody>'
        b"<epcisq:QueryResults><queryName>%s</queryName>%s"
        b"<resultsBody><EventList>%s</EventList></resultsBody>"
        b"</epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>"
    ) % (spaces, asked.version.encode(), when, *_named(asker), listed)


def _named(asker: Asker) -> tuple[bytes, bytes]:
    """Which query, and of which subscription."""
    told = f"<subscriptionID>{escape(asker.subscription)}</subscriptionID>"
    return escape(asker.query).encode(), told.encode() if asker.subscription else b""


def _event(event: Stored, asked: Asked, shared: dict[bytes, bytes]) -> bytes:
    kind, found = _own(event, asked, shared) or _written(event, asked)
    depth = table.EVENT_DEPTH.get(kind, 0) if asked.version == "1.2" else 0
    return b"<extension>" * depth + found + b"</extension>" * depth


def _own(event: Stored, asked: Asked, shared: dict[bytes, bytes]) -> tuple[str, bytes] | None:
    """An event's own bytes, where they are what was asked for. What was declared around it is
    `shared` by the document, or, where another event means something else by it, put in."""
    if event.form != table.FORMS[asked.version] or asked.words in SPELL or not event.original:
        return None
    said, _, raw = event.original.partition(b"\n")
    start, tag = _START.match(raw), _TAG.match(raw)
    if start is None or tag is None:
        return None
    itself = dict(_DECLARED.findall(tag[0]))
    lacking = b"".join(
        b" xmlns:%s=%s" % (prefix, space)
        for prefix, space in _DECLARED.findall(said)
        if prefix not in itself and shared.setdefault(prefix, space) != space
    )
    kind = start[0][1:].decode()
    return kind, start[0] + lacking + raw[start.end() :] if lacking else raw


def _written(event: Stored, asked: Asked) -> tuple[str, bytes]:
    members = json.loads(event.document)
    outer = json.loads(event.context) if event.context else None
    names = context.read(outer).within(members.get("@context"))
    spell = SPELL.get(asked.words, writing.urn)
    try:
        said = written(members, names, version=asked.version, spell=spell)
    except NotInXml as error:
        raise problems.not_in_xml(members.get("eventID", ""), str(error)) from None
    return members["type"], said
