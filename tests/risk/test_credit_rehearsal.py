"""Before a rule of credit is approved it says whom it would move, and it writes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from credited import TODAY, a_firm, held_against, letter_of

from mingchu.base.errors import Refusal
from mingchu.kit.rules.rehearsals import REHEARSALS, Draft, Rehearsal
from mingchu.risk.domain.measures import measures
from mingchu.risk.services.classing import reckon
from mingchu.rulebook import store
from mingchu.rulebook.values import freeze

pytestmark = pytest.mark.django_db


def rehearsed(rule_id: str, value: Any) -> Rehearsal:
    """What the slot says of a version of the city's own, from today on."""
    held = store.rule(rule_id).nearest
    version = replace(held.versions[-1], since=TODAY, value=freeze(value))
    draft = Draft(1, replace(held, jurisdiction="cn-1501", versions=(version,)))
    play = REHEARSALS.get("credit")
    assert play is not None
    with store.supposing([draft.rule]):
        return play(draft)


def test_a_change_of_one_band_shows_who_would_move_and_moves_nobody():
    firm, clean = a_firm(), a_firm()
    held_against(firm)
    reckon()

    found = rehearsed(
        "credit.bands",
        {"bands": [{"to": 3, "is": "A"}, {"to": 30, "is": "B"}, {"to": 50, "is": "C"}],
         "above": "D"},
    )  # fmt: skip

    assert (found.of, [row.cells[0] for row in found.rows]) == (1, [firm.name])
    assert (letter_of(firm), letter_of(clean)) == ("A", "A")


def test_a_table_of_measures_with_a_hole_says_where():
    whole = dict(store.rule("credit.measures").on(TODAY).value)
    short = {pair: row for pair, row in whole.items() if pair != "D.D"}

    assert rehearsed("credit.measures", whole).of == 0
    assert [row.cells for row in rehearsed("credit.measures", short).rows] == [["D.D: missing"]]
    with pytest.raises(Refusal, match=r"没有D\.D这一格"):
        measures(short, "D", "D")
