"""Docs 文档: pages written from the code and data they describe, so that they cannot rot.

Each page has one generator; `mingchu docs` writes them, a test compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs"
HERE = "mingchu.ops.docs"
PAGES = {
    "access.md": "mingchu.accounts.docs:access_table",
    "errors.md": f"{HERE}.errors:page",
    "events.md": f"{HERE}.events:page",
    "glossary.md": f"{HERE}.glossary:page",
    "rules.md": "mingchu.rulebook.docs:page",
    "settings.md": f"{HERE}.settings:page",
    "states.md": f"{HERE}.states:page",
}


def generator(page: str) -> Callable[[], str] | None:
    """The function that writes the page; None while its context has not come."""
    module, name = PAGES[page].split(":")
    if find_spec(module) is None:
        return None
    write: Callable[[], str] = getattr(import_module(module), name)
    return write


def written() -> Iterator[tuple[str, str]]:
    """Every page and its text as of now."""
    for page in PAGES:
        if write := generator(page):
            yield page, write()


def stale(folder: Path = FOLDER) -> list[str]:
    """Pages that no longer say what is so."""
    return [
        page
        for page, text in written()
        if not (folder / page).exists() or (folder / page).read_text(encoding="utf-8") != text
    ]


def write_all(folder: Path = FOLDER) -> list[str]:
    """Brings every page up to date; the names of those that changed."""
    changed = stale(folder)
    texts = dict(written())
    for page in changed:
        (folder / page).write_text(texts[page], encoding="utf-8")
    return changed


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table.

    >>> print(table(("a", "b"), [("1", "x|y")]), end="")
    | a | b |
    |---|---|
    | 1 | x\\|y |
    """
    marked = [
        "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in line) + " |\n"
        for line in [head, *rows]
    ]
    marked.insert(1, "|" + "---|" * len(head) + "\n")
    return "".join(marked)
