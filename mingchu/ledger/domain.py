"""What is sealed, byte for byte: entries and the heads of the logs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Literal
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


@lru_cache(maxsize=16)  # the entries of a set share theirs
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


def head_bytes(
    log: str, size: int, root: bytes, algorithm: str, time: datetime, key_id: str
) -> bytes:
    """The bytes a head's signature covers."""
    return _json.encode(["mingchu-head/1", log, size, root.hex(), algorithm, instant(time), key_id])


@dataclass(frozen=True)
class SignedHead:
    """A head as it stands outside of the database: one line of JSON that needs nothing else."""

    log: str
    size: int
    root: str
    algorithm: str
    time: str
    key_id: str
    signature: str

    def covered(self) -> bytes:
        return head_bytes(
            self.log,
            self.size,
            bytes.fromhex(self.root),
            self.algorithm,
            datetime.fromisoformat(self.time),
            self.key_id,
        )


@dataclass(frozen=True)
class Found:
    """What is wrong first, and where; `seq` is None where no place can be named."""

    seq: int | None
    kind: Literal["altered", "removed", "reordered", "cut", "head"]


@dataclass(frozen=True)
class Verdict:
    """The answer of a check of the whole ledger; `head` is the newest in the database."""

    entries: int
    unsealed: int
    head: SignedHead | None
    fault: Found | None

    @property
    def ok(self) -> bool:
        return self.fault is None
