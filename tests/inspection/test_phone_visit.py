"""A visit on the phone, from the door to the seal, as an inspector makes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from browsing import is_wide, told_by_axe
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from phone_house import (
    House,
    a_phone,
    a_photo_file,
    all_met,
    begin,
    go,
    opened_house,
    ready,
    seal,
    show_and_inspect,
    sign_all,
    stored,
    until_state,
)  # fmt: skip

pytestmark = pytest.mark.peer
DEFECT = {"finding": 9, "item": "item-2", "text": "后厨地面破损", "due": "2026-11-01"}


def an_open_defect(pack) -> None:
    pack["tasks"][0]["open"] = [DEFECT]


@pytest.fixture
def place(committed, settings) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    with opened_house(
        change=an_open_defect,
        item_2={"evidence": "measure", "unit": "degree", "to": 8},
        item_3={"evidence": "photo"},
    ) as house:
        yield house


def lacking(page) -> list[str]:
    page.locator("#seal").wait_for()
    return page.locator("[data-lacks]").evaluate_all("all => all.map((one) => one.dataset.lacks)")


def test_what_follows_stands_there_at_once_and_goes_with_the_record(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    go(page, f"r/{record}/item/1")
    page.locator("#verdict-unmet").click()
    assert page.locator("#affects-slight").count() == 0
    page.locator("#affects-yes").click()
    assert page.locator("#follows").get_attribute("data-way") == "case"

    go(page, f"r/{record}/item/4")
    page.locator("#verdict-unmet").click()
    page.locator("#affects-no").click()
    assert page.locator("#follows").get_attribute("data-way") == "order"
    page.locator("#due").fill("2026-12-05")
    page.locator("#due").blur()

    go(page, f"r/{record}/item/5")
    page.locator("#verdict-unmet").click()
    page.locator("#affects-slight").click()
    page.locator("#fix-on_spot").click()
    page.locator('#follows[data-way="on_spot"]').wait_for()
    page.locator("#text").fill("垃圾桶没有盖，当场盖上")
    page.locator("#text").blur()

    go(page, f"r/{record}/results")
    page.locator("#results").wait_for()
    told = page.locator("[data-result]").evaluate_all("all => all.map((one) => one.dataset.result)")
    assert told == ["CORRECTED", "PENDING"]

    finish(page, record, tmp_path)
    until_state(page, "accepted")
    ((_, _, body),) = place.office.sealed
    answers = body["answers"]
    assert answers["item-1"]["affects"] == "yes"
    assert answers["item-4"]["fix"] == {"way": "order", "due": "2026-12-05"}
    assert answers["item-5"]["fix"] == {"way": "on_spot"}
    assert answers["item-5"]["text"] == "垃圾桶没有盖，当场盖上"
    assert body["earlier"] == [{"finding": 9, "mended": True, "text": ""}]
    assert answers["item-2"]["measure"] == {"value": 5, "unit": "degree", "instrument": "T-1"}
    assert body["blobs"][0]["role"] == "photo"
    assert answers["item-3"]["photos"] == [body["blobs"][0]["sha256"]]


def finish(page, record, tmp_path) -> None:
    """The rest of the list, the photo, the measure, the old defect, signatures, the seal."""
    go(page, f"r/{record}/item/2")
    page.locator("#value").fill("5")
    page.locator("#value").blur()
    page.locator("#instrument").select_option("T-1")
    go(page, f"r/{record}/item/3")
    page.locator("#photo").set_input_files(a_photo_file(tmp_path))
    page.locator(".thumbs img").wait_for()
    go(page, f"r/{record}/earlier")
    page.locator("#mended-9-true").click()
    page.locator('#mended-9-true[aria-pressed="true"]').wait_for()
    all_met(page, record)
    sign_all(page, record)
    seal(page)


def test_nothing_is_sealed_while_something_is_missing_and_the_list_leads_there(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    sign_all(page, record)

    assert lacking(page) == ["lack_answer"] * 6 + ["lack_earlier"]
    page.locator("#seal").click()
    page.locator("#lacks a").nth(1).click()
    page.locator("#verdict-met").click()
    page.locator('#verdict-met[aria-pressed="true"]').wait_for()
    go(page, f"r/{record}/sign")

    assert lacking(page) == [
        "lack_answer", "lack_measure", *["lack_answer"] * 4, "lack_earlier",
    ]  # fmt: skip
    assert stored(page, "records")[0]["state"] == "open"


def test_an_instrument_past_its_calibration_measures_nothing(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    go(page, f"r/{record}/item/2")
    page.locator("#value").fill("12")
    page.locator("#value").blur()
    page.locator("#out").wait_for()
    page.locator("#instrument").select_option("T-0")

    page.locator("#warnings [role=alert]").wait_for()
    assert "2026-03-01" in page.locator("#warnings").inner_text()
    (record_,) = stored(page, "records")
    assert "instrument" not in record_["answers"]["item-2"]["measure"]


def test_the_pin_is_sealed_for_the_server_and_kept_nowhere(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    page.context.set_offline(True)
    finish(page, record, tmp_path)

    everything = json.dumps([stored(page, name) for name in ("people", "packs", "records", "log")])
    assert "135790" not in everything
    page.context.set_offline(False)
    until_state(page, "accepted")
    second = place.office.sealed[0][2]["second"]
    ring = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    told = json.loads(place.key.decrypt(base64.b64decode(second["seal"]), ring))
    assert told == {"pin": "135790", "client_id": record, "person": place.second.pk}
    assert (second["id"], second["kid"]) == (place.second.pk, "k1")


def test_arrival_is_the_code_at_the_door_or_said_with_its_reason(place):
    page = ready(a_phone(place, place.lead))
    page.goto("/i/#/task/1")
    page.locator("#begin").click()
    page.locator("#code").fill("https://example.test/p/shop2")
    page.locator("#code").press("Enter")
    page.locator("#warnings [role=alert]").wait_for()
    assert page.locator("#here").count() == 0

    page.locator("#reason").fill("门口的码被撕掉了")
    page.locator("#reason").blur()
    page.wait_for_function("() => document.getElementById('saved').textContent !== ''")
    assert stored(page, "records")[0]["presence"]["reason"] == "门口的码被撕掉了"

    page.locator("#code").fill("https://example.test/p/shop1")
    page.locator("#code").press("Enter")
    page.locator("#here").wait_for()
    assert stored(page, "records")[0]["presence"]["way"] == "scan"


def test_a_shop_that_is_gone_needs_a_note_and_no_list(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    go(page, f"r/{record}/outcome")
    page.locator("#outcome-closed").click()
    page.locator('#outcome-closed[aria-pressed="true"]').wait_for()
    go(page, f"r/{record}/sign")
    assert lacking(page) == ["lack_note", "lack_lead", "lack_second", "lack_pin"]


def test_an_answer_is_given_by_keyboard_alone(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    go(page, f"r/{record}/item/1")
    page.locator("#verdict-met").focus()
    page.keyboard.press("Space")
    page.locator('#verdict-met[aria-pressed="true"]').wait_for()
    assert page.evaluate("document.activeElement.id") == "verdict-met"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator('#verdict-unmet[aria-pressed="true"]').wait_for()
    page.locator("#affects-yes").focus()
    page.keyboard.press("Enter")
    page.locator('#follows[data-way="case"]').wait_for()


def test_the_papers_print_and_are_handed_over_without_a_network(place, tmp_path):
    context = a_phone(place, place.lead)
    page = ready(context)
    record = begin(page)
    show_and_inspect(page, record)
    context.set_offline(True)
    finish(page, record, tmp_path)
    go(page, f"r/{record}/paper")
    page.locator("#sheet").wait_for()

    assert page.locator("#sheet h2").all_inner_texts() == ["现场检查笔录", "监督检查结果记录表"]
    assert page.locator("#sheet img").count() == 6
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    with page.expect_download() as download:
        page.locator("#share").click()
    text = download.value.path().read_text("utf-8")
    assert text.count("data:image/png;base64,") == 6
    assert "<script" not in text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_page_is_clean_at_390_px(place, language):
    page = ready(a_phone(place, place.lead, language))
    told: list[str] = []

    def look(name: str, waits: str) -> None:
        page.locator(waits).first.wait_for()
        told.extend(f"{name}: {one}" for one in told_by_axe(page))
        if is_wide(page):
            told.append(f"{name} is wide")

    look("day", "#ready")
    page.goto("/i/#/task/1")
    look("task", "#begin")
    record = begin(page)
    look("arrive", "#here")
    show_and_inspect(page, record)
    ways = {
        f"r/{record}": ".steps", f"r/{record}/shown": "#shown-lead",
        f"r/{record}/outcome": "#note", f"r/{record}/earlier": "#mended-9-true",
        f"r/{record}/exam": "#draw", f"r/{record}/results": "#results",
        f"r/{record}/list": ".jump", f"r/{record}/sign": "#seal", f"r/{record}/paper": "#sheet",
        "tray": "#send",
    }  # fmt: skip
    for way, waits in ways.items():
        go(page, way)
        look(way, waits)
    go(page, f"r/{record}/item/2")
    page.locator("#verdict-unmet").click()
    page.locator("#affects-slight").click()
    page.locator("#fix-by").click()
    look("unmet", "#due")
    assert told == []


def test_small_targets_are_none(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    go(page, f"r/{record}/item/1")
    page.locator("#verdict-met").wait_for()
    sizes = page.locator("button, summary, label.button, nav a").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44
    assert page.locator("#verdict-met").bounding_box()["height"] >= 56


def test_a_changed_list_leaves_a_record_with_the_one_it_began_with(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    pack = place.office.packs[place.lead.pk]
    (began,) = pack["checklists"]
    pack["checklists"] = {"0" * 64: {**pack["checklists"][began], "digest": "0" * 64, "items": []}}
    for task in pack["tasks"]:
        task["checklist"] = "0" * 64
    go(page, "")
    page.locator("#fetch").click()
    page.wait_for_function("() => document.getElementById('told').textContent !== ''")

    (kept,) = stored(page, "records")
    assert kept["list"]["digest"] == began
    go(page, f"r/{record}/list")
    page.locator(".jump").first.wait_for()
    assert page.locator(".jump li").count() == 6


def test_a_whole_visit_leaves_no_photo_on_the_phone(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    finish(page, record, tmp_path)
    until_state(page, "accepted")
    page.wait_for_timeout(300)

    assert {one["role"] for one in stored(page, "blobs")} == {"signature"}


def test_an_unannounced_visit_is_marked(place):
    for task in place.office.packs[place.lead.pk]["tasks"]:
        task["unannounced"] = True
    page = ready(a_phone(place, place.lead))

    assert page.get_by_text("飞行检查").count() == 3
