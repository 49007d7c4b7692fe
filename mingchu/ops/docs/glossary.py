"""`docs/glossary.md`: the official Chinese word, the English one and the name in the code."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import NamedTuple

import yaml

from mingchu.ops.docs import table
from mingchu.ops.docs.sources import PACKAGE

HEAD = """# Glossary

Generated from `mingchu/glossary.yaml`; a test compares, and another holds that every context,
model, event and rule has its entry. Pages speak the Chinese word, identifiers the English one.
"""


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
    kept = yaml.safe_load((PACKAGE / "glossary.yaml").read_text(encoding="utf-8"))
    return tuple(Term(**entry) for entry in kept)


def named() -> frozenset[str]:
    """Every name in the code that has an entry."""
    return frozenset(code for term in terms() for code in term.codes)


def page() -> str:
    by_context: dict[str, list[Term]] = defaultdict(list)
    for term in terms():
        by_context[term.context].append(term)
    return HEAD + "".join(_section(context, by_context[context]) for context in sorted(by_context))


def _section(context: str, found: list[Term]) -> str:
    rows = [
        (t.zh, t.en, ", ".join(f"`{code}`" for code in t.codes), t.says)
        for t in sorted(set(found), key=lambda term: (term.codes, term.zh))
    ]
    return f"\n## {context}\n\n" + table(("中文", "English", "In the code", "Meaning"), rows)
