"""A visit on the phone, from the door to the seal, as an inspector makes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from browsing import is_wide, told_by_axe
from inspecting import PIN, Sent, a_visit
from phone_house import (
    House,
    a_phone,
    a_photo_file,
    all_met,
    begin,
    go,
    items,
    measure_all,
    now,
    opened_house,
    ready,
    seal,
    show_and_inspect,
    sign_all,
    stored,
    until_state,
)  # fmt: skip

from mingchu.accounts.keys import SIGNING
from mingchu.inspection.models import Finding, Record
from mingchu.registry.domain import public_id

pytestmark = pytest.mark.peer


def a_defect(pair, places) -> None:
    """Of the first shop, found by an earlier visit and still open."""
    sent = Sent(a_visit(pair, business_id=places[0].pk))
    came = sent.unmet(sent.an_item(key=False)).send()
    assert came.doubts == ()


@pytest.fixture
def place(committed, settings) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    with opened_house(before=a_defect) as house:
        yield house


def lacking(page) -> list[str]:
    page.locator("#seal").wait_for()
    return page.locator("[data-lacks]").evaluate_all("all => all.map((one) => one.dataset.lacks)")


def test_what_follows_stands_there_at_once_and_goes_with_the_record(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    key = items(page, record, weight="key", evidence="")[0]
    general, slight = items(page, record, weight="general", evidence="")[:2]
    photo = items(page, record, evidence="photo")[0]
    go(page, f"r/{record}/item/{key}")
    page.locator("#verdict-unmet").click()
    assert page.locator("#affects-slight").count() == 0
    page.locator("#affects-yes").click()
    page.locator('#follows[data-way="case"]').wait_for()

    go(page, f"r/{record}/item/{general}")
    page.locator("#verdict-unmet").click()
    page.locator("#affects-no").click()
    page.locator('#follows[data-way="order"]').wait_for()
    page.locator("#due").fill("2026-12-05")
    page.locator("#due").blur()

    go(page, f"r/{record}/item/{slight}")
    page.locator("#verdict-unmet").click()
    page.locator("#affects-slight").click()
    page.locator("#fix-on_spot").click()
    page.locator('#follows[data-way="on_spot"]').wait_for()
    page.locator("#text").fill("垃圾桶没有盖，当场盖上")
    page.locator("#text").blur()

    go(page, f"r/{record}/item/{photo}")
    page.locator("#photo").set_input_files(a_photo_file(tmp_path))
    page.locator(".thumbs img").wait_for()
    go(page, f"r/{record}/results")
    page.locator("#results").wait_for()
    told = page.locator("[data-result]").evaluate_all("all => all.map((one) => one.dataset.result)")
    assert told == ["CORRECTED", "PENDING"]

    finish(page, record)
    until_state(page, "accepted")
    ((_, _, body),) = place.line.sealed
    order = [one["id"] for one in stored(page, "records")[0]["list"]["items"]]
    said = {n: body["answers"][order[n - 1]] for n in (key, general, slight, photo)}
    assert said[key]["affects"] == "yes"
    assert said[general]["fix"] == {"way": "order", "due": "2026-12-05"}
    assert said[slight]["fix"] == {"way": "on_spot"}
    assert said[slight]["text"] == "垃圾桶没有盖，当场盖上"
    assert said[photo]["photos"] == [body["blobs"][0]["sha256"]]

    def arrived():
        kept = Record.objects.get(client_id=record)
        ways = set(Finding.objects.filter(record=kept).values_list("way", flat=True))
        earlier = Finding.objects.exclude(record=kept).get()
        return kept.state, kept.results, ways, earlier.state

    assert now(arrived) == (
        "accepted", ["CORRECTED", "PENDING"], {"case", "order", "on_spot"}, "mended",
    )  # fmt: skip


def finish(page, record) -> None:
    """The rest of the list, the measures, the old defect, signatures, the seal."""
    measure_all(page, record)
    go(page, f"r/{record}/earlier")
    page.locator("[id^=mended-][id$=-true]").click()
    page.locator('[id^=mended-][id$=-true][aria-pressed="true"]').wait_for()
    all_met(page, record)
    sign_all(page, record)
    seal(page)


def test_nothing_is_sealed_while_something_is_missing_and_the_list_leads_there(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    sign_all(page, record)

    everything = len(items(page, record))
    assert lacking(page) == ["lack_answer"] * everything + ["lack_earlier"]
    measured = items(page, record, evidence="measure")[0]
    page.locator("#seal").click()
    page.locator("#lacks a").nth(measured - 1).click()
    page.locator("#verdict-met").click()
    page.locator('#verdict-met[aria-pressed="true"]').wait_for()
    go(page, f"r/{record}/sign")

    assert lacking(page)[measured - 1] == "lack_measure"
    assert lacking(page).count("lack_answer") == everything - 1
    assert stored(page, "records")[0]["state"] == "open"


def test_an_instrument_past_its_calibration_measures_nothing(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    go(page, f"r/{record}/item/{items(page, record, evidence='measure')[0]}")
    page.locator("#value").fill("99")
    page.locator("#value").blur()
    page.locator("#out").wait_for()
    page.locator("#instrument").select_option("T-0")

    page.locator("#warnings [role=alert]").wait_for()
    assert "2026-03-01" in page.locator("#warnings").inner_text()
    (answer,) = stored(page, "records")[0]["answers"].values()
    assert answer["measure"] == {"value": 99}


def test_the_pin_is_sealed_for_the_server_and_kept_nowhere(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    page.context.set_offline(True)
    finish(page, record)

    everything = json.dumps([stored(page, name) for name in ("people", "packs", "records", "log")])
    assert PIN not in everything
    page.context.set_offline(False)
    until_state(page, "accepted")
    second = place.line.sealed[0][2]["second"]
    told = json.loads(now(lambda: SIGNING.unseal(second["kid"], base64.b64decode(second["seal"]))))
    assert told == {"pin": PIN, "client_id": record, "person": place.second.pk}
    assert second["id"] == place.second.pk


def test_whoever_holds_the_phone_the_other_of_the_pair_confirms(place):
    page = ready(a_phone(place, place.second))
    record = begin(page, 2)
    show_and_inspect(page, record)
    measure_all(page, record)
    all_met(page, record)
    sign_all(page, record)
    seal(page)
    until_state(page, "accepted")

    assert place.line.sealed[0][2]["second"]["id"] == place.lead.pk


def test_arrival_is_the_code_at_the_door_or_said_with_its_reason(place):
    page = ready(a_phone(place, place.lead))
    page.goto(f"/i/#/task/{place.visits[0].pk}")
    page.locator("#begin").click()
    page.locator("#code").fill(f"https://example.test/p/{public_id(place.visits[1].business_id)}")
    page.locator("#code").press("Enter")
    page.locator("#warnings [role=alert]").wait_for()
    assert page.locator("#here").count() == 0

    page.locator("#reason").fill("门口的码被撕掉了")
    page.locator("#reason").blur()
    page.wait_for_function("() => document.getElementById('saved').textContent !== ''")
    assert stored(page, "records")[0]["presence"]["reason"] == "门口的码被撕掉了"

    page.locator("#code").fill(f"https://example.test/p/{public_id(place.visits[0].business_id)}")
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


def test_the_papers_print_and_are_handed_over_without_a_network(place):
    context = a_phone(place, place.lead)
    page = ready(context)
    record = begin(page)
    show_and_inspect(page, record)
    context.set_offline(True)
    finish(page, record)
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
    page.goto(f"/i/#/task/{place.visits[0].pk}")
    look("task", "#begin")
    record = begin(page)
    look("arrive", "#here")
    show_and_inspect(page, record)
    ways = {
        f"r/{record}": ".steps", f"r/{record}/shown": "#shown-lead",
        f"r/{record}/outcome": "#note", f"r/{record}/earlier": "[id^=mended-]",
        f"r/{record}/exam": "#draw", f"r/{record}/results": "#results",
        f"r/{record}/list": ".jump", f"r/{record}/sign": "#seal", f"r/{record}/paper": "#sheet",
        "tray": "#send",
    }  # fmt: skip
    for way, waits in ways.items():
        go(page, way)
        look(way, waits)
    go(page, f"r/{record}/item/{items(page, record, weight='general')[0]}")
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
    (began,) = {one["list"]["digest"] for one in stored(page, "records")}

    def another(pack) -> None:
        (known,) = pack["checklists"].values()
        pack["checklists"] = {"0" * 64: {**known, "digest": "0" * 64, "items": []}}
        for task in pack["tasks"]:
            task["checklist"] = "0" * 64

    place.line.alters = another
    everything = len(items(page, record))
    go(page, "")
    page.locator("#fetch").click()
    page.wait_for_function("() => document.getElementById('told').textContent !== ''")

    (kept,) = stored(page, "records")
    assert kept["list"]["digest"] == began
    go(page, f"r/{record}/list")
    page.locator(".jump").first.wait_for()
    assert page.locator(".jump li").count() == everything


def test_a_whole_visit_leaves_no_photo_on_the_phone(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    go(page, f"r/{record}/item/1")
    page.locator("#photo").set_input_files(a_photo_file(tmp_path))
    page.locator(".thumbs img").wait_for()
    finish(page, record)
    until_state(page, "accepted")
    go(page, "tray")
    page.locator('#count-accepted[data-count="1"]').wait_for()

    assert {one["role"] for one in stored(page, "blobs")} == {"signature"}


def test_an_unannounced_visit_is_marked(place):
    def hides(pack) -> None:
        for task in pack["tasks"]:
            task["unannounced"] = True

    place.line.alters = hides
    page = ready(a_phone(place, place.lead))

    assert page.get_by_text("飞行检查").count() == page.locator(".task").count() > 0
