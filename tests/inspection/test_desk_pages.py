"""Corrections on pages: the business on its own desk, officers at theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from build import SAIHAN, XINCHENG
from corrections import found, owner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from inspecting import a_photo, a_visit, chief, officers
from planning import NOW, TODAY, browser, inspectors, shops, somebody

from mingchu.alerts.models import Alert
from mingchu.alerts.services.folding import fold
from mingchu.base import clock
from mingchu.inspection import jobs, services
from mingchu.inspection.models import Finding, FindingState, Reply, Visit
from mingchu.kit.models import Attachment

pytestmark = pytest.mark.django_db


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def pressed(client: Client, path: str, **said) -> str:
    answer = client.post(path, said)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer["Location"]


@pytest.mark.parametrize("role", ["enterprise", "canteen", "first_station", "holder"])
def test_whoever_runs_a_business_sees_its_inspections_and_no_other_s(role):
    business, other = shops(2)
    one, foreign = found(business_id=business.pk), found(business_id=other.pk)
    client = browser(owner(business, role))

    desk = page(client, f"/e/{business.public_id}")
    assert f"/e/{business.public_id}/inspections/" in desk
    assert "看到的问题" in page(client, f"/e/{business.public_id}/inspections/")
    shown = page(client, f"/e/inspections/{one.record_id}")
    assert "《中华人民共和国食品安全法》" in shown or "《" in shown
    assert "张贴" in shown
    page(client, f"/e/inspections/{foreign.record_id}", 404)
    page(client, f"/e/inspections/findings/{foreign.pk}", 404)
    page(client, f"/e/{other.public_id}/inspections/", 404)


def test_an_answer_is_sent_with_photos_and_stands_beside_the_inspector_s():
    business = shops(1)[0]
    one = found("by", photos=1, business_id=business.pk)
    client = browser(owner(business))

    assert pressed(
        client,
        f"/e/inspections/findings/{one.pk}",
        text="换了新的",
        photos=SimpleUploadedFile("photo.jpg", a_photo(5), "image/jpeg"),
    ).endswith("/inspections/")

    sent = Attachment.objects.get(subject=f"finding:{one.pk}")
    shown = page(browser(somebody("inspector", SAIHAN, "NM9")), f"/w/inspections/findings/{one.pk}")
    assert str(sent.pk) in shown
    assert "换了新的" in shown
    assert shown.count('class="photo"') == 2
    assert "确认已整改" in shown


def test_an_empty_answer_says_what_is_missing():
    business = shops(1)[0]
    one = found("by", business_id=business.pk)

    answer = browser(owner(business)).post(f"/e/inspections/findings/{one.pk}", {"text": " "})

    assert "请写一句怎么改的" in answer.content.decode()
    assert Finding.objects.get().state == FindingState.OPEN


def test_a_notice_is_read_and_an_unannounced_visit_is_not():
    business = shops(1)[0]
    pair = officers(2)
    told = a_visit(pair, business_id=business.pk)
    hidden = a_visit(pair, business_id=business.pk, type="unannounced", reason="线索")
    services.notify_visits(visits=[told])
    client = browser(owner(business))

    assert told.notice_number in page(client, f"/e/inspections/visits/{told.pk}")
    page(client, f"/e/inspections/visits/{hidden.pk}", 404)
    assert "飞行检查" not in page(client, f"/e/{business.public_id}/inspections/")
    file = page(
        browser(somebody("inspector", SAIHAN, "NM8")), f"/w/businesses/{business.public_id}"
    )
    assert "飞行检查" not in file
    assert "日常监督检查" in file


def test_the_list_filters_and_ticked_ones_are_confirmed_together():
    businesses = shops(3)
    ways = ("by", "by", "order")
    rows = [found(way, business_id=one.pk) for way, one in zip(ways, businesses, strict=True)]
    for one in rows:
        services.answer_finding(finding=one, text="好了", by=chief())
    client = browser(somebody("inspector", SAIHAN, "NM7"))

    shown = page(client, "/w/inspections/findings/?show=answered")
    assert shown.count('name="finding"') == 2
    assert f"/{rows[2].pk}" not in page(client, "/w/inspections/findings/?way=by")
    pressed(client, "/w/inspections/findings/confirm", finding=[str(one.pk) for one in rows])

    states = [Finding.objects.get(pk=one.pk).state for one in rows]
    assert states == ["mended", "mended", "answered"]
    assert "共" not in page(client, "/w/inspections/findings/?show=overdue&item=nothing&since=x")


def test_a_district_sees_its_own_findings_only():
    found("by")
    other = browser(somebody("district", XINCHENG))

    assert "没有这样的问题" in page(other, "/w/inspections/findings/?show=all")
    page(other, f"/w/inspections/findings/{Finding.objects.get().pk}", 404)


def test_an_answer_is_returned_with_what_is_missing():
    business = shops(1)[0]
    one = found("by", business_id=business.pk)
    services.answer_finding(finding=one, text="好了", by=chief())
    client = browser(somebody("inspector", SAIHAN, "NM7"))

    pressed(client, f"/w/inspections/findings/{one.pk}/return", why="看不清")

    assert "看不清" in page(browser(owner(business)), f"/e/inspections/findings/{one.pk}")


def test_a_recheck_is_planned_with_another_pair():
    one = found("order")
    others = inspectors(2)
    client = browser(somebody("district", SAIHAN))
    path = f"/w/inspections/findings/{one.pk}/recheck"
    shown = page(client, path)
    assert all(f'value="{pk}"' not in shown for pk in one.record.visit.pair)

    pressed(
        client, path, lead=others[0].pk, second=others[1].pk,
        due=(TODAY + timedelta(days=9)).isoformat(),
    )  # fmt: skip

    visit = Visit.objects.get(type="recheck")
    assert visit.pair == (others[0].pk, others[1].pk)
    assert visit.number in page(client, f"/w/inspections/findings/{one.pk}")


def test_an_objection_is_made_and_answered_by_another():
    business = shops(1)[0]
    one = found("order", business_id=business.pk)
    own = browser(owner(business))
    pressed(own, f"/e/inspections/{one.record_id}/reply", kind="objection", text="不是本店的")
    reply = Reply.objects.get()
    head = browser(somebody("district", SAIHAN))
    assert "不是本店的" in page(head, "/w/inspections/replies/")

    pressed(head, f"/w/inspections/replies/{reply.pk}", upheld="1", answer="照片是隔壁的")

    assert "照片是隔壁的" in page(own, f"/e/inspections/{one.record_id}")
    assert "没有等待答复" in page(head, "/w/inspections/replies/")


def test_an_alert_and_its_order_name_what_was_found_and_lead_there():
    one = found("by")
    with clock.stopped(NOW + timedelta(days=9)):
        jobs.night(0)
        fold()
        client = browser(somebody("district", SAIHAN))
        alert = Alert.objects.get(kind="correction_overdue")

        shown = page(client, f"/w/alerts/{alert.pk}")
        assert f"/w/inspections/findings/{one.pk}" in shown
        assert f"finding:{one.pk}" not in page(client, "/w/alerts/")
        if alert.order_id:
            order = page(client, f"/w/orders/{alert.order_id}")
            assert f"/w/inspections/findings/{one.pk}/recheck" in order


def test_the_file_shows_the_last_record_and_what_is_open():
    one = found("order")
    client = browser(somebody("district", SAIHAN))

    shown = page(client, f"/w/businesses/{one.business.public_id}")

    assert "最近一次 2026-11-20" in shown
    assert f"/w/inspections/findings/{one.pk}" in shown
    story = page(client, f"/w/businesses/{one.business.public_id}/story")
    assert "日常监督检查：发现问题待后续处理，不符合1项" in story


def test_who_confirms_holds_a_certificate():
    one = found("by")
    services.answer_finding(finding=one, text="好了", by=chief())

    answer = browser(somebody("district", SAIHAN)).post(f"/w/inspections/findings/{one.pk}/confirm")

    assert answer.status_code == 403
