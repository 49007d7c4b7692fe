"""Unified social credit codes: the sheet's cases, and what libraries get wrong."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from mingchu.identifiers import Result, check, credit_code
from mingchu.identifiers.checksums import ALPHABET, gb11714, gb32100
from mingchu.identifiers.divisions import REPORTING

WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
GOOD = (
    "91350200MA2YJ1XR9G",
    "91350200776049653A",
    "91440101MA5CJQ4N59",
    "913502000728319549",
    "123502001549897397",
    "91110000600037341L",
    "91110108551385082Q",
    "91150105MA00000150",
    "N2150105MF0000013K",
    "91150102MA0AAAA1X7",
    "91150105MA0AAAA1XJ",
    "91150121MA0AAAA1XP",
    "92150105MA0BBBB237",
    "92150125MA0BBBB236",
)
ISSUED_WITH_A_WRONG_CHECK = "91350203M0001QAY9B"

codes = st.builds(
    credit_code.synthetic,
    st.integers(0, credit_code.SYNTHETIC_COUNT - 1),
    prefix=st.sampled_from(sorted(credit_code.CATEGORIES)),
    place=st.sampled_from([row.code for row in REPORTING]),
)


@pytest.mark.parametrize("code", GOOD)
def test_codes_that_are_in_order(code: str):
    verdict = credit_code.check(code)

    assert (verdict.result, verdict.value, verdict.reasons) == (Result.OK, code, ())


@pytest.mark.parametrize("code", ["91110000600037342L", "A1110000600037341L"])
def test_codes_that_are_not(code: str):
    assert not credit_code.check(code).usable


def test_a_code_really_issued_with_a_wrong_check_is_no_dead_end():
    verdict = credit_code.check(ISSUED_WITH_A_WRONG_CHECK)

    assert (verdict.result, verdict.code) == (Result.NEEDS_EVIDENCE, "credit_code_check")
    assert verdict.said().startswith("代码末位应为9，填的是B。")
    assert verdict.with_evidence().required() == ISSUED_WITH_A_WRONG_CHECK


def test_two_failed_checks_are_a_mistyped_code_even_with_evidence():
    verdict = credit_code.check("91110000600037342L")

    assert verdict.code == "credit_code_mistyped"
    assert verdict.with_evidence().result is Result.WRONG


def test_the_collective_that_python_stdnum_rejects_is_in_order():
    collective = "N2150105MF0000013K"

    assert not uscc.is_valid(collective)
    assert credit_code.valid(collective)


def test_a_sum_divisible_by_31_gives_the_check_0():
    """npm's stdnum reads past its alphabet here and rejects one code in 31."""
    code = "91150105MA00000150"
    total = sum(ALPHABET.index(c) * w for c, w in zip(code, WEIGHTS, strict=False))

    assert total % 31 == 0
    assert credit_code.valid(code)


@given(codes)
def test_python_stdnum_agrees_wherever_it_can_read_a_code(code: str):
    assume(code[:8].isdigit())

    assert uscc.is_valid(code)


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_the_polynomial_equals_the_written_out_weights(first: str):
    total = sum(ALPHABET.index(c) * w for c, w in zip(first, WEIGHTS, strict=True))

    assert gb32100(first) == ALPHABET[(31 - total % 31) % 31]


@given(st.from_regex(r"[0-9A-Z]{8}", fullmatch=True))
def test_the_inner_polynomial_equals_its_written_out_weights(body: str):
    total = sum(int(c, 36) * w for c, w in zip(body, INNER_WEIGHTS, strict=True))

    assert gb11714(body) == {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@given(codes)
def test_what_is_built_is_in_order_synthetic_and_read_back(code: str):
    assert credit_code.check(code).ok
    assert credit_code.is_synthetic(code)
    assert str(credit_code.parse(code)) == code


@given(codes, st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_any_single_changed_character_is_caught_and_explained(code: str, at: int, other: str):
    assume(code[at] != other)

    verdict = credit_code.check(code[:at] + other + code[at + 1 :])

    assert not verdict.usable
    assert verdict.gravest.why
    assert verdict.gravest.fix


@given(codes, st.integers(0, 17))
def test_a_look_alike_is_offered_back_as_what_was_meant(code: str, at: int):
    alike = {"0": "O", "1": "I", "5": "S", "2": "Z", "U": "V", "8": "B", "B": "8"}
    assume(code[at] in alike)

    assert code in credit_code.check(code[:at] + alike[code[at]] + code[at + 1 :]).candidates


@given(codes)
def test_how_it_was_typed_does_not_matter_and_is_told(code: str):
    typed = " " + "-".join(re.findall("..", code.lower()))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)

    assert credit_code.check(typed).value == code == credit_code.check(wide).value
    assert set(credit_code.check(typed).normalised) >= {"spaces", "hyphens"}
    assert credit_code.check(wide).normalised == ("full_width",)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "credit_code_length"),
        ("91150105MA000001", "credit_code_length"),
        ("150105000000013", "credit_code_old_number"),
        ("77604965-3", "credit_code_old_number"),
        ("9115O105MA00000150", "credit_code_letter"),
        ("91150105MA0000015Z", "credit_code_letter"),
        ("9.1350200776E+17", "credit_code_spreadsheet"),
        ("913502000728319000", "credit_code_spreadsheet"),
        ("九一一五〇一〇五一二三四五六七八九〇", "credit_code_letter"),
        ("91150105MA00000250", "credit_code_mistyped"),
    ],
)
def test_what_is_no_code_is_told_apart(typed: str, code: str):
    verdict = credit_code.check(typed)

    assert (verdict.result, verdict.code) == (Result.WRONG, code)


@pytest.mark.parametrize(
    ("prefix", "place", "result", "code"),
    [
        ("94", "150105", Result.WARNING, "credit_code_category"),
        ("B1", "150105", Result.NEEDS_EVIDENCE, "credit_code_authority"),
        ("91", "150199", Result.WARNING, "credit_code_division"),
        ("91", "990000", Result.WARNING, "credit_code_division"),
        ("91", "100000", Result.OK, "ok"),
        ("91", "321392", Result.OK, "ok"),
    ],
)
def test_doubts_about_authority_category_and_division(prefix, place, result, code):
    verdict = credit_code.check(credit_code.build(prefix, place, "MA0AAAA1"))

    assert (verdict.result, verdict.code) == (result, code)


@given(st.text(max_size=40))
def test_no_text_breaks_the_check(typed: str):
    verdict = credit_code.check(typed)

    assert verdict.usable == (verdict.result in (Result.OK, Result.WARNING))
    assert verdict.usable or verdict.said()


def test_a_million_bodies_are_all_different():
    bodies = {credit_code.synthetic(n)[8:] for n in range(0, credit_code.SYNTHETIC_COUNT, 1009)}

    assert len(bodies) == len(range(0, credit_code.SYNTHETIC_COUNT, 1009))
    with pytest.raises(IndexError):
        credit_code.synthetic(credit_code.SYNTHETIC_COUNT)


def test_the_table_of_kinds_answers_for_codes():
    assert check("credit_code", GOOD[0]) == credit_code.check(GOOD[0])
