"""Publication: days that run, who releases, what everybody reads and what nobody does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from build import SAIHAN
from corrections import found
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from inspecting import Sent, a_visit, chief
from planning import NOW, TODAY, browser, shops, somebody

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import jobs, rules, services
from mingchu.inspection.models import Record
from mingchu.ledger.models import Entry

pytestmark = pytest.mark.django_db
KILOBYTES = 60_000


def page(path: str, client: Client | None = None) -> str:
    answer = (client or Client(headers={"Accept-Language": "zh-CN"})).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def disputed() -> Record:
    """A record to which the business objected with reason."""
    record = found("order").record
    said = services.reply(record=record, kind="objection", text="不对", by=chief())
    services.answer_reply(reply=said, upheld=True, answer="第三项认定有误", by=chief())
    return record


def test_working_days_are_counted_to_a_day_and_beyond():
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)

    assert rules.workdays_until(monday, friday) == 1
    assert rules.workdays_until(friday, friday) == 0
    assert rules.workdays_until(friday, monday) == -1


def test_a_result_is_public_on_its_last_day_and_not_before():
    record = found("order").record
    assert "还没有公开" in page("/plans/results/")
    assert "最近的检查结果" not in page(f"/p/{record.business.public_id}")

    with clock.stopped(clock.midnight(record.publish_by) + timedelta(hours=7)):
        jobs.night(0)

        shown = page(f"/p/{record.business.public_id}")
    assert "发现问题待后续处理" in shown
    assert "责令整改" in shown
    released = Entry.objects.get(kind="inspection.result_released")
    assert released.told["late"] is False
    assert released.cause == Record.objects.get().entry


def test_nothing_public_names_anybody_or_quotes_the_officers():
    one = found("order")
    services.release(records=[one.record], by=chief())
    people = User.objects.filter(pk__in=one.record.visit.pair).values_list("name", flat=True)

    for shown in (page("/plans/results/"), page(f"/p/{one.business.public_id}")):
        assert not any(name in shown for name in people)
        assert "看到的问题" not in shown
        assert "店主" not in shown


def test_a_disputed_result_waits_for_another_person_and_stands_with_its_correction():
    record = disputed()
    with clock.stopped(NOW + timedelta(days=60)):
        jobs.night(0)
        assert Record.objects.get().released_at is None

        with pytest.raises(Refusal) as known:
            services.release(records=[record], by=actor_for(User.objects.get(pk=record.user_id)))
        assert known.value.code == "own_record"
        services.release(records=[record], by=chief())

    assert "更正说明：第三项认定有误" in page(f"/p/{record.business.public_id}")


def test_the_countdown_shows_days_and_releases_what_is_ticked():
    record = found("order").record
    client = browser(somebody("publisher", SAIHAN))
    left = rules.workdays_until(record.publish_by, TODAY)
    assert f"{left}个工作日" in page("/w/inspections/publication/", client)
    assert "没有待公开" in page("/w/inspections/publication/?show=soon", client)

    answer = client.post("/w/inspections/publication/release", {"record": [record.pk]})

    assert answer.status_code == 302
    assert Record.objects.get().released_by is not None
    assert "没有待公开" in page("/w/inspections/publication/", client)


def test_an_inspector_may_look_and_not_release():
    client = browser(somebody("inspector", SAIHAN, "NM5"))
    found("order")

    page("/w/inspections/publication/", client)
    assert client.post("/w/inspections/publication/release", {}).status_code == 403


def test_a_joint_visit_shows_each_department_s_own_result():
    business = shops(1)[0]
    for department in ("market", "health"):
        record = Sent(a_visit(business_id=business.pk, department=department)).send().record
        services.release(records=[record], by=chief())

    shown = page(f"/p/{business.public_id}")

    assert "市场监管部门" in shown
    assert "卫生健康部门" in shown


def test_the_public_list_goes_on_behind_its_last_row():
    for n, business in enumerate(shops(17)):
        with clock.stopped(NOW + timedelta(minutes=n)):
            record = Sent(a_visit(business_id=business.pk)).send().record
            services.release(records=[record], by=chief())

    first = page("/plans/results/")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = page(f"/plans/results/{following}")

    assert first.count("<article") == 15
    assert second.count("<article") == 2
    assert len(first.encode()) < KILOBYTES
    assert "<script" not in first
    assert Client().get("/plans/results/?cursor=WzEsMl0").status_code == 404
    assert "还没有公开" in page("/plans/results/?matter=catering")


def test_the_public_page_asks_one_question_for_results():
    record = found("order").record
    path = f"/p/{record.business.public_id}"
    page(path)
    with CaptureQueriesContext(
        connection,
    ) as before:
        page(path)
    services.release(records=[record], by=chief())
    page(path)
    with CaptureQueriesContext(connection) as after:
        page(path)

    assert len(after) == len(before)
    asked = [one["sql"] for one in after if "inspection_record" in one["sql"]]
    assert len(asked) == 1
