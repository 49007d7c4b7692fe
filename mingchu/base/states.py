"""States 状态: what a thing can be and which act moves it, declared by its context.

The tables are for readers (`docs/states.md`) and for tests; the services check each move
themselves, inside their transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingchu.base.slots import Slot

BEGINNING = ""


@dataclass(frozen=True)
class Move:
    """`act` (`context.service`) takes a thing from any state of `before` to `after`.

    `before` holds BEGINNING where the act makes the thing; `why` says what only a reader needs.
    """

    act: str
    before: tuple[str, ...]
    after: str
    why: str = ""


@dataclass(frozen=True)
class StateTable:
    """`states` are labels by code in the order of a life; `moves` every way between them."""

    title: Any
    states: Mapping[str, Any]
    moves: tuple[Move, ...]

    @property
    def ends(self) -> tuple[str, ...]:
        """States nothing leads out of.

        >>> move = Move("kit.undo", ("applied",), "undone")
        >>> StateTable("", {"applied": "", "undone": ""}, (move,)).ends
        ('undone',)
        """
        left = {state for move in self.moves for state in move.before}
        return tuple(state for state in self.states if state not in left)


STATES: Slot[StateTable] = Slot("states")
