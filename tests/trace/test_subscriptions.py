"""Subscribers are told of every event of their query, in the order of recording, at least once,
through the failures of a day, and nobody inside is told anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from capturing import Late, a_document, an_event, as_sent, sender
from django.db import connection
from edge import Program
from live import served
from receiving import Receiver, listed

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.slots import SIGNS
from mingchu.kit import outward
from mingchu.ledger.services import OutOfReach
from mingchu.trace import recording, services, standing
from mingchu.trace.jobs import delivery_loop
from mingchu.trace.services import Author, Behaviour, capture_document, capture_event, hooks

ROOT = Path(__file__).parents[2]
NOON = datetime.fromisoformat("2026-11-28T12:00:00+08:00")
_numbers = count(1)
TOKEN = "13df38d8275b13f05704629e5f1cf3d45d6132d5"


@pytest.fixture(autouse=True)
def networks_around_are_open(settings):
    settings.PRIVATE_HOOKS = True


@pytest.fixture
def receiver():
    with Receiver() as found:
        yield found


class Subscriber:
    """A city officer who named a query and subscribed to it."""

    def __init__(self, receiver: Receiver, query: dict | None = None, **controls):
        number = next(_numbers)
        user = accounts.enrol_person(username=f"s-{number}", name="测试")
        self.user = user
        self.post = accounts.give_post(user=user, role="city", scope=CITY)
        self.author = Author(f"user:{user.pk}", str(CITY), "", self.post.pk)
        self.name = f"q{number}"
        body = {"name": self.name, "query": query or {}}
        services.create_query(json.dumps(body).encode(), "", self.author)
        found = standing.query_seen([CITY], self.name)
        assert found
        self.query = found
        said = {"dest": receiver.url, **({} if "schedule" in controls else {"stream": True})}
        self.number, _said = services.subscribe(
            json.dumps({**said, **controls}).encode(), found, "Never_Translates", self.author
        )

    @property
    def row(self) -> standing.Subscription:
        found = standing.subscription_seen([CITY], self.query, self.number)
        assert found
        return found


def capture(*names: str, **more) -> None:
    for name in names:
        capture_event(as_sent(an_event(eventID=f"urn:x:{name}", **more)), sender())


def urns(*names: str) -> list[str]:
    return [f"urn:x:{name}" for name in names]


@contextmanager
def at(moment):
    with clock.stopped(moment):
        yield


def deliver_all() -> None:
    while services.deliver():
        pass


def test_a_stream_gets_each_event_once_signed_and_in_order(committed, receiver):
    capture("before")
    subscriber = Subscriber(receiver, signatureToken=TOKEN)
    capture("1", "2")
    capture_document(
        a_document(*[an_event(eventID=name) for name in urns("3", "4")]),
        Behaviour.ROLLBACK,
        sender(),
    )
    told = services.deliver()
    again = services.deliver()
    capture("5")
    services.deliver()
    headers, body = receiver.heard[0]
    said = dict(part.split("=", 1) for part in headers["GS1-Signature"].split(","))
    document = json.loads(body)["epcisBody"]["queryResults"]

    assert (told, again) == (1, 0)
    assert receiver.events[:2] == urns("1", "2")
    assert sorted(receiver.events[2:4]) == urns("3", "4")
    assert receiver.events[4:] == urns("5")
    assert said["v1"] == outward.signature(TOKEN, said["t"], body)
    assert document["subscriptionID"] == str(subscriber.number)
    assert document["queryName"] == subscriber.name
    assert (subscriber.row.failures, subscriber.row.behind_seconds) == (0, 0)
    assert subscriber.row.notified_at


def test_only_what_the_query_asks_and_the_subscriber_may_see_is_told(committed, receiver):
    Subscriber(
        receiver, {"EQ_bizStep": ["receiving"], "MATCH_epc": ["urn:epc:id:sgtin:4012345.011111.5"]}
    )
    thing = {"epcList": ["https://id.gs1.org/01/04012345111118/21/5"]}
    capture("no-step", **thing)
    capture("no-thing", bizStep="receiving")
    capture("both", bizStep="receiving", **thing)
    deliver_all()
    assert receiver.events == urns("both")


def test_who_begins_in_the_past_gets_it_in_bounded_pages(committed, receiver, monkeypatch):
    begun = recording.present()
    capture(*map(str, range(7)))
    subscriber = Subscriber(receiver, initialRecordTime=begun.isoformat())
    with connection.cursor() as db:
        db.execute("UPDATE trace_subscription SET page_events = 3")
    deliver_all()
    assert receiver.events == urns(*map(str, range(7)))
    assert [len(listed(one)) for one in receiver.taken] == [3, 3, 1]
    assert subscriber.row.place.at > begun


def test_an_event_committed_after_later_ones_were_captured_is_told_before_them(committed, receiver):
    """What was captured after an open capture waits for it: nothing is skipped."""
    Subscriber(receiver)
    capture("first")
    with Late(an_event(eventID="urn:x:late")) as late:
        capture("later")
        deliver_all()
        while_open = list(receiver.events)
        late.commit()
    deliver_all()
    assert while_open == urns("first")
    assert receiver.events == urns("first", "late", "later")


def test_a_receiver_that_was_down_for_a_day_gets_everything_once_in_order(committed, receiver):
    with at(NOON):
        subscriber = Subscriber(receiver)
    receiver.usual = 503
    waits, sent = [], []
    for hour in range(24):
        for minute in range(0, 60, 5):
            moment = NOON + timedelta(hours=hour, minutes=minute, seconds=1)
            with at(moment):
                if minute == 30:
                    sent.append(str(hour))
                    capture(str(hour))
                heard = len(receiver.heard)
                services.deliver()
                if len(receiver.heard) > heard:
                    waits.append((subscriber.row.due_at - moment).total_seconds())
    with at(NOON + timedelta(days=1)):
        down = subscriber.row
        receiver.usual = 200
        behind = down.behind_seconds
    with at(NOON + timedelta(days=1, minutes=11)):
        deliver_all()
        up = subscriber.row

    assert receiver.events == urns(*sent)
    assert (down.state, down.failure[:8], down.notified_at) == ("active", "HTTP 503", None)
    assert down.failing_since == NOON + timedelta(minutes=30, seconds=1)
    assert behind > 23 * 3600
    assert max(waits) <= 600
    assert min(waits[12:]) >= 300
    assert len(set(waits[12:])) > 1  # no two come back together
    assert (up.failures, up.failing_since, up.failure, up.behind_seconds) == (0, None, "", 0)


def test_who_is_down_for_a_week_is_paused_is_seen_and_goes_on_where_it_stopped(committed, receiver):
    with at(NOON):
        subscriber = Subscriber(receiver)
    with at(NOON + timedelta(seconds=1)):
        capture("kept")
        receiver.usual = 500
        services.deliver()
    failing = SIGNS.get("trace.subscriptions").read()
    with at(NOON + timedelta(days=8)):
        services.deliver()
        paused = subscriber.row
        sign = SIGNS.get("trace.subscriptions").read()
        receiver.usual = 200
        untold = services.deliver()
        with pytest.raises(Refusal):
            services.resume(paused, subscriber.author._replace(party="district:150102"))
        services.resume(paused, subscriber.author)
        deliver_all()

    assert (failing.condition, sign.condition) == ("warn", "bad")
    assert (paused.state, untold) == ("paused", 0)
    assert receiver.events == urns("kept")
    assert (subscriber.row.state, subscriber.row.failing_since) == ("active", None)


def test_a_receiver_that_wants_less_at_once_gets_less(committed, receiver):
    begun = recording.present()
    capture(*map(str, range(8)))
    receiver.answers = [413, 413]
    subscriber = Subscriber(receiver, initialRecordTime=begun.isoformat())
    with connection.cursor() as db:
        db.execute("UPDATE trace_subscription SET page_events = 8")
    services.deliver()
    services.deliver()
    deliver_all()
    assert [len(listed(json.loads(body))) for _headers, body in receiver.heard][:3] == [8, 4, 2]
    assert receiver.events == urns(*map(str, range(8)))
    assert subscriber.row.failures == 0


def test_a_schedule_tells_when_it_is_time_and_of_nothing_where_that_is_asked(committed, receiver):
    with at(NOON):
        subscriber = Subscriber(receiver, schedule={"hour": "1", "minute": 5}, reportIfEmpty=True)
    with at(NOON + timedelta(hours=1)):
        capture("one")
        early = services.deliver()
    with at(NOON + timedelta(hours=13, minutes=5)):
        on_time = services.deliver()
        twice = services.deliver()
    with at(NOON + timedelta(hours=37, minutes=6)):
        empty = services.deliver()
        due = subscriber.row.due_at
    assert (early, on_time, twice, empty) == (0, 1, 0, 1)
    assert [len(listed(one)) for one in receiver.taken] == [1, 0]
    assert due == NOON + timedelta(hours=61, minutes=5)


def test_a_missed_time_is_made_up_for_and_silence_stays_silent(committed, receiver):
    with at(NOON):
        Subscriber(receiver, schedule={"hour": "1"})
    receiver.answers = [500]
    with at(NOON + timedelta(hours=14)):
        silent = services.deliver()
    with at(NOON + timedelta(hours=15)):
        capture("one")
    with at(NOON + timedelta(hours=40)):
        services.deliver()
    with at(NOON + timedelta(hours=41)):
        services.deliver()
    assert silent == 0
    assert receiver.events == urns("one")


def test_the_workers_loops_tell_each_event_once_between_them(committed, receiver):
    Subscriber(receiver)
    stop = threading.Event()
    loops = [threading.Thread(target=delivery_loop, args=(stop,)) for _ in range(3)]
    for loop in loops:
        loop.start()
    names = [str(number) for number in range(30)]
    for name in names:
        capture(name)
    while len(receiver.events) < len(names):
        time.sleep(0.05)
    stop.set()
    for loop in loops:
        loop.join()
    assert receiver.events == urns(*names)


KILLED = """
import os, signal
import django
django.setup()
from mingchu.trace.services import delivering
def dies(*_all):
    os.kill(os.getpid(), signal.SIGKILL)
delivering._move = dies
delivering.deliver()
"""


def test_a_worker_killed_after_telling_and_before_noting_it_tells_again(
    committed, receiver, settings
):
    subscriber = Subscriber(receiver)
    capture("1", "2")
    env = {
        **os.environ,
        "MINGCHU_HOME": str(settings.HOME),
        "MINGCHU_DATABASE_URL": committed,
        "MINGCHU_PRIVATE_HOOKS": "1",
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
    }
    died = subprocess.run([sys.executable, "-c", KILLED], env=env, cwd=ROOT, check=False)
    capture("3")
    deliver_all()
    assert died.returncode == -signal.SIGKILL
    assert receiver.events == urns("1", "2", "1", "2", "3")
    assert subscriber.row.behind_seconds == 0


def test_nothing_is_told_once_the_query_or_the_post_is_gone(committed, receiver):
    ended, gone = Subscriber(receiver), Subscriber(receiver)
    accounts.end_post(post=ended.post, until=clock.today(), by=actor_for(ended.user))
    services.delete_query(gone.query, gone.author)
    with at(clock.now() + timedelta(days=2)):
        capture("1")
        told = services.deliver()
    assert (told, receiver.heard) == (0, [])
    assert ended.row.state == "paused"
    assert "post" in ended.row.failure
    assert standing.subscriptions_seen([CITY]) == [ended.row]


INSIDE = [
    "http://example.org/told",
    "ftp://example.org/",
    "https://user@example.org/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://0.0.0.0/",
    "nowhere",
]


@pytest.mark.parametrize("dest", INSIDE)
def test_nobody_inside_is_subscribed(settings, dest):
    settings.PRIVATE_HOOKS = False
    with pytest.raises(Refusal) as refused:
        hooks.check(dest)
    assert refused.value.code in {"hook_inside", "hook_bad_address"}


def test_a_name_that_means_an_address_inside_is_not_gone_to(settings, receiver):
    settings.PRIVATE_HOOKS = False
    hooks.check("https://example.org/told")
    with pytest.raises(OutOfReach, match="inside"):
        hooks.post(receiver.url.replace("127.0.0.1", "localhost"), b"{}", "")
    assert receiver.heard == []


CONTROLS = [
    {},
    {"dest": "https://example.org/"},
    {"dest": "https://example.org/", "stream": True, "schedule": {"hour": "1"}},
    {"dest": "https://example.org/", "stream": False},
    {"dest": "https://example.org/", "stream": "true"},
    {"dest": "https://example.org/", "schedule": {"hour": "25"}},
    {"dest": "https://example.org/", "schedule": {}},
    {"dest": "https://example.org/", "schedule": {"hour": [1]}},
    {"dest": "https://example.org/", "schedule": {"month": "2", "dayOfMonth": "30"}},
    {"dest": "https://example.org/", "stream": True, "initialRecordTime": "yesterday"},
    {"dest": "https://example.org/", "stream": True, "destHeaders": {"a": "b"}},
    {"dest": "https://example.org/", "stream": True, "signatureToken": 1},
    {"dest": "ftp://example.org/", "stream": True},
]
HERE, THERE = (Scope(ScopeKind.DISTRICT, code) for code in ("150102", "150104"))


@pytest.fixture(scope="module")
def house(shared_house):
    with served() as url:
        yield url


def named(program: Program, query: dict | None = None) -> str:
    body = {"name": f"n{next(_numbers)}", "query": query or {}}
    made = program.post("queries", json.dumps(body).encode())
    assert made.status == 201
    return made.headers["Location"].removeprefix("/epcis/") + "/subscriptions"


def problem(answer) -> tuple:
    said = json.loads(answer.content)
    return answer.status, said["type"].removeprefix("epcisException:"), said["code"]


@pytest.mark.parametrize("controls", CONTROLS, ids=str)
def test_controls_that_cannot_be_kept_are_refused(house, controls):
    program = Program(house, "district", HERE)
    answer = program.post(named(program), json.dumps(controls).encode())
    assert problem(answer)[:2] == (400, "SubscriptionControlsException")


def test_a_subscription_is_made_listed_read_and_ended_and_no_secret_comes_back(house):
    program = Program(house, "district", HERE)
    there = named(program)
    dest = "https://example.org/told?key=secret"
    said = {"dest": dest, "signatureToken": TOKEN, "schedule": {"hour": "1", "minute": "5"}}
    made = program.post(there, json.dumps(said).encode(), GS1_EPC_Format="Always_EPC_URN")
    found = json.loads(made.content)
    one = made.headers["Location"].removeprefix("/epcis/")

    assert (made.status, one) == (201, f"{there}/{found['subscriptionID']}")
    assert (found["dest"], found["schedule"]) == (dest, said["schedule"])
    assert (found["epcFormat"], found["reportIfEmpty"]) == ("Always_EPC_URN", False)
    assert TOKEN not in made.content.decode()
    assert json.loads(program.get(one).content) == found
    assert json.loads(program.get(there).content) == [found]
    city = json.loads(Program(house, "city", CITY).get(one).content)
    assert city["dest"] == "https://example.org/"
    assert program.ask("OPTIONS", f"/epcis/{one}").headers["Allow"] == "GET, DELETE, OPTIONS"
    assert program.ask("OPTIONS", f"/epcis/{there}").headers["Allow"] == "GET, POST, OPTIONS"
    assert program.ask("DELETE", f"/epcis/{one}").status == 204
    assert problem(program.get(one))[0] == 404
    assert problem(program.ask("DELETE", f"/epcis/{one}"))[0] == 404


def test_lists_of_subscriptions_are_turned_page_by_page(house):
    program = Program(house, "district", HERE)
    there = named(program)
    said = b'{"dest":"https://example.org/","stream":true,"secret":"s"}'
    made = [json.loads(program.post(there, said).content) for _ in range(3)]
    first = program.get(f"{there}?perPage=2")
    second = program.ask("GET", first.headers["Link"].split(">")[0].removeprefix("<"))
    seen = [one for page in (first, second) for one in json.loads(page.content)]
    assert [one["subscriptionID"] for one in seen] == [one["subscriptionID"] for one in made]


def test_a_subscription_of_others_is_not_there_and_a_limited_query_has_none(house):
    program, other = Program(house, "district", HERE), Program(house, "district", THERE)
    there = named(program)
    said = b'{"dest":"https://example.org/","stream":true}'
    one = program.post(there, said).headers["Location"].removeprefix("/epcis/")
    city = Program(house, "city", CITY)
    limited = named(program, {"maxEventCount": 5})

    for path in (there, one):
        assert problem(other.get(path))[0] == 404
    assert problem(other.post(there, said))[0] == 404
    assert problem(other.ask("DELETE", f"/epcis/{one}"))[0] == 404
    assert problem(city.ask("DELETE", f"/epcis/{one}"))[0] == 403
    assert problem(Program(house, "auditor", CITY).post(there, said))[0] == 403
    assert problem(program.post(limited, said))[2] == "subscription_limited"
    assert problem(program.get(f"{there}/{quote('no number')}"))[0] == 404
