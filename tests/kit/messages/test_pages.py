"""Pages and the API of messages: the inbox, one's own settings, receivers, the duty roster."""

from __future__ import annotations

import io
from datetime import datetime
from html import unescape
from typing import Any

import openpyxl
import pytest
from build import SAIHAN, XINCHENG
from django.core import mail
from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.kit.messages.domain import Severity, To
from mingchu.kit.messages.signs import connected, messages
from mingchu.kit.messages.telling import tell
from mingchu.kit.models import Duty, InboxItem, Reach, Receiver
from mingchu.ledger.models import Entry, Outgoing
from mingchu.ledger.services import deliver

pytestmark = pytest.mark.django_db
HERE, THERE = Scope(ScopeKind.DISTRICT, SAIHAN), Scope(ScopeKind.DISTRICT, XINCHENG)


@pytest.fixture(autouse=True)
def own_home(home: object, at: object) -> None:
    """Each test has a home of its own, on a Friday morning."""


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return unescape(answer.content.decode())


def told(user: Any, number: int = 1, grade: Severity = Severity.PRESSING, link: str = "") -> None:
    facts = {"number": number}
    to = [To(user=user.pk)]
    what = "工单{number}已超时"
    tell(subject=f"order:{number}", what=what, facts=facts, to=to, severity=grade, link=link)


# Inbox


def test_an_inbox_lists_what_came_and_opening_leads_to_the_thing(person):
    chief = person()
    desk = browser(chief)
    told(chief, link="/w/city/")
    assert "工单1已超时" in text(desk.get("/w/inbox/?show=unread"))
    item = InboxItem.objects.get()

    answer = desk.post(f"/account/inbox/{item.pk}/open")

    assert (answer.status_code, answer["Location"]) == (302, "/w/city/")
    assert "没有未读消息" in text(desk.get("/w/inbox/?show=unread"))
    assert "工单1已超时" in text(desk.get("/w/inbox/"))


def test_an_inbox_goes_on_page_by_page_with_few_questions(person, django_assert_max_num_queries):
    chief = person()
    desk = browser(chief)
    for number in range(35):
        told(chief, number)

    with django_assert_max_num_queries(8):
        first = text(desk.get("/w/inbox/"))
    older = first.split('href="?cursor=')[1].split('"')[0]
    second = text(desk.get(f"/w/inbox/?cursor={older}"))

    assert ("工单34已" in first, "工单4已" in first) == (True, False)
    assert "工单4已" in second
    assert desk.get("/w/inbox/?cursor=x").status_code == 400
    desk.post("/account/inbox/read")
    assert not InboxItem.objects.filter(read_at=None).exists()


def test_a_light_user_reads_among_his_own_pages(person):
    owner = person("school", Scope(ScopeKind.SCHOOL, "1"))
    desk = browser(owner)
    told(owner)

    assert 'href="/e/inbox/"' in text(desk.get("/account/"))
    assert "工单1已超时" in text(desk.get("/e/inbox/"))


def test_the_count_in_the_head_is_asked_for_again_and_costs_nothing_unchanged(person):
    chief = person()
    desk = browser(chief)
    told(chief)
    page = text(desk.get("/w/inbox/"))
    assert 'hx-get="/account/inbox/unread" hx-trigger="every 30s"' in page

    first = desk.get("/account/inbox/unread")
    same = desk.get("/account/inbox/unread", headers={"If-None-Match": first["ETag"]})
    told(chief, 2)
    changed = desk.get("/account/inbox/unread", headers={"If-None-Match": first["ETag"]})

    assert (">1<" in text(first), same.status_code, ">2<" in text(changed)) == (True, 304, True)


def test_a_page_in_english_is_english(person):
    chief = person()
    desk = browser(chief)
    told(chief, grade=Severity.GRAVE)
    desk.cookies["django_language"] = "en"

    page = text(desk.get("/w/inbox/"))

    assert "Inbox" in page
    assert "grave" in page


def test_a_program_reads_its_persons_inbox_and_marks_it_read(sender):
    somebody, other = sender("district", HERE), sender("district", HERE)
    reader = Client(headers=somebody.headers)
    for number in range(3):
        told(somebody.user, number)
    told(other.user)

    page = reader.get("/api/v1/inbox?limit=2").json()
    rest = reader.get(f"/api/v1/inbox?limit=2&cursor={page['next']}").json()
    ids = [one["id"] for one in page["items"]]
    others = str(InboxItem.objects.get(user=other.user).pk)
    marked = reader.post(
        "/api/v1/inbox/read", {"ids": [*ids, others]}, content_type="application/json"
    ).json()

    assert [one["what"] for one in page["items"] + rest["items"]] == [
        f"工单{number}已超时" for number in (2, 1, 0)
    ]
    assert rest["next"] is None
    assert marked == {"read": 2}
    assert len(reader.get("/api/v1/inbox?unread=true").json()["items"]) == 1
    assert InboxItem.objects.get(user=other.user).read_at is None
    assert reader.get("/api/v1/inbox?cursor=x").json()["code"] == "bad_cursor"


# How one is reached


def test_a_person_sets_how_he_is_reached_and_tries_it(person, ways_out):
    chief = person(phone="13800000001")
    desk = browser(chief)
    said = {"mail": "chief@example.cn", "by_mail": 2, "by_text": 0, "pace": "digest"}

    assert desk.post("/account/messages/", said).status_code == 302
    assert desk.post("/account/messages/test").status_code == 302
    deliver()

    assert {name: getattr(Reach.objects.get(), name) for name in said} == said
    assert [letter.subject for letter in mail.outbox] == ["这是一条测试消息"]
    assert ways_out["text"].heard == []
    assert 'value="chief@example.cn"' in text(desk.get("/account/messages/"))


def test_a_house_without_gateways_says_so_where_one_chooses(person, settings):
    settings.EMAIL_HOST = ""

    assert "还没有接入：电子邮件、短信、语音电话" in text(
        browser(person()).get("/account/messages/")
    )


# Receivers


def test_a_webhooks_secret_is_shown_once_and_an_address_never_again(person, service):
    desk, partner = browser(person("city", CITY)), service()
    said = {
        "name": "外部系统",
        "form": "webhook",
        "address": f"http://127.0.0.1:{partner.port}/only-they-know",
        "district": SAIHAN,
        "mildest": 2,
    }

    made = text(desk.post("/w/receivers/", said))
    secret = made.split('<code class="mono">')[1].split("<")[0]
    row = Receiver.objects.get()
    pages = text(desk.get("/w/receivers/")) + text(desk.get(f"/w/receivers/{row.pk}"))

    assert len(secret) == 64
    assert secret not in pages
    assert "only-they-know" not in pages
    assert "赛罕区" in pages
    assert Entry.objects.filter(kind="kit.receiver_added").count() == 1
    wrong = desk.post("/w/receivers/", {**said, "address": "http://example.org/"})
    assert "不是 https 地址" in text(wrong)


def test_an_officer_tries_a_receiver_sees_what_it_answered_and_sends_again(
    person, service, told_to
):
    desk, partner = browser(person("admin", CITY)), service()
    row = told_to(partner)
    good, partner.judge = partner.judge, lambda heard: (403, b"who are you")
    there = f"/w/receivers/{row.pk}"
    desk.post(f"{there}/test")
    deliver()
    key = Outgoing.objects.get().delivery
    assert "HTTP 403 who are you" in text(desk.get(there))

    partner.judge = good
    assert desk.post(f"{there}/again", {"key": key}).status_code == 302
    deliver()

    assert "已送达" in text(desk.get(there))
    assert str(key) in text(desk.get(there))
    assert desk.post(f"{there}/again", {"key": "x"}).status_code == 404
    desk.post(f"{there}/end")
    assert Receiver.objects.get().active is False


def test_no_receiver_sends_another_ones_messages(person, service, told_to):
    desk = browser(person("city", CITY))
    one, other = told_to(service()), told_to(service())
    desk.post(f"/w/receivers/{one.pk}/test")

    key = Outgoing.objects.get().delivery

    assert desk.post(f"/w/receivers/{other.pk}/again", {"key": key}).status_code == 404


def test_a_receiver_out_of_reach_shows_on_its_page_and_among_the_houses_signs(
    person, service, told_to
):
    desk, partner = browser(person("city", CITY)), service()
    row = told_to(partner)
    partner.mood = "broken"
    assert messages().condition == "good"
    desk.post(f"/w/receivers/{row.pk}/test")
    deliver()

    assert "联系不上" in text(desk.get(f"/w/receivers/{row.pk}"))
    assert messages().condition == "warn"


def test_what_was_not_passed_on_in_time_is_a_bad_sign(person, ways_out, at, settings):
    chief = person(mail="chief@example.cn")
    at("2026-11-20 22:00")
    told(chief)
    assert messages().condition == "good"

    at("2026-11-21 09:00")

    assert messages().condition == "bad"
    assert str(connected().said) == "电子邮件、短信、语音电话"


# Duty


def put(desk: Client, user: Any, scope: Scope = HERE) -> Any:
    said = {"user": user.pk, "begins": "2026-11-20T17:30", "ends": "2026-11-21T08:30"}
    return desk.post(f"/w/duty/?scope={scope}&month=2026-11", said)


def test_a_bureau_draws_up_its_roster_and_takes_off_it(person):
    chief = person(phone="13800000001")
    desk = browser(chief)

    assert put(desk, chief).status_code == 302
    page = text(desk.get(f"/w/duty/?scope={HERE}&month=2026-11"))
    duty = Duty.objects.get()
    assert "17:30 – 11-21 08:30" in page
    assert desk.post(f"/w/duty/{duty.pk}/drop").status_code == 302

    assert not Duty.objects.exists()
    kinds = Entry.objects.filter(kind__startswith="kit.duty").values_list("kind", flat=True)
    assert sorted(kinds) == ["kit.duty_dropped", "kit.duty_set"]


def test_a_duty_needs_an_end_after_its_beginning_and_a_person_of_the_place(person):
    chief, stranger = person(), person("district", THERE)
    desk = browser(chief)

    assert "不在可用的选项中" in text(put(desk, stranger)) or not Duty.objects.exists()
    said = {"user": chief.pk, "begins": "2026-11-21T08:30", "ends": "2026-11-20T17:30"}
    assert "跨夜的填次日" in text(desk.post("/w/duty/", said))
    assert not Duty.objects.exists()


def test_a_roster_of_another_district_is_not_there_and_a_station_only_looks(person):
    assert browser(person()).get(f"/w/duty/?scope={THERE}").status_code == 404
    station = browser(person("station", Scope(ScopeKind.STATION, f"{SAIHAN}001")))

    assert "排一个班" not in text(station.get("/w/duty/"))
    assert station.post("/w/duty/", {"user": 1}).status_code == 404
    assert browser(person("city", CITY)).get(f"/w/duty/?scope={THERE}").status_code == 200
    assert browser(person("city", CITY)).get("/w/duty/?month=x").status_code == 404


def test_a_roster_goes_to_excel_and_comes_back_the_same(person):
    chief, night = person(), person("inspector")
    desk = browser(chief)
    for user in (chief, night):
        put(desk, user)
    sheet = desk.get(f"/w/duty/sheet?scope={HERE}&month=2026-11").content
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True))
    assert rows[1][2:5] == ("17:30", "08:30", chief.username)

    Duty.objects.all().delete()
    batch = _import(desk, sheet)
    desk.post(f"/w/imports/{batch}/apply")
    again = [(d.user, d.scope, clock.city(d.begins), clock.city(d.ends)) for d in _duties()]
    _import(desk, sheet)

    begins = datetime(2026, 11, 20, 17, 30, tzinfo=clock.CITY_ZONE)
    ends = datetime(2026, 11, 21, 8, 30, tzinfo=clock.CITY_ZONE)
    assert again == [(chief, HERE, begins, ends), (night, HERE, begins, ends)]
    desk.post(f"/w/imports/{batch}/undo")
    assert not Duty.objects.exists()


def _duties() -> list[Duty]:
    return list(Duty.objects.select_related("user").order_by("user"))


def _import(desk: Client, sheet: bytes) -> int:
    file = io.BytesIO(sheet)
    file.name = "值班表.xlsx"
    answer = desk.post("/w/imports/new", {"importer": "duty", "file": file})
    batch = int(answer["Location"].rsplit("/", 1)[1])
    desk.get(f"/w/imports/{batch}", follow=True)
    return batch


def test_a_list_with_faults_says_which(person):
    desk = browser(person())
    accounts.enrol_person(username="zhangsan", name="张三")
    lines = [
        "区划代码,值班日期,开始时间,结束时间,登录账号",
        f"{SAIHAN},2026-11-20,17:30,8:30,zhangsan",
        f"{XINCHENG},2026-11-20,17:30,08:30,zhangsan",
        f"{SAIHAN},2026-11-20,25:30,08:30,zhangsan",
        f"{SAIHAN},2026-11-21,17:30,08:30,nobody",
        "999999,2026-11-20,17:30,08:30,zhangsan",
    ]
    batch = _import(desk, "\n".join(lines).encode())

    page = text(desk.get(f"/w/imports/{batch}"))
    desk.post(f"/w/imports/{batch}/apply")

    for said in ("不由您编排", "“25:30”不是时间", "没有登录账号“nobody”", "没有代码为“999999”"):
        assert said in page
    assert Duty.objects.count() == 1
