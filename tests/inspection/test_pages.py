"""Plans, batches and pools as officers see them: five clicks to a draw, no letter for a guest."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from build import SAIHAN, XINCHENG
from django.test import Client
from planning import (
    DECEMBER,
    TODAY,
    actor,
    browser,
    checked,
    drawn,
    inspectors,
    november,
    opened,
    published,
    shops,
    somebody,
    the_batch,
)

from mingchu.base.slots import TASKS
from mingchu.draw.models import Draw
from mingchu.inspection.models import Batch, Expertise, Leave, Plan, Recusal
from mingchu.inspection.queries import people

pytestmark = pytest.mark.django_db
INSPECT = re.compile(r'<form[^>]*action="(/w/plans/batches/\d+/(?:check|open))"')


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def link(html: str, pattern: str) -> str:
    """The first address of a page that looks like this."""
    return re.search(rf'href="({pattern})"', html)[1]


def fields(html: str) -> dict[str, str]:
    """What the form that opens a draw sends if nobody touches it."""
    form = html[html.index('/open"') :]
    found = re.findall(r'<input type="([\w-]+)" name="(\w+)"(?: value="([^"]*)")?([^>]*)>', form)
    return {
        name: "on" if kind == "checkbox" else value
        for kind, name, value, rest in found
        if name != "csrfmiddlewaretoken" and (kind != "checkbox" or "checked" in rest)
    }


class Clicks:
    """A browser that counts what a person does."""

    def __init__(self, client: Client):
        self.client, self.count = client, 0

    def follow(self, path: str) -> str:
        self.count += 1
        return page(self.client, path)

    def press(self, path: str, **said: str) -> str:
        self.count += 1
        answer = self.client.post(path, said)
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]


def test_a_routine_batch_takes_five_clicks_from_the_list_to_an_opened_draw():
    shops(60)
    inspectors()
    published(november())
    client = browser(somebody())
    start = page(client, "/w/plans/")
    by = Clicks(client)

    plan = by.follow(link(start, r"/w/plans/\d+"))
    batch = by.follow(link(plan, r"/w/plans/batches/\d+"))
    [check] = INSPECT.findall(batch)
    after = page(client, by.press(check))
    [_again, go] = INSPECT.findall(after)
    room = by.press(go, **fields(after))

    draw = Draw.objects.get()
    assert by.count <= 5
    assert (draw.state, draw.files.count()) == ("frozen", 4)
    assert room == f"/w/draws/{draw.number}"


def test_the_list_leads_straight_to_what_is_due():
    published(november(), november(month=DECEMBER))
    client = browser(somebody())

    shown = page(client, "/w/plans/")

    assert shown.count("去抽取") == 1
    [due] = [task for task in TASKS if str(task.title) == "到期未抽取的批次"]
    assert due.rows(actor()).count() == 1


def test_conflicts_stand_on_the_page_with_their_rules_before_anything_is_opened():
    shops(30)
    inspectors(1)
    batch = checked(published(november()))
    client = browser(somebody())

    shown = page(client, f"/w/plans/batches/{batch.pk}")

    assert "没有合格的一组检查人员" in shown
    assert "/rules/inspection.inspectors_min" in shown
    assert "锁定名单，开启抽取" in shown
    assert not Draw.objects.exists()


def test_a_draw_without_a_source_of_chance_is_refused_on_the_page():
    shops(60)
    inspectors()
    batch = checked(published(november()))
    client = browser(somebody())

    answer = client.post(
        f"/w/plans/batches/{batch.pk}/open", {"reveal_by": TODAY.isoformat()}
    ).content.decode()

    assert "没有选定随机源" in answer
    assert the_batch(batch.plan).state == "checked"


def test_several_sources_are_announced_as_the_form_says_them():
    shops(60)
    inspectors()
    batch = checked(published(november()))
    client = browser(somebody())
    said = {
        "dice": "on", "throws": "30", "drand_at": "2026-11-20T10:00",
        "lottery": "双色球2026133期、超级大乐透26133期",
        "parties": f"纪检监察组 {'a' * 64}\n家长代表 {'b' * 64} {'c' * 64}",
        "reveal_by": "2026-12-28",
    }  # fmt: skip

    client.post(f"/w/plans/batches/{batch.pk}/open", said)

    from mingchu.draw.queries import announced

    found = announced(Draw.objects.get())
    assert [one["kind"] for one in found] == ["dice", "drand", "lottery", "envelope"]
    assert found[2]["names"] == ["双色球2026133期", "超级大乐透26133期"]
    assert [one["name"] for one in found[3]["parties"]] == ["纪检监察组", "家长代表"]


def test_a_plan_is_written_approved_by_another_filed_and_published_on_its_pages():
    writer, chief = browser(somebody()), browser(somebody())
    writer.post("/w/plans/new", {"year": "2026", "district": "", "title": "2026年度抽查计划"})
    plan = Plan.objects.get()
    writer.post(
        f"/w/plans/{plan.pk}/batches/new",
        {"month": "2026-11", "matter": "catering", "districts": [SAIHAN]},
    )
    writer.post(f"/w/plans/{plan.pk}/do/submit")

    assert "由另一位负责人批准" in page(writer, f"/w/plans/{plan.pk}")
    writer.post(f"/w/plans/{plan.pk}/decide/approve")
    assert Plan.objects.get().state == "submitted"
    [waiting] = [task for task in TASKS if str(task.title) == "待批准的抽查计划"]
    assert waiting.rows(actor()).count() == 1

    chief.post(f"/w/plans/{plan.pk}/decide/approve")
    writer.post(
        f"/w/plans/{plan.pk}/do/file",
        {"filed_with": "自治区市场监督管理局", "filing": "备1号", "filed_on": TODAY.isoformat()},
    )
    chief.post(f"/w/plans/{plan.pk}/decide/publish")
    assert Plan.objects.get().state == "published"
    assert Batch.objects.get().districts == [SAIHAN]


def test_a_change_of_a_published_plan_shows_its_reason_to_everybody(client):
    plan = published(november())
    officer = browser(somebody())
    batch = the_batch(plan)

    officer.post(
        f"/w/plans/batches/{batch.pk}/change",
        {"month": "2026-12", "matter": "catering", "districts": [SAIHAN], "reason": "人员集中培训"},
    )

    shown = page(client, f"/plans/{plan.pk}")
    assert "人员集中培训" in shown
    assert "2026-11" in shown
    assert "2026-12" in shown


def test_a_pool_can_be_read_filtered_and_taken_along():
    firms = shops(5)
    batch = checked(published(november()))
    client = browser(somebody())

    every = page(client, f"/w/plans/batches/{batch.pk}/pool")
    none = page(client, f"/w/plans/batches/{batch.pk}/pool?standing=not_open")
    sheet = client.get(f"/w/plans/batches/{batch.pk}/pool/export?standing=for")

    assert firms[0].name in every
    assert "没有符合条件的记录" in none
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).active.values)
    assert {firms[0].name, firms[4].name} <= {cell for row in rows for cell in row}
    beside = page(client, f"/w/plans/batches/{batch.pk}/beside")
    assert "抽查之外的检查计划" in beside
    assert client.get(f"/w/plans/batches/{batch.pk}/beside/export").status_code == 200


def test_rates_and_due_days_are_for_bureaus_alone():
    shops(3)
    batch = checked(published(november()))

    for role, code in (("station", f"{SAIHAN}001"), ("inspector", SAIHAN), ("auditor", "")):
        reader = browser(somebody(role, code, certificate="NM"))
        for name in ("pool", "pool/export", "beside", "beside/export"):
            assert reader.get(f"/w/plans/batches/{batch.pk}/{name}").status_code == 403
        assert "开启抽取" not in page(reader, f"/w/plans/batches/{batch.pk}")


def test_a_district_works_on_no_plan_but_its_own():
    batch = the_batch(published(november()))
    own = the_batch(published(november(), district=SAIHAN))
    strange = browser(somebody("district", XINCHENG))

    assert "没有名单" not in page(strange, f"/w/plans/batches/{batch.pk}")
    for one in (batch, own):
        for name in ("check", "open"):
            assert strange.post(f"/w/plans/batches/{one.pk}/{name}").status_code == 404
        assert strange.get(f"/w/plans/batches/{one.pk}/change").status_code == 404
    assert strange.get(f"/w/plans/batches/{own.pk}").status_code == 404
    assert browser(somebody("district", SAIHAN)).post(
        f"/w/plans/batches/{own.pk}/check"
    ).status_code == 302  # fmt: skip


def test_nothing_of_a_pool_or_of_a_draw_that_is_not_public_reaches_a_guest(client):
    firms = shops(40)
    inspectors()
    plan = published(november())
    opened(plan)

    for path in ("/plans/", f"/plans/{plan.pk}", "/plans/matters"):
        shown = page(client, path)
        assert not any(one.name in shown for one in firms)
        assert not re.search(r"[ABCD]级|风险等级|信用", shown)
    assert "还没有抽取" in page(client, f"/plans/{plan.pk}")


def test_whoever_was_drawn_and_goes_stands_on_the_batch_for_bureaus_alone():
    firms = shops(6, opened=TODAY.replace(year=2020))
    inspectors()
    batch = drawn(published(november()))

    shown = page(browser(somebody()), f"/w/plans/batches/{batch.pk}")
    assert all(one.name in shown for one in firms)
    assert "检查员0" in shown
    other = page(browser(somebody("inspector", SAIHAN, "NM")), f"/w/plans/batches/{batch.pk}")
    assert not any(one.name in other for one in firms)


# ── Inspectors ──


def test_an_inspector_comes_into_the_pool_with_fields_leave_and_recusals():
    [shop] = shops(1)
    user = somebody("inspector", SAIHAN, certificate="NM1", name="检查员甲")
    client = browser(somebody("district", SAIHAN))
    assert "未列入名录库" in page(client, "/w/inspectors/")

    at = f"/w/inspectors/{user.pk}"
    client.post(at, {"kinds": ["caterer", "canteen"], "leads": "on"})
    client.post(f"{at}/leave", {"why": "leave", "first": "2026-11-20", "last": "2026-11-25"})
    client.post(f"{at}/recuse", {"business": shop.public_id, "ground": "kin", "note": ""})

    assert Expertise.objects.get().kinds == ["canteen", "caterer"]
    [able] = people.pool([SAIHAN], TODAY)
    assert (able.absent, able.leads) == ("leave", True)
    shown = page(client, at)
    assert shop.name in shown
    assert "近亲属关系" in shown

    client.post(f"{at}/leave/{Leave.objects.get().pk}")
    client.post(f"{at}/recuse/{Recusal.objects.get().pk}")
    assert not people.pool([SAIHAN], TODAY)[0].absent
    assert Recusal.objects.get().ended == TODAY
    client.post(at, {})
    assert people.pool([SAIHAN], TODAY) == []


def test_an_inspector_of_another_district_is_not_there():
    user = somebody("inspector", XINCHENG, certificate="NM1")
    client = browser(somebody("district", SAIHAN))

    for path in ("", "/leave", "/recuse"):
        assert client.get(f"/w/inspectors/{user.pk}{path}").status_code == 404


def test_a_business_outside_ones_own_area_cannot_be_named_in_a_recusal():
    [shop] = shops(1, district=XINCHENG)
    user = somebody("inspector", SAIHAN, certificate="NM1")
    client = browser(somebody("district", SAIHAN))

    answer = client.post(
        f"/w/inspectors/{user.pk}/recuse", {"business": shop.public_id, "ground": "kin"}
    ).content.decode()

    assert "您的辖区里没有主体" in answer
    assert not Recusal.objects.exists()


def test_certificates_that_end_before_the_day_send_nobody():
    [user, *_more] = inspectors(2)
    user.certificate_until = TODAY
    user.save()

    assert [one.absent for one in people.pool([SAIHAN], TODAY)] == ["", ""]
    later = TODAY.replace(day=21)
    assert sorted(one.absent for one in people.pool([SAIHAN], later)) == ["", "certificate"]


# ── Programs ──


def test_programs_read_plans_and_check_batches_and_get_no_row_of_a_pool():
    shops(5)
    plan = published(november())
    client = browser(somebody("inspector", SAIHAN, "NM"))

    found = client.get("/api/v1/inspection-plans").json()["items"]
    assert [one["id"] for one in found] == [plan.pk]
    whole = client.get(f"/api/v1/inspection-plans/{plan.pk}").json()
    [batch] = whole["batches"]
    assert (batch["month"], batch["state"], batch["draw"]) == ("2026-11", "planned", None)
    matters = client.get("/api/v1/inspection-matters").json()
    assert matters["rule"]["id"] == "inspection.matters"
    assert {"production", "catering", "display"} <= {one["id"] for one in matters["items"]}
    assert client.get("/api/v1/inspection-plans/999").status_code == 404

    checked(plan)
    one = client.get(f"/api/v1/inspection-batches/{batch['id']}").json()
    assert one["found"]["subjects"] == 5
    assert "第0家" not in str(one)


def test_a_program_checks_a_batch_and_a_stranger_does_not():
    from mingchu.accounts.services import issue_token

    shops(5)
    plan = published(november())
    batch = the_batch(plan)
    keys = {}
    for role, code in (("city", ""), ("station", f"{SAIHAN}001")):
        post = somebody(role, code).posts.get()
        _token, keys[role] = issue_token(post=post, title="试验")

    def check(role: str):
        return Client(headers={"Authorization": f"Bearer {keys[role]}"}).post(
            f"/api/v1/inspection-batches/{batch.pk}/check", content_type="application/json"
        )

    assert check("city").json()["found"]["subjects"] == 5
    assert check("station").status_code == 403
