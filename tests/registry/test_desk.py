"""A business at its own desk: what waits, what it may say itself, what an officer answers."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from build import SAIHAN, a_restaurant
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.registry import services
from mingchu.registry.models import Business, HealthCertificate, Inquiry, InquiryState

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=clock.CITY_ZONE)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    settings.HOME = tmp_path
    with clock.stopped(NOW):
        yield


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def a_photo(name: str = "证.png") -> SimpleUploadedFile:
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    data += chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return SimpleUploadedFile(name, data, "image/png")


Desk = Callable[[Business], Client]


def signed_in(role: str, scope: Scope) -> Client:
    user = accounts.enrol_person(username=f"{role}-{scope.code}", name="测试")
    accounts.give_post(user=user, role=role, scope=scope)
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


@pytest.fixture
def keeper(restaurant: Business) -> Client:
    return signed_in("enterprise", Scope(ScopeKind.BUSINESS, restaurant.public_id))


@pytest.fixture
def officer() -> Client:
    return signed_in("district", Scope(ScopeKind.DISTRICT, SAIHAN))


def test_who_has_one_business_is_led_to_its_desk(keeper, restaurant):
    answer = keeper.get("/e/", follow=True)

    assert answer.redirect_chain[-1][0] == f"/e/{restaurant.public_id}"
    assert "绿野家常菜馆" in answer.content.decode()


def test_another_business_has_no_desk_for_a_stranger(keeper):
    other = services.enrol(a_restaurant(name="别家", code="", licences=()))

    assert keeper.get(f"/e/{other.public_id}").status_code == 404
    assert keeper.get(f"/e/people/{other.people.get().pk}/certificate").status_code == 404


@pytest.mark.parametrize("role", ["city", "district", "station"])
def test_an_officer_has_no_desk_and_does_nothing_in_a_business_s_name(role, restaurant):
    code = {"city": "", "district": SAIHAN, "station": f"{SAIHAN}001"}[role]
    client = signed_in(role, Scope(ScopeKind(role), code))
    person = restaurant.people.get()

    for path in (f"/e/{restaurant.public_id}/contact", f"/e/people/{person.pk}/left"):
        assert client.post(path, {"phone": "13800001234", "revision": 1}).status_code == 403
    for path in ("/e/", f"/e/{restaurant.public_id}", f"/e/people/{person.pk}/certificate"):
        assert client.get(path).status_code == 403
    assert client.get(f"/w/businesses/{restaurant.public_id}").status_code == 200


def test_the_desk_says_what_is_missing_and_by_which_rule(keeper, restaurant):
    services.correct(number=restaurant.pk, changes={"legal_form": "company"}, why="更正")
    person = restaurant.people.get()
    services.correct_person(person=person, changes={"duties": ["handler"]}, why="更正")

    page = keeper.get(f"/e/{restaurant.public_id}").content.decode()

    assert "没有登记主要负责人" in page
    assert "测试甲没有登记健康证明" in page
    assert "/rules/duty.health_years" in page


def test_a_telephone_corrected_at_the_desk_says_where_it_comes_from(keeper, restaurant):
    keeper.post(
        f"/e/{restaurant.public_id}/contact",
        {"phone": "13800001234", "sign": "绿野", "revision": 1},
    )

    known = Business.objects.get()
    assert known.phone == "13800001234"
    assert known.sources["phone"].startswith("desk")


def test_a_certificate_is_a_photo_and_a_day_and_waits_for_an_officer(keeper, officer, restaurant):
    person = restaurant.people.get()

    sent = keeper.post(
        f"/e/people/{person.pk}/certificate", {"photo": a_photo(), "issued": "2026-11-10"}
    )

    assert sent.status_code == 302
    made = HealthCertificate.objects.get()
    assert (made.until, made.seen) == (date(2027, 11, 10), False)
    assert "待核对" in keeper.get(f"/e/{restaurant.public_id}").content.decode()
    waiting = officer.get("/w/certificates/").content.decode()
    assert "测试甲" in waiting
    assert officer.get(f"/files/{made.file}").status_code == 200

    officer.post(f"/w/certificates/{made.pk}", {"verdict": "good"})

    made.refresh_from_db()
    assert made.seen


def test_a_certificate_is_turned_down_only_with_a_reason(keeper, officer, restaurant):
    person = restaurant.people.get()
    keeper.post(f"/e/people/{person.pk}/certificate", {"photo": a_photo(), "issued": "2026-11-10"})
    made = HealthCertificate.objects.get()

    officer.post(f"/w/certificates/{made.pk}", {"verdict": "bad", "why": " "})
    assert HealthCertificate.objects.exists()
    officer.post(f"/w/certificates/{made.pk}", {"verdict": "bad", "why": "照片不清"})

    assert not HealthCertificate.objects.exists()
    person.refresh_from_db()
    assert person.health_until is None


def test_what_is_no_picture_is_told_beside_the_form(keeper, restaurant):
    person = restaurant.people.get()
    lie = SimpleUploadedFile("证.png", b"MZ not a picture", "image/png")

    answer = keeper.post(
        f"/e/people/{person.pk}/certificate", {"photo": lie, "issued": "2026-11-10"}
    )

    assert answer.status_code == 200
    assert "error" in answer.content.decode()
    assert not HealthCertificate.objects.exists()


def test_a_request_is_answered_with_papers_returned_and_settled(keeper, officer, restaurant):
    officer.post(
        f"/w/businesses/{restaurant.public_id}/ask",
        {"title": "租赁合同", "asks": "请提供新场所的租赁合同", "due": "2026-12-01"},
    )
    asked = Inquiry.objects.get()
    assert "请提供新场所的租赁合同" in keeper.get(f"/e/{restaurant.public_id}").content.decode()

    keeper.post(
        f"/e/asked/{asked.pk}", {"text": "见附件", "papers": [a_photo(), a_photo("二.png")]}
    )
    page = officer.get(f"/w/inquiries/{asked.pk}").content.decode()
    assert "见附件" in page
    assert page.count("/files/") == 2

    officer.post(f"/w/inquiries/{asked.pk}", {"verdict": "back", "remark": "缺签字页"})
    assert "缺签字页" in keeper.get(f"/e/{restaurant.public_id}").content.decode()
    keeper.post(f"/e/asked/{asked.pk}", {"text": "已补"})
    officer.post(f"/w/inquiries/{asked.pk}", {"verdict": "good"})

    asked.refresh_from_db()
    assert asked.state == InquiryState.ACCEPTED
    assert len(asked.files) == 2


def test_what_has_moved_on_is_not_answered_again(restaurant):
    asked = services.ask(
        number=restaurant.pk, title="测试", asks="测试", due=TODAY + timedelta(days=1)
    )
    services.withdraw_inquiry(inquiry=asked, remark="")

    with pytest.raises(Refusal, match="inquiry_moved_on"):
        services.answer(inquiry=asked, text="答复")


def test_a_due_day_that_has_passed_is_refused(restaurant):
    with pytest.raises(Refusal, match="due_passed"):
        services.ask(number=restaurant.pk, title="测试", asks="测试", due=date(2026, 11, 19))


def test_staff_comes_and_goes_by_the_desk(keeper, restaurant):
    keeper.post(
        f"/e/{restaurant.public_id}/staff",
        {"name": "测试乙", "duties": ["handler"], "since": "2026-11-20"},
    )
    new = restaurant.people.get(name="测试乙")

    keeper.post(f"/e/people/{new.pk}/left")

    new.refresh_from_db()
    assert new.until == TODAY
