"""How alike two names are: the same either way round, whole for the same, nothing for strangers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.registry.similar import SIMILAR_FROM, core, similarity

NAMES = st.text("绿野青山家常菜馆店AB12（）() 有限公司", max_size=24)


@given(NAMES, NAMES)
def test_it_is_the_same_either_way_round_and_between_nothing_and_all(one, other):
    assert 0 <= similarity(one, other) == similarity(other, one) <= 1


@given(NAMES)
def test_a_name_is_itself_whatever_its_brackets_and_its_width(name):
    wide = name.replace("(", "（").replace(")", "）").replace("A", chr(0xFF21))

    assert similarity(name, wide) == 1


@given(NAMES, NAMES)
def test_only_the_same_core_is_wholly_alike(one, other):
    if similarity(one, other) == 1 and len({*core(one)}) == len(core(one)):
        assert core(one) == core(other)


@given(st.text("绿野青山", min_size=1, max_size=9), st.text("面馆菜店", min_size=1, max_size=9))
def test_strangers_are_less_alike_than_a_name_and_its_branch(one, other):
    assert similarity(one, other) == 0 < similarity(one, f"{one}{other}")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("绿野家常菜馆", "绿野家常菜馆（大学东街店）", True),
        ("内蒙古绿野餐饮有限公司", "绿野餐饮有限责任公司", True),
        ("绿野家常菜馆", "青山家常菜馆", False),
        ("赛罕甲子乙丑面馆", "赛罕丙寅丁卯面馆", False),
    ],
)
def test_a_branch_is_alike_and_another_shop_of_the_trade_is_not(one, other, alike):
    assert (similarity(one, other) >= SIMILAR_FROM) is alike
