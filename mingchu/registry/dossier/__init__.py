"""Dossier 一户一档: a file in words, of today or of a past day, for the page and the sheet."""

from mingchu.registry.dossier.lines import (
    Dossier,
    Fact,
    LicenceLine,
    PersonLine,
    PlaceLine,
    Ref,
    Warn,
)
from mingchu.registry.dossier.warning import warns
from mingchu.registry.dossier.writer import write

__all__ = [
    "Dossier",
    "Fact",
    "LicenceLine",
    "PersonLine",
    "PlaceLine",
    "Ref",
    "Warn",
    "warns",
    "write",
]
