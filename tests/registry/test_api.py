"""The registry for programs: every act of the pages, and a feed that misses nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from program import Program

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.kit.messages import receiving, telling
from mingchu.kit.models import Message, Receiver
from mingchu.kit.outward import signature
from mingchu.ledger import services as ledger
from mingchu.registry import services
from mingchu.registry.models import Business, Past

pytestmark = pytest.mark.django_db
ENROLLED = {
    "name": "绿野家常菜馆",
    "kind": "caterer",
    "district": SAIHAN,
    "address": "大学东街128号",
    "code": "92150105MA0BBBBU2X",
    "licences": [{"number": "JY21501050000016", "issued": "2024-02-20", "expires": "2029-02-19"}],
    "people": [{"name": "测试甲", "duties": ["principal"], "identity": "150105199001010018"}],
}


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Keys of secrets lie there."""
    settings.HOME = tmp_path


@pytest.fixture
def saihan(db: None) -> Program:
    return Program("district", Scope(ScopeKind.DISTRICT, SAIHAN))


@pytest.fixture
def city(db: None) -> Program:
    return Program("city", CITY)


def test_a_file_is_made_and_led_through_its_life(saihan: Program) -> None:
    made = saihan.post("businesses", ENROLLED).json()
    at = f"businesses/{made['id']}"

    renamed = saihan.post(
        f"{at}/corrections", {"changes": {"name": "青山菜馆"}, "why": "更名", "revision": 1}
    ).json()
    licence = renamed["licences"][0]["id"]
    saihan.post(f"{at}/licences/{licence}/state", {"state": "suspended", "why": "停业整顿"})
    saihan.post(
        f"{at}/premises", {"premises": {"use": "online", "platform": "示例"}, "why": "网店"}
    )
    person = saihan.get(f"{at}/people").json()["items"][0]["id"]
    saihan.post(
        f"{at}/people/{person}/certificates", {"issued": "2026-01-10", "until": "2027-01-09"}
    )
    closed = saihan.post(
        f"{at}/state", {"state": "closed", "since": "2026-02-01", "why": "停业"}
    ).json()

    assert closed["state"] == "closed"
    assert closed["former_names"] == ["绿野家常菜馆"]
    assert closed["licences"][0]["state"] == "suspended"
    assert {one["use"] for one in closed["premises"]} == {"shop", "online"}
    assert closed["sources"]["name"].startswith("api ")
    assert Past.objects.order_by("revision")[0].channel == "api"


def test_what_the_api_does_not_know_it_refuses_instead_of_ignoring(saihan: Program) -> None:
    made = saihan.post("businesses", ENROLLED).json()

    unknown = saihan.post("businesses", {**ENROLLED, "colour": "red"})
    closed = saihan.post(
        f"businesses/{made['id']}/corrections", {"changes": {"state": "closed"}, "why": "x"}
    )

    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["place"] == "body/colour"
    assert closed.json()["code"] == "not_correctable"
    assert Business.objects.get().state == "open"


def test_a_stale_revision_is_told_what_changed(saihan: Program) -> None:
    made = saihan.post("businesses", ENROLLED).json()
    path = f"businesses/{made['id']}/corrections"
    said = {"changes": {"sign": "绿野"}, "why": "招牌", "revision": 1}
    saihan.post(path, said)

    again = saihan.post(path, {**said, "changes": {"sign": "别名"}})

    assert again.json()["code"] == "changed_meanwhile"
    assert "sign" in again.json()["why"]


def test_a_program_cannot_write_where_it_has_no_say(saihan: Program) -> None:
    there = services.enrol(a_restaurant(district=XINCHENG, station=""))

    assert saihan.post("businesses", {**ENROLLED, "district": XINCHENG}).status_code == 403
    answer = saihan.post(
        f"businesses/{there.public_id}/state",
        {"state": "closed", "since": "2026-01-01", "why": "x"},
    )
    assert answer.status_code == 404


def test_files_are_merged_and_parted_and_the_gone_one_points_on(saihan: Program) -> None:
    kept = saihan.post("businesses", ENROLLED).json()["id"]
    double = {"name": "绿野菜馆", "district": SAIHAN, "address": "大学东街128号"}
    gone = saihan.post("businesses", double).json()["id"]

    done = saihan.post("merges", {"kept": kept, "gone": gone, "why": "同一家"}).json()

    assert saihan.get(f"businesses/{gone}").json()["merged_into"] == kept
    assert [one["id"] for one in saihan.get("businesses").json()["items"]] == [kept]
    undone = saihan.post(f"merges/{done['id']}/undo", {"why": "看错"}).json()
    assert undone["undone_at"]
    assert len(saihan.get("businesses").json()["items"]) == 2


# The feed


def test_the_feed_misses_nothing_and_repeats_nothing(city: Program, saihan: Program) -> None:
    services.enrol(a_restaurant())
    services.enrol(a_restaurant(name="别家", code="", district=XINCHENG, station="", licences=()))
    ledger.seal()

    seen, cursor = [], ""
    while True:
        page = city.get(f"changes?limit=1&cursor={cursor}").json()
        if not page["items"]:
            break
        seen += [one["seq"] for one in page["items"]]
        cursor = page["next"]
    services.close(number=Business.objects.get(name="别家").pk, closed=date(2026, 1, 5), why="停业")
    ledger.seal()
    more = city.get(f"changes?cursor={cursor}").json()

    assert seen == sorted(set(seen))
    assert [one["kind"] for one in more["items"]] == ["registry.business_closed"]
    own = saihan.get("changes").json()["items"]
    assert {one["business"] for one in own} == {Business.objects.get(district=SAIHAN).public_id}


def test_a_reader_of_one_kind_reads_only_that(city: Program) -> None:
    services.enrol(a_restaurant())
    ledger.seal()

    kinds = [one["kind"] for one in city.get("changes?kind=registry.licence").json()["items"]]

    assert kinds == ["registry.licence_granted"]


# Hooks


class Partner(BaseHTTPRequestHandler):
    received: list[tuple[dict[str, str], bytes]] = []
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).received.append((dict(self.headers), body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *said: object) -> None:
        """Quiet."""


@pytest.fixture
def partner() -> Iterator[str]:
    Partner.received, Partner.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), Partner)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/in"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hook_hears_of_what_comes_after_it_signed(city: Program, partner: str) -> None:
    services.enrol(a_restaurant(name="先有的", code="", licences=(), people=()))
    ledger.seal()
    hook = city.post("hooks", {"name": "外部系统", "url": partner}).json()
    made = services.enrol(a_restaurant())
    ledger.seal()

    while services.push_changes():
        pass
    ledger.deliver()

    [(headers, body)] = Partner.received
    items = json.loads(body)["items"]
    assert {one["business"] for one in items} == {made.public_id}
    at, signed = (part.split("=")[1] for part in headers["Mingchu-Signature"].split(","))
    assert signed == signature(hook["secret"], at, body)
    services.push_changes()
    ledger.deliver()
    assert len(Partner.received) == 1


def test_a_hook_lies_sealed_and_stands_with_the_receivers_of_messages(
    city: Program, partner: str
) -> None:
    hook = city.post("hooks", {"name": "外部系统", "url": partner}).json()
    Message.objects.create(subject="order:1", severity=1, what="工单")

    row = Receiver.objects.get()

    assert hook["secret"] not in row.secret
    assert partner not in row.address
    assert "url" not in hook
    assert not telling.wants(row, Message.objects.get())
    [listed] = city.get("hooks").json()["items"]
    assert (listed["host"], "secret" in listed) == ("127.0.0.1", False)


def test_a_hook_is_tried_by_an_empty_list(city: Program, partner: str) -> None:
    city.post("hooks", {"name": "外部系统", "url": partner})

    receiving.try_receiver(receiver=Receiver.objects.get())
    ledger.deliver()

    [(_headers, body)] = Partner.received
    assert json.loads(body) == {"items": []}


def test_a_hook_of_a_district_and_of_kinds_hears_of_nothing_else(
    city: Program, partner: str
) -> None:
    kinds = ["registry.business_enrolled"]
    city.post("hooks", {"name": "外", "url": partner, "district": SAIHAN, "kinds": kinds})
    services.enrol(a_restaurant(district=XINCHENG, station=""))
    made = services.enrol(a_restaurant(name="别家", code="", people=(), licences=()))
    ledger.seal()

    while services.push_changes():
        pass
    ledger.deliver()

    [(_headers, body)] = Partner.received
    assert [(one["business"], one["kind"]) for one in json.loads(body)["items"]] == [
        (made.public_id, kinds[0])
    ]


def test_a_hook_that_fails_is_tried_again_and_an_ended_one_is_not_told(
    city: Program, partner: str
) -> None:
    hook = city.post("hooks", {"name": "外部系统", "url": partner}).json()
    Partner.status = 503
    services.enrol(a_restaurant())
    ledger.seal()
    services.push_changes()
    assert ledger.deliver() == 0

    ended = city.client.delete(f"/api/v1/hooks/{hook['id']}", headers=city.headers)
    services.close(number=Business.objects.get().pk, closed=date(2026, 1, 5), why="停业")
    ledger.seal()

    assert ended.json()["active"] is False
    assert services.push_changes() == 0
    assert city.client.delete("/api/v1/hooks/999", headers=city.headers).status_code == 404


def test_a_hook_in_clear_text_is_refused(city: Program) -> None:
    answer = city.post("hooks", {"name": "外部系统", "url": "http://example.org/in"})

    assert answer.json()["code"] == "hook_not_https"
