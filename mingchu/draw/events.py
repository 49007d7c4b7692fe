"""What happened in a draw: numbers and digests, never whom it met before that is public."""

from __future__ import annotations

from dataclasses import dataclass

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class DrawOpened(Event):
    """A draw is being prepared."""


@dataclass(frozen=True, kw_only=True)
class DrawFrozen(Event):
    """`files` are name and digest of each frozen file, in the order of the commitment."""

    number: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class DrawThawed(Event):
    """The lists may be changed again; nothing was committed."""

    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DrawCommitted(Event):
    """Published before chance spoke."""

    number: str
    commitment: str


@dataclass(frozen=True, kw_only=True)
class DrawConcluded(Event):
    """`result` is the digest of the result, which follows from what was committed and found."""

    number: str
    result: str
    drawn: int


@dataclass(frozen=True, kw_only=True)
class DrawRevealed(Event):
    """`late` if the day was past that the plan had promised."""

    number: str
    late: bool


@dataclass(frozen=True, kw_only=True)
class DrawClosed(Event):
    """Its tasks are done."""

    number: str


@dataclass(frozen=True, kw_only=True)
class DrawVoided(Event):
    """It stays in the register."""

    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DrawWitnessed(Event):
    """Somebody who was there signs a step: `step` is the entry of the act, `digest` the entry's."""

    number: str
    step: str
    act: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class StoodIn(Event):
    """The next ticket of the stratum takes somebody's place."""

    number: str
    out: str
    into: str
    reason: str
