"""What comes due is a list to work through: by step of the ladder, inside one's own area."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import Viewing
from mingchu.base import clock
from mingchu.identifiers.licences import Series, build
from mingchu.registry import plans, queries, services
from mingchu.registry.queries import Span
from mingchu.registry.services import NewLicence, NewPerson
from mingchu.registry.words import words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=clock.CITY_ZONE)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def on_the_demo_day():
    with clock.stopped(NOW):
        yield


def ending(in_days: int, at: int, **facts):
    licence = NewLicence(
        number=build(Series.OPERATION, "2", SAIHAN, 100 + at),
        issued=date(2022, 1, 1),
        expires=TODAY + timedelta(days=in_days),
    )
    return services.enrol(
        a_restaurant(name=f"第{at}家", code="", people=(), **{"licences": (licence,), **facts})
    )


def officer(district: str) -> Client:
    user = accounts.enrol_person(username=f"o{district}", name="测试")
    accounts.give_post(user=user, role="district", scope=Scope(ScopeKind.DISTRICT, district))
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client


def names(key: str, step: str = "", scope: Scope = CITY) -> list[str]:
    plan = plans.PLANS[key]
    span = plans.steps(TODAY)[step][1] if step else Span(None, None)
    rows = plans.rows_of(plan, [scope], span)
    return [line.business.name for line in plans.lines(plan, rows, words())]


@pytest.mark.parametrize(
    ("in_days", "step"), [(-1, "past"), (0, "d30"), (30, "d30"), (31, "d60"), (90, "d90")]
)
def test_every_day_of_the_ladder_lies_in_one_step(in_days, step):
    ending(in_days, 1)

    found = [key for key in plans.steps(TODAY) if names("licences", key)]

    assert found == [step]


def test_only_what_still_works_and_still_holds_is_planned():
    open_one = ending(10, 1)
    services.change_state(number=ending(10, 2).pk, state="dormant", since=TODAY, why="歇业")
    services.set_licence_state(licence=ending(10, 3).licences.get(), state="revoked", why="吊销")

    assert names("licences", "d30") == [open_one.name]


def test_an_officer_sees_and_exports_his_own_area_alone():
    ending(5, 1)
    ending(5, 2, district=XINCHENG, station="")
    here = officer(SAIHAN)

    page = here.get("/w/planning/licences?step=d30").content.decode()
    file = here.get("/w/planning/licences/export?step=d30&format=csv").content.decode("utf-8-sig")

    assert "第1家" in page
    assert "第2家" not in page
    assert "还有 5 天" in page
    assert len(file.strip().splitlines()) == 2
    assert here.get("/w/planning/nothing").status_code == 404


def test_pages_of_a_plan_go_through_everything_once():
    for at in range(7):
        ending(at % 3, at)
    plan = plans.PLANS["licences"]
    seen, cursor = [], ""

    while True:
        page = queries.plan_page(
            plans.rows_of(plan, [CITY], Span(None, None)), plan.field, cursor, limit=2
        )
        seen += [row.pk for row in page.rows]
        if not (cursor := page.next):
            break

    assert len(seen) == len(set(seen)) == 7


def test_who_needs_a_director_and_has_none_is_found_by_the_rules():
    firm = {"code": "", "licences": (), "legal_form": "company"}
    services.enrol(a_restaurant(name="大店", scale="large", **firm))
    services.enrol(a_restaurant(name="小店", scale="small", **firm))
    services.enrol(a_restaurant(name="食堂", kind="canteen", serves="school", diners=500, **firm))
    head = services.enrol(a_restaurant(name="总店", scale="small", **firm))
    for at in range(2):
        branch = services.enrol(a_restaurant(name=f"分店{at}", scale="small", **firm))
        branch.head = head
        branch.save(update_fields=["head"])

    assert sorted(names("director")) == ["大店", "总店", "食堂"]

    services.post_person(number=head.pk, new=NewPerson(name="测试乙", duties=("director",)))
    assert sorted(names("director")) == ["大店", "食堂"]


def test_hours_of_other_years_do_not_count(restaurant):
    person = restaurant.people.get()
    services.record_training(person=person, day=date(2025, 5, 1), hours=Decimal(24), topic="甲")
    assert names("training") == []  # of a household no hours are demanded
    services.correct(number=restaurant.pk, changes={"legal_form": "company"}, why="改制")
    assert names("training") == [restaurant.name]

    for day in (1, 2):
        services.record_training(
            person=person, day=date(2026, 5, day), hours=Decimal(20), topic="乙"
        )

    assert names("training") == []


def test_looking_at_people_in_a_plan_is_logged(restaurant):
    person = restaurant.people.get()
    services.keep_health_certificate(
        person=person, issued=date(2025, 12, 1), until=date(2026, 11, 30)
    )

    page = officer(SAIHAN).get("/w/planning/health").content.decode()

    assert "测试甲" in page
    assert Viewing.objects.get().subject == "plan:health"


def test_a_licence_on_commitment_waits_for_its_visit(restaurant):
    new = NewLicence(
        number="JY21501050000016",
        issued=date(2026, 11, 1),
        expires=date(2031, 10, 31),
        committed=True,
        follow_up_due=date(2026, 12, 31),
    )
    licence = services.grant_licence(number=restaurant.pk, new=new)
    assert names("follow_up", "d60") == [restaurant.name]

    services.follow_up(licence=licence, day=TODAY, why="现场核查")

    assert names("follow_up", "d60") == []


def test_a_page_of_a_plan_costs_the_same_few_queries_however_long():
    here = officer(SAIHAN)
    costs = []
    for first, count in ((0, 5), (5, queries.PAGE)):
        for at in range(first, first + count):
            ending(3, at)
        with CaptureQueriesContext(connection) as seen:
            here.get("/w/planning/licences")
        costs.append(len(seen))

    assert costs[0] == costs[1]


def test_who_rests_is_told_until_when_he_may():
    resting = ending(900, 1)
    services.change_state(number=resting.pk, state="dormant", since=date(2024, 1, 10), why="歇业")

    page = officer(SAIHAN).get("/w/planning/dormant").content.decode()

    assert names("dormant") == [resting.name]
    assert "自2024-01-10起歇业" in page
    assert "2027-01-10" in page
