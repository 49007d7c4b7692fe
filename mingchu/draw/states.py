"""The states of a draw and the acts that move it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.states import BEGINNING, Move, StateTable
from mingchu.draw.models import DrawState

TABLE = StateTable(
    _("抽取"),
    dict(DrawState.choices),
    (
        Move("draw.open_draw", (BEGINNING,), "draft"),
        Move("draw.freeze", ("draft",), "frozen", "lists and plan get a number of the register"),
        Move("draw.thaw", ("frozen",), "draft", "a list was wrong; the number stays this draw's"),
        Move("draw.commit", ("frozen",), "committed", "from here on nothing can be altered"),
        Move("draw.conclude", ("committed",), "drawn", "chance has spoken"),
        Move("draw.reveal", ("drawn",), "revealed", "the nonce is published with the bundle"),
        Move("draw.close", ("revealed",), "closed"),
        Move(
            "draw.void", ("draft", "frozen", "committed", "drawn"), "void", "kept, with its reason"
        ),
    ),
)
