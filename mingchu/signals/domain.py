"""What a signal says, and by what two signals are known to be about the same thing; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

FINGERPRINT_BYTES = 16
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Signal:
    """Something was noticed, or (`over`) is noticed no more.

    `subject` is what it is about, such as `licence:5`; `key` tells several of one kind about one
    subject apart. `labels` are words that grouping and inhibition go by: no person's data.
    `at` is when it was so, None means now; `cause` the ledger entry it follows from.
    """

    kind: str
    subject: str
    key: str = ""
    business_id: int | None = None
    district: str = ""
    station: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    at: datetime | None = None
    over: bool = False
    cause: UUID | None = None

    @property
    def fingerprint(self) -> bytes:
        return fingerprint(self.kind, self.subject, self.key)


def fingerprint(kind: str, subject: str, key: str = "") -> bytes:
    """What makes two signals one alert.

    >>> fingerprint("camera_off", "camera:7") == fingerprint("camera_off", "camera:7", "")
    True
    >>> fingerprint("a", "b:1", "c") == fingerprint("a", "b:1c", "")
    False
    """
    said = "\x1f".join((kind, subject, key)).encode()
    return hashlib.sha256(said).digest()[:FINGERPRINT_BYTES]
