"""Gateways and mail servers: what they are sent, how they say yes, and what they do wrong."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest
from build import SAIHAN
from receivers import an_hour_passes, mac

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base.errors import Refusal
from mingchu.kit.messages import reading
from mingchu.kit.messages.domain import Severity, To
from mingchu.kit.messages.telling import tell
from mingchu.ledger.models import Outgoing
from mingchu.ledger.services import deliver

pytestmark = pytest.mark.django_db
HERE = Scope(ScopeKind.DISTRICT, SAIHAN)


@pytest.fixture(autouse=True)
def own_home(home: object, at: object) -> None:
    """Each test has a home of its own, on a Friday morning."""


def grave(what: str = "后厨起火") -> None:
    tell(subject="alert:1", what=what, to=[To(HERE, role="district")], severity=Severity.GRAVE)


def test_a_text_message_is_what_the_template_says_and_cannot_break_out_of_it(person, ways_out):
    person(phone="13800000001")

    grave('", "to": ["110"] \\ {{phone}}')
    deliver()

    [heard] = ways_out["text"].heard
    key = Outgoing.objects.get(channel="kit.text").delivery
    assert heard.headers["Authorization"] == "Bearer T0KEN"
    assert heard.values["to"] == ["13800000001"]
    assert heard.values["params"]["content"].startswith('【紧急】", "to": ["110"]')
    assert heard.values["ref"] == heard.headers["Idempotency-Key"] == str(key)


def test_a_call_is_signed_where_the_gateway_shares_a_secret(person, ways_out):
    person(phone="13800000001")

    grave()
    deliver()

    [heard] = ways_out["voice"].heard
    at, given = (part.split("=")[1] for part in heard.headers["Mingchu-Signature"].split(","))
    assert given == mac(b"s3cret", f"{at}.".encode() + heard.body).hex()


def test_a_gateway_that_says_no_in_a_success_is_believed(person, ways_out):
    person(phone="13800000001")
    ways_out["text"].judge = lambda heard: (200, b'{"result":"no balance"}')

    grave()
    deliver()

    row = Outgoing.objects.get(channel="kit.text")
    assert (row.state, row.attempts) == ("pending", 1)
    assert "no balance" in row.error


def test_a_gateway_that_hangs_costs_nobody_his_call(person, ways_out):
    for number in range(3):
        person(phone=f"1380000000{number}")
    ways_out["text"].mood = "hangs"

    grave()
    deliver()
    assert len(ways_out["voice"].heard) == 3
    assert Outgoing.objects.filter(channel="kit.text", attempts__gt=0).count() == 1

    ways_out["text"].mood = "well"
    ways_out["text"].released.set()
    an_hour_passes()
    deliver()

    assert len(ways_out["text"].heard) == 3


class Letters(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a mail needs; the server's `refuses` names who gets none."""

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT") and any(who in line for who in self.server.refuses):
                self.say("550 no such person")
            elif verb == "DATA":
                self.say("354 go on")
                self.server.received.append(self.letter())
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def letter(self) -> str:
        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
        return "".join(lines)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def post_office(settings) -> Iterator[socketserver.ThreadingTCPServer]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Letters)
    server.daemon_threads = True
    server.received, server.refuses = [], set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_mails_leave_by_the_citys_server_and_one_it_refuses_holds_up_no_other(person, post_office):
    person(mail="gone@example.cn")
    person(mail="chief@example.cn")
    post_office.refuses = {"gone@"}

    grave()
    assert deliver() == 1

    [letter] = post_office.received
    assert "To: chief@example.cn" in letter
    assert "550" in Outgoing.objects.get(state="pending").error


def test_a_mail_server_that_is_away_is_waited_for(person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for _ in range(3):
        person(mail="chief@example.cn")

    grave()

    assert deliver() == 0
    assert Outgoing.objects.filter(attempts__gt=0).count() == 1  # one was tried, all wait


def test_a_test_message_goes_by_every_way_one_has_chosen_and_not_too_often(person, ways_out, at):
    chief = person(phone="13800000001", mail="chief@example.cn")
    at("2026-11-21 03:00")

    assert reading.send_test(user=chief) == 2
    assert deliver() == 2
    for _ in range(reading.TESTS_AN_HOUR - 1):
        reading.send_test(user=chief)
    with pytest.raises(Refusal, match="too_many_tries"):
        reading.send_test(user=chief)


def test_who_has_no_way_is_told_how_to_get_one(person, ways_out):
    with pytest.raises(Refusal, match="no_way_to_you"):
        reading.send_test(user=person())
