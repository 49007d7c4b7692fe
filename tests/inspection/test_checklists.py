"""Lists of items: made of parts, named by a digest, read again to the byte; who gets which."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from build import XINCHENG
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from planning import TODAY, browser, shops, somebody

from mingchu.base.errors import Refusal
from mingchu.inspection import checklists
from mingchu.inspection.domain.checklists import (
    Module,
    Paper,
    composed,
    from_plain,
    is_full,
    narrowed,
    traits,
)
from mingchu.inspection.queries.checklists import traits_of
from mingchu.registry.services import NewLicence
from mingchu.rulebook.domain import Title
from mingchu.rulebook.scoring import Weight

SINCE = date(2024, 1, 1)
NAMES = [f"item_{n}" for n in range(12)]
CITE = {"law": "某法", "article": "第一条", "number": "第1号", "published": SINCE}
RANGES = st.fixed_dictionaries(
    {}, optional={"from": st.integers(-30, 0), "to": st.decimals(1, 90, places=1)}
)


@st.composite
def raw_items(draw: Any, name: str) -> dict[str, Any]:
    """An item as a sheet has it, measured or not."""
    known: dict[str, Any] = {
        "id": name,
        "zh": f"项{name}",
        "en": name,
        "kind": "all_or_nothing",
        "points": draw(st.sampled_from([1, 3, Decimal("0.5")])),
    }
    if draw(st.booleans()):
        known["weight"] = draw(st.sampled_from(list(Weight)))
    if draw(st.booleans()):
        known |= {"evidence": "measure", "unit": "degree", "range": draw(RANGES)}
    if draw(st.booleans()):
        known |= {"cite": CITE, "status": "recalled"}
    return known


@st.composite
def modules(draw: Any, name: str) -> Module:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    items = tuple(draw(raw_items(one)) for one in names)
    return Module(
        name, f"checklist.{name}", SINCE, Title(name, name), "demo", {"items": items, "total": 1}
    )


MODULES = st.lists(st.sampled_from("abcde"), min_size=1, max_size=6).flatmap(
    lambda names: st.tuples(*map(modules, names))
)


def made(parts: Any) -> Any:
    return composed("caterer", Title("餐饮", "caterer"), parts, {"checklist.modules": SINCE})


@given(MODULES)
def test_a_list_has_every_item_once_in_the_order_of_its_parts(parts):
    found = made(parts)
    first = {part.id: part for part in reversed(parts)}
    order = dict.fromkeys(part.id for part in parts)
    named = [item["id"] for name in order for item in first[name].sheet["items"]]

    assert list(found.ids) == list(dict.fromkeys(named))
    assert [group.id for group in found.groups] == [name for name in order if found.of(name)]


@given(MODULES)
def test_a_list_is_read_again_from_its_json_to_the_byte(parts):
    found = made(parts)
    told = json.loads(json.dumps(found.plain()))

    again = from_plain(told)

    assert again == found
    assert again.plain() == told
    assert again.digest == told["digest"] == found.digest


@given(MODULES, st.data())
def test_another_word_is_another_digest_and_the_same_words_are_one(parts, data):
    told = made(parts).plain()
    item = data.draw(st.sampled_from(told["items"]))
    item["zh"] += "。"

    assert made(parts).digest == told["digest"]
    assert from_plain(told).digest != told["digest"]


@given(MODULES, st.data())
def test_a_narrowed_list_keeps_its_order_and_no_empty_heading(parts, data):
    found = made(parts)
    some = data.draw(st.sets(st.sampled_from(found.ids), min_size=1))

    fewer = narrowed(found, some)

    assert list(fewer.ids) == [one for one in found.ids if one in some]
    assert all(fewer.of(group.id) for group in fewer.groups)
    assert is_full(found, some) == (fewer == found)
    assert narrowed(found, None) is found
    assert is_full(found, None)


def test_an_item_of_another_list_is_refused():
    found = checklists.checklist_for("caterer", (), "", TODAY)

    with pytest.raises(Refusal) as refused:
        narrowed(found, ["site_flow", "cooked_core"])

    assert refused.value.code == "unknown_items"
    assert "site_flow" in refused.value.why


# ── From the rulebook ──


def test_the_json_of_a_list_is_what_phones_know():
    found = checklists.checklist_for("caterer", (), "", TODAY).plain()
    items = {item["id"]: item for item in found["items"]}

    assert found["title"] == {"zh": "餐饮服务提供者", "en": "Caterer"}
    assert found["versions"]["checklist.modules"] == "2023-12-01"
    assert found["versions"]["checklist.duty"] == "2025-04-15"
    assert found["groups"][0] == {
        "id": "licence",
        "zh": "许可与公示",
        "en": "Licence and what is shown",
    }
    assert items["kitchen_fridge"] == {
        "id": "kitchen_fridge",
        "zh": "冷藏设备温度在0℃至8℃",
        "en": "The refrigerator measures 0 to 8 ℃",
        "weight": "key",
        "group": "kitchen_storage",
        "points": 3,
        "evidence": "measure",
        "unit": "degree",
        "from": 0,
        "to": 8,
        "law": "食品安全国家标准 餐饮服务通用卫生规范 GB 31654-2021",
        "article": "贮存",
        "number": "GB 31654-2021",
        "status": "demo",
    }
    assert items["duty_officer"]["article"] == "第四十四条"
    assert items["kitchen_pests"]["evidence"] == "photo"


def test_a_measured_value_lies_in_the_range_or_does_not():
    found = checklists.checklist_for("caterer", (), "", TODAY)

    fridge, core = found.item("kitchen_fridge"), found.item("cooked_core")

    assert [fridge.fits(value) for value in (-0.5, 0, 8, 8.1)] == [False, True, True, False]
    assert [core.fits(value) for value in (69.9, 70, 98)] == [False, True, True]
    assert found.item("nothing") is None


@pytest.mark.parametrize("kind", checklists.kinds(TODAY))
def test_every_kind_that_has_a_list_has_key_and_general_items(kind):
    found = checklists.checklist_for(kind, (), "", TODAY)

    assert 0 < len(found.keys) < len(found.items)
    assert from_plain(found.plain()) == found


def test_a_trait_adds_its_part_to_the_kind_it_belongs_to():
    plain = checklists.checklist_for("caterer", (), "", TODAY)
    central = checklists.checklist_for("caterer", {"central_kitchen"}, "", TODAY)
    seller = checklists.checklist_for("seller", (), "", TODAY)

    assert central.ids[: len(plain.ids)] == plain.ids
    assert {item.group for item in central.items[len(plain.ids) :]} == {"kitchen_central"}
    assert "checklist.additions" in central.versions
    assert "checklist.additions" not in plain.versions
    assert checklists.checklist_for("seller", {"central_kitchen"}, "", TODAY) == seller


def test_a_narrow_matter_looks_at_its_part_alone_and_a_wide_one_at_all():
    shown = checklists.checklist_for("caterer", {"central_kitchen"}, "display", TODAY)
    whole = checklists.checklist_for("caterer", {"central_kitchen"}, "catering", TODAY)

    assert [group.id for group in shown.groups] == ["licence"]
    assert not is_full(whole, shown.ids)
    assert is_full(whole, whole.ids)


def test_a_list_of_an_earlier_day_has_the_law_of_its_day():
    before = checklists.checklist_for("canteen", (), "", date(2025, 1, 6))
    today = checklists.checklist_for("canteen", (), "", TODAY)

    assert before.ids == today.ids
    assert before.digest != today.digest
    assert "总局令第60号" in before.item("canteen_officer").number
    assert "集中用餐单位" in today.item("canteen_officer").law


@pytest.mark.parametrize("kind", ["cold_store", "market", "nothing"])
def test_a_kind_without_a_list_is_refused_with_those_that_have_one(kind):
    with pytest.raises(Refusal) as refused:
        checklists.checklist_for(kind, (), "", TODAY)

    assert refused.value.code == "no_checklist"
    assert "餐饮服务提供者" in refused.value.fix


# ── Traits ──


@pytest.mark.parametrize(
    ("kind", "number", "items", "serves", "found"),
    [
        ("SC", "SC12715010500016", (), "", {"special_food"}),
        ("SC", "SC10115010500012", (), "", set()),
        ("SC", "SC10115010500012", ("粮食加工品", "保健食品"), "", {"special_food"}),
        ("SC", "SC22715010500016", (), "", set()),
        ("JY", "JY11501050000016", ("特殊食品销售",), "", {"special_sale"}),
        ("JY", "JY21501050000016", ("热食类食品制售（中央厨房）",), "", {"central_kitchen"}),
        ("JY", "JY21501050000016", ("集体用餐配送",), "", {"meal_delivery"}),
        ("JY", "JY21501050000016", ("热食类食品制售",), "supplier", {"meal_delivery"}),
        ("JY", "JY31501050000016", ("热食类食品制售",), "kindergarten", {"school"}),
        ("JY", "JY31501050000016", ("热食类食品制售",), "care_home", set()),
    ],
)
def test_what_a_business_is_stands_on_its_licences(kind, number, items, serves, found):
    assert traits([Paper(kind, number, items)], serves, checklists.tells(TODAY)) == found


def a_jy(number: str, *items: str, **facts: Any) -> NewLicence:
    """A licence whose number was seen on paper, right or wrong."""
    return NewLicence(
        kind="JY", number=number, items=items, issued=date(2024, 1, 5), evidence="原件", **facts
    )


@pytest.mark.django_db
def test_traits_of_many_are_asked_at_once(django_assert_num_queries):
    plain = shops(3)
    [central] = shops(1, licences=(a_jy("JY21501050000016", "中央厨房"),))
    [gone] = shops(1, licences=(a_jy("JY21501050000024", "中央厨房", state="revoked"),))
    [school] = shops(1, kind="canteen", serves="school", diners=600)
    every = [*plain, central, gone, school]

    with django_assert_num_queries(2):
        found = traits_of([one.pk for one in every], TODAY)

    assert {number: set(said) for number, said in found.items() if said} == {
        central.pk: {"central_kitchen"},
        school.pk: {"school"},
    }
    assert len(found) == len(every)


@pytest.mark.django_db
def test_no_business_has_no_traits():
    assert traits_of([], TODAY) == {}


# ── Pages ──


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.mark.django_db
def test_an_officer_finds_the_lists_in_the_rooms_of_plans():
    client = browser(somebody("inspector", XINCHENG))

    assert 'href="/w/checklists/"' in page(client, "/w/plans/")
    listed = page(client, "/w/checklists/")
    shown = page(client, "/w/checklists/caterer")

    assert re.findall(r'href="/w/checklists/(\w+)"', listed) == checklists.kinds(TODAY)
    assert "★ 重点项" in shown
    assert "测量：0℃ – 8℃" in shown
    assert "另加：中央厨房" in shown
    assert "《中华人民共和国食品安全法》第四十条" in shown
    assert 'href="/plans/checklists/caterer"' in shown


@pytest.mark.django_db
@pytest.mark.parametrize("kind", checklists.kinds(TODAY))
def test_everybody_reads_every_list_in_both_languages(kind):
    guest = Client(headers={"Accept-Language": "zh-CN"})
    foreign = Client(headers={"Accept-Language": "en"})

    shown, said = (
        page(guest, f"/plans/checklists/{kind}"),
        page(foreign, f"/plans/checklists/{kind}"),
    )

    items = checklists.checklist_for(kind, (), "", TODAY).items
    assert [item.id for item in items if f'id="{item.id}"' not in shown] == []
    assert [item.en for item in items if item.en.replace("'", "&#39;") not in said] == []
    assert "演示值" in shown
    assert "<script" not in shown


@pytest.mark.django_db
def test_what_is_not_there_or_not_for_a_guest():
    guest = Client()

    page(guest, "/plans/checklists/", 200)
    page(guest, "/plans/checklists/market", 404)
    assert guest.get("/w/checklists/").status_code == 302
    page(browser(somebody()), "/w/checklists/market", 404)
