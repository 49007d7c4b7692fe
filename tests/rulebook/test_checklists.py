"""The library of checklists: whole, nothing twice, points as the rule of grades has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from mingchu.rulebook import store
from mingchu.rulebook.domain import Version
from mingchu.rulebook.kinds import Shape, Status
from mingchu.rulebook.words import Told, ValueWords, value_words

TODAY = date(2026, 11, 20)
POINTS = "grade.dynamic_item_points"
CHOOSING = ("checklist.modules", "checklist.additions", "checklist.traits", "checklist.matters")
# How many items a list has at least, by kind: fewer would be no inspection.
LEAST = {
    "producer": 50, "seller": 40, "caterer": 45, "canteen": 55, "small_restaurant": 25,
    "workshop": 30, "grocery": 22, "vendor": 15,
}  # fmt: skip


def modules() -> dict[str, tuple[Version, ...]]:
    """Every version of every module, by its name."""
    known = {
        rule.id.split(".")[1]: rule.versions
        for rule in store.shipped()
        if rule.family == "checklist" and rule.shape is Shape.SHEET
    }
    assert known
    return known


def every_item() -> Iterator[Mapping[str, Any]]:
    for versions in modules().values():
        for version in versions:
            yield from version.value["items"]


def value_of(rule_id: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = store.rule(rule_id).on(TODAY).value
    return found


def test_an_item_gives_what_the_rule_of_grades_gives_its_weight():
    points = value_of(POINTS)

    assert [one["id"] for one in every_item() if one["points"] != points[one["weight"]]] == []


def test_an_item_is_met_or_not_and_says_what_it_rests_on():
    odd = [
        one["id"]
        for one in every_item()
        if one["kind"] != "all_or_nothing"
        or one["status"] not in (Status.RECALLED, Status.DEMO)
        or not one["cite"]["law"]
        or not one["cite"]["article"]
    ]

    assert odd == []


def test_no_two_modules_have_an_item_of_one_name():
    names = Counter(
        name
        for versions in modules().values()
        for name in {item["id"] for version in versions for item in version.value["items"]}
    )

    assert [name for name, count in names.items() if count > 1] == []


def test_what_was_not_compared_is_told_so():
    loud = [
        name
        for name, versions in modules().items()
        for version in versions
        if version.status is not Status.DEMO or version.note is None
    ]

    assert loud == []


def test_each_part_that_is_named_is_there_and_each_that_is_there_is_named():
    named = {
        *(name for parts in value_of("checklist.modules").values() for name in parts),
        *(name for said in value_of("checklist.additions").values() for name in said["modules"]),
        *(name for parts in value_of("checklist.matters").values() for name in parts),
    }

    assert named == set(modules())


def test_every_part_holds_from_the_day_on_which_lists_begin_or_has_its_reason():
    begin = {name: versions[0].since for name, versions in modules().items()}
    first = store.rule("checklist.modules").segments[0].begins

    # The region's own rules of small businesses came later.
    late = {name for name, since in begin.items() if since > first}
    assert late == {"small_licence", "workshop_licence", "vendor_card"}


@pytest.mark.parametrize(("kind", "least"), LEAST.items())
def test_a_list_is_as_long_as_an_inspection_needs(kind, least):
    parts = value_of("checklist.modules")[kind]

    assert sum(len(value_of(f"checklist.{name}")["items"]) for name in parts) >= least
    assert len(set(parts)) == len(parts)


def test_a_narrower_matter_looks_at_parts_of_the_lists_of_its_kinds():
    whole, matters = value_of("checklist.modules"), value_of("inspection.matters")

    for matter, parts in value_of("checklist.matters").items():
        for kind in matters[matter]["kinds"]:
            assert set(parts) <= set(whole[kind])


@pytest.mark.parametrize("rule_id", CHOOSING)
def test_every_word_of_the_choosing_rules_is_said_in_both_languages(rule_id):
    ruling = store.rule(rule_id).on(TODAY)
    codes = {str(one) for one in _codes(ruling.value) if str(one).isascii()}

    assert codes - ruling.labels.keys() == set()


def _codes(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _codes(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _codes(inner)
    else:
        yield value


def test_temperatures_are_those_of_the_rule_of_catering():
    degrees = value_of("coldchain.catering_temperature")
    items = {one["id"]: one["range"] for one in every_item() if one.get("unit") == "degree"}

    assert items["kitchen_fridge"]["to"] == degrees["chilled_max"]
    assert items["kitchen_freezer"]["to"] == degrees["frozen_max"]
    assert items["cooked_core"]["from"] == degrees["cook_core_min"]
    assert items["serve_hot"]["from"] == degrees["hot_hold_min"]


def test_a_retained_sample_weighs_what_the_rule_of_schools_says():
    [weight] = [one["range"] for one in every_item() if one["id"] == "sample_weight"]

    assert weight == {"from": value_of("school.sample_grams")}


def said(name: str) -> ValueWords:
    ruling = store.rule(f"checklist.{name}").on(TODAY)
    return value_words(Told(ruling.value, ruling.unit, ruling.shape, ruling.labels))


def test_the_rule_page_tells_key_items_and_what_proves_an_item():
    table = said("kitchen_storage").table
    rows = {row[0]: row[-1] for row in table.rows}

    assert rows["★ 冷藏设备温度在0℃至8℃"] == "0℃ – 8℃"
    assert rows["★ 冷冻设备温度不高于-12℃"] == "≤ -12℃"
    assert rows["★ 冰箱内生熟分开、有标识，食品没有裸露"] == "拍照"
    assert rows["库房食品离墙离地，与清洁剂、杀虫剂分库存放"] == "—"
