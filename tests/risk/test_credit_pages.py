"""Pages and interface of credit and supervision as officers use them, and what other parts of the
house send into the credit file."""

from __future__ import annotations

from datetime import date

import pytest
from credited import TODAY, a_firm, ago, class_of, held_against, letter_of, listed, visited
from django.urls import reverse
from letters import a_letter

from mingchu.accounts.queries import actor_for
from mingchu.alerts.services import orders
from mingchu.complaints import services as complaints
from mingchu.registry.models import Business
from mingchu.risk import jobs
from mingchu.risk.models import CreditRun, Grade
from mingchu.risk.queries import credit as queries
from mingchu.risk.services import grade_city
from mingchu.risk.services.classing import reckon
from mingchu.risk.services.listing import strike_listing

pytestmark = pytest.mark.django_db
PAGES = ["measures", "key", "burden", "lists", "undisturbed", "credit_classes"]
FILES = ["export_key", "export_burden", "export_lists", "export_undisturbed",
         "export_credit_classes"]  # fmt: skip


def path(name: str, *args: object) -> str:
    return reverse(f"risk:{name}", args=args)


def of_firm(firm: Business) -> str:
    return path("credit_file", firm.pk)


# ── Pages ──


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_room_opens_in_both_languages_full_and_empty(desk, language):
    city = desk("", "city")
    for name in PAGES:
        assert city.get(path(name), headers={"Accept-Language": language}).status_code == 200
    firm = a_firm(serves="supplier", diners=300)
    listed(firm, "serious")
    held_against(firm)
    visited(firm)
    reckon()

    for name in [*map(path, PAGES), of_firm(firm), reverse("registry:business", args=[firm.pk])]:
        page = city.get(name, headers={"Accept-Language": language})
        assert page.status_code == 200, name


@pytest.mark.parametrize("name", FILES)
def test_every_list_is_given_as_a_file(desk, name):
    firm = a_firm(serves="supplier", diners=300)
    listed(firm, "abnormal")
    reckon()

    answer = desk("", "city").get(path(name), {"format": "csv"})

    assert answer.status_code == 200
    if name in {"export_key", "export_lists", "export_credit_classes"}:
        assert firm.name in answer.content.decode("utf-8-sig")


def test_the_table_of_measures_is_open_to_every_officer_and_names_its_status(desk):
    for role in ("station", "inspector", "publisher", "auditor"):
        page = desk("150105001" if role == "station" else "150105", role).get(path("measures"))
        assert "每年抽30%" in page.content.decode()
        assert "tag--demo" in page.content.decode()
        assert 'href="/rules/credit.measures"' not in page.content.decode()


def test_a_fact_is_noted_and_struck_out_on_the_file(desk):
    firm, bureau = a_firm(), desk("150105")
    form = {"kind": "penalty", "day": ago(3), "reference": "罚〔2026〕7号", "source": "赛罕区局"}

    noted = bureau.post(path("note_fact", firm.pk), form)
    again = bureau.post(path("note_fact", firm.pk), form)
    fact = queries.facts_of(firm.pk)[0]
    struck = bureau.post(path("strike_fact", fact.pk), {"why": "复议撤销"})

    assert (noted.status_code, struck.status_code) == (302, 302)
    assert "已经登记过" in again.content.decode()
    assert "复议撤销" in bureau.get(of_firm(firm)).content.decode()


def test_a_business_comes_on_a_list_asks_and_leaves_by_forms(desk):
    firm, bureau = a_firm(), desk("150105")
    form = {"ground": "abnormal:unreachable", "found": ago(9), "since": ago(4), "decision": "1号"}

    entered = bureau.post(path("enter_list", firm.pk), form)
    entry = queries.listings_of(firm.pk)[0]
    asked = bureau.post(path("act_on_listing", entry.pk, "ask"), {"day": TODAY})
    waiting = bureau.get(path("lists")).content.decode()
    left = bureau.post(
        path("act_on_listing", entry.pk, "leave"), {"how": "met", "until": TODAY, "decision": "2号"}
    )

    assert [one.status_code for one in (entered, asked, left)] == [302, 302, 302]
    assert "2026-11-27 前决定是否移出" in waiting
    assert queries.listings_of(firm.pk)[0].until == TODAY
    assert bureau.get(path("act_on_listing", entry.pk, "hide")).status_code == 404


def test_a_household_is_marked_and_has_no_class(desk):
    firm = a_firm(legal_form="household")
    listed(firm)

    page = desk("150105").get(of_firm(firm)).content.decode()

    assert "标记为经营异常状态" in page
    assert "只针对企业和农民专业合作社" in page


def test_an_officer_of_a_station_reads_and_does_not_write(desk):
    firm = a_firm(station="150105001")
    reader = desk("150105001", "station")

    page = reader.get(of_firm(firm)).content.decode()

    assert "企业信用风险类别" not in page
    assert path("note_fact", firm.pk) not in page
    assert reader.post(path("note_fact", firm.pk), {}).status_code == 403
    assert reader.post(path("reckon_credit")).status_code == 403


def test_the_city_reckons_at_once_and_a_district_does_not(desk):
    firm = a_firm()

    asked = desk("", "city").post(path("reckon_credit"))

    assert asked.status_code == 302
    assert letter_of(firm) == "A"
    assert desk("150105").post(path("reckon_credit")).status_code == 404
    assert (
        "与台账里的摘要一致"
        in desk("", "city").get(path("credit_classes"), {"check": 1}).content.decode()
    )


def test_the_burden_of_a_business_for_programs(desk):
    firm = a_firm()
    visited(firm, date(2026, 3, 2), joint="春季")
    visited(firm, date(2026, 3, 2), joint="春季", department="fire", applicable_key=0,
            applicable_general=0)  # fmt: skip

    told = desk("150105").get(f"/api/v1/businesses/{firm.public_id}/burden").json()

    assert (told["visits"], told["calls"], told["merged"], told["cap"]) == (2, 1, 1, None)
    assert told["next_visit"] == {"due": "2027-03-02", "by": "grade"}
    assert told["rule"]["id"] == "draw.visits_cap"


def test_a_credit_file_for_programs_has_every_date_and_paper(desk):
    firm = a_firm()
    held_against(firm, reference="罚1号")
    listed(firm, "serious", decision="列1号")

    told = desk("150105").get(f"/api/v1/businesses/{firm.public_id}/credit").json()

    assert told["facts"][0]["reference"] == "罚1号"
    assert (told["lists"][0]["list"], told["lists"][0]["decision"]) == ("serious", "列1号")
    assert told["class"]["lifted_by"] == ["serious"]
    assert told["measures"]["rule"]["id"] == "credit.measures"


# ── What other parts of the house send ──


def test_a_responsibility_talk_stands_in_the_credit_file(account):
    firm, officer = a_firm(), actor_for(account("district", "150105"))
    order = orders.report(note="后厨脏乱", by=officer, business_id=firm.pk, district="150105")
    orders.accept(order=order, by=officer)
    orders.begin(order=order, by=officer)

    orders.talk(order=order, day=TODAY, note="约谈纪要", by=officer)

    held = queries.facts_of(firm.pk)
    assert [(one.kind, one.day, one.origin) for one in held] == [("talk", TODAY, "house")]
    assert held[0].reference.startswith(order.number)


def test_a_report_that_leads_to_a_case_stands_in_the_credit_file(account):
    firm, officer = a_firm(), actor_for(account("district", "150105"))
    new = a_letter(kinds=("report",), business=firm.pk)
    letter = complaints.register(new=new)[0]
    complaints.take(complaint=letter, by=officer)
    complaints.begin_check(complaint=letter, by=officer)
    before = queries.facts_of(firm.pk)

    complaints.file_case(complaint=letter, note="立案", by=officer)

    assert before == []
    assert [(one.kind, one.reference) for one in queries.facts_of(firm.pk)] == [
        ("case_reported", f"complaint:{letter.pk}")
    ]


def test_the_serious_list_sets_the_risk_grade_the_same_day(business, profile, visit):
    shop = business("seller")
    profile(shop, area=150)
    visit(shop)
    grade_city()
    before = Grade.objects.get(business=shop, until__isnull=True).letter

    entry = listed(shop, "serious")

    assert before == "A"
    assert Grade.objects.get(business=shop, until__isnull=True).letter == "D"
    strike_listing(listing=entry, why="复议撤销")
    assert Grade.objects.get(business=shop, until__isnull=True).letter == "A"


def test_the_jobs_reckon_on_the_first_and_end_terms_at_night():
    firm = a_firm()

    jobs.classes(timestamp=0)
    jobs.lists(timestamp=0)

    assert class_of(firm) is None
    assert not CreditRun.objects.exists()
