"""Normalising 规整: what people and spreadsheets do to a code, undone and reported.

Full-width letters and digits, spaces, hyphens, lower case, the quote mark Excel asks for: none of
them changes which code is meant. Letters that look like digits are not changed: that is a guess,
and a guess belongs among the candidates of a verdict.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# What stands for nothing: spaces of all widths, and marks that come along when copied from a page.
SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
HYPHENS = re.compile(r"[-\u2010-\u2015\u2212\u30fc\ufe63\uff0d]+")
QUOTES = "'`\u2018\u2019\""
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")


class Cleaned(NamedTuple):
    """The text to check, and what was mended."""

    text: str
    mended: tuple[str, ...]


def clean(typed: str, *, hyphens: bool = True) -> Cleaned:
    r"""Undoes what does not matter.

    >>> clean(" \uff19\uff1115-0105 ma00000150")
    Cleaned(text='91150105MA00000150', mended=('full_width', 'spaces', 'hyphens', 'lower_case'))
    """
    if typed.isascii() and typed.isalnum() and not any(map(str.islower, typed)):
        return Cleaned(typed, ())
    steps = {
        "full_width": lambda text: unicodedata.normalize("NFKC", text),
        "spaces": lambda text: SPACES.sub("", text),
        "quote": lambda text: text.strip(QUOTES),
        "hyphens": lambda text: HYPHENS.sub("", text) if hyphens else text,
        "lower_case": str.upper,
    }
    mended, text = [], typed
    for name, step in steps.items():
        after = step(text)
        if after != text:
            mended.append(name)
        text = after
    return Cleaned(text, tuple(mended))


def spoiled_by_a_spreadsheet(text: str) -> bool:
    """Whether a spreadsheet took a long code for a number and lost its last digits.

    >>> spoiled_by_a_spreadsheet("9.1350200776E+17"), spoiled_by_a_spreadsheet("913502000728319000")
    (True, True)
    """
    lost = len(text) > 15 and text.isdigit() and set(text[15:]) == {"0"}
    return lost or bool(SCIENTIFIC.fullmatch(text))
