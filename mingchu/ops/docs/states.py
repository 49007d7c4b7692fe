"""`docs/states.md`: what things can be and what moves them, from the tables contexts declare."""

from __future__ import annotations

from django.utils import translation

from mingchu.base.states import BEGINNING, STATES, Move, StateTable
from mingchu.ops.docs import table

HEAD = """# States

Generated from the tables that contexts declare (`mingchu.base.states`); a test compares, and
another holds each table equal to the choices of its model. A service refuses every other move.
"""


def page() -> str:
    return HEAD + "".join(_section(found) for found in STATES)


def _section(found: StateTable) -> str:
    states = [
        (f"`{code}`", _in("zh-hans", label), _in("en", label), _end(found, code))
        for code, label in found.states.items()
    ]
    moves = [(f"`{m.act}`", _before(m), f"`{m.after}`", m.why) for m in found.moves]
    return (
        f"\n## {_in('en', found.title)} {_in('zh-hans', found.title)}\n\n"
        + table(("State", "中文", "English", ""), states)
        + "\n"
        + table(("Act", "From", "To", ""), moves)
    )


def _before(move: Move) -> str:
    return " ".join("(new)" if state == BEGINNING else f"`{state}`" for state in move.before)


def _end(found: StateTable, code: str) -> str:
    return "end" if code in found.ends else ""


def _in(language: str, label: object) -> str:
    with translation.override(language):
        return str(label)
