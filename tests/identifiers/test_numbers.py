"""Licences, registrations, resident numbers, divisions, certificates and GS1 keys."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import ean
from stdnum.cn import ric
from stdnum.iso7064 import mod_11_10

from mingchu.base.errors import Refusal
from mingchu.identifiers import (
    Kind,
    Result,
    check,
    credit_code,
    divisions,
    gs1,
    health,
    licences,
    old_codes,
    read,
    resident_id,
    small_operators,
)
from mingchu.identifiers.checksums import gb11643, gbt17710
from mingchu.identifiers.gs1 import Key
from mingchu.identifiers.licences import Series
from mingchu.identifiers.table import CHECKS

REAL = [
    "SC11464010500015",
    "SC11333019700024",
    "SC11837048101233",
    "SC11834020305037",
    "SC12636098200051",
    "SC11532139200465",
    "SC12434017430075",
    "SC11432010400101",
    "JY13202020009651",
]
INVENTED = [
    "SC10515012300014",
    "SC10415010500022",
    "JY11501050000013",
    "JY21501050000016",
    "JY31501050000011",
]
counties = st.sampled_from([row.code for row in divisions.REPORTING])
series = st.sampled_from(Series)


@pytest.mark.parametrize("number", REAL + INVENTED)
def test_licence_numbers_that_are_in_order(number: str):
    verdict = licences.check(number, Series(number[:2]))

    assert (verdict.ok, verdict.value) == (True, number)


@pytest.mark.parametrize(
    "number", ["SC10600000000000", "SC12345678901234", "JY15101000000000", "JY12345678901234"]
)
def test_licence_numbers_that_are_not(number: str):
    verdict = licences.check(number)

    assert verdict.code == "licence_check"
    assert verdict.result is Result.NEEDS_EVIDENCE


def test_the_check_digit_that_was_expected_is_told():
    assert licences.check("SC10600000000000").gravest.facts == {"expected": "2", "found": "0"}


@given(st.text("0123456789", min_size=1, max_size=20))
def test_the_steps_of_mod_11_10_are_those_of_python_stdnum(digits: str):
    assert gbt17710(digits) == mod_11_10.calc_check_digit(digits)


@given(series, counties, st.integers(0, 9999), st.data())
def test_a_number_that_is_built_is_in_order_and_read_back(which, place, sequence, data):
    item = data.draw(st.sampled_from(sorted(licences.STRUCTURES[which].items)))
    number = licences.build(which, item, place, sequence)

    parts = licences.parse(number)

    assert licences.check(number.lower(), which).ok
    assert str(parts) == number
    assert (parts.item, parts.division, int(parts.sequence)) == (item, place, sequence)


@given(series, counties, st.integers(0, 9999), st.integers(2, 15), st.sampled_from("0123456789"))
def test_any_single_changed_digit_of_a_licence_is_caught(which, place, sequence, at, digit):
    item = min(licences.STRUCTURES[which].items)
    number = licences.build(which, item, place, sequence)
    assume(number[at] != digit)

    assert not licences.check(number[:at] + digit + number[at + 1 :]).usable


@pytest.mark.parametrize(
    ("typed", "wanted", "code"),
    [
        ("许可证编号：\uff2a\uff3921501050000016", Series.OPERATION, "ok"),
        ("JY2150105000001", Series.OPERATION, "licence_shape"),
        ("SC10515012300014", Series.OPERATION, "licence_other_series"),
        (licences.build(Series.PRODUCTION, "199", "150105", 1), None, "licence_item"),
        (licences.build(Series.OPERATION, "1", "150199", 1), None, "licence_division"),
        (licences.build(Series.OPERATION, "1", "321392", 1), None, "ok"),
    ],
)
def test_what_is_odd_about_a_licence_number_is_told(typed, wanted, code):
    assert licences.check(typed, wanted).code == code


def test_an_unknown_county_is_a_warning_and_an_unknown_item_is_wrong():
    assert check("operation_number", licences.build(Series.OPERATION, "1", "150199", 1)).usable
    assert licences.check(licences.build(Series.OPERATION, "9", "150105", 1)).result == "wrong"


def test_a_number_too_long_for_its_series_is_not_built():
    with pytest.raises(ValueError, match="no room"):
        licences.build(Series.PRODUCTION, "105", "150123", 10_000)


def test_small_operators_follow_the_pattern_of_the_rulebook_where_there_is_one():
    pattern = "TD[0-9]{16}"

    assert small_operators.check("TD1501050010000010", pattern).ok
    assert small_operators.check("TD15010500100000", pattern).result is Result.NEEDS_EVIDENCE
    assert small_operators.check("TD15010500100000").ok
    assert small_operators.check("内食坊〔2026〕0012号").ok
    assert small_operators.check("abc").code == "small_operator_shape"
    assert small_operators.check("没有编号").code == "small_operator_shape"


@pytest.mark.parametrize("form", small_operators.Form)
def test_an_invented_small_operator_says_that_it_is(form):
    number = small_operators.synthetic(form, "150105", 7)

    assert small_operators.check(number).ok
    assert number.startswith("演示")


@pytest.mark.parametrize("number", ["150105199001010018", "150102198506150020"])
def test_resident_numbers_that_are_in_order(number: str):
    assert resident_id.check(number).ok


def test_checksum_and_date_are_tested_apart():
    wrong_day, wrong_check = "150121197802300016", "150105199001010019"

    assert [r.code for r in resident_id.check(wrong_day).reasons] == ["resident_id_birth"]
    assert [r.code for r in resident_id.check(wrong_check).reasons] == ["resident_id_check"]


@pytest.mark.parametrize(
    ("place", "year"), [("150105", 1975), ("150123", 1990), ("150125", 1995), ("150102", 1950)]
)
def test_people_born_before_their_county_code_are_not_rejected(place: str, year: int):
    """python-stdnum compares the birth year with the years of its county table."""
    number = resident_id.build(place, date(year, 5, 1), 12)

    assert not ric.is_valid(number)
    assert resident_id.check(number).ok


people = st.builds(
    resident_id.build,
    counties,
    st.dates(date(1900, 1, 1), date(2026, 11, 20)),
    st.integers(0, 999),
)


@given(people)
def test_python_stdnum_finds_the_same_check_character_and_birth(number: str):
    assert ric.calc_check_digit(number) == number[-1] == gb11643(number[:17])
    assert ric.get_birth_date(number) == resident_id.parse(number).birth
    assert str(resident_id.parse(number)) == number


@given(people, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_changed_digit_of_a_resident_number_is_caught(number, at, digit):
    assume(number[at] != digit)

    assert not resident_id.check(number[:at] + digit + number[at + 1 :]).usable


@given(st.one_of(people, st.text(max_size=30)))
def test_a_mask_shows_no_digit_it_should_hide(number: str):
    shown = resident_id.masked(number)

    assert len(shown) == len(number)
    if len(number) == 18:
        assert shown[10:14] == "****"
    else:
        assert set(shown) <= {"*"}


@given(people)
def test_no_reason_repeats_the_number(number: str):
    said = resident_id.check(number[:17] + ("0" if number[17] != "0" else "1")).said()

    assert number[6:14] not in said
    assert number[:6] not in said


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("150105900101001", "resident_id_old"),
        ("1.50105199001E+17", "resident_id_spreadsheet"),
        ("15010519900101", "resident_id_shape"),
        ("15010519900101001a", "resident_id_shape"),
        (resident_id.build("990105", date(1990, 1, 1), 1), "resident_id_province"),
    ],
)
def test_what_is_no_resident_number_is_told_apart(typed, code):
    assert resident_id.check(typed).code == code


def test_nobody_is_born_tomorrow():
    number = resident_id.synthetic("150105", date(2026, 11, 21))

    assert resident_id.check(number, on=date(2026, 11, 20)).code == "resident_id_future"
    assert resident_id.check(number, on=date(2026, 11, 21)).ok


@given(counties, st.dates(date(1930, 1, 1), date(2020, 1, 1)))
def test_invented_people_have_a_sequence_nobody_has(place, birth):
    number = resident_id.synthetic(place, birth)

    assert resident_id.check(number).ok
    assert resident_id.is_synthetic(number)
    assert resident_id.parse(number).is_synthetic


@given(counties, st.integers(0, 99_999_999))
def test_old_codes_are_read_back(place, sequence):
    number = old_codes.build_registration(place, sequence)

    assert check(Kind.REGISTRATION, number).ok
    assert check(Kind.CREDIT_CODE, number).code == "credit_code_old_number"
    assert check(Kind.REGISTRATION, number[:-1]).code == "old_code_shape"


@given(st.integers(0, credit_code.SYNTHETIC_COUNT - 1))
def test_the_organisation_code_inside_a_credit_code_is_in_order(n):
    inside = credit_code.parse(credit_code.synthetic(n)).organisation

    assert check(Kind.ORGANISATION, f"{inside[:8]}-{inside[8]}").value == inside


def test_the_city_reports_by_nine_counties_and_its_zone():
    assert [row.code for row in divisions.REPORTING] == (
        [
            "150102",
            "150103",
            "150104",
            "150105",
            "150121",
            "150122",
            "150123",
            "150124",
            "150125",
            "150172",
        ]
    )
    assert [row.code for row in divisions.REPORTING if row.is_zone] == ["150172"]
    assert {row.parent for row in divisions.REPORTING} == {"150100"}
    assert len(divisions.PROVINCES) == 34


@pytest.mark.parametrize("row", divisions.DIVISIONS.values(), ids=lambda row: row.code)
def test_a_division_is_found_by_each_of_its_names_and_lies_in_its_parents(row):
    assert {divisions.named(name) for name in (row.zh, row.en, *row.former)} == {row}
    assert divisions.division(row.code) is row
    assert all(divisions.within(row.code, above.code) for above in divisions.parents(row.code))
    assert divisions.within(row.code, row.code)
    assert divisions.check(row.code).ok


@pytest.mark.parametrize(
    ("code", "scope", "inside"),
    [
        ("150172", "150100", True),
        ("150172", "150105", False),
        ("150105001", "150105", True),
        ("150105001", "150105002", False),
        ("150105", "150105001", False),
        ("150105", "100000", True),
        ("150105", "150200", False),
        ("", "150100", False),
        ("150105", "", False),
    ],
)
def test_what_lies_where(code, scope, inside):
    assert divisions.within(code, scope) is inside


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("内蒙古自治区呼和浩特市赛罕区", "150105"),
        ("经济技术开发区", None),
        ("呼和浩特经济技术开发", "150172"),
        ("呼和浩特市", "150100"),
        ("saihan district", "150105"),
        ("和林格尔", "150123"),
        ("区", None),
        ("", None),
        ("海淀区", None),
    ],
)
def test_names_as_people_write_them(name, code):
    found = divisions.named(name)

    assert (found and found.code) == code


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 5))
def test_a_certificate_holds_to_its_last_day_and_no_longer(issued, years):
    last = health.expires(issued, years)

    assert last.year == issued.year + years
    assert health.valid(issued, last, years)
    assert not health.valid(issued, last + timedelta(days=1), years)
    assert not health.valid(issued, issued - timedelta(days=1), years)


def test_a_certificate_stands_ahead_valid_expiring_expired():
    issued = date(2026, 3, 5)
    days = [date(2026, 3, 4), date(2026, 3, 5), date(2027, 2, 3), date(2027, 3, 6)]

    assert [health.standing(issued, day, 1, 30) for day in days] == list(health.Standing)


keys = st.sampled_from(Key)


@given(keys, st.integers(0, 10**9 - 1))
def test_keys_are_built_in_order_and_python_stdnum_agrees(key, n):
    value = gs1.synthetic(key, n)

    assert gs1.check(key, value).ok
    assert gs1.is_synthetic(key, value)
    if key is not Key.SSCC:
        assert ean.is_valid(value)


@pytest.mark.parametrize(
    "gtin", ["96385074", "036000291452", "6901234567892", "80614141123458", "00012345600012"]
)
def test_gtins_of_every_length(gtin):
    assert gs1.check(Key.GTIN, gtin).ok
    assert gs1.valid(Key.GTIN, gs1.to_14(gtin))


@given(keys, st.integers(0, 10**9 - 1), st.integers(0, 17), st.sampled_from("0123456789"))
def test_any_single_changed_digit_of_a_key_is_caught(key, n, at, digit):
    value = gs1.synthetic(key, n)
    assume(at < len(value) and value[at] != digit)

    assert gs1.check(key, value[:at] + digit + value[at + 1 :]).code == "gs1_check"


@pytest.mark.parametrize("kind", Kind)
@given(typed=st.text(max_size=30))
def test_every_kind_answers_any_text_in_words(kind, typed):
    verdict = check(kind, typed)

    assert verdict.kind == kind
    assert verdict.given == typed
    assert bool(verdict.said()) != verdict.ok
    assert "{" not in verdict.said() or "{" in verdict.value or "{" in typed


def test_a_form_keeps_what_waits_for_evidence_and_refuses_what_is_wrong():
    assert set(CHECKS) == set(Kind)
    assert read("credit_code", "91350203m0001qay9b") == "91350203M0001QAY9B"
    with pytest.raises(Refusal) as refused:
        read("gtin", "6901234567893")
    with pytest.raises(Refusal, match="credit_code_check"):
        check("credit_code", "91350203M0001QAY9B").required()
    assert (refused.value.code, refused.value.status) == ("gs1_check", 422)
