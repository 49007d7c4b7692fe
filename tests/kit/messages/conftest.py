"""Receivers of messages and people to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from build import SAIHAN
from receivers import Judge, Service, signed

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.kit import outward
from mingchu.kit.messages import receiving
from mingchu.kit.models import Reach, Receiver

HERE = Scope(ScopeKind.DISTRICT, SAIHAN)


@pytest.fixture
def service() -> Iterator[Callable[[Judge], Service]]:
    """`service(judge)`: a receiver on this machine that runs until the test ends."""
    running: list[Service] = []

    def start(judge: Judge = lambda heard: (204, b"")) -> Service:
        running.append(Service(judge))
        running[-1].start()
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bounds, sooner."""
    monkeypatch.setattr(outward, "SILENT_SECONDS", 0.4)
    monkeypatch.setattr(outward, "WHOLE_SECONDS", 0.8)


@pytest.fixture
def told_to(home) -> Callable[..., Receiver]:
    """`told_to(service, "webhook", secret)`: the house tells that service from now on."""

    def add(service: Service, form: str = "webhook", secret: str = "", **facts: Any) -> Receiver:
        path = {"wecom": "/cgi-bin/webhook/send?key=K", "dingtalk": "/robot/send?access_token=T"}
        address = f"http://127.0.0.1:{service.port}{path.get(form, '/in')}"
        facts = {"name": form, "form": form, "address": address, "secret": secret, **facts}
        made, own = receiving.add_receiver(**facts)
        if own:
            service.judge = signed(own)
        return made

    return add


@pytest.fixture
def person() -> Callable[..., User]:
    """`person("district", HERE, phone="138…")`: somebody in a post, and how he is reached."""

    def make(
        role: str = "district",
        scope: Scope = HERE,
        phone: str = "",
        **reach: Any,
    ) -> User:
        number = User.objects.count()
        user = accounts.enrol_person(username=f"told{number}", name=f"测试{number}", phone=phone)
        accounts.give_post(user=user, role=role, scope=scope)
        if reach:
            Reach.objects.create(user=user, **reach)
        return user

    return make


@pytest.fixture
def ways_out(settings, service) -> dict[str, Service]:
    """A house with mail, and with gateways that take what their templates say."""
    known = {name: service(lambda heard: (200, b'{"result":"ok"}')) for name in ("text", "voice")}
    settings.EMAIL_HOST = "mail.example.cn"
    settings.GATEWAYS = {
        name: {
            "url": f"http://127.0.0.1:{gateway.port}/send",
            "body": '{"to": ["{phone}"], "params": {"content": "{text}"}, "ref": "{key}"}',
            "token": "T0KEN" if name == "text" else "",
            "secret": "s3cret" if name == "voice" else "",
            "good": "result=ok",
        }
        for name, gateway in known.items()
    }
    return known


@pytest.fixture
def at() -> Iterator[Callable[[str], None]]:
    """`at("2026-11-20 10:00")`: the city's time stands there from now on."""
    before = clock.source()

    def set_to(moment: str) -> None:
        there = datetime.fromisoformat(moment).replace(tzinfo=clock.CITY_ZONE)
        clock.use(clock.FixedClock(there))

    set_to("2026-11-20 10:00")  # a Friday, by day
    yield set_to
    clock.use(before)
