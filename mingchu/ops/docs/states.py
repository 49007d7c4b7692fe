"""`docs/states.md`: what things can be and what moves them, from the tables contexts declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils import translation

from mingchu.base.states import BEGINNING, STATES, Move, StateTable
from mingchu.ops.docs import table

HEAD = """# States

Generated from the tables that contexts declare (`mingchu.base.states`); a test compares, and
another holds each table equal to the choices of its model. A service refuses every other move.
"""
STAYS = "="


def page() -> str:
    return HEAD + "".join(_section(found) for found in STATES)


def _section(found: StateTable) -> str:
    states = [
        (f"`{code}`", _in("zh-hans", label), _in("en", label), _end(found, code))
        for code, label in found.states.items()
    ]
    moves = [
        (f"`{m.act}`", _before(m), "as it is" if m.after == STAYS else f"`{m.after}`", m.why)
        for m in _together(found.moves)
    ]
    return (
        f"\n## {_in('en', found.title)} {_in('zh-hans', found.title)}\n\n"
        + table(("State", "中文", "English", ""), states)
        + "\n"
        + table(("Act", "From", "To", ""), moves)
    )


def _together(moves: Iterable[Move]) -> Iterator[Move]:
    """Moves that leave a thing in its state are declared for each state and read as one line."""
    for (act, stays, why), own in groupby(moves, lambda m: (m.act, m.before == (m.after,), m.why)):
        every = list(own)
        if stays:
            yield Move(act, tuple(state for one in every for state in one.before), STAYS, why)
        else:
            yield from every


def _before(move: Move) -> str:
    return " ".join("(new)" if state == BEGINNING else f"`{state}`" for state in move.before)


def _end(found: StateTable, code: str) -> str:
    return "end" if code in found.ends else ""


def _in(language: str, label: object) -> str:
    with translation.override(language):
        return str(label)
