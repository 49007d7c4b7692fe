"""The page of subscriptions: how delivery goes, whose they are, what their owner may do."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape

import pytest
from capturing import an_event, as_sent, sender
from django.db import connection
from django.test import Client
from django.urls import reverse

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.trace import services, standing
from mingchu.trace.services import Author, capture_event

pytestmark = pytest.mark.django_db
DEST = "https://example.org/told?key=secret"
FAILING = """
UPDATE trace_subscription SET failing_since = %s, failed_at = %s, failure = '503', failures = 4,
       state = %s WHERE id = %s
"""


class Own:
    """Somebody with a subscription of his own, signed in."""

    def __init__(self, role="city", scope=CITY):
        user = accounts.enrol_person(username=f"{role}-{scope.code}", name="测试")
        post = user.posts.create(
            role=role, scope_kind=scope.kind, scope_code=scope.code, since="2020-01-01",
            district=scope.code,
        )  # fmt: skip
        author = Author(f"user:{user.pk}", str(scope), scope.code, post.pk)
        body = {"name": f"q-{role}", "query": {}}
        services.create_query(json.dumps(body).encode(), "", author)
        query = standing.query_seen([scope], body["name"])
        said = json.dumps({"dest": DEST, "stream": True}).encode()
        self.number, _said = services.subscribe(said, query, "Never_Translates", author)
        self.client = Client()
        self.client.force_login(user, backend="mingchu.accounts.backends.Backend")

    def page(self, **cookies) -> str:
        self.client.cookies.load(cookies)
        answer = self.client.get("/w/trace/subscriptions/")
        assert answer.status_code == 200
        return unescape(answer.content.decode())

    def act(self, name: str, number=None):
        where = reverse("trace:subscription_act", args=[number or self.number, name])
        return self.client.post(where)


def fails(number, state="active") -> None:
    since = clock.now() - timedelta(days=3)
    with connection.cursor() as db:
        db.execute(FAILING, [since, clock.now(), state, number])


def test_a_subscription_shows_how_delivery_goes():
    own = Own()
    assert "已送到最新" in own.page()

    capture_event(as_sent(an_event()), sender())
    fails(own.number)
    shown = own.page()

    assert "推送中" in shown
    assert "起联系不上" in shown
    assert "下次重试" in shown
    assert "503" in shown
    assert DEST in shown
    assert "已送到最新" not in shown
    assert "not reached since" in own.page(django_language="en")


def test_its_owner_resumes_and_ends_it():
    own = Own()
    assert own.act("resume").status_code == 404
    fails(own.number, "paused")
    assert "已暂停" in own.page()

    assert own.act("resume").status_code == 302
    assert "推送中" in own.page()
    assert own.act("end").status_code == 302

    assert "还没有订阅" in own.page()
    assert own.act("end").status_code == 404
    assert own.act("burn").status_code == 404


def test_who_supervises_sees_it_without_its_secret_and_does_not_act_for_it():
    city = Own()
    firm = Own("district", Scope(ScopeKind.DISTRICT, "150105"))

    shown = city.page()

    assert shown.count(DEST) == 1
    assert shown.count("https://example.org/…") == 1
    assert city.act("end", firm.number).status_code == 403
    assert firm.act("end", city.number).status_code == 404
    assert DEST in firm.page()
