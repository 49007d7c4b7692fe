"""Ids: time-ordered UUIDs for records, short codes for people, digests for content."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import uuid

# Crockford base 32: no I, L, O, U, so that a code survives the telephone.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): sorts by the millisecond it was made in.

    Wall time on purpose: an id must stay unique when the demo clock is set back.
    """
    stamp = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (stamp & (1 << 48) - 1) << 80 | 0x7 << 76 | (random >> 68) << 64
    return uuid.UUID(int=value | 0b10 << 62 | random & (1 << 62) - 1)


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
