"""The phone is the only copy until the server has all: nothing is lost, nothing arrives twice."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from inspecting import PIN, chief
from phone_house import (
    House,
    a_phone,
    a_photo_file,
    all_met,
    begin,
    go,
    measure_all,
    now,
    opened_house,
    ready,
    reopened,
    seal,
    show_and_inspect,
    sign_all,
    sign_in,
    stored,
    until_state,
    whole,
)  # fmt: skip

from mingchu.accounts.models import ApiToken
from mingchu.accounts.services import revoke_token
from mingchu.inspection import services
from mingchu.inspection.models import Conflict, Record
from mingchu.kit.models import Attachment, Upload

pytestmark = pytest.mark.peer


@pytest.fixture
def place(committed, settings) -> Iterator[House]:
    settings.ALLOWED_HOSTS = ["*"]
    with opened_house() as house:
        yield house


def take_photos(page, record: str, folder, count: int, item: int = 1) -> None:
    go(page, f"r/{record}/item/{item}")
    page.locator("#photo").set_input_files([a_photo_file(folder, n) for n in range(count)])
    page.wait_for_function(f"() => document.querySelectorAll('.thumbs img').length === {count}")


def a_full_record(page, folder, photos: int = 2, pin: str = PIN) -> str:
    record = begin(page)
    show_and_inspect(page, record)
    take_photos(page, record, folder, photos)
    measure_all(page, record)
    all_met(page, record)
    sign_all(page, record, pin)
    seal(page)
    return record


def press_send(page) -> None:
    go(page, "tray")
    page.locator("#send").click()


def test_without_a_network_the_page_comes_from_the_phone(place):
    context = a_phone(place, place.lead)
    ready(context).close()
    context.set_offline(True)

    page = reopened(context)
    page.locator('#ready[data-ready="true"]').wait_for()
    assert page.locator(".task").count() == 3
    assert page.locator("#offline").is_visible()
    page.reload()
    page.locator('#ready[data-ready="true"]').wait_for()


def test_twenty_photos_survive_a_killed_tab_and_arrive_once(place, tmp_path):
    context = a_phone(place, place.lead)
    page = ready(context)
    context.set_offline(True)
    record = begin(page)
    show_and_inspect(page, record)
    take_photos(page, record, tmp_path, 20)
    page.close(run_before_unload=False)

    page = reopened(context, f"#/r/{record}/item/1")
    page.wait_for_function("() => document.querySelectorAll('.thumbs img').length === 20")
    measure_all(page, record)
    all_met(page, record)
    sign_all(page, record)
    seal(page)
    page.close()
    context.set_offline(False)
    page = reopened(context, f"#/r/{record}")
    until_state(page, "accepted")

    assert len(place.line.sealed) == 1
    assert len(place.line.sealed[0][2]["blobs"]) == 23
    assert now(lambda: Upload.objects.exclude(blob=None).count()) == 23


def test_equal_signatures_are_three_files_each_under_a_key_of_its_own(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    go(page, f"r/{record}/sign")
    for who in ("lead", "second", "party"):
        if not page.locator(f"#name-{who}").count():
            continue
        page.locator(f"#name-{who}").fill("同一笔")
        page.locator(f"#write-{who}").click()
        page.locator(f"#keep-{who}").click()
        page.locator(f"section:has(#pad-{who}) img.pad").wait_for()

    kept = stored(page, "blobs")
    assert len({one["sha256"] for one in kept}) == 1
    assert len({one["key"] for one in kept}) == len(kept) == 2
    signatures = stored(page, "records")[0]["signatures"]
    assert signatures["lead"] == signatures["second"] == kept[0]["sha256"]


def test_a_signature_made_anew_replaces_its_own_alone(place):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    show_and_inspect(page, record)
    sign_all(page, record)
    before = {one["place"]: one["key"] for one in stored(page, "blobs")}
    page.locator("section:has(#pad-lead) summary").click()
    page.locator("#name-lead").fill("改签")
    page.locator("#write-lead").click()
    page.locator("#keep-lead").click()
    page.wait_for_function("() => document.querySelectorAll('img.pad').length === 3")

    page.wait_for_timeout(300)
    after = {one["place"]: one["key"] for one in stored(page, "blobs")}
    assert after["second"] == before["second"]
    assert after["party"] == before["party"]
    assert after["lead"] != before["lead"]


def test_what_the_server_misses_is_sent_then_the_record_again(place, tmp_path):
    """The files of an open record went ahead; the house lost one before it was sealed."""
    context = a_phone(place, place.lead)
    page = ready(context)
    context.set_offline(True)
    record = a_full_record(page, tmp_path)

    def loses_one():
        Upload.objects.order_by("pk").first().delete()

    place.line.says = [loses_one]
    context.set_offline(False)
    until_state(page, "accepted")

    first, second = place.line.sealed
    assert first[:2] == second[:2] == (record, first[1])
    assert {**first[2], "sent_at": ""} == {**second[2], "sent_at": ""}
    assert now(Record.objects.get).missing == []


def test_an_answer_that_was_lost_leaves_one_record(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    place.line.lost = 1
    a_full_record(page, tmp_path, 1)
    until_state(page, "accepted")

    assert len(place.line.sealed) == 2
    assert now(Record.objects.count) == 1
    assert now(lambda: Attachment.objects.filter(subject__startswith="inspection:").count()) == 4


def test_two_tabs_send_a_record_once(place, tmp_path):
    context = a_phone(place, place.lead)
    page = ready(context)
    other = reopened(context)
    context.set_offline(True)
    page.bring_to_front()  # a page behind another one paints, and so is clicked, once a second
    record = a_full_record(page, tmp_path)
    go(other, "tray")
    other.locator("#send").wait_for()
    go(page, "tray")
    page.locator("#send").wait_for()
    context.set_offline(False)
    for tab in (page, other):
        tab.evaluate("document.getElementById('send').click()")
    go(page, f"r/{record}")
    until_state(page, "accepted")

    other.locator('#count-accepted[data-count="1"]').wait_for()
    assert len(place.line.sealed) == 1


def test_a_phone_that_dies_while_sending_sends_the_same_again(place, tmp_path):
    context = a_phone(place, place.lead)
    page = ready(context)
    context.set_offline(True)
    record = a_full_record(page, tmp_path, 1)
    reached, goes_on = threading.Event(), threading.Event()

    def dies():
        reached.set()
        goes_on.wait(10)

    place.line.says = [dies]
    context.set_offline(False)
    until_state(page, "sending")
    for _ in range(100):
        page.wait_for_timeout(50)
        if reached.is_set():
            break
    page.close()
    goes_on.set()

    page = reopened(context, f"#/r/{record}")
    until_state(page, "accepted")
    assert len({(one[0], one[1]) for one in place.line.sealed}) == 1
    assert now(Record.objects.get).state == "accepted"


NEWS = "() => new BroadcastChannel('mingchu-phone').postMessage('change')"
PRESSES = "() => addEventListener('click', (event) => { window.pressed = event.target.id; }, true)"


def test_a_page_that_is_drawn_anew_waits_for_the_finger(place):
    page = ready(a_phone(place, place.lead))
    go(page, "tray")
    page.evaluate(PRESSES)
    button = page.locator("#send").element_handle()
    page.locator("#send").hover()
    page.mouse.down()
    page.evaluate(NEWS)
    page.wait_for_timeout(800)
    assert button.evaluate("one => one.isConnected")
    page.mouse.up()

    page.wait_for_function("() => window.pressed === 'send'")
    page.wait_for_function("one => !one.isConnected", arg=button)


def test_somebody_elses_records_wait_unread_and_go_with_their_own_key(place, tmp_path):
    context = a_phone(place, place.lead)
    page = ready(context)
    context.set_offline(True)
    record = a_full_record(page, tmp_path, 1)
    context.set_offline(False)
    place.line.says = [(503, {"code": "down", "why": "维护", "fix": "稍后"})] * 3
    go(page, "tray")
    page.locator("#leave").click()
    page.locator("text=登录").first.wait_for()
    page.close()
    sign_in(place, context, place.second)
    page = ready(context)
    go(page, "tray")
    page.locator("#others").wait_for()
    assert "1" in page.locator("#others").inner_text()
    go(page, f"r/{record}")
    page.locator(".empty").wait_for()
    assert page.locator("#state").count() == 0

    place.line.says = []
    press_send(page)
    page.wait_for_function("() => !document.getElementById('others')")
    ((_, _, body),) = [one for one in place.line.sealed if one[2]][-1:]
    assert body["person"] == place.lead.pk
    (kept,) = stored(page, "records")
    assert (kept["state"], kept["person"]) == ("accepted", place.lead.pk)


def test_a_dead_key_loses_nothing_and_whoever_signs_in_again_sends_on(place, tmp_path):
    context = a_phone(place, place.lead)
    page = ready(context)
    context.set_offline(True)
    record = a_full_record(page, tmp_path, 1)
    now(lambda: revoke_token(token=ApiToken.objects.get(post__user=place.lead)))
    context.clear_cookies()
    context.set_offline(False)
    go(page, "")
    page.locator(".notice--bad", has_text="登记已失效").wait_for()
    assert stored(page, "records")[0]["state"] == "held"
    assert len(stored(page, "blobs")) == 4
    page.close()

    sign_in(place, context, place.lead)
    page = reopened(context, f"#/r/{record}")
    until_state(page, "accepted")


def test_a_refusal_is_told_in_words_and_the_record_stays(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    said = {"code": "no_visit", "why": "没有这项任务", "fix": "请联系派单人"}
    place.line.says = [(422, said)]
    record = a_full_record(page, tmp_path, 1)
    page.locator(".notice--bad", has_text="没有这项任务").wait_for()
    assert "请联系派单人" in page.locator(".notice--bad").inner_text()
    until_state(page, "held")
    assert len(stored(page, "blobs")) == 4

    press_send(page)
    go(page, f"r/{record}")
    until_state(page, "accepted")


def test_a_record_in_doubt_stays_readable_and_says_why(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    record = a_full_record(page, tmp_path, 1, pin="000000")
    until_state(page, "conflict")
    page.locator("text=同行人员口令不符").wait_for()
    go(page, f"r/{record}/paper")
    page.locator("#sheet img").first.wait_for()
    assert "photo" not in {one["role"] for one in stored(page, "blobs")}

    def decided():
        services.decide(
            conflict=Conflict.objects.get(), decision="accept", why="当面确认", by=chief()
        )

    now(decided)
    press_send(page)
    page.locator('#count-accepted[data-count="1"]').wait_for()


def test_unsent_records_leave_the_phone_as_one_file(place, tmp_path):
    context = a_phone(place, place.lead)
    page = ready(context)
    context.set_offline(True)
    record = a_full_record(page, tmp_path, 2)
    go(page, "tray")
    with page.expect_download() as download:
        page.locator("#export").click()

    with zipfile.ZipFile(download.value.path()) as whole_file:
        assert whole_file.testzip() is None
        names = whole_file.namelist()
    assert f"records/{record}.json" in names
    assert "package.json" in names
    assert len([name for name in names if name.startswith("blobs/")]) == 5
    assert stored(page, "records")[0]["state"] == "held"


def test_an_open_record_is_mirrored_while_there_is_a_line(place, tmp_path):
    page = ready(a_phone(place, place.lead))
    record = begin(page)
    take_photos(page, record, tmp_path, 1)
    press_send(page)
    page.wait_for_function("() => document.getElementById('count-open').dataset.count === '1'")
    for _ in range(60):
        if place.line.sent and now(Upload.objects.exclude(blob=None).exists):
            break
        page.wait_for_timeout(100)
    draft = place.line.sent[0]
    assert (draft[0], draft[2]["sealed"]) == (record, False)
    assert now(Upload.objects.exclude(blob=None).exists)

    show_and_inspect(page, record)
    measure_all(page, record)
    all_met(page, record)
    sign_all(page, record)
    seal(page)
    until_state(page, "accepted")
    assert place.line.sealed[0][1] > 1
    assert now(Record.objects.get).state == "accepted"


FULL = """(() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, ...rest) {
    if (value.bytes?.byteLength > 1e6) throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value, ...rest);
  };
})()"""


def test_a_full_phone_says_so_and_keeps_what_is_there(place, tmp_path):
    """A browser cannot be filled up here: a large file is refused as a full one refuses it."""
    context = a_phone(place, place.lead)
    context.add_init_script(FULL)
    page = ready(context)
    record = begin(page)
    take_photos(page, record, tmp_path, 1)
    big = tmp_path / "big.jpg"
    big.write_bytes(b"\xff\xd8\xff" + bytes(3_000_000))
    page.locator("#photo").set_input_files(str(big))
    page.locator("#warnings [role=alert]").wait_for()

    assert "存储空间不足" in page.locator("#warnings").inner_text()
    assert len(stored(page, "blobs")) == len(stored(page, "records")[0]["blobs"]) == 1


def test_unsent_for_days_is_said(place):
    context = a_phone(place, place.lead)
    page = ready(context)
    record = begin(page)
    started = stored(page, "records")[0]["started_at"]
    assert record
    context.set_offline(True)
    page.clock.set_fixed_time(started)
    go(page, "tray")
    page.locator("#send").wait_for()
    go(page, "")
    page.locator("#ready").wait_for()
    assert page.locator("text=没有发出").count() == 0
    later = page.evaluate("(at) => Date.parse(at) + 49 * 3600 * 1000", started)
    page.clock.set_fixed_time(later)
    go(page, "tray")
    page.locator("#send").wait_for()
    go(page, "")
    page.locator("text=没有发出").wait_for()


def test_a_clock_that_is_wrong_is_said_and_goes_with_the_record(place):
    page = ready(a_phone(place, place.lead))
    page.locator("text=手机时钟").wait_for()
    whole(page)
    until_state(page, "accepted")

    body = place.line.sealed[0][2]
    assert abs(body["clock"]["offset_ms"]) > timedelta(minutes=5).total_seconds() * 1000
    assert body["sent_at"] >= body["ended_at"]


def test_a_new_version_is_offered_between_inspections_and_clears_the_old(place):
    context = a_phone(place, place.lead)
    page = ready(context)
    old = page.evaluate("caches.keys()")
    record = begin(page)
    place.line.version = "anotherone"
    page.evaluate("navigator.serviceWorker.getRegistration('/i/').then((one) => one.update())")
    page.wait_for_function(
        "() => navigator.serviceWorker.getRegistration('/i/').then((one) => !!one.waiting)"
    )
    assert page.locator("#update").count() == 0
    assert record in page.url

    go(page, "")
    page.locator("#update button").click()
    page.wait_for_function(
        "() => caches.keys().then((all) => all.join() === 'mingchu-phone-anotherone')"
    )
    page.locator("#ready").wait_for()
    assert old != ["mingchu-phone-anotherone"]
    assert stored(page, "records")[0]["client_id"] == record


def test_one_worker_of_one_scope_and_its_version_is_shown(place):
    page = ready(a_phone(place, place.lead))

    scopes = page.evaluate(
        "navigator.serviceWorker.getRegistrations().then((all) => all.map((one) => one.scope))"
    )
    assert scopes == [f"{place.url}/i/"]
    (cache,) = page.evaluate("caches.keys()")
    assert cache.removeprefix("mingchu-phone-") in page.locator("#foot").inner_text()
