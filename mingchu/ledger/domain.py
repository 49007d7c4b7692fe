"""What is sealed, byte for byte: entries and the heads of the logs."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

_json = msgspec.json.Encoder()


class LogName(StrEnum):
    """The logs a city keeps."""

    JOURNAL = "journal"
    DRAWS = "draws"
    PUBLICATIONS = "publications"


class ReactionState(StrEnum):
    DONE = "done"
    FAILED = "failed"


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


def instant(moment: datetime) -> str:
    """The one text of a moment: UTC to the microsecond.

    >>> instant(datetime(2026, 11, 20, tzinfo=UTC))
    '2026-11-20T00:00:00.000000+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def entry_bytes(
    entry_id: UUID,
    kind: str,
    subject: str,
    data: str,
    cause: UUID | None,
    actor: str,
    post: str,
    request: str,
    city_time: datetime,
    wall_time: datetime,
) -> bytes:
    """The bytes an entry's digest covers: one JSON list with every column of it.

    The id carries 62 random bits, so nobody can guess a content from its published digest. An
    event that must commit to a person's own data holds `digest(salt + data)`; the salt stays in
    the person's row and is erased with it, after which the digest tells nobody anything.
    """
    return _json.encode(
        [
            "mingchu-entry/1",
            str(entry_id),
            kind,
            subject,
            msgspec.Raw(data.encode()),
            None if cause is None else str(cause),
            actor,
            post,
            request,
            instant(city_time),
            instant(wall_time),
        ]
    )


def digest(content: bytes, algorithm: str) -> bytes:
    return hashlib.new(algorithm, content).digest()
