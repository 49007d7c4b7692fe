"""Visits and records on the office's pages: who sees what, may do what, what stays hidden."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from build import SAIHAN, XINCHENG
from django.test import Client
from django.urls import reverse
from inspecting import Sent, a_photo, a_plan, a_visit, chief, officers
from planning import TODAY, actor, browser, shops, somebody

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.base.slots import TASKS
from mingchu.inspection import services
from mingchu.inspection.models import (
    Conflict,
    Doubt,
    Finding,
    Instrument,
    RecordState,
    Visit,
    VisitState,
)
from mingchu.ledger.models import Entry

pytestmark = pytest.mark.django_db


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def where_is(business, name: str = "business") -> str:
    return reverse(f"registry:{name}", args=[business.pk])


def district() -> Client:
    return browser(somebody("district", SAIHAN))


def test_the_board_lists_what_waits_and_finds_it():
    team = officers(4)
    visit = a_plan(team)
    other = a_visit(team[2:])
    client = district()

    html = page(client, "/w/inspections/")
    assert visit.number in html
    assert other.number in html
    assert visit.number not in page(client, "/w/inspections/?state=approved")
    assert other.number in page(client, "/w/inspections/?state=approved")
    assert visit.number in page(client, f"/w/inspections/?q={visit.number}&state=to_approve")
    assert visit.number in page(client, "/w/inspections/?q=第0家")
    assert visit.number not in page(client, "/w/inspections/?q=没有这一家")
    assert visit.number in page(browser(team[0]), "/w/inspections/?whose=mine")
    assert other.number not in page(browser(team[0]), "/w/inspections/?whose=mine")
    assert visit.number not in page(browser(somebody("district", XINCHENG)), "/w/inspections/")


def test_the_board_goes_on_page_by_page():
    team = officers(2)
    made = [a_plan(team, business_id=one.pk, due=TODAY + timedelta(days=n % 9))
            for n, one in enumerate(shops(55))]  # fmt: skip
    client = district()
    first = page(client, "/w/inspections/")
    onward = first[first.index('rel="next" href="') + 17 :].split('"')[0].replace("&amp;", "&")
    second = page(client, f"/w/inspections/{onward}")

    for one in made:
        assert (one.number in first) != (one.number in second)
    assert "55 项" in first
    assert client.get("/w/inspections/?cursor=WyJ4Iiw1XQ").status_code == 400


def test_the_list_is_exported():
    visit = a_plan()
    answer = district().get("/w/inspections/export")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert visit.number in cells


def test_several_are_assigned_approved_and_notified_at_once():
    team = officers(3)
    first, second = (a_plan(team, business_id=one.pk, lead_id=None, second_id=None)
                     for one in shops(2))  # fmt: skip
    client = district()
    chosen = {"chosen": [first.pk, second.pk]}

    form = client.post("/w/inspections/assign", chosen).content.decode()
    assert "检查员0（待查 0 项）" in form
    client.post(
        "/w/inspections/assign",
        {**chosen, "lead_id": team[0].pk, "second_id": team[2].pk, "why": ""},
    )
    assert {one.pair for one in Visit.objects.all()} == {(team[0].pk, team[2].pk)}
    client.post("/w/inspections/approve", chosen)
    assert {one.state for one in Visit.objects.all()} == {VisitState.APPROVED}
    client.post("/w/inspections/notify", chosen)
    assert {one.state for one in Visit.objects.all()} == {VisitState.NOTIFIED}


def test_nobody_is_offered_who_is_away_uncertified_recused_or_not_of_the_trade():
    team = officers(5)
    visit = a_plan(team, lead_id=None, second_id=None)
    services.note_leave(user=team[0], why="leave", first=TODAY, last=TODAY)
    User.objects.filter(pk=team[1].pk).update(certificate_until=TODAY - timedelta(days=1))
    services.recuse(user=team[2], business=visit.business, ground="kin", note="", by=chief())
    services.set_expertise(user=team[3], kinds=["seller"], leads=False)

    form = district().post("/w/inspections/assign", {"chosen": [visit.pk]}).content.decode()

    offered = [one.name for one in team if f'value="{one.pk}"' in form]
    assert offered == [team[4].name]


def test_a_visit_is_planned_from_the_file_of_a_business_and_approved_by_another():
    team = officers(2)
    [business] = shops(1)
    writer = somebody("district", SAIHAN)
    client = browser(writer)
    way = f"/w/inspections/new?business={business.public_id}"
    assert way in page(client, where_is(business))

    shown = page(client, f"{way}&origin=order:31&type=key")
    assert "工单 31" in shown
    assert "本年已检查" in shown
    answer = client.post(
        f"{way}&origin=order:31",
        {"type": "key", "day": TODAY.isoformat(), "due": (TODAY + timedelta(days=5)).isoformat(),
         "lead_id": team[0].pk, "second_id": team[1].pk, "reason": "", "department": "market",
         "joint": ""},
    )  # fmt: skip
    visit = Visit.objects.get()
    assert answer["Location"] == f"/w/inspections/{visit.pk}"
    assert (visit.origin, visit.planned_by, visit.state) == ("order:31", writer.pk, "planned")
    assert "由另一位负责人批准" in page(client, f"/w/inspections/{visit.pk}")
    client.post(f"/w/inspections/{visit.pk}/decide/approve")
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED

    other = district()
    other.post(f"/w/inspections/{visit.pk}/decide/return", {"why": "日期不合适"})
    assert "日期不合适" in page(client, f"/w/inspections/{visit.pk}")
    other.post(f"/w/inspections/{visit.pk}/decide/approve")
    client.post(f"/w/inspections/{visit.pk}/do/notify")
    visit.refresh_from_db()
    assert visit.state == VisitState.NOTIFIED
    client.post(f"/w/inspections/{visit.pk}/do/cancel", {"why": "已停业"})
    visit.refresh_from_db()
    assert (visit.state, visit.void_why) == (VisitState.VOID, "已停业")


def test_a_business_elsewhere_cannot_be_planned_for():
    [there] = shops(1, district=XINCHENG)
    page(district(), f"/w/inspections/new?business={there.public_id}", 404)
    page(district(), "/w/inspections/new")


def test_departments_go_together():
    team = officers(4)
    [business] = shops(1)
    client = district()
    said = {"type": "joint", "day": TODAY.isoformat(), "due": TODAY.isoformat(), "reason": "",
            "lead_id": "", "second_id": "", "department": "market", "joint": ""}  # fmt: skip
    way = f"/w/inspections/new?business={business.public_id}"
    client.post(way, said)
    first = Visit.objects.get()
    assert first.joint
    assert f"joint={first.joint}" in page(client, f"/w/inspections/{first.pk}")
    client.post(way, {**said, "department": "health", "joint": first.joint,
                      "lead_id": team[1].pk, "second_id": team[3].pk})  # fmt: skip
    second = Visit.objects.get(department="health")
    assert second.joint == first.joint
    assert second.number in page(client, f"/w/inspections/{first.pk}")
    assert "请合并上门" not in page(client, f"/w/inspections/{first.pk}")


def test_another_visit_of_the_same_business_is_pointed_out():
    team = officers(2)
    first = a_plan(team)
    client = district()
    shown = page(client, f"/w/inspections/new?business={first.business.public_id}")
    assert first.number in shown
    second = a_plan(team, business_id=first.business_id, type="special")
    assert second.number in page(client, f"/w/inspections/{first.pk}")


@pytest.mark.parametrize("span", ["week", "month"])
def test_the_calendar_shows_who_is_where(span):
    visit = a_plan()
    shown = page(district(), f"/w/inspections/calendar?of={span}")
    assert "1 项检查" in shown
    assert (visit.business.name in shown) == (span == "week")
    assert "没有安排检查" in page(district(), f"/w/inspections/calendar?of={span}&day=2027-03-01")
    page(district(), f"/w/inspections/calendar?of={span}&day=0001-01-01")


def test_an_unannounced_visit_leaks_nowhere_before_it_begins():
    team = officers(3)
    [business] = shops(1)
    visit = a_visit(team[:2], business_id=business.pk, type="unannounced", origin="order:31")
    station = browser(somebody("station", f"{SAIHAN}001"))
    third, makes, boss = browser(team[2]), browser(team[0]), district()

    for stranger in (third, browser(somebody("case_officer", SAIHAN, certificate="X1"))):
        for path in (
            "/w/inspections/", "/w/inspections/?state=all", f"/w/inspections/?q={visit.number}",
            "/w/inspections/?type=unannounced", "/w/inspections/calendar",
            "/w/inspections/calendar?of=month", where_is(business),
            where_is(business, "story"), "/w/ledger/",
        ):  # fmt: skip
            assert f"/w/inspections/{visit.pk}" not in page(stranger, path), path
            assert "飞行检查</a>" not in page(stranger, path), path
        page(stranger, f"/w/inspections/{visit.pk}", 404)
        page(stranger, f"/w/inspections/{visit.pk}/papers/approval", 404)
        assert visit.number.encode() not in b"".join(
            stranger.get("/w/inspections/export?state=all&format=csv")
        )
        assert visit.pk not in [
            one["id"] for one in stranger.get("/api/v1/inspections").json()["items"]
        ]
        assert stranger.get(f"/api/v1/inspections/visits/{visit.pk}").status_code == 404
    assert visit.number not in page(station, "/w/inspections/?state=all")
    assert visit.number in page(makes, "/w/inspections/")
    assert visit.number in page(boss, "/w/inspections/")
    assert "保密" in page(boss, f"/w/inspections/{visit.pk}")
    for entry in Entry.objects.filter(kind__startswith="inspection.visit"):
        assert entry.subject == f"inspection:{visit.pk}"
        told = json.loads(entry.data)
        assert (told["business_id"], told.get("origin", "")) == (None, "")

    services.begin(visit=visit)
    assert visit.number in page(third, "/w/inspections/")


def test_a_record_stands_with_everything_it_says():
    visit = a_visit()
    services.keep_instrument(
        number="T-1", name="中心温度计", kind="thermometer",
        calibrated_until=TODAY + timedelta(days=90),
    )  # fmt: skip
    sent = Sent(visit, exam=[{"person": None, "name": "张三", "asked": 10, "right": 9}],
                statement="我们马上改。")  # fmt: skip
    item = sent.an_item(key=True)
    sent.unmet(item, "no", photos=1)
    sent.body["answers"][item]["measure"] = {"value": 9.5, "unit": "degree", "instrument": "T-1"}
    record = sent.send().record
    client = district()

    shown = page(client, f"/w/inspections/records/{record.pk}")
    for words in ("看到的问题", "责令限期改正并复查", "T-1", "校准有效期至", "张三", "我们马上改。",
                  "扫码入企", "两人均已出示", "不符合", "inspection.basic_pass_rate", "看签字",
                  "待后续处理", "安排复查"):  # fmt: skip
        assert words in shown, words
    assert shown.index(sent.checklist.item(item).zh) < shown.index("其余项目")
    assert 'loading="lazy"' in shown
    assert f"/w/inspections/records/{record.pk}" in page(client, "/w/inspections/records/")
    assert f"/w/inspections/records/{record.pk}" in page(client, f"/w/inspections/{visit.pk}")
    assert (
        f"/{record.pk}" not in page(client, "/w/inspections/records/?word=pass").split("results")[1]
    )
    answer = client.get("/w/inspections/records/export")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    assert visit.number in [cell.value for row in book.active.iter_rows() for cell in row]
    page(browser(somebody("district", XINCHENG)), f"/w/inspections/records/{record.pk}", 404)


def test_a_draft_or_half_a_record_is_on_no_page():
    sent = Sent(a_visit())
    record = sent.send(files=False).record
    page(district(), f"/w/inspections/records/{record.pk}", 404)
    assert "没有符合条件" in page(district(), "/w/inspections/records/")


def test_a_recheck_is_planned_from_the_record_by_another_pair():
    team = officers(4)
    sent = Sent(a_visit(team[:2]))
    record = sent.unmet(sent.an_item(key=False)).send().record
    client = district()

    form = page(client, f"/w/inspections/records/{record.pk}/recheck")
    offered = [one.pk for one in team if f'value="{one.pk}"' in form]
    assert offered == [one.pk for one in team[2:]]
    client.post(
        f"/w/inspections/records/{record.pk}/recheck",
        {"due": "2026-12-20", "lead_id": team[2].pk, "second_id": team[3].pk},
    )
    recheck = Visit.objects.get(type="recheck")
    assert recheck.recheck_of == record.visit
    assert recheck.number in page(client, f"/w/inspections/records/{record.pk}")


# ── Doubts ──


def the_doubt(kind: str):
    """A record in each doubt, as a phone would cause it."""
    team = officers(4)
    visit = a_plan(team) if kind == Doubt.UNAPPROVED else a_visit(team)
    sent = Sent(visit, pin="000000" if kind == Doubt.PIN else "803619")
    CAUSES.get(kind, lambda sent, team: None)(sent, team)
    if kind == Doubt.SECOND_RECORD:
        sent.send()
        sent = Sent(visit, team[1])
        sent.body["second"] = None
        item = sent.an_item(key=False)
        sent.unmet(item, "slight", way="on_spot")
    if kind == Doubt.WRITER:
        sent = Sent(visit, team[2])
    return sent.send().record


def _no_second(sent, team):
    sent.body["second"] = None


def _clock(sent, team):
    for name in ("started_at", "ended_at", "sent_at"):
        sent.body[name] = f"2026-11-21{sent.body[name][10:]}"


def _sheet(sent, team):
    from mingchu.inspection.models import Sheet

    known = Sheet.objects.get(pk=sent.checklist.digest)
    body = {**known.body, "items": known.body["items"][:-1]}
    from mingchu.inspection.domain.checklists import from_plain

    older = from_plain(body)
    Sheet.objects.create(
        digest=older.digest, kind=known.kind, since=known.since, body=older.plain()
    )
    sent.body["checklist"] = older.digest
    sent.body["answers"].pop(known.body["items"][-1]["id"])


def _void(sent, team):
    services.call_off(visit=sent.visit, why="重复安排", by=chief())


def _moved(sent, team):
    from mingchu.registry import services as registry
    from mingchu.registry.services import NewPremises

    registry.move(
        number=sent.visit.business_id, new=NewPremises(district=XINCHENG, address="新城区1号"),
        day=TODAY, why="迁址",
    )  # fmt: skip


def _certificate(sent, team):
    User.objects.filter(pk=team[1].pk).update(certificate_until=TODAY - timedelta(days=1))


def _recused(sent, team):
    services.recuse(user=team[0], business=sent.visit.business, ground="kin", note="", by=chief())


def _instrument(sent, team):
    item = sent.an_item(key=True)
    sent.body["answers"][item]["measure"] = {"value": 3.0, "unit": "degree", "instrument": "旧-1"}


CAUSES = {
    Doubt.NO_SECOND: _no_second, Doubt.CLOCK: _clock, Doubt.SHEET: _sheet, Doubt.VOID: _void,
    Doubt.MOVED: _moved, Doubt.CERTIFICATE: _certificate, Doubt.RECUSED: _recused,
    Doubt.INSTRUMENT: _instrument,
}  # fmt: skip
SAYS = {
    Doubt.PIN: ("口令", "检查员1"),
    Doubt.NO_SECOND: ("没有第二名检查人员",),
    Doubt.SECOND_RECORD: ("另一份记录", "不一致", "看到的问题"),
    Doubt.CLOCK: ("2026-11-21", "实际检查日期"),
    Doubt.SHEET: ("没有回答的新项目",),
    Doubt.UNAPPROVED: ("还没有审批",),
    Doubt.VOID: ("重复安排",),
    Doubt.MOVED: ("现在的旗县区", "新城区"),
    Doubt.CERTIFICATE: ("检查员1",),
    Doubt.RECUSED: ("检查员0",),
    Doubt.WRITER: ("检查员2", "检查员0、检查员1"),
    Doubt.INSTRUMENT: ("旧-1",),
}


@pytest.mark.parametrize("kind", Doubt.values)
def test_each_doubt_is_said_in_words_and_decided_on_its_page(kind):
    record = the_doubt(kind)
    assert kind in set(record.conflicts.values_list("doubt", flat=True))
    client = browser(somebody("district", XINCHENG if kind == Doubt.MOVED else SAIHAN))
    where = f"/w/inspections/doubts/{record.pk}"
    assert where in page(client, "/w/inspections/doubts/")
    shown = page(client, where)
    for words in (str(Doubt(kind).label), *SAYS[Doubt(kind)]):
        assert words in shown, words

    conflict = record.conflicts.get(doubt=kind)
    refused = client.post(f"/w/inspections/doubts/{conflict.pk}/decide", {"decision": "accept"})
    assert refused.status_code == 200
    decision = "set_aside" if kind == Doubt.SECOND_RECORD else "accept"
    for one in record.conflicts.filter(decision="").order_by("pk"):
        client.post(
            f"/w/inspections/doubts/{one.pk}/decide",
            {"decision": decision, "why": "已核实", "day": "2026-11-19"},
        )
    record.refresh_from_db()
    after = RecordState.SET_ASIDE if decision == "set_aside" else RecordState.ACCEPTED
    assert record.state == after
    if kind == Doubt.CLOCK:
        assert record.day.isoformat() == "2026-11-19"
    assert "已核实" in page(client, f"/w/inspections/records/{record.pk}")


def test_whoever_wrote_a_record_or_may_not_approve_does_not_decide():
    record = the_doubt(Doubt.PIN)
    conflict = Conflict.objects.get()
    said = {"decision": "accept", "why": "好"}
    for stranger in (User.objects.get(pk=record.user_id), somebody("station", f"{SAIHAN}001")):
        answer = browser(stranger).post(f"/w/inspections/doubts/{conflict.pk}/decide", said)
        assert answer.status_code in (403, 404)
    record.refresh_from_db()
    assert record.state == RecordState.CONFLICT


# ── Instruments and phones ──


def test_instruments_are_kept_calibrated_and_retired():
    client = district()
    said = {"number": "T-9", "name": "温度计", "kind": "thermometer", "district": SAIHAN,
            "calibrated_until": "2026-12-01", "certificate": "证1"}  # fmt: skip
    client.post("/w/inspections/instruments/new", said)
    one = Instrument.objects.get()
    assert "将到期" in page(client, "/w/inspections/instruments/")
    [task] = [each for each in TASKS if str(each.title) == "器具校准将到期"]
    assert task.rows(actor("district", SAIHAN)).count() == 1
    assert "已经登记过" in client.post("/w/inspections/instruments/new", said).content.decode()
    client.post(f"/w/inspections/instruments/{one.pk}/calibrate", {"until": "2027-12-01"})
    client.post(f"/w/inspections/instruments/{one.pk}/retire")
    one.refresh_from_db()
    assert (one.calibrated_until.isoformat(), one.in_use) == ("2027-12-01", False)
    assert Entry.objects.filter(kind="inspection.instrument_kept").count() == 3
    answer = client.get("/w/inspections/instruments/export")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    assert "T-9" in [cell.value for row in book.active.iter_rows() for cell in row]
    elsewhere = browser(somebody("district", XINCHENG))
    assert "T-9" not in page(elsewhere, "/w/inspections/instruments/")
    page(elsewhere, f"/w/inspections/instruments/{one.pk}/calibrate", 404)


def test_the_tasks_of_the_workbench_count_what_waits():
    visit = a_plan()
    counts = {str(one.title): one for one in TASKS}
    assert counts["待审批的检查"].rows(chief()).count() == 1
    services.approve_visits(visits=[visit], by=chief())
    lead = actor_for(User.objects.get(pk=visit.lead_id))
    assert counts["我的检查任务"].rows(lead).count() == 1
    Sent(visit, pin="000000").send()
    assert counts["待处理的记录疑问"].rows(chief()).count() == 1
    for title in ("待审批的检查", "我的检查任务", "待处理的记录疑问", "器具校准将到期"):
        page(district(), counts[title].href())


def test_phones_are_listed_and_revoked():
    from mingchu.accounts import services as accounts

    [one, _other] = officers(2)
    token, _text = accounts.issue_device_token(
        user=one, device="018f0000-0000-7000-8000-00000000000a", name="一号手机", days=30
    )
    client = district()
    shown = page(client, "/w/inspections/phones/")
    assert "一号手机" in shown
    client.post(f"/w/people/devices/{token.pk}/revoke")
    assert "已撤销" in page(client, "/w/inspections/phones/")


def test_photos_are_small_pictures_with_words():
    sent = Sent(a_visit())
    item = sent.an_item(key=False)
    sent.unmet(item, photos=2)
    assert a_photo(0)
    record = sent.send().record
    assert Finding.objects.count() == 1
    shown = page(district(), f"/w/inspections/records/{record.pk}")
    assert shown.count('<img src="/files/') == 2
    assert "照片 1：" in shown
