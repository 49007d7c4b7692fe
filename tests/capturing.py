"""Events and documents that tests capture, and what lies in the tables afterwards."""

from __future__ import annotations

import threading
from itertools import count
from typing import Any

from django.db import connection, transaction
from epcis import CONTEXT, document, sent

from mingchu.trace.services import Behaviour, Sender, capture_document

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


class Late:
    """A capture in a thread of its own that is written, and commits when it is told to."""

    def __init__(self, event: dict[str, Any]):
        self.event = event
        self.written, self.told = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._capture)

    def _capture(self) -> None:
        try:
            with transaction.atomic():
                capture_document(a_document(self.event), Behaviour.ROLLBACK, sender())
                self.written.set()
                self.told.wait(60)
        finally:
            connection.close()

    def __enter__(self) -> Late:
        self.thread.start()
        assert self.written.wait(60)
        return self

    def commit(self) -> None:
        self.told.set()
        self.thread.join()

    def __exit__(self, *_all: object) -> None:
        self.commit()
