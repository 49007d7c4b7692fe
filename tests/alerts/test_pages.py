"""Pages and API: what an officer sees of alerts, what a program may say and read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alerting import a_signal, alerted
from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import User, Viewing
from mingchu.alerts.models import Alert, EarlyWarning, Silence
from mingchu.alerts.services.folding import fold
from mingchu.base import clock
from mingchu.registry.models import Business

pytestmark = pytest.mark.django_db
Desk = Callable[..., Client]


@pytest.fixture
def desk() -> Desk:
    """Whoever sits at a desk: a role in the city, a district (six digits) or a station."""

    def of(code: str = "", role: str = "") -> Client:
        kind = {0: ScopeKind.CITY, 6: ScopeKind.DISTRICT}.get(len(code), ScopeKind.STATION)
        user = accounts.enrol_person(username=f"u{User.objects.count()}", name="测试员")
        scope = Scope(kind, code) if code else CITY
        accounts.give_post(user=user, role=role or kind.value, scope=scope)
        client = Client()
        client.force_login(user, backend="mingchu.accounts.backends.Backend")
        return client

    return of


def a_token(scope: Scope, role: str) -> dict[str, str]:
    user = accounts.enrol_person(username=f"t{User.objects.count()}", name="程序")
    post = accounts.give_post(user=user, role=role, scope=scope)
    _token, text = accounts.issue_token(post=post, title="网关", api_scopes=("signals",))
    return {"Authorization": f"Bearer {text}"}


def send(headers: dict[str, str], *signals: dict[str, Any], **more: str) -> Any:
    return Client().post(
        "/api/v1/signals",
        json.dumps(signals),
        content_type="application/json",
        headers={**headers, **more},
    )


def a_report(**said: Any) -> dict[str, Any]:
    return {"kind": "reported_problem", "subject": "device:1", "district": "150105", **said}


# ── Pages ──


def test_the_list_shows_what_is_open_in_the_officers_place(
    desk: Desk, restaurant: Business
) -> None:
    alerted(a_signal(business_id=restaurant.pk), a_signal(subject="device:2", district="150102"))

    here = desk("150105").get("/w/alerts/").content.decode()
    station = desk("150105001").get("/w/alerts/").content.decode()
    there = desk("150103").get("/w/alerts/").content.decode()

    assert "绿野家常菜馆" in here
    assert "device:2" not in here
    assert "绿野家常菜馆" in station
    assert "绿野家常菜馆" not in there


def test_the_list_is_walked_page_by_page_to_the_end(desk: Desk) -> None:
    alerted(*[a_signal(subject=f"device:{n}", district="150105") for n in range(120)])
    officer, seen, where = desk("150105"), set[str](), "/w/alerts/"

    while where:
        text = officer.get(where).content.decode()
        seen |= set(re.findall(r'href="/w/alerts/(\d+)"', text))
        after = re.search(r'rel="next" href="([^"]+)"', text)
        where = f"/w/alerts/{after[1].replace('&amp;', '&')}" if after else ""

    assert len(seen) == 120


@pytest.mark.parametrize("path", ["/w/alerts/", "/api/v1/alerts", "/w/alerts/export"])
def test_a_list_asks_as_much_for_many_as_for_few(
    desk: Desk, path: str, restaurant: Business, django_assert_max_num_queries: Any
) -> None:
    officer = desk("150105")
    alerted(*[a_signal(subject=f"device:{n}", business_id=restaurant.pk) for n in range(45)])
    officer.get(path)

    with django_assert_max_num_queries(9):
        assert officer.get(path).status_code == 200


ASKED = "severity=3 kind=reported_problem late=1 held=free state=all sort=new business=17HQF6WQ"


@pytest.mark.parametrize("asked", ASKED.split())
def test_every_filter_answers(desk: Desk, asked: str) -> None:
    alerted(a_signal(district="150105"))

    assert desk("150105").get(f"/w/alerts/?{asked}").status_code == 200
    assert desk("150105").get(f"/w/alerts/export?{asked}").status_code == 200


def test_an_alert_says_its_rule_its_deadline_and_its_story(
    desk: Desk, restaurant: Business
) -> None:
    [one] = alerted(*[a_signal(business_id=restaurant.pk)] * 2)

    page = desk("150105").get(f"/w/alerts/{one.pk}").content.decode()

    assert "绿野家常菜馆" in page
    assert "/rules/alert.yellow_days" in page
    assert "共 2 次" in page
    assert "立警" in page
    assert desk("150103").get(f"/w/alerts/{one.pk}").status_code == 404


def test_who_works_there_is_named_on_the_alert_and_the_look_is_logged(
    desk: Desk, restaurant: Business
) -> None:
    person = restaurant.people.get()
    labels = {"until": "2026-11-01"}
    alerted(
        a_signal(
            kind="health_expired",
            subject=f"person:{person.pk}",
            business_id=restaurant.pk,
            labels=labels,
        )
    )
    one, officer = Alert.objects.get(), desk("150105")

    assert "测试甲" in officer.get(f"/w/alerts/{one.pk}").content.decode()
    assert "测试甲" not in officer.get("/w/alerts/").content.decode()
    assert Viewing.objects.filter(subject=f"alert:{one.pk}").exists()


def test_the_file_of_a_business_shows_what_is_open(desk: Desk, restaurant: Business) -> None:
    alerted(a_signal(business_id=restaurant.pk))

    page = desk("150105").get(f"/w/businesses/{restaurant.public_id}").content.decode()

    assert "未了结的预警" in page
    assert "外部系统报送问题" in page


def test_an_officer_silences_and_lifts(desk: Desk, restaurant: Business) -> None:
    [one] = alerted(a_signal(business_id=restaurant.pk))
    officer, until = desk("150105001"), clock.today().isoformat()

    officer.post(
        f"/w/alerts/{one.pk}/silence", {"reach": "business", "until": until, "why": "设备检修"}
    )
    one.refresh_from_db()
    assert one.silence is not None
    assert "设备检修" in officer.get("/w/alerts/silences/").content.decode()

    officer.post(f"/w/alerts/silences/{one.silence_id}/lift")
    one.refresh_from_db()
    assert one.silence is None
    assert Silence.objects.get().lifted_by is not None


def test_a_silence_needs_a_reason_and_stays_in_the_officers_place(
    desk: Desk, restaurant: Business
) -> None:
    [one] = alerted(a_signal(business_id=restaurant.pk))
    asked = {"reach": "district", "until": clock.today().isoformat(), "why": "设备检修"}

    assert desk("150105001").post(f"/w/alerts/{one.pk}/silence", asked).status_code == 403
    asked["why"] = ""
    refused = desk("150105").post(f"/w/alerts/{one.pk}/silence", asked).content.decode()
    assert "请先改正下列内容" in refused
    assert desk("150103").post(f"/w/alerts/{one.pk}/silence", asked).status_code == 404
    assert not Silence.objects.exists()


def test_what_was_laid_aside_is_shown(desk: Desk) -> None:
    alerted(a_signal(kind="nobody_knows"))

    assert "nobody_knows" in desk().get("/w/alerts/aside/").content.decode()
    assert "nobody_knows" not in desk("150105").get("/w/alerts/aside/").content.decode()


def test_a_warning_has_its_picture_and_its_table(desk: Desk) -> None:
    one = EarlyWarning.objects.create(
        day=date(2026, 11, 19), district="150105", kind="reported_problem", count=9, mean=0.5,
        deviation=0.6, deviations=14.2, chance=1e-9, allowed=0.004, counts=[0, 1] * 29 + [0, 9],
        rule_since=date(2019, 1, 1), made_at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip

    page = desk("150105001").get(f"/w/warnings/{one.pk}").content.decode()

    assert "<svg" in page
    assert page.count("<tr>") > 60
    assert "赛罕区" in desk("150105").get("/w/warnings/").content.decode()
    assert desk("150103").get(f"/w/warnings/{one.pk}").status_code == 404


# ── API ──


def test_signals_are_taken_once_and_become_alerts() -> None:
    gateway = a_token(CITY, "city")
    key = {"Idempotency-Key": "batch-1"}

    first = send(gateway, a_report(), a_report(), a_report(subject="device:2"), **key)
    again = send(gateway, a_report(), a_report(), a_report(subject="device:2"), **key)
    fold()

    assert first.json() == again.json() == {"accepted": 3, "alerts": 2}
    assert sorted(Alert.objects.values_list("subject", "count")) == [
        ("device:1", 2),
        ("device:2", 1),
    ]


@pytest.mark.parametrize(
    ("wrong", "code", "status"),
    [
        ({"kind": "nobody_knows"}, "unknown_signal_kind", 422),
        ({"kind": "licence_expired"}, "signal_kind_from_inside", 403),
        ({"subject": ""}, "bad_signal", 422),
        ({"business": "ZZZZZZZZ"}, "bad_signal", 422),
        ({"colour": "red"}, "invalid", 422),
        ({"at": "2026-11-20T08:00:00"}, "invalid", 422),
        ({"district": "150199x"}, "bad_signal", 422),
    ],
)
def test_a_wrong_signal_refuses_the_whole_batch(
    wrong: dict[str, Any], code: str, status: int
) -> None:
    answer = send(a_token(CITY, "city"), a_report(), a_report(**wrong))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    fold()
    assert not Alert.objects.exists()


def test_a_business_speaks_of_itself_alone(restaurant: Business) -> None:
    mine = restaurant.public_id
    token = a_token(Scope(ScopeKind.BUSINESS, mine), "enterprise")
    own = a_report(business=mine, subject=f"business:{mine}/fridge-2", district="")

    assert send(token, own).json() == {"accepted": 1, "alerts": 1}
    assert send(token, a_report(business=mine)).json()["code"] == "signal_elsewhere"
    assert send(token, a_report()).json()["code"] == "signal_elsewhere"


def test_a_district_cannot_end_what_lies_elsewhere() -> None:
    alerted(a_signal(subject="device:1", district="150102"))
    token = a_token(Scope(ScopeKind.DISTRICT, "150105"), "district")

    answer = send(token, a_report(over=True))

    assert answer.json()["code"] == "signal_elsewhere"


def test_another_clock_may_not_say_the_future() -> None:
    send(a_token(CITY, "city"), a_report(at="2099-01-01T00:00:00+08:00"))
    fold()

    one = Alert.objects.get()
    assert one.last_at <= clock.now()


def test_alerts_are_read_by_programs(restaurant: Business) -> None:
    [one] = alerted(a_signal(business_id=restaurant.pk))
    user = accounts.enrol_person(username="r", name="程序")
    scope = Scope(ScopeKind.DISTRICT, "150105")
    post = accounts.give_post(user=user, role="district", scope=scope)
    _token, text = accounts.issue_token(post=post, title="读", api_scopes=("read",))
    headers = {"Authorization": f"Bearer {text}"}

    [item] = Client().get("/api/v1/alerts?state=open", headers=headers).json()["items"]
    whole = Client().get(f"/api/v1/alerts/{one.pk}", headers=headers).json()

    assert (item["id"], item["business"], item["state"]) == (one.pk, restaurant.public_id, "open")
    assert [entry["kind"] for entry in whole["entries"]] == ["alerts.alert_opened"]
    assert Client().get("/api/v1/alerts/9", headers=headers).status_code == 404
