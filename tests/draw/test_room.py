"""The draw room: a draw happens step by step before witnesses, and tells nobody whom it met."""

from __future__ import annotations

import json
import re
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile as Sent
from django.test import Client
from drawing import DICE, FELL, SUBJECTS, committed, drawn, frozen, lists, revealed, the_lead

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.draw import services
from mingchu.draw.domain.assigning import Terms
from mingchu.draw.domain.lists import Inspector, Recusal, inspectors_file, subjects_file
from mingchu.draw.models import Draw
from mingchu.draw.opened import INSIDE, Name
from mingchu.draw.services.concluding import nonce_of
from mingchu.ledger.services import seal

pytestmark = pytest.mark.django_db
HERE, THERE = (Scope(ScopeKind.DISTRICT, code) for code in ("150102", "150104"))


def a_browser(role: str, scope: Scope = CITY, name: str = "甲") -> Client:
    user = accounts.enrol_person(username=f"{role}-{scope.code}-{name}", name=name)
    accounts.give_post(user=user, role=role, scope=scope)
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def press(client: Client, path: str, **said: str) -> str:
    answer = client.post(path, said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def tasks_of(draw: Draw) -> list[dict[str, str]]:
    return json.loads(bytes(draw.files.get(name="result.json").data))["tasks"]


def first_of(draw: Draw) -> dict[str, str]:
    return tasks_of(draw)[0]


def test_a_draw_goes_from_its_draft_to_its_end_on_one_page():
    office = a_browser("city", name="经办甲")
    shown = press(office, "/w/draws/new", title="十一月餐饮抽查")
    [draft] = re.findall(r"/w/draws/(draft-\d+)/freeze", shown)
    files = {
        "subjects": subjects_file(SUBJECTS),
        "inspectors": inspectors_file(
            [Inspector(f"i{n}", ("150102",), ("caterer",), n < 3) for n in range(6)]
        ),
    }
    sent = {name: Sent(f"{name}.tsv", data) for name, data in files.items()}
    said = {"percent": "10", "dice": "on", "throws": "20", "reveal_by": "2027-12-31"}
    shown = press(office, f"/w/draws/{draft}/freeze", algorithm="sha256", **said, **sent)
    assert "下一步：公布承诺" in shown
    draw = Draw.objects.get()
    at = f"/w/draws/{draw.number}"

    assert "下一步：产生随机数" in press(office, f"{at}/commit")
    draw.refresh_from_db()
    assert draw.commitment[:8] in text(office, at)
    assert "与公布的不符" in press(office, f"{at}/beacon", s0throws="123")
    shown = press(office, f"{at}/beacon", s0throws="31415 92653 58979 32384")
    assert "下一步：检查办结后公开" in shown
    assert "经办甲" in shown
    assert "下一步：办结" in press(office, f"{at}/reveal")
    assert "下一步" not in press(office, f"{at}/close")


def test_a_list_that_was_wrong_is_thawed_and_a_draw_is_void_with_a_reason():
    office, draw = a_browser("city"), frozen()
    at = f"/w/draws/{draw.number}"
    press(office, f"{at}/thaw", reason="")
    assert Draw.objects.get().state == "frozen"
    assert "漏了一户" in press(office, f"{at}/thaw", reason="漏了一户")
    assert "已作废：名单有误" in press(office, f"{at}/void", reason="名单有误")
    assert "不能这样做" in press(office, f"{at}/commit")


@pytest.mark.parametrize("make", [committed, drawn])
def test_the_room_can_hang_on_a_wall_it_tells_nobody_whom_the_draw_met(make):
    draw = make()
    for role in ("city", "witness", "auditor"):
        shown = text(a_browser(role), f"/w/draws/{draw.number}")
        assert not any(row.id in shown for row in SUBJECTS)
        assert not draw.seed or draw.seed not in shown
        assert nonce_of(draw).hex() not in shown
    text(a_browser("witness", name="乙"), f"/w/draws/{draw.number}/tasks", 403)


def test_witnesses_sign_each_step_with_their_own_accounts():
    draw = committed()
    one, other = a_browser("witness", name="纪检甲"), a_browser("witness", name="协会乙")
    at = f"/w/draws/{draw.number}"
    steps = re.findall(r'name="step" value="([^"]+)"', text(one, at))
    assert len(steps) == 3  # opened, frozen, committed
    for step in steps:
        shown = press(one, f"{at}/sign", step=step)
    assert "签字见证</button>" not in shown
    assert "已经签过" in press(one, f"{at}/sign", step=steps[0])
    assert shown.count("纪检甲") >= 3
    assert "协会乙" in press(other, f"{at}/sign", step=steps[0])
    assert "没有这一步" in press(other, f"{at}/sign", step="018f0000-0000-7000-8000-000000000000")


def test_nobody_is_the_witness_of_his_own_act():
    user = accounts.enrol_person(username="both", name="两职")
    for role in ("city", "witness"):
        accounts.give_post(user=user, role=role, scope=CITY)
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    draw = frozen()
    at = f"/w/draws/{draw.number}"
    [step, _frozen] = re.findall(r'name="step" value="([^"]+)"', text(client, at))
    press(client, f"{at}/commit")
    assert "不能为它作见证" in press(client, f"{at}/sign", step=step)


def test_an_office_that_runs_draws_signs_none_as_a_witness():
    draw = frozen(district="150102")
    office = a_browser("district", HERE)
    assert office.post(f"/w/draws/{draw.number}/sign", {"step": "x"}).status_code == 403


def test_a_room_of_another_district_is_not_there():
    draw = frozen(district="150102")
    for role in ("district", "witness", "auditor"):
        text(a_browser(role, THERE), f"/w/draws/{draw.number}", 404)
        assert draw.title not in text(a_browser(role, THERE, "丙"), "/w/draws/")
    assert draw.title in text(a_browser("witness", HERE), "/w/draws/")


def test_who_was_drawn_and_why_others_were_passed_over_is_for_whoever_runs_the_draw():
    draw = drawn(recusals=[Recusal(row.id, "i0", "kinship") for row in SUBJECTS])
    task = first_of(draw)
    INSIDE.add("test", lambda number, asked: {one: Name(f"名{one}") for one in asked})
    try:
        shown = text(a_browser("city"), f"/w/draws/{draw.number}/tasks")
        ways = text(a_browser("city", name="乙"), f"/w/draws/{draw.number}/routes")
    finally:
        del INSIDE._items["test"]
    assert f"名{task['subject']}" in shown
    assert f"名{task['lead']}" in shown
    assert "须回避" in shown
    assert f"名{task['subject']}" in ways


def test_nobody_may_go_is_an_exception_on_the_page_too():
    alone = [Inspector("i0", ("150102",), ("caterer",), True)]
    draw = drawn(inspectors=alone)
    assert "没有合格的一组" in text(a_browser("city"), f"/w/draws/{draw.number}/tasks")
    assert "没有可以排的任务" in text(
        a_browser("city", name="乙"), f"/w/draws/{draw.number}/routes"
    )


def test_somebody_who_is_closed_is_replaced_on_the_page_and_his_pair_goes_on():
    draw = drawn()
    out = first_of(draw)["subject"]
    office = a_browser("city")
    press(office, f"/w/draws/{draw.number}/stand-in", out=out, reason="closed")
    [stand] = draw.stands.all()
    shown = text(office, f"/w/draws/{draw.number}/tasks")
    assert stand.into in shown
    assert "已停业" in shown
    assert stand.into in text(office, f"/w/draws/{draw.number}/routes")
    assert "递补" in text(office, f"/w/draws/{draw.number}")


def test_a_pair_that_may_not_go_to_who_stands_in_is_told_so():
    barred = [row.id for row in SUBJECTS[::3]]
    draw = drawn(
        inspectors=[Inspector(f"i{n}", ("150102",), ("caterer",), True) for n in range(2)],
        recusals=[Recusal(one, "i0", "kinship") for one in barred],
        terms=Terms(3, 0),
    )
    out = next(task["subject"] for task in tasks_of(draw) if task["lead"])
    while (stand := services.stand_in(draw=draw, out=out, reason="moved")).into not in barred:
        out = stand.into
    assert "须回避递补的对象" in text(a_browser("city"), f"/w/draws/{draw.number}/tasks")


def test_the_record_is_printed_with_every_step(client):
    draw = revealed()
    answer = a_browser("auditor").get(f"/w/draws/{draw.number}/record.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_source_is_filled_in_by_the_form_that_its_kind_has():
    shares = [sha256(b"one").digest(), sha256(b"two").digest()]
    left = sha256(b"left").digest()
    parties = [
        {"name": "纪检", "digest": sha256(shares[0]).hexdigest(), "envelope": ""},
        {
            "name": "协会",
            "digest": sha256(shares[1]).hexdigest(),
            "envelope": sha256(left).hexdigest(),
        },
    ]
    lottery = {"kind": "lottery", "names": ["双色球 136", "大乐透 135"]}
    draw = services.commit(
        draw=frozen(announced=[DICE, {"kind": "envelope", "parties": parties}, lottery])
    )
    said = {
        "s0throws": FELL["throws"],
        "s1p0": shares[0].hex(),
        "s1p1": left.hex(),
        "s1w1": "on",
        "s2n0": "3 9 17 20 25 31 + 8",
        "s2n1": "5，12，19，22，35",
    }
    office = a_browser("city")
    shown = press(office, f"/w/draws/{draw.number}/beacon", **{**said, "s2n0": "三"})
    assert "请写号码" in shown
    shown = press(office, f"/w/draws/{draw.number}/beacon", **said)
    draw.refresh_from_db()
    assert draw.state == "drawn", shown
    assert draw.found[2]["results"][0] == [3, 9, 17, 20, 25, 31, 8]


def test_a_joint_draw_sends_its_reader_to_the_room_of_its_lead():
    lead = the_lead()
    office = a_browser("city")
    assert lead.number in text(office, "/w/draws/new")
    shown = press(office, "/w/draws/new", title="卫生健康", lead=lead.number)
    assert "联合任务：校园周边" in shown
    other = services.freeze(draw=Draw.objects.get(lead=lead), announced=[], **lists(SUBJECTS))
    services.commit(draw=other)
    assert f"/w/draws/{lead.number}" in text(office, f"/w/draws/{other.number}")
    assert "卫生健康" in text(office, f"/w/draws/{lead.number}")


def test_the_year_is_reported_with_what_was_promised_and_what_came():
    draw = drawn()
    services.stand_in(draw=draw, out=first_of(draw)["subject"], reason="closed")
    services.reveal(draw=draw)
    services.void(draw=frozen(), reason="名单有误")
    services.thaw(draw=frozen(), reason="漏了一户")
    drawn()
    seal()
    shown = text(a_browser("auditor"), "/w/draws/report")
    for said in ("各层应抽与实抽", "5.00", "名单有误", "已停业", "<svg", "反复同去"):
        assert said in shown
    assert "其中 1 次还没有公开，1 次作废" in shown
    assert "这一年还没有公开的抽取" in text(a_browser("witness", THERE), "/w/draws/report")


@pytest.mark.parametrize("path", ["", "new", "report"])
def test_the_rooms_pages_are_there_in_english(path):
    revealed()
    client = a_browser("city")
    client.get("/w/draws/?lang=en")
    assert '<html lang="en"' in client.get(f"/w/draws/{path}").content.decode()
