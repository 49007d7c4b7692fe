"""Events and documents that tests capture, and what lies in the tables afterwards."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import connection
from epcis import CONTEXT, document, sent

from mingchu.trace.services import Sender

_numbers = count(1)


def an_event(**more: Any) -> dict[str, Any]:
    """An object event about a thing of its own."""
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-11-28T08:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "epcList": [f"urn:epc:id:sgtin:4012345.011111.{next(_numbers)}"],
        **more,
    }


def a_document(*events: Any) -> bytes:
    return sent(document(*events))


def as_sent(event: dict[str, Any]) -> bytes:
    """An event by itself, which has to say its own context."""
    return sent({"@context": CONTEXT, **event})


def sender(party: str = "business:17", district: str = "150105") -> Sender:
    return Sender("user:1 token:x", party, district)


def events_of(table: str = "event") -> int:
    with connection.cursor() as db:
        db.execute(f"SELECT count(*) FROM trace_{table}")  # noqa: S608 a table of the test
        return int(db.fetchone()[0])
