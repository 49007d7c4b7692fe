"""Items by name 项目: what a code of an item means, where no record says by which list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mingchu.inspection import checklists
from mingchu.inspection.domain.checklists import Item, composed
from mingchu.rulebook.domain import Title
from mingchu.rulebook.store import by_book, rule
from mingchu.rulebook.words import words as said


@by_book(maxsize=8)
def library(day: date) -> Mapping[str, Item]:
    """Every item of the library on a day, by its code."""
    lists = rule(checklists.MODULES).on(day).value
    more = rule(checklists.ADDITIONS).on(day).value
    narrower = rule(checklists.MATTERS).on(day).value
    names = {name for parts in (*lists.values(), *narrower.values()) for name in parts}
    names |= {name for one in more.values() for name in one["modules"]}
    made = composed("", Title("", ""), (checklists.module(name, day) for name in sorted(names)), {})
    return {one.id: one for one in made.items}


def item_said(code: str, day: date) -> str:
    """In the reader's language; a code that the library has no more as it is."""
    known = library(day).get(code)
    return said(Title(known.zh, known.en)) if known else code
