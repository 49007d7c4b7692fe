"""How letters move between their states, for readers and tests: `domain.states` in their form."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from mingchu.base.states import BEGINNING, Move, StateTable
from mingchu.complaints.domain.states import OVER, WAYS, Way
from mingchu.complaints.domain.states import State as Code
from mingchu.complaints.models import State


def _moves(way: Way) -> Iterator[Move]:
    """A move that stays where it is is no way between states; one that leads back leads to each
    state that an end can follow."""
    act = f"complaints.{way.move}"
    before = tuple(map(str, way.before))
    if way.after:
        yield Move(act, before, str(way.after), way.rule)
    elif way.back:
        for state in Code:
            ends = {str(end) for end in _ends_of(state)} & set(before)
            if state not in OVER and ends:
                after = tuple(one for one in before if one in ends)
                yield Move(act, after, str(state), "where it stood before")


def _ends_of(state: Code) -> Iterator[Code]:
    for way in WAYS:
        if state in way.before and way.after in OVER and way.after:
            yield way.after
            if way.after == Code.CLOSED:
                yield Code.FOLLOWED_UP


COMPLAINT = StateTable(
    _("投诉举报"),
    dict(State.choices),
    (
        Move("complaints.register_many", (BEGINNING,), str(Code.RECEIVED), "form, API or sheet"),
        *(move for way in WAYS for move in _moves(way)),
    ),
)
