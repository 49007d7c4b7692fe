"""Faults 问题: what is wrong in which cell, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils.translation import gettext

from mingchu.base.errors import Refusal


@dataclass(frozen=True)
class Fault:
    """`row` is the number a person sees in Excel; `column` the official title, "" for the row."""

    row: int
    column: str
    code: str
    why: str
    fix: str

    @classmethod
    def of(cls, row: int, column: str, refusal: Refusal) -> Fault:
        why, fix = refusal.said(gettext)
        return cls(row, column, refusal.code, why, fix)

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)
