"""Score sheets: exact points, each with its reason, what does not apply drops out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.base.errors import Refusal
from mingchu.rulebook.scoring import (
    NOT_APPLICABLE,
    answers_of,
    digest,
    faultless,
    lacking,
    said,
    score,
    sheet_misfits,
    what_if,
)

SHEET: dict[str, Any] = {
    "total": 100,
    "passing": 60,
    "items": [
        {
            "id": "size",
            "zh": "面积",
            "en": "Size",
            "points": 10,
            "kind": "band",
            "missing": "zero",
            "bands": [
                {"from": 0, "to": 50, "is": 2},
                {"from": 50, "to": 100, "is": 6},
                {"from": 100, "is": 10},
            ],
        },
        {
            "id": "clean",
            "zh": "清洁",
            "en": "Clean",
            "points": 40,
            "kind": "per_defect",
            "deduct": Decimal("1.5"),
        },
        {"id": "licence", "zh": "证照", "en": "Licence", "points": 20, "kind": "all_or_nothing"},
        {"id": "filed", "zh": "建档", "en": "Filed", "points": 30, "kind": "ratio"},
        {"id": "poison", "zh": "投毒", "en": "Poison", "kind": "veto"},
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
# A risk counted from what a shop has: few points are good, two items together give 10 at most.
RISK: dict[str, Any] = {
    "total": 14,
    "better": "fewer",
    "missing": "zero",
    "caps": [{"id": "cold", "zh": "冷食", "en": "Cold", "items": ["raw", "chilled"], "most": 10}],
    "items": [
        {
            "id": "area",
            "zh": "面积",
            "en": "Area",
            "points": 4,
            "kind": "band",
            "missing": "refuse",
            "bands": [{"from": 0, "to": 200, "is": 1}, {"from": 200, "to": 1000, "is": 4}],
        },
        *(
            {
                "id": name,
                "zh": name,
                "en": name,
                "points": 7,
                "kind": "band",
                "bands": [{"from": 0, "to": 0, "is": 0}, {"from": 0, "is": 7}],
            }
            for name in ("raw", "chilled")
        ),
    ],
}


def with_item(number: int, **changed: Any) -> dict[str, Any]:
    items = [dict(item) for item in SHEET["items"]]
    items[number] = {key: v for key, v in {**items[number], **changed}.items() if v is not None}
    return {**SHEET, "items": items}


def test_a_faultless_sheet_loses_nothing():
    found = score(SHEET, FULL)

    assert (found.points, found.top, found.lost) == (100, 100, ())
    assert (found.vetoed, found.passed) == (False, True)


@pytest.mark.parametrize(
    ("item", "answer", "lost", "why"),
    [
        ("size", 50, 8, "实测50，属于≥ 0 · ≤ 50一档"),
        ("size", 51, 4, "实测51，属于> 50 · ≤ 100一档"),
        ("size", 50.5, 4, "实测50.5，属于> 50 · ≤ 100一档"),
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

    assert [(one.item, one.lost, one.said()) for one in found.lost] == [(item, lost, why)]
    assert found.points == 100 - lost


def test_what_was_gained_has_its_reason_too():
    reasons = [one.plain() for one in score(SHEET, {**FULL, "size": 70}).reasons]

    assert reasons[0] == {
        "item": "size",
        "points": 6,
        "max": 10,
        "why": {"is": "band", "measured": 70, "from": 50, "to": 100},
    }
    assert [said(one["why"]) for one in reasons[2:]] == ["符合", "1中有1", "没有否决情形"]


@pytest.mark.parametrize(
    ("policy", "points", "why"),
    [("zero", 90, "没有这一项"), ("top", 100, "没有填写，按最高分计")],
)
def test_a_missing_answer_gives_what_the_sheet_says(policy, points, why):
    answers = {key: value for key, value in FULL.items() if key != "size"}

    found = score(with_item(0, missing=policy), answers)

    assert (found.points, found.reasons[0].said()) == (points, why)


def test_a_missing_answer_is_refused_where_the_sheet_says_nothing():
    with pytest.raises(Refusal) as refused:
        score(with_item(0, missing=None), {**FULL, "size": None})

    assert (refused.value.code, refused.value.facts["item"]) == ("unanswered", "面积")


def test_a_veto_sinks_the_sheet_whatever_the_points():
    found = score(SHEET, {**FULL, "poison": True})

    assert (found.points, found.vetoed, found.passed) == (100, True, False)


def test_below_the_passing_points_is_not_passed():
    assert score(SHEET, {**FULL, "licence": False, "clean": 20}).passed is False


def test_a_cap_takes_back_what_its_items_give_beyond_it_and_says_so():
    found = score(RISK, {"area": 100, "raw": 3, "chilled": 9})

    assert (found.points, found.top) == (11, 14)
    assert [(one.item, one.points, one.max) for one in found.reasons[-2:]] == [
        ("chilled", 7, 7),
        ("cold", -4, -4),
    ]
    assert found.reasons[-1].said() == "几项合计14分，最多计10分"


def test_a_cap_of_which_an_item_does_not_apply_does_not_bite():
    found = score(RISK, {"area": 100, "raw": 3, "chilled": NOT_APPLICABLE})

    assert (found.points, found.top, len(found.reasons)) == (8, 11, 2)


@given(ANSWERS)
def test_points_and_losses_make_up_the_top_and_stay_inside_it(answers):
    found = score(SHEET, answers)

    assert found.points + sum(one.lost for one in found.lost) == found.top
    assert sum(one.points for one in found.reasons) == found.points
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
        ({"clean": None}, "unanswered"),
        ({"clean": -1}, "bad_answer"),
        ({"clean": 1.5}, "bad_answer"),
        ({"clean": True}, "bad_answer"),
        ({"licence": 1}, "bad_answer"),
        ({"size": "big"}, "bad_answer"),
        ({"size": float("nan")}, "bad_answer"),
        ({"size": -1}, "outside_bands"),
        ({"filed": {"part": 3, "whole": 2}}, "bad_answer"),
        ({"filed": {"part": 0, "whole": 0}}, "bad_answer"),
        ({"filed": {"part": "1", "whole": 2}}, "bad_answer"),
        ({"poison": "no"}, "bad_answer"),
        ({"nothing": True}, "unknown_item"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(answers, code):
    with pytest.raises(Refusal) as refused:
        score(SHEET, {**FULL, **answers})

    assert refused.value.code == code


def test_what_is_lacking_is_named_item_by_item():
    known = {"size": -5, "clean": "none", "filed": {"part": 1, "whole": 1}, "other": 7}

    assert lacking(SHEET, known) == ("size", "clean", "licence", "poison")
    assert answers_of(SHEET, known).keys() == {"size", "clean", "filed"}


# ── What would change the result ──


def test_of_a_mark_the_greatest_loss_is_what_would_change_most():
    found = what_if(SHEET, {**FULL, "size": 10, "clean": 2, "licence": False})

    assert [(one.item, one.points, one.best, one.gain) for one in found] == [
        ("licence", 0, 20, 20),
        ("size", 2, 10, 8),
        ("clean", 37, 40, 3),
    ]
    assert found[1].at == {"from": 100}


def test_of_a_risk_fewer_points_are_better_and_a_cap_is_heeded():
    found = what_if(RISK, {"area": 500, "raw": 3, "chilled": 9})

    assert [(one.item, one.gain, dict(one.at)) for one in found] == [
        ("area", 3, {"least": 0, "to": 200}),
        ("raw", 3, {"least": 0, "to": 0}),
        ("chilled", 3, {"least": 0, "to": 0}),
    ]


def test_what_sinks_the_sheet_would_change_it_before_all_else():
    assert what_if(SHEET, {**FULL, "size": 10, "poison": True})[0].item == "poison"


@given(ANSWERS)
def test_taking_up_every_change_reaches_the_top(answers):
    found = score(SHEET, answers)

    assert found.points + sum(one.gain for one in what_if(SHEET, answers)) == found.top


# ── What a sheet must be ──


def test_the_digest_names_the_sheet_and_nothing_else():
    reordered = {key: SHEET[key] for key in reversed(SHEET)}

    assert digest(SHEET) == digest(reordered)
    assert digest(with_item(1, deduct=1.5)) == digest(SHEET)
    assert digest(with_item(1, deduct=2)) != digest(SHEET)


def test_sound_sheets_have_no_misfit():
    assert [*sheet_misfits(SHEET), *sheet_misfits(RISK)] == []


def bands(*known: dict[str, Any]) -> dict[str, Any]:
    return with_item(0, bands=list(known))


def cap(**changed: Any) -> dict[str, Any]:
    return {**RISK, "caps": [{**RISK["caps"][0], **changed}]}


def measured(**changed: Any) -> dict[str, Any]:
    known = {"evidence": "measure", "unit": "degree", "range": {"from": 0, "to": 8}}
    return with_item(2, **{**known, **changed})


def test_an_item_may_be_of_a_checklist_and_measured():
    low, high = {"from": Decimal("-0.5")}, {"to": -18}
    sheets = [measured(), measured(range=low, weight="key"), measured(range=high, weight="general")]

    assert [fault for sheet in sheets for fault in sheet_misfits(sheet)] == []


LOW, MID, HIGH = {"to": 50, "is": 2}, {"from": 50, "to": 100, "is": 6}, {"from": 100, "is": 10}


@pytest.mark.parametrize(
    ("sheet", "where"),
    [
        (bands(LOW, {**MID, "from": 60}, HIGH), "size.bands[1].from: 60 ≠ 50, gap"),
        (bands(LOW, {**MID, "from": 40}, HIGH), "size.bands[1].from: 40 ≠ 50, overlap"),
        (bands(LOW, {"to": 100, "is": 6}, HIGH), "size.bands[1].from: missing"),
        (bands(LOW, {"from": 50, "is": 6}, HIGH), "size.bands[2]: after the last"),
        (bands(LOW, {**MID, "to": 50}, {**HIGH, "from": 50}), "size.bands[1].to: ≤ 50"),
        (bands({**LOW, "from": 60}, MID, HIGH), "size.bands[0].to: < 60"),
        (bands({**LOW, "to": "50"}, MID, HIGH), "size.bands[0].to: number"),
        (bands({**LOW, "up": 1}, MID, HIGH), "size.bands[0]: from, to, is"),
        (bands(LOW, MID, {**HIGH, "is": 11}), "size.bands[2].is: 0 – 10"),
        (bands(LOW, MID, {**HIGH, "is": 9}), "size.points: 10 ≠ 9"),
        (bands(), "size.bands: list"),
        (with_item(2, weight="heavy"), "licence.weight: key, general"),
        (with_item(2, range={"from": 0}), "licence.range: ?"),
        (with_item(2, evidence="measure", unit="degree"), "licence.range: missing"),
        (with_item(2, evidence="measure", range={"to": 8}), "licence.unit: missing"),
        (measured(range={}), "licence.range: from, to"),
        (measured(range={"above": 1}), "licence.range: from, to"),
        (measured(range={"from": "0"}), "licence.range: number"),
        (measured(range={"from": 9, "to": 8}), "licence.range.to: < 9"),
        ({**SHEET, "total": 90}, "value.total: 90 ≠ 100"),
        ({**SHEET, "total": "all"}, "value.total: number, not below 0"),
        ({key: SHEET[key] for key in ("items",)}, "value.total: missing"),
        ({**SHEET, "passing": 101}, "value.passing: 0 – 100"),
        ({**SHEET, "missing": "guess"}, "value.missing: refuse, zero, top"),
        ({**SHEET, "better": "less"}, "value.better: more, fewer"),
        ({**SHEET, "better": "fewer"}, "clean.kind: better fewer"),
        ({**SHEET, "items": []}, "value.items: missing"),
        ({**SHEET, "colour": 1}, "value.colour: ?"),
        (with_item(1, deduct=0), "clean.deduct: number, above 0"),
        (with_item(1, points=-1), "clean.points: number, not below 0"),
        (with_item(1, points=Decimal("NaN")), "clean.points: number, not below 0"),
        (with_item(1, points=Decimal("0.0000001")), "clean.points: number, not below 0"),
        (with_item(1, kind="sometimes"), "clean.kind: band, per_defect"),
        (with_item(1, id="drop'; --"), ".id: a-z, 0-9, _"),
        (with_item(1, zh=" "), "clean.zh: text"),
        (with_item(1, en=None), "clean.en: missing"),
        (with_item(1, missing="guess"), "clean.missing: refuse, zero, top"),
        (with_item(1, status="sure"), "clean.status: verified"),
        (with_item(1, cite={"law": "甲"}), "clean.cite: article, law, number, published"),
        (with_item(1, id="size"), "value.items[1].id: size twice"),
        (cap(most=14), "value.caps[0].most: < 14"),
        (cap(most=-1), "value.caps[0].most: number, not below 0"),
        (cap(items=["raw", "raw"]), "value.caps[0].items: raw twice"),
        (cap(items=["meat"]), "value.caps[0].items: meat ?"),
        (cap(items=[]), "value.caps[0].items: list"),
        (cap(id="area"), "value.caps[0].id: area twice"),
        ({**RISK, "caps": [{}]}, "value.caps[0]: en, id, items, most, zh"),
        ({**RISK, "total": 18}, "value.total: 18 ≠ 14"),
    ],
)
def test_a_faulty_sheet_says_where(sheet, where):
    found = list(sheet_misfits(sheet))

    assert any(where in one for one in found), found
