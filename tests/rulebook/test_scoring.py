"""Score sheets: exact points, every lost one with its reason, what does not apply drops out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.base.errors import Refusal
from mingchu.rulebook.scoring import NOT_APPLICABLE, faultless, score

SHEET: dict[str, Any] = {
    "passing": 60,
    "items": [
        {
            "id": "size",
            "points": 10,
            "kind": "band",
            "bands": [{"to": 50, "is": 2}, {"to": 100, "is": 6}],
            "above": 10,
        },
        {"id": "clean", "points": 40, "kind": "per_defect", "deduct": Decimal("1.5")},
        {"id": "licence", "points": 20, "kind": "all_or_nothing"},
        {"id": "filed", "points": 30, "kind": "ratio"},
        {"id": "poison", "kind": "veto"},
    ],
}
FULL = {**faultless(SHEET), "size": 101}
ANSWERS = st.fixed_dictionaries(
    {
        "size": st.integers(0, 200) | st.just(NOT_APPLICABLE),
        "clean": st.integers(0, 40) | st.just(NOT_APPLICABLE),
        "licence": st.booleans() | st.just(NOT_APPLICABLE),
        "filed": st.integers(1, 50).flatmap(
            lambda whole: st.fixed_dictionaries(
                {"part": st.integers(0, whole), "whole": st.just(whole)}
            )
        ),
        "poison": st.booleans(),
    }
)


def test_a_faultless_sheet_loses_nothing():
    found = score(SHEET, FULL)

    assert (found.points, found.top, found.lost, found.vetoed, found.passed) == (
        100,
        100,
        (),
        False,
        True,
    )


@pytest.mark.parametrize(
    ("item", "answer", "lost", "why"),
    [
        ("size", 50, 8, "实测50"),
        ("size", 51, 4, "实测51"),
        ("clean", 3, Decimal("4.5"), "3处问题，每处扣1.5分"),
        ("clean", 100, 40, "100处问题，每处扣1.5分"),
        ("licence", False, 20, "不符合"),
        ("filed", {"part": 1, "whole": 3}, 20, "3中有1"),
        ("filed", {"part": 2, "whole": 7}, Decimal("21.43"), "7中有2"),
        ("poison", True, 0, "一票否决"),
    ],
)
def test_each_kind_of_item_loses_in_its_own_way(item, answer, lost, why):
    found = score(SHEET, {**FULL, item: answer})

    assert [(one.item, one.points, one.why) for one in found.lost] == [(item, lost, why)]
    assert found.points == 100 - lost


def test_an_absent_factor_scores_nothing():
    answers = {key: value for key, value in FULL.items() if key != "size"}

    assert score(SHEET, answers).points == 90


def test_a_veto_sinks_the_sheet_whatever_the_points():
    found = score(SHEET, {**FULL, "poison": True})

    assert (found.points, found.vetoed, found.passed) == (100, True, False)


def test_below_the_passing_points_is_not_passed():
    assert score(SHEET, {**FULL, "licence": False, "clean": 20}).passed is False


@given(ANSWERS)
def test_points_and_losses_make_up_the_top_and_stay_inside_it(answers):
    found = score(SHEET, answers)

    assert found.points + sum(one.points for one in found.lost) == found.top
    assert 0 <= found.points <= found.top


@given(ANSWERS, st.sampled_from([item["id"] for item in SHEET["items"]]))
def test_what_does_not_apply_is_as_if_it_stood_not_on_the_sheet(answers, dropped):
    without = {"items": [item for item in SHEET["items"] if item["id"] != dropped]}
    rest = {key: value for key, value in answers.items() if key != dropped}

    left_out = score({"items": SHEET["items"]}, {**answers, dropped: NOT_APPLICABLE})

    assert left_out == score(without, rest)


@given(ANSWERS, st.integers(0, 40))
def test_one_more_defect_never_gains(answers, defects):
    fewer = score(SHEET, {**answers, "clean": defects})

    assert score(SHEET, {**answers, "clean": defects + 1}).points <= fewer.points


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"clean": None}, "bad_answer"),
        ({"clean": -1}, "bad_answer"),
        ({"clean": True}, "bad_answer"),
        ({"licence": 1}, "bad_answer"),
        ({"size": "big"}, "bad_answer"),
        ({"filed": {"part": 3, "whole": 2}}, "bad_answer"),
        ({"filed": {"part": 0, "whole": 0}}, "bad_answer"),
        ({"poison": "no"}, "bad_answer"),
        ({"nothing": True}, "unknown_item"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(answers, code):
    with pytest.raises(Refusal) as refused:
        score(SHEET, {**FULL, **answers})

    assert refused.value.code == code


def test_an_item_nobody_answered_is_refused_and_named():
    with pytest.raises(Refusal) as refused:
        score(SHEET, {"clean": 0, "size": 1})

    assert (refused.value.code, refused.value.facts["item"]) == ("unanswered", "licence")
