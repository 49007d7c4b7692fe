"""What happened to lists that came in."""

from __future__ import annotations

from dataclasses import dataclass

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class ImportApplied(Event):
    """The good rows of a file were taken over; the digest names the file."""

    batch_id: int
    importer: str
    file_digest: str
    created: int
    changed: int
    unchanged: int
    faulty: int


@dataclass(frozen=True, kw_only=True)
class ImportUndone(Event):
    """What an import had done was taken back; `left` subjects had changed since and stay."""

    batch_id: int
    importer: str
    restored: int
    left: int
