"""Basis 评定依据: all that the rules of a day say about grading, as values; no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from mingchu.risk.domain.spans import months_from

Number = int | Decimal


class Letter(StrEnum):
    """How often we visit; A is low risk."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


LETTERS = "".join(Letter)


class Missing(StrEnum):
    """What is lacking where nobody can be graded, in the order it is looked for."""

    PROFILE = "profile"
    KIND = "kind"
    SHEET = "sheet"
    ANSWERS = "answers"
    VISITS = "visits"


@dataclass(frozen=True)
class Said:
    """Which version of a rule was gone by; `digest` of a sheet, "" of anything else."""

    rule: str
    since: date
    digest: str = ""

    def plain(self) -> dict[str, str]:
        told = {"rule": self.rule, "since": self.since.isoformat()}
        return {**told, "digest": self.digest} if self.digest else told


@dataclass(frozen=True)
class Sheet:
    """A static sheet and the version it is of."""

    value: Mapping[str, Any]
    said: Said


@dataclass(frozen=True)
class Draft:
    """The draft of 2022, where a city has chosen it: a third part of the points, for `conduct`, and
    bands of its own. Conduct is counted by facts that anybody may know, never by a class of credit.
    """

    kinds: tuple[str, ...]
    dynamic_top: Number
    bands: Mapping[str, Any]
    conduct: Sheet
    months: int


# What conduct is counted by: the items of its sheet are called as these facts.
CONDUCT = ("conduct_penalties", "conduct_reports", "conduct_abnormal", "conduct_serious")


@dataclass(frozen=True)
class Basis:
    """`sheets` are those in force, `of_kind` which of them a kind may have, the newest facts are
    those after `visits_after` and `grounds_after`; who opened after `new_after` is new.
    """

    day: date
    sheets: Mapping[str, Sheet]
    of_kind: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]
    states: tuple[str, ...]
    static_top: Number
    dynamic_top: Number
    key_points: Number
    general_points: Number
    bands: Mapping[str, Any]
    visits_after: date
    new_after: date
    grounds_after: date
    raise_blocks: bool
    serious_letter: str
    said: Mapping[str, Said] = field(default_factory=dict)
    draft: Draft | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(kind for kinds in self.groups.values() for kind in kinds)

    def draft_of(self, kind: str) -> Draft | None:
        """The draft, if this kind is graded by it."""
        return self.draft if self.draft and kind in self.draft.kinds else None

    @property
    def conduct_after(self) -> date:
        """The day after which conduct counts."""
        return months_from(self.day, -self.draft.months) if self.draft else self.day

    def group_of(self, kind: str) -> str:
        """Under which heading a kind is counted: a canteen is a caterer."""
        return next((name for name, kinds in self.groups.items() if kind in kinds), "")

    def plain(self) -> dict[str, Any]:
        """As a run keeps it."""
        told = {name: one.plain() for name, one in self.said.items()}
        return {**told, **{name: one.said.plain() for name, one in self.sheets.items()}}
