"""The ledger for officers: entries within their scope, one with its proof, what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.db import transaction
from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.events import TokenRevoked
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.event import canonical
from mingchu.ledger.domain import digest, entry_bytes
from mingchu.ledger.models import Entry, Outgoing, Reaction
from mingchu.ledger.services import caused_by, record, record_many, seal, send_later
from mingchu.registry import services as registry
from mingchu.site.ledger import scoping

pytestmark = pytest.mark.django_db
LIST = "/w/ledger/"


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def of_district() -> Callable[[str], Client]:
    def make(district: str) -> Client:
        user = accounts.enrol_person(username=f"d{User.objects.count()}", name="测试")
        scope = Scope(ScopeKind.DISTRICT, district)
        accounts.give_post(user=user, role="district", scope=scope)
        client = Client()
        client.force_login(user, backend="mingchu.accounts.backends.Backend")
        return client

    return make


def revoked(number: int) -> Entry:
    with transaction.atomic():
        return record(TokenRevoked(subject=f"token:{number}", token_id=str(number)))


def page_of(entry: Entry) -> str:
    return f"/w/ledger/entries/{entry.id}"


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_newest_entry_comes_first_and_lists_can_be_narrowed(officer):
    desk = officer("city")
    revoked(1)
    revoked(2)

    whole = text(desk.get(LIST))
    by_subject = text(desk.get(LIST, {"subject": "token:2"}))
    by_kind = text(desk.get(LIST, {"kind": "accounts.token_revoked"}))

    assert whole.index("token:2") < whole.index("token:1")
    assert ("token:2" in by_subject, "token:1" in by_subject) == (True, False)
    assert "token:1" in by_kind
    assert "开户" not in by_kind.split("<tbody>")[1]


def test_pages_follow_one_another_without_gap_or_double(officer):
    desk = officer("city")
    with transaction.atomic():
        record_many(TokenRevoked(subject=f"token:{n}", token_id=str(n)) for n in range(120))

    seen, cursor = [], ""
    while True:
        answer = desk.get(
            "/api/v1/ledger/entries",
            {"kind": "accounts.token_revoked", "cursor": cursor, "limit": 50},
        ).json()
        seen += [item["subject"] for item in answer["items"]]
        cursor = answer["next"]
        if not cursor:
            break

    assert seen == [f"token:{n}" for n in reversed(range(120))]


@pytest.mark.parametrize("rows", [5, 50])
def test_a_list_asks_the_database_no_more_for_more_rows(
    officer, django_assert_max_num_queries, rows
):
    desk = officer("city")
    with transaction.atomic():
        record_many(TokenRevoked(subject=f"token:{n}", token_id=str(n)) for n in range(rows))
    desk.get(LIST)

    with django_assert_max_num_queries(16):
        desk.get(LIST)


def test_a_district_reads_what_was_done_about_its_own_businesses_and_no_more(of_district):
    here, there = of_district(SAIHAN), of_district(XINCHENG)
    made = registry.enrol(a_restaurant())
    entry = Entry.objects.get(kind="registry.business_enrolled")

    assert made.public_id in text(here.get(LIST))
    assert here.get(page_of(entry)).status_code == 200
    assert made.public_id not in text(there.get(LIST))
    assert there.get(page_of(entry)).status_code == 404
    assert here.get(page_of(revoked(1))).status_code == 404
    subjects = {i["subject"] for i in here.get("/api/v1/ledger/entries").json()["items"]}
    assert subjects == {f"business:{made.public_id}"}


def test_a_district_goes_on_where_a_long_stretch_of_others_ends(of_district):
    here = of_district(SAIHAN)
    made = registry.enrol(a_restaurant())
    with transaction.atomic():
        record_many(
            TokenRevoked(subject=f"token:{n}", token_id=str(n))
            for n in range(scoping.SIFTED_TOP + 1)
        )

    first = here.get("/api/v1/ledger/entries").json()
    second = here.get("/api/v1/ledger/entries", {"cursor": first["next"]}).json()

    assert first["items"] == []
    assert {item["subject"] for item in second["items"]} == {f"business:{made.public_id}"}
    assert second["next"] is None


def test_an_entry_shows_what_led_to_it_and_what_answered_it(officer):
    desk = officer("city")
    first = revoked(1)
    with transaction.atomic(), caused_by(first.id):
        second = record(TokenRevoked(subject="token:2", token_id="2"))
    with transaction.atomic(), caused_by(second.id):
        third = record(TokenRevoked(subject="token:3", token_id="3"))

    page = text(desk.get(page_of(second)))

    assert page.index(page_of(first)) < page.index("本条") < page.index(page_of(third))


def test_of_a_chain_a_district_sees_its_own_links_and_how_many_there_are_beside(of_district):
    here = of_district(SAIHAN)
    registry.enrol(a_restaurant())
    entry = Entry.objects.filter(kind="registry.business_enrolled").get()
    with transaction.atomic(), caused_by(entry.id):
        answer = record(TokenRevoked(subject="token:2", token_id="2"))

    page = text(here.get(page_of(entry)))

    assert page_of(answer) not in page
    assert "另有 1 条" in page


def test_an_entry_waits_for_its_seal_and_then_is_proved(officer):
    desk = officer("city")
    entry = revoked(1)

    assert "正等待封存" in text(desk.get(page_of(entry)))
    seal()
    page = text(desk.get(page_of(entry)))

    assert "已当场核对" in page
    assert entry.digest.hex() in page


# What went wrong


@pytest.fixture
def failed() -> Reaction:
    entry = revoked(1)
    return Reaction.objects.create(
        entry_id=entry.id,
        handler="flows.reactions:gone",
        state="failed",
        error="ValueError: no such thing",
        next_try=clock.wall(),
        at=clock.wall(),
    )


def test_who_looks_after_the_house_sees_why_a_reaction_failed_and_tries_again(officer, failed):
    desk = officer("admin")
    page = text(desk.get("/w/ledger/failed"))
    assert "ValueError: no such thing" in page

    told = desk.post(
        "/w/ledger/failed/retry",
        {"entry": failed.entry_id, "handler": failed.handler},
        follow=True,
    )

    failed.refresh_from_db()
    assert failed.attempts == 2
    assert "又失败了" in text(told)


def test_a_message_given_up_is_sent_again_by_hand(officer):
    desk = officer("admin")
    key = send_later("credit", {}, subject="case:7")
    Outgoing.objects.update(state="dead", attempts=20, error="TimeoutError")
    assert "TimeoutError" in text(desk.get("/w/ledger/undelivered"))

    desk.post("/w/ledger/undelivered/again", {"key": key})

    assert Outgoing.objects.get().state == "pending"
    assert desk.post("/w/ledger/undelivered/again", {"key": "x"}).status_code == 400


def test_an_auditor_sees_what_went_wrong_but_sets_nothing_right(officer, failed):
    desk = officer("auditor")

    page = text(desk.get("/w/ledger/failed"))

    assert "ValueError" in page
    assert "马上重试" not in page
    assert desk.post("/w/ledger/failed/retry", {}).status_code == 403


# For programs


def test_a_program_reads_the_head_and_can_compute_every_digest_again(officer):
    desk = officer("city")
    entry = revoked(1)
    seal()

    head = desk.get("/api/v1/ledger/head").json()
    [item] = desk.get("/api/v1/ledger/entries", {"subject": "token:1"}).json()["items"]

    assert head["size"] == item["seq"]
    assert set(item) == {
        *("id", "seq", "kind", "subject", "data", "cause", "actor", "post", "request"),
        *("city_time", "wall_time", "digest", "algorithm"),
    }
    assert item["digest"] == entry.digest.hex() == _recomputed(item)


def _recomputed(item: dict) -> str:
    content = entry_bytes(
        UUID(item["id"]),
        item["kind"],
        item["subject"],
        canonical(item["data"]).decode(),
        UUID(item["cause"]) if item["cause"] else None,
        item["actor"],
        item["post"],
        item["request"],
        datetime.fromisoformat(item["city_time"]),
        datetime.fromisoformat(item["wall_time"]),
    )
    return digest(content, item["algorithm"]).hex()


def test_a_made_up_cursor_is_refused(officer):
    desk = officer("city")

    for cursor in ("x", "WzFd", "WyJ4Il0"):
        answer = desk.get("/api/v1/ledger/entries", {"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
