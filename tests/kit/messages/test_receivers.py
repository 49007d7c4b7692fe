"""Receivers: each service's own authentication and body, checked by a receiver that knows only
its documents; and receivers that stop, hang, break, babble, send elsewhere, and come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from build import SAIHAN, XINCHENG
from receivers import an_hour_passes, dingtalk, feishu, wecom

from mingchu.base.errors import Refusal
from mingchu.kit import outward
from mingchu.kit.messages import receiving
from mingchu.kit.messages.channels import dingtalk as ding
from mingchu.kit.messages.channels import feishu as fei
from mingchu.kit.messages.domain import Severity
from mingchu.kit.messages.releasing import release
from mingchu.kit.messages.telling import tell
from mingchu.kit.models import Message, Receiver
from mingchu.ledger.models import Entry, Outgoing
from mingchu.ledger.services import deliver, send_again

pytestmark = pytest.mark.django_db
SECRET = "SEC0123456789abcdef"


@pytest.fixture(autouse=True)
def own_home(home: object, at: object) -> None:
    """Each test has a home of its own, on a Friday morning."""


def told(number: int = 1, grade: Severity = Severity.PRESSING, **more: Any) -> Message:
    known = {"what": "工单{number}已超时", "facts": {"number": number}, "to": []}
    return tell(subject=f"order:{number}", severity=grade, **{**known, **more})


def test_signatures_are_those_another_program_makes():
    # openssl dgst -sha256 -hmac … over the documents' own strings
    assert ding.sign(SECRET, "1795000000000") == "onvVWzM466Xbx6acw5BdPtcLGdRcuhcgx2GuLRfT7WU="
    assert fei.sign(SECRET, "1795000000") == "xUQ2H4hJf5lZ+qyMWqNAOqJqtqd7liL9rWQ+8hOOf0A="
    assert outward.signature("s3cret", "1795000000", b'{"a":1}') == (
        "66ef648639d5226245f765ca0416c5549c32aab329ad5708610bb4d8a1ac84e5"
    )


def test_a_system_gets_the_message_signed_with_its_delivery_id(service, told_to):
    partner = service()
    told_to(partner)

    message = told(link="/w/orders/1", district=SAIHAN)
    assert deliver() == 1

    [heard] = partner.heard
    key = str(Outgoing.objects.get().delivery)
    assert heard.headers["Idempotency-Key"] == heard.values["id"] == key
    assert heard.values["message"] == str(message.pk)
    assert {k: heard.values[k] for k in ("subject", "severity", "what", "link", "district")} == {
        "subject": "order:1",
        "severity": 2,
        "what": "工单1已超时",
        "link": "/w/orders/1",
        "district": SAIHAN,
    }


@pytest.mark.parametrize(
    ("form", "judge", "secret"),
    [
        ("wecom", wecom("K"), ""),
        ("dingtalk", dingtalk("T", SECRET), SECRET),
        ("feishu", feishu(SECRET), SECRET),
    ],
)
def test_a_group_robot_takes_it_as_its_service_documents(service, told_to, form, judge, secret):
    group = service(judge)
    told_to(group, form, secret)

    told(lines=("绿野家常菜馆",) * 2000)
    assert deliver() == 1

    [heard] = group.heard
    assert group.refused == []
    text = heard.values.get("text") or heard.values["content"]
    assert next(iter(text.values())).startswith("工单1已超时\n绿野家常菜馆")
    assert "0" in Outgoing.objects.get().answer


@pytest.mark.parametrize("form", ["dingtalk", "feishu"])
def test_a_robot_with_another_secret_is_not_fooled_and_its_answer_is_kept(service, told_to, form):
    group = service({"dingtalk": dingtalk("T", "other"), "feishu": feishu("other")}[form])
    told_to(group, form, SECRET)

    told()
    assert deliver() == 0

    assert len(group.refused) == 1
    assert "sign" in Outgoing.objects.get().error


@pytest.mark.parametrize("form", ["dingtalk", "feishu"])
def test_a_robot_that_signs_needs_its_secret(told_to, service, form):
    with pytest.raises(Refusal, match="robot_needs_secret"):
        told_to(service(), form)


def test_a_robot_that_is_asked_too_often_is_left_alone_for_a_while(service, told_to):
    group = service(lambda heard: (200, b'{"errcode":45009,"errmsg":"api freq out of limit"}'))
    told_to(group, "wecom")

    for number in range(5):
        told(number)
    deliver()

    assert len(group.refused) == 1


FAULTS: dict[str, Callable[[Any], object]] = {
    "stopped": lambda one: one.stop(),
    **{
        mood: lambda one, mood=mood: setattr(one, "mood", mood)  # type: ignore[misc]
        for mood in ("hangs", "drips", "broken")
    },
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_receiver_away_for_an_hour_holds_up_nobody_and_gets_everything_in_order(
    service, told_to, fault
):
    dead, well = service(), service()
    told_to(dead)
    told_to(well)
    FAULTS[fault](dead)

    for number in range(12):
        told(number % 3, facts={"number": number})
    deliver()
    assert [one.values["what"] for one in well.heard] == [f"工单{n}已超时" for n in range(12)]
    assert Outgoing.objects.filter(attempts__gt=0, state="pending").count() == 1
    an_hour_passes()
    deliver()
    assert dead.heard == []

    if fault == "stopped":
        dead.start()
    dead.mood = "well"
    dead.released.set()
    an_hour_passes()
    deliver()

    said = [(one.values["subject"], one.values["what"]) for one in dead.heard]
    assert len(said) == 12
    for subject in range(3):
        own = [what for about, what in said if about == f"order:{subject}"]
        assert own == [f"工单{n}已超时" for n in range(12) if n % 3 == subject]
    assert len({one.headers["Idempotency-Key"] for one in dead.heard}) == 12
    assert not Outgoing.objects.exclude(state="sent").exists()


def test_a_robots_receiver_that_babbles_is_out_of_reach_and_not_believed(service, told_to):
    group = service(wecom("K"))
    told_to(group, "wecom")
    group.mood = "garbage"

    told(1)
    told(2)
    deliver()
    assert Outgoing.objects.filter(attempts__gt=0).count() == 1

    group.mood = "well"
    an_hour_passes()
    deliver()

    assert group.said() == ["工单1已超时", "工单2已超时"]


def test_a_receiver_that_sends_elsewhere_is_not_followed(service, told_to):
    partner = service()
    told_to(partner)
    partner.mood = "redirects"

    told()
    deliver()

    assert partner.heard == []
    assert "HTTP 307" in Outgoing.objects.get().error


def test_what_a_receiver_does_not_want_is_given_up_in_the_end_and_sent_again_when_asked(
    service, told_to
):
    partner = service()
    row = told_to(partner)
    good, partner.judge = partner.judge, lambda heard: (400, b"no")
    told()
    Outgoing.objects.update(given_up="2020-01-01T00:00Z")
    deliver()
    message = Outgoing.objects.get()
    assert message.state == "dead"

    partner.judge = good
    receiving.send_again_to(receiver=row, key=message.delivery)
    deliver()

    assert [one.headers["Idempotency-Key"] for one in partner.heard] == [str(message.delivery)]


def test_receivers_get_what_they_asked_for(service, told_to):
    known = {name: service() for name in ("city", "district", "other", "orders", "grave")}
    told_to(known["city"])
    told_to(known["district"], district=SAIHAN)
    told_to(known["other"], district=XINCHENG)
    told_to(known["orders"], kinds=["case"])
    told_to(known["grave"], mildest=Severity.GRAVE)

    told(district=SAIHAN)
    deliver()

    assert {name for name, one in known.items() if one.heard} == {"city", "district"}


def test_at_night_groups_are_left_in_peace_and_systems_are_not(service, told_to, at):
    group, partner = service(wecom("K")), service()
    told_to(group, "wecom")
    told_to(partner)
    at("2026-11-20 22:00")
    told(1)
    told(2)
    told(3, Severity.GRAVE)
    deliver()
    assert group.said() == ["【紧急】工单3已超时"]
    assert len(partner.heard) == 3

    at("2026-11-21 08:00")
    assert (release(), release()) == (1, 0)
    deliver()

    assert group.said()[1].startswith("您有 2 条消息\n\n工单1已超时\n\n工单2已超时")
    assert len(partner.heard) == 3


def test_a_receiver_that_was_ended_hears_nothing_more_not_even_what_waits(service, told_to):
    partner = service()
    row = told_to(partner)
    told(1)
    receiving.end_receiver(receiver=row)
    told(2)

    deliver()

    assert partner.heard == []
    assert Outgoing.objects.get().answer == "-"


def test_addresses_and_secrets_lie_sealed_and_out_of_the_ledger(told_to, service):
    row = told_to(service(), "dingtalk", SECRET)

    kept = " ".join([*Receiver.objects.values_list("address", "secret")[0]])
    entries = " ".join(Entry.objects.values_list("data", flat=True))
    for secret in (SECRET, "access_token", str(row.host)):
        assert secret not in kept + entries


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/in",
        "https://",
        "ftp://example.org/",
        "https://u:p@example.org/",
        "https://[::1",
        "https://例子.cn/x",
    ],
)
def test_an_address_that_is_no_safe_one_is_refused(address, home):
    with pytest.raises(Refusal, match="hook_not_https"):
        receiving.add_receiver(name="x", form="webhook", address=address)


def test_a_message_that_arrived_is_not_sent_again(service, told_to):
    told_to(service())
    told()
    deliver()

    with pytest.raises(Refusal, match="nothing_to_send"):
        send_again(Outgoing.objects.get().delivery)
