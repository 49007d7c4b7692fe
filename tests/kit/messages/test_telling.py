"""Telling people: in their inbox with the act, by their own ways at the right hour, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from build import SAIHAN, XINCHENG
from django.core import mail
from django.utils import translation

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.kit.events import ReceiverEnded
from mingchu.kit.messages import duties, reading, words
from mingchu.kit.messages.domain import News, Severity, To
from mingchu.kit.messages.releasing import release
from mingchu.kit.messages.telling import tell, tell_many
from mingchu.kit.models import InboxItem, Message
from mingchu.ledger.models import Outgoing
from mingchu.ledger.services import caused_by, deliver, record

pytestmark = pytest.mark.django_db
HERE, THERE = Scope(ScopeKind.DISTRICT, SAIHAN), Scope(ScopeKind.DISTRICT, XINCHENG)


@pytest.fixture(autouse=True)
def own_home(home: object, at: object) -> None:
    """Each test has a home of its own, on a Friday morning."""


def told(grade: Severity = Severity.PRESSING, **more: Any) -> Message:
    known = {
        "subject": "order:12",
        "what": "工单{number}已超时",
        "facts": {"number": 12},
        "lines": ("绿野家常菜馆",),
        "to": [To(HERE, role="district")],
        "link": "/w/orders/12",
        "district": SAIHAN,
    }
    return tell(severity=grade, **{**known, **more})


def duty(user: Any, scope: Scope, begins: str, ends: str) -> None:
    span = [datetime.fromisoformat(t).replace(tzinfo=clock.CITY_ZONE) for t in (begins, ends)]
    duties.set_duty(user=user, scope=scope, begins=span[0], ends=span[1])


def test_whoever_is_meant_finds_it_in_his_inbox_and_nobody_else(person):
    chief, station = person("district"), person("station", Scope(ScopeKind.STATION, "150105001"))
    person("district", THERE)
    person("city", CITY)

    message = told(to=[To(HERE, role="district"), To(HERE, role="district"), To(user=station.pk)])

    found = InboxItem.objects.filter(message=message).values_list("user", flat=True)
    assert sorted(found) == sorted([chief.pk, station.pk])


def test_an_action_reaches_whoever_may_do_it_there(person):
    chief, publisher = person("district"), person("publisher")
    inspector = person("inspector")

    message = told(to=[To(HERE, action="registry.write")])
    none = told(to=[To(HERE, action="inspection.sign")])

    assert {item.user for item in message.items.all()} == {chief}
    assert publisher != inspector
    assert none.items.count() == 0  # no certificate in force


def test_a_message_keeps_what_caused_it_and_speaks_the_readers_language(person):

    entry = record(ReceiverEnded(subject="receiver:1", receiver_id=1))
    with caused_by(entry.id):
        message = told(what="没有收到文件", facts={}, lines=())

    assert message.cause == entry.id
    with translation.override("en"):
        assert words.told(message).title == "No file was received"


def test_a_sentence_without_its_facts_is_never_told():
    with pytest.raises(KeyError):
        told(facts={})
    with pytest.raises(ValueError, match="path of the house"):
        told(link="//elsewhere.example/")


def test_one_by_one_and_set_wise_are_the_same(person):
    for role in ("district", "publisher"):
        person(role)
    news = [
        News(subject=f"order:{n}", what="超时", to=[To(HERE, role=role)], severity=Severity(n))
        for n, role in ((1, "district"), (2, "publisher"), (3, "district"))
    ]

    def seen(messages: list[Message]) -> list[Any]:
        return [
            (one.subject, one.severity, sorted(i.user_id for i in one.items.all()))
            for one in messages
        ]

    single = [tell(subject=n.subject, what=n.what, to=n.to, severity=n.severity) for n in news]

    assert seen(tell_many(news)) == seen(single)


def test_set_wise_asks_the_database_no_more_often_for_many(person, django_assert_max_num_queries):
    for _ in range(5):
        person("district")
    news = [
        News(
            subject=f"order:{n}",
            what="超时",
            to=[To(HERE, role="district")],
            severity=Severity.GRAVE,
        )
        for n in range(50)
    ]

    with django_assert_max_num_queries(12):
        tell_many(news)


def test_by_day_a_mail_goes_at_once_with_its_delivery_id(person, ways_out, settings):
    settings.ADDRESS = "https://food.example.cn"
    person("district", mail="chief@example.cn")

    told()
    assert deliver() == 1

    [letter] = mail.outbox
    key = Outgoing.objects.get().delivery
    assert (letter.to, letter.subject) == (["chief@example.cn"], "工单12已超时")
    assert letter.body.splitlines()[1:] == ["绿野家常菜馆", "https://food.example.cn/w/orders/12"]
    assert str(key) in letter.extra_headers["Message-ID"]


def test_at_night_what_is_not_grave_waits_for_the_morning_and_comes_together(person, ways_out, at):
    person("district", mail="chief@example.cn")
    at("2026-11-20 22:00")
    for number in (12, 13):
        told(subject=f"order:{number}", facts={"number": number})
    assert (deliver(), release()) == (0, 0)

    at("2026-11-21 08:00")
    assert (release(), release()) == (1, 0)
    deliver()

    [letter] = mail.outbox
    assert letter.subject == "您有 2 条消息"
    assert "工单12已超时" in letter.body
    assert "工单13已超时" in letter.body


def test_what_was_read_in_the_inbox_meanwhile_is_not_told_again(person, ways_out, at):
    chief = person("district", mail="chief@example.cn")
    at("2026-11-20 22:00")
    told()
    reading.mark_read(user=chief.pk)

    at("2026-11-21 08:00")

    assert release() == 0
    assert not InboxItem.objects.filter(tell_at__isnull=False).exists()


def test_who_asked_for_a_digest_gets_one_a_day(person, ways_out, at):
    person("district", mail="chief@example.cn", pace="digest")
    told()
    told(subject="order:13")
    assert deliver() == 0

    at("2026-11-20 17:00")
    assert release() == 1
    deliver()

    assert [letter.subject for letter in mail.outbox] == ["您有 2 条消息"]


def test_grave_news_at_night_is_told_at_once_and_rings_up_the_one_on_duty(person, ways_out, at):
    person("district", phone="13800000001", mail="chief@example.cn")
    guard = person("station", Scope(ScopeKind.STATION, "150105001"), phone="13800000002")
    other = person("city", CITY, phone="13800000003")
    duty(guard, HERE, "2026-11-20 17:30", "2026-11-21 08:30")
    duty(other, CITY, "2026-11-20 17:30", "2026-11-21 08:30")
    at("2026-11-21 03:00")

    message = told(Severity.GRAVE)
    deliver()

    [call] = ways_out["voice"].heard
    assert call.values["to"] == ["13800000002"]
    assert call.values["params"]["content"] == "【紧急】工单12已超时"
    assert {one.values["to"][0] for one in ways_out["text"].heard} == {"13800000001", "13800000002"}
    assert [letter.to for letter in mail.outbox] == [["chief@example.cn"]]
    assert message.items.filter(user=guard).exists()
    assert not message.items.filter(user=other).exists()


def test_without_anybody_on_duty_in_the_district_the_citys_guard_is_rung_up(person, ways_out, at):
    other = person("city", CITY, phone="13800000003")
    duty(other, CITY, "2026-11-20 17:30", "2026-11-21 08:30")
    at("2026-11-21 03:00")

    told(Severity.GRAVE)
    deliver()

    assert [call.values["to"] for call in ways_out["voice"].heard] == [["13800000003"]]


def test_where_nobody_is_on_duty_everybody_who_is_told_is_rung_up(person, ways_out):
    for number in (1, 2):
        person("district", phone=f"1380000000{number}")
    silent = person("station", Scope(ScopeKind.STATION, "150105001"))
    duty(silent, HERE, "2026-11-20 08:00", "2026-11-20 20:00")  # on duty, but without a telephone

    told(Severity.GRAVE)
    deliver()

    called = sorted(call.values["to"][0] for call in ways_out["voice"].heard)
    assert called == ["13800000001", "13800000002"]


def test_a_house_without_gateways_tells_by_inbox_and_says_nothing_else(person, settings):
    settings.EMAIL_HOST = ""
    person("district", phone="13800000001", mail="chief@example.cn")

    message = told(Severity.GRAVE)

    assert message.items.count() == 1
    assert not Outgoing.objects.exists()


def test_a_person_who_left_hears_nothing_that_waited(person, ways_out, at):
    chief = person("district", mail="chief@example.cn")
    at("2026-11-20 22:00")
    told()
    chief.is_active = False
    chief.save()

    at("2026-11-21 08:00")

    assert (release(), deliver()) == (0, 0)
