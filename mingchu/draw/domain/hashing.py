"""How fsdraw/1 hashes: everything that is decided comes out of one of these four functions.

`tag ‖ label ‖ 00` keeps commitment and seed apart; tickets and the order of inspectors stand on the
seed alone, so that a reader can write them in a line of any language.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

FORMAT = "fsdraw/1"
TAG = FORMAT.encode() + b"\x00"
ALGORITHMS = ("sha256", "sm3")
NONCE_BYTES = 32
BALLS_MAX = 64
BALLS = [b"\x00" + number.to_bytes(2, "big") for number in range(BALLS_MAX)]


@dataclass(frozen=True)
class Hashing:
    """SHA-256, or SM3 where an office has to use it; a field of the plan."""

    algorithm: str = "sha256"

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise ValueError(f"algorithm: {' or '.join(ALGORITHMS)}")

    def digest(self, data: bytes) -> bytes:
        return self.new(data).digest()

    def commitment(self, files: Sequence[bytes], nonce: bytes) -> bytes:
        """What is published before anybody can know the beacon: `files` are digests, in order."""
        return self.digest(TAG + b"commit\x00" + b"".join(files) + self.digest(nonce))

    def seed(self, commitment: bytes, beacon: bytes, nonce: bytes) -> bytes:
        """What the draw hangs on: nobody knew the beacon, nobody else knew the nonce."""
        parts = commitment + self.digest(beacon) + self.digest(nonce)
        return self.digest(TAG + b"seed\x00" + parts)

    def ticket(self, seed: bytes, subject: str, balls: int = 1) -> bytes:
        """The smallest of so many balls, as 32 bytes; of all tickets the smallest are drawn.

        >>> Hashing().ticket(bytes(32), "a") == Hashing().ticket(bytes(32), "a", 1)
        True
        """
        begin = seed + b"S" + subject.encode()
        return min([self.new(begin + ball).digest() for ball in BALLS[:balls]])

    @cached_property
    def new(self) -> Callable[[bytes], hashlib._Hash]:
        """The hash itself, for loops over a million."""
        return hashlib.sha256 if self.algorithm == "sha256" else partial(hashlib.new, "sm3")

    def turn(self, seed: bytes, subject: str, inspector: str) -> bytes:
        """Whose turn it is for a subject, among inspectors who carry the same load."""
        told = subject.encode() + b"\x00" + inspector.encode()
        return self.digest(seed + b"I" + told)
