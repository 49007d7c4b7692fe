"""The census: exact in number, valid in every code, and nobody's."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2, mod_11_10

from mingchu.base import clock
from mingchu.demo.census import census, rows
from mingchu.demo.plan import plan
from mingchu.identifiers import credit_code, resident_id
from mingchu.registry.services.checking import checked_business
from mingchu.registry.values import NewBusiness

DAY = date(2026, 9, 21)
NATIONAL = ("SC", "JY", "YB")


def city(businesses: int = 16_108, seed: int = 1) -> list[NewBusiness]:
    return list(census(plan(), seed=seed, businesses=businesses, day=DAY))


@pytest.fixture(scope="module")
def whole() -> list[NewBusiness]:
    return city()


def test_the_open_ones_are_the_article_s_to_the_last(whole: list[NewBusiness]) -> None:
    found = Counter(one.kind for one in whole if one.state == "open")

    assert found.total() == 16_108
    assert (found["producer"], found["seller"]) == (350, 7_958)
    assert found["caterer"] + found["canteen"] == 7_200
    assert found["workshop"] + found["small_restaurant"] + found["vendor"] == 600


def test_closed_firms_stand_beside_and_every_district_has_its_share(
    whole: list[NewBusiness],
) -> None:
    by_district = Counter(one.district for one in whole if one.state == "open")

    assert sum(one.state == "closed" for one in whole) == 1_480
    assert set(by_district) == set(plan().districts)
    assert by_district["150105"] == max(by_district.values())


@pytest.mark.parametrize("businesses", [1, 400, 3_001])
def test_another_size_is_exact_too(businesses: int) -> None:
    assert sum(one.state == "open" for one in city(businesses)) == businesses


def test_the_same_seed_makes_the_same_city_and_another_one_another(
    whole: list[NewBusiness],
) -> None:
    assert city() == whole
    assert city(400, seed=2) != city(400, seed=1)


def test_every_row_would_be_let_in_by_the_registry(whole: list[NewBusiness]) -> None:
    with clock.at(clock.midnight(DAY)):
        assert [checked_business(one) for one in whole] == whole


def test_credit_codes_hold_elsewhere_too_are_nobody_s_and_stand_once(
    whole: list[NewBusiness],
) -> None:
    codes = [one.code for one in whole if one.code]

    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert [code for code in codes if not credit_code.is_synthetic(code)] == []
    assert len(set(codes)) == len(codes)


def test_licence_numbers_hold_elsewhere_too_and_stand_once(whole: list[NewBusiness]) -> None:
    numbers = [licence.number for one in whole for licence in one.licences]
    national = [number for number in numbers if number.startswith(NATIONAL)]

    assert [number for number in national if not mod_11_10.is_valid(number[2:])] == []
    assert [n for n in numbers if not n.startswith((*NATIONAL, "演示"))] == []
    assert len(set(numbers)) == len(numbers)


def test_people_have_numbers_that_are_never_issued(whole: list[NewBusiness]) -> None:
    numbers = [person.identity for one in whole for person in one.people]

    assert [number for number in numbers if not mod_11_2.is_valid(number)] == []
    assert [number for number in numbers if not resident_id.is_synthetic(number)] == []
    assert len(set(numbers)) == len(numbers)


def test_names_are_of_stems_and_branches(whole: list[NewBusiness]) -> None:
    marks = set(plan().stems)

    assert [one.name for one in whole if not marks & set(one.name)] == []
    assert [one.address for one in whole if not set("演例") & set(one.address)] == []
    assert {one.phone[:6] for one in whole} == {"0471-0"}


def test_untidy_rows_stand_beside_and_none_of_them_is_open(whole: list[NewBusiness]) -> None:
    untidy = [one for one in whole if not one.licences]
    keepers = Counter(one.identity for one in untidy if one.identity)

    assert sum(one.kind == "unlicensed" for one in untidy) == 40
    assert {one.state for one in untidy} == {"suspended", "dormant", "not_found"}
    assert set(keepers.values()) == {2}
    assert len(whole) == rows(plan(), 16_108)


def test_some_papers_run_out_soon_and_few_have_run_out(whole: list[NewBusiness]) -> None:
    ends = [one.licences[0].expires for one in whole if one.state == "open"]
    known = [end for end in ends if end]

    assert 0 < sum(end < DAY for end in known) < len(known) / 50
    assert sum(end < plan().today for end in known) > 100
