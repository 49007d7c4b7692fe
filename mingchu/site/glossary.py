"""Glossary 术语: the official word of every name in the code, for pages and for the documents."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

FILE = Path(__file__).parents[1] / "glossary.yaml"


class Term(NamedTuple):
    """`code` is a dotted name, or several parted by commas; `says` one English sentence."""

    zh: str
    en: str
    code: str
    says: str

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.code.split(","))

    @property
    def context(self) -> str:
        return self.codes[0].split(".")[0]


@cache
def terms() -> tuple[Term, ...]:
    kept = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Term(**entry) for entry in kept)


def named() -> frozenset[str]:
    """Every name in the code that has an entry."""
    return frozenset(code for term in terms() for code in term.codes)
