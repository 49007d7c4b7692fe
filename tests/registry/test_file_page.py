"""The business file as an officer at the door reads it: today, as of a day, on paper, its past."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from build import SAIHAN, XINCHENG, a_restaurant
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingchu.accounts.models import Viewing
from mingchu.base import clock
from mingchu.identifiers import credit_code
from mingchu.registry import services
from mingchu.registry.models import Business, Inquiry, Licence
from mingchu.registry.services import NewLicence, NewPerson, NewPremises

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
IDENTITY = "150105199001010018"


@pytest.fixture(autouse=True)
def november():
    with clock.at(clock.midnight(TODAY) + timedelta(hours=9)):
        yield


def another(**facts) -> Business:
    known = {"name": "绿野菜馆", "code": "", "licences": (), "people": ()}
    return services.enrol(a_restaurant(**{**known, **facts}))


def text_of(page: str) -> str:
    """What a reader sees, without tags, spaces folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def read(client, number: int, query: str = "") -> str:
    answer = client.get(f"/w/businesses/{Business(pk=number).public_id}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_asks_together_what_it_foresees_and_nothing_twice(desk, restaurant):
    officer = desk(SAIHAN)
    read(officer, restaurant.pk)

    with CaptureQueriesContext(connection) as seen:
        read(officer, restaurant.pk)

    asked = [one["sql"] for one in seen]
    assert len(asked) == len(set(asked))


def test_one_page_answers_an_officer_at_the_door(desk, restaurant):
    head, district = another(name="绿野总店"), desk(SAIHAN)
    services.set_head(number=restaurant.pk, head=head.pk, why="连锁")
    services.correct(
        number=restaurant.pk,
        changes={"name": "青山家常菜馆", "phone": "0471-0123456", "legal_form": "company"},
        why="更名",
        channel="desk",
    )
    services.add_premises(
        number=restaurant.pk,
        new=NewPremises(use="kitchen", address="大学西街1号", hours="05:00–14:00"),
        why="增设厨房",
    )
    director = services.post_person(
        number=restaurant.pk, new=NewPerson(name="测试乙", duties=("director", "handler"))
    )
    services.record_training(
        person=director, day=date(2026, 3, 1), hours=Decimal("16.5"), topic="新规"
    )
    services.record_training(person=director, day=date(2025, 3, 1), hours=Decimal(8), topic="旧")
    services.record_exam(person=director, day=date(2026, 3, 2), passed=True, score=92)
    services.keep_health_certificate(
        person=director, issued=date(2025, 11, 1), until=date(2026, 10, 31)
    )

    page = text_of(read(district, restaurant.pk))

    for said in (
        "青山家常菜馆",
        "曾用名 绿野家常菜馆",
        "总部 绿野总店",
        "0471-0123456 经营者自报 2026-11-20",
        "2022-02-20 – 2027-02-19",
        "还有 91 天",
        "大学西街1号 05:00–14:00",
        "食品安全总监",
        "已过期 20 天",
        "16.5 / 40 未满",
        "合格 92 · 2026-03-02",
        "1 人健康证明过期",
        "测试乙的健康证明已于2026-10-31到期 依据 duty.health_years",
    ):
        assert said in page, said
    assert "绿野家常菜馆" not in page.split("曾用名")[0]
    assert text_of(read(district, head.pk)).count("分支机构 1 家 青山家常菜馆") == 1


def test_what_presses_most_stands_first_and_only_if_it_presses(desk, restaurant):
    calm = text_of(read(desk(SAIHAN), restaurant.pk))
    services.grant_licence(
        number=restaurant.pk,
        new=NewLicence(
            kind="SC",
            number="SC10115010500010",
            issued=date(2021, 12, 1),
            expires=date(2026, 11, 30),
            evidence="见证件",
            committed=True,
            follow_up_due=date(2026, 11, 19),
        ),
    )
    services.set_licence_state(
        licence=Licence.objects.get(kind="JY"), state="suspended", why="停业整顿"
    )

    page = read(desk("150105001"), restaurant.pk)

    assert "warns" not in calm
    warns = re.findall(r"tag--(bad|warn)\" href=\"#licences\">([^<]+)<", page)
    assert [level for level, _said in warns] == ["bad", "bad"]
    assert {said for _level, said in warns} == {
        "食品经营许可暂扣中",
        "食品生产许可的承诺后核查已逾期",
    }


@pytest.mark.parametrize(
    ("ends", "said", "rung"),
    [
        (date(2031, 11, 19), "还有 4 年 11 个月", "good"),
        (date(2027, 2, 19), "还有 91 天", "good"),
        (date(2027, 2, 18), "还有 90 天", "watch"),
        (date(2027, 1, 19), "还有 60 天", "near"),
        (date(2026, 12, 20), "还有 30 天", "last"),
        (TODAY, "今天到期", "last"),
        (date(2026, 11, 19), "已过期 1 天", "bad"),
    ],
)
def test_the_time_left_is_said_in_words_and_by_the_rungs_of_the_ladder(desk, ends, said, rung):
    licence = NewLicence(number="JY21501050000016", issued=date(2021, 2, 1), expires=ends)
    one = services.enrol(a_restaurant(licences=(licence,)))

    page = read(desk(SAIHAN), one.pk)

    assert f"left--{rung}" in page
    assert said in text_of(page)


def test_the_same_person_elsewhere_is_told_inside_the_officers_reach_only(desk, restaurant):
    who = NewPerson(name="测试甲", identity=IDENTITY)
    here, there = another(name="近处小馆"), another(name="远处小馆", district=XINCHENG, station="")
    for one in (here, there):
        services.post_person(number=one.pk, new=who)

    near, all_over = (text_of(read(desk(code), restaurant.pk)) for code in (SAIHAN, ""))

    assert "另任职于 近处小馆" in near
    assert "远处小馆" not in near
    assert "近处小馆" in all_over
    assert "远处小馆" in all_over


def test_a_vendor_without_a_code_is_shown_with_what_he_is_known_by(desk):
    facts = {"kind": "vendor", "legal_form": "person", "identity": IDENTITY, "people": ()}
    first = another(name="第一摊", **facts)
    another(name="第二摊", address="别处", **facts)

    page = text_of(read(desk(SAIHAN), first.pk))

    assert "经营者身份证号 ****0018" in page
    assert "同一经营者 第二摊" in page


def test_a_cold_store_shows_its_tenants_and_they_their_landlord(desk, restaurant):
    store = another(name="示例冷库", kind="cold_store")
    services.add_premises(
        number=restaurant.pk, new=NewPremises(use="cold_store"), landlord=store.pk, why="租用"
    )
    district = desk(SAIHAN)

    assert "出租方 示例冷库" in text_of(read(district, restaurant.pk))
    assert "承租方： 绿野家常菜馆" in text_of(read(district, store.pk))


def test_a_past_day_is_asked_what_its_own_rules_demanded(desk):
    with clock.at(clock.midnight(date(2026, 10, 1))):
        one = another(people=(NewPerson(name="测试乙", health_until=date(2026, 10, 20)),))
    district = desk(SAIHAN)

    then, now = (text_of(read(district, one.pk, on)) for on in ("?on=2026-10-19", ""))

    assert "测试乙的健康证明将于2026-10-20到期" in then
    assert "测试乙的健康证明已于2026-10-20到期" in now


def test_people_who_left_are_folded_away_and_many_are_cut_short(desk, restaurant):
    for number in range(35):
        services.post_person(number=restaurant.pk, new=NewPerson(name=f"员工{number:02}"))
    services.person_leaves(person=restaurant.people.get(name="测试甲"), until=TODAY)
    district = desk(SAIHAN)

    short, whole = (read(district, restaurant.pk, query) for query in ("", "?people=all"))

    assert "已离岗 1 人" in text_of(short)
    assert "显示全部 35 人" in text_of(short)
    assert ">员工34<" not in short
    assert ">员工34<" in whole


def test_what_was_asked_of_it_is_listed_with_what_is_late(desk, restaurant):
    Inquiry.objects.create(
        business=restaurant, title="补交平面图", asks="图", due=date(2026, 11, 1), asked_by="x"
    )

    page = text_of(read(desk(SAIHAN), restaurant.pk))

    assert "补交平面图 2026-11-01 逾期 待答复" in page
    assert "1 项补正逾期未答复" in page


def test_who_only_reads_is_offered_no_act(desk, restaurant):
    reader, writer = desk("150105001", role="grid"), desk("150105001")

    assert "/licences/" not in read(reader, restaurant.pk)
    assert "/licences/" in read(writer, restaurant.pk)


def test_the_timeline_says_who_did_it_in_which_post_newest_first(desk, restaurant):
    district = desk(SAIHAN)
    district.post(
        f"/w/businesses/{restaurant.public_id}/state",
        {"state": "dormant", "since": "2026-11-20", "why": "歇业报告", "revision": 1},
    )

    page = text_of(read(district, restaurant.pk)).split("动态", 1)[1]

    newest, enrolled = page.index("经营状态由在营变更为歇业：歇业报告"), page.index("建档")
    assert newest < enrolled
    assert "测试district · 旗县区局 · 旗县区 赛罕区" in page


def test_the_whole_timeline_turns_its_pages_and_leaves_out_nothing(desk, restaurant):
    for number in range(45):
        services.correct(
            number=restaurant.pk, changes={"phone": f"{number}"}, why=f"换号之{number:02}"
        )
    district, path = desk(SAIHAN), f"/w/businesses/{restaurant.public_id}/story"

    first = district.get(path).content.decode()
    onward = re.search(r'rel="next" href="(\?before=[^"]+)"', first)
    assert onward
    second = district.get(f"{path}{onward[1]}").content.decode()

    told = re.findall(r"换号之(\d\d)", first + second)
    assert told == [f"{number:02}" for number in reversed(range(45))]
    assert "建档" in second


def test_a_past_day_shows_the_file_of_that_day_and_no_act(desk, restaurant):
    with clock.at(clock.midnight(date(2026, 11, 1))):
        older = another(phone="0471-0000001")
    services.correct(
        number=older.pk, changes={"name": "青山菜馆", "phone": "0471-0000002"}, why="更名"
    )
    late = services.post_person(number=older.pk, new=NewPerson(name="测试乙", since=TODAY))
    district = desk(SAIHAN)

    then = read(district, older.pk, "?on=2026-11-10")

    assert "这是 2026-11-10 日终时的档案" in text_of(then)
    assert "绿野菜馆" in text_of(then)
    assert "0471-0000001" in then
    assert "0471-0000002" not in then
    assert late.name not in then
    assert "/correct" not in then
    assert "更名" not in then
    assert "还没有这份档案" in read(district, older.pk, "?on=2026-10-31")


@pytest.mark.parametrize("asked", ["2026-11-20", "2027-01-01", "gestern", ""])
def test_a_day_that_has_not_passed_shows_the_file_of_now(desk, restaurant, asked):
    assert "日终时的档案" not in read(desk(SAIHAN), restaurant.pk, f"?on={asked}")


def test_versions_say_what_was_changed_by_whom_and_why(desk, restaurant):
    district, path = desk(SAIHAN), f"/w/businesses/{restaurant.public_id}"
    licence = Licence.objects.get()
    district.post(f"{path}/licences/{licence.pk}/suspend", {"why": "停业整顿通知书", "revision": 1})

    page = text_of(district.get(f"{path}/versions").content.decode())

    assert "停业整顿通知书 测试district · 监管人员录入" in page
    assert "证件状态 JY21501050000016 有效 暂扣" in page


def test_versions_turn_their_pages(desk, restaurant):
    for number in range(23):
        services.correct(
            number=restaurant.pk, changes={"phone": f"{number}"}, why=f"换号之{number:02}"
        )
    district, path = desk(SAIHAN), f"/w/businesses/{restaurant.public_id}/versions"

    first = district.get(path).content.decode()
    onward = re.search(r'rel="next" href="(\?before=\d+)"', first)
    assert onward
    second = district.get(f"{path}{onward[1]}").content.decode()

    assert re.findall(r"换号之(\d\d)", first + second) == [f"{n:02}" for n in reversed(range(23))]


def test_a_merged_file_is_named_and_opens_as_of_the_day_before(desk, restaurant):
    with clock.at(clock.midnight(date(2026, 11, 1))):
        double = another(phone="0471-0000009")
    services.merge(kept=restaurant.pk, gone=double.pk, why="同一家")
    district = desk(SAIHAN)

    page = read(district, restaurant.pk)
    link = re.search(rf"/w/businesses/{double.public_id}\?on=[\d-]+", page)

    assert link
    then = district.get(link[0]).content.decode()
    assert "2026-11-19" in link[0]
    assert "0471-0000009" in then
    assert district.get(f"/w/businesses/{double.public_id}").status_code == 302


def test_the_sheet_is_one_page_with_the_way_to_the_public_page(desk):
    duties = ("principal", "director", "officer", "handler")
    people = tuple(NewPerson(name=f"员工{n:02}", duties=duties) for n in range(40))
    licences = tuple(
        NewLicence(
            kind="registration",
            number=f"蒙小餐登{n:04}",
            issued=date(2024, 1, 1),
            items=("热食类食品制售", "冷食类食品制售", "生食类食品制售", "糕点类食品制售"),
        )
        for n in range(12)
    )
    one = services.enrol(
        a_restaurant(people=people, licences=licences, scale="large", diners=900, sign="绿野" * 50)
    )
    services.set_head(number=another(name="分店" * 30).pk, head=one.pk, why="连锁")
    services.set_head(number=one.pk, head=another(name="总店" * 30).pk, why="连锁")
    for n in range(9):
        services.correct(
            number=one.pk, changes={"name": f"绿野家常菜馆第{n}次更名"}, why="更名" * 50
        )
        services.add_premises(
            number=one.pk, new=NewPremises(address=f"{n}号" * 60, hours="夜" * 70), why="增设"
        )

    answer = desk(SAIHAN).get(f"/w/businesses/{one.public_id}/sheet.pdf")

    sheet = pypdfium2.PdfDocument(answer.content)
    assert len(sheet) == 1
    [symbol] = zxingcpp.read_barcodes(sheet[0].render(scale=3).to_pil())
    assert symbol.text == f"http://testserver/p/{one.public_id}"
    said = sheet[0].get_textpage().get_text_range()
    assert re.search(r"另有 \d+ 项", said)
    assert Viewing.objects.filter(subject=f"business:{one.public_id}").exists()


def test_a_place_shows_who_worked_there_and_who_handed_it_on(desk, restaurant):
    code = credit_code.synthetic(7, prefix="92")
    made = services.take_over(
        number=restaurant.pk,
        new=a_restaurant(name="青山小馆", code=code, licences=(), people=(), opened=TODAY),
        day=TODAY,
        why="转让",
    )
    old, new = restaurant.premises.get(), made.premises.get()
    district = desk(SAIHAN)

    for pk in (old.pk, new.pk):
        page = text_of(district.get(f"/w/premises/{pk}").content.decode())
        assert "绿野家常菜馆" in page
        assert "2022-03-01 – 2026-11-20" in page
        assert "2026-11-20 – 今" in page
        assert "JY21501050000016 注销" in page
        assert "接手 绿野家常菜馆 的经营场所：转让" in page
    assert desk(XINCHENG).get(f"/w/premises/{old.pk}").status_code == 404


def test_the_file_of_a_large_business_asks_the_database_no_more_often(
    desk, restaurant, django_assert_max_num_queries
):
    for number in range(20):
        services.post_person(
            number=restaurant.pk, new=NewPerson(name=f"员工{number:02}", duties=("officer",))
        )
        services.add_premises(
            number=restaurant.pk,
            new=NewPremises(use="kitchen", address=f"{number}号"),
            why="增设厨房",
        )
    district = desk(SAIHAN)
    read(district, restaurant.pk)

    with django_assert_max_num_queries(26):
        read(district, restaurant.pk)


def test_a_moment_is_shown_in_the_citys_time(desk):
    with clock.at(datetime(2026, 11, 19, 1, 5, tzinfo=clock.UTC)):
        one = another()

    assert "2026-11-19 09:05" in read(desk(SAIHAN), one.pk)
