"""`docs/glossary.md`: the official Chinese word, the English one and the name in the code."""

from __future__ import annotations

from collections import defaultdict

from mingchu.ops.docs import table
from mingchu.site.glossary import Term, terms

HEAD = """# Glossary

Generated from `mingchu/glossary.yaml`; a test compares, and another holds that every context,
model, event and rule has its entry. Pages speak the Chinese word, identifiers the English one.
"""


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
