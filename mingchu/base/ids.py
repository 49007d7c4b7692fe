"""Ids: time-ordered UUIDs for records, short codes for people, digests for content."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
import uuid

# Crockford base 32: no I, L, O, U, so that a code survives the telephone.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_ticking = threading.Lock()
_last_tick = 0


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562 §6.2, method 3): sorts by the moment it was made in, and inside
    one process strictly in the order of making.

    Wall time on purpose: an id must stay unique when the demo clock is set back.
    """
    global _last_tick  # noqa: PLW0603 what makes the ids of a process ascend
    with _ticking:
        _last_tick = tick = max(time.time_ns() * 4096 // 1_000_000, _last_tick + 1)
    random = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    value = (tick >> 12 & (1 << 48) - 1) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64
    return uuid.UUID(int=value | 0b10 << 62 | random)


def new_code(length: int = 10) -> str:
    """An unguessable short code, 5 bits a character."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def read_code(typed: str) -> str:
    """What a person meant by a typed code.

    >>> read_code(" o1l-abc ")
    '011ABC'
    """
    bare = typed.strip().upper().replace("-", "").replace(" ", "")
    return bare.translate(str.maketrans("ILO", "110"))


def digest(content: bytes, algorithm: str = "sha256") -> str:
    """Hex digest; `sm3` where OpenSSL has it."""
    return hashlib.new(algorithm, content).hexdigest()
