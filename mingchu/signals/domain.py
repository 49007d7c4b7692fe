"""What a signal says, and by what two signals are known to be about the same thing; pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

FINGERPRINT_BYTES = 16
SUBJECT_TOP, KEY_TOP, LABELS_TOP, LABEL_TOP, WORD_TOP = 60, 120, 20, 40, 120
KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
DISTRICT, STATION = re.compile(r"(\d{6})?"), re.compile(r"(\d{6,12})?")
# Labels with a meaning of their own: whoever sends very many signals is known by `source`.
SOURCE = "source"
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Signal:
    """Something was noticed, or (`over`) is noticed no more.

    `subject` is what it is about, such as `licence:5`; `key` tells several of one kind about one
    subject apart. `labels` are words that grouping, covering and clusters go by: no person's data.
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


def misshapen(one: Any) -> str:
    """Which part of a signal no alert could hold; "" if none.

    >>> misshapen(Signal(kind="camera_off", subject="camera:7"))
    ''
    >>> misshapen(Signal(kind="camera_off", subject="")), misshapen(Signal(kind="?", subject="a:1"))
    ('subject', 'kind')
    """
    if not KIND.fullmatch(one.kind):
        return "kind"
    if not 0 < len(one.subject) <= SUBJECT_TOP:
        return "subject"
    if len(one.key) > KEY_TOP:
        return "key"
    if not DISTRICT.fullmatch(one.district):
        return "district"
    if not STATION.fullmatch(one.station):
        return "station"
    return "" if _are_labels(one.labels) else "labels"


def _are_labels(labels: Any) -> bool:
    """Few and short words by few and short names; the source has to fit where a subject does."""
    return (
        isinstance(labels, Mapping)
        and len(labels) <= LABELS_TOP
        and all(isinstance(name, str) and len(name) <= LABEL_TOP for name in labels)
        and all(isinstance(word, str) and len(word) <= WORD_TOP for word in labels.values())
        and len(labels.get(SOURCE, "")) <= SUBJECT_TOP
    )
