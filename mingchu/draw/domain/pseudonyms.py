"""Pseudonyms 化名: the ids of a draw's lists; who bears one can prove it, and nobody else can.

A pseudonym is a digest of a code and of a salt of that code alone. Salts come from one secret by
HMAC: a salt that was told to one business says nothing of any other's, and codes, which can be
guessed, cannot be tried out without it. The secret is made before any list is frozen, and draws
of one joint campaign share it, so that a business has one pseudonym in all of them.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from mingchu.draw.domain.hashing import TAG

SECRET_BYTES = 32
LETTERS = 32  # of a pseudonym, hexadecimal: 128 bits


@dataclass(frozen=True)
class Proof:
    """Its own leaf: what the office tells the one who bears a code, and nobody else."""

    code: str
    salt: bytes
    pseudonym: str

    @property
    def holds(self) -> bool:
        return pseudonym(self.code, self.salt) == self.pseudonym


def salt(secret: bytes, code: str) -> bytes:
    """A salt of this code alone."""
    return hmac.new(secret, TAG + b"salt\x00" + code.encode(), hashlib.sha256).digest()


def pseudonym(code: str, salted: bytes) -> str:
    """SHA-256 whatever the draw itself hashes with, so that joint draws agree.

    >>> pseudonym("91150102MA0AAAAAA1", bytes(32))
    '7dc72d6692cae851516fef61017678c2'
    """
    told = TAG + b"pseudonym\x00" + salted + code.encode()
    return hashlib.sha256(told).hexdigest()[:LETTERS]


def proof(secret: bytes, code: str) -> Proof:
    mine = salt(secret, code)
    return Proof(code, mine, pseudonym(code, mine))
