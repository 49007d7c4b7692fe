"""Visits: nobody goes without approval by another, a pair that may go, and a right to go at all."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from build import SAIHAN
from corrections import found
from inspecting import Sent, a_plan, a_visit, checklist_of, chief, officers
from planning import (
    TODAY,
    actor,
    browser,
    drawn,
    november,
    published,
    shops,
    somebody,
    visited,
)

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.base.errors import Refusal
from mingchu.draw import services as draws
from mingchu.inspection import services
from mingchu.inspection.models import Level, Task, Visit, VisitState
from mingchu.inspection.queries import people
from mingchu.inspection.services import NewVisit
from mingchu.ledger.models import Entry

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=10)


def refused(act, **said) -> str:
    with pytest.raises(Refusal) as known:
        act(**said)
    return known.value.code


def test_another_person_approves():
    writer = actor("district", SAIHAN)
    lead, second = officers(2)
    new = NewVisit(business_id=shops(1)[0].pk, type="routine", due=LATER, lead_id=lead.pk,
                   second_id=second.pk)  # fmt: skip
    visit = services.plan_visit(new=new, by=writer)

    assert refused(services.approve_visits, visits=[visit], by=writer) == "approved_by_its_writer"
    [approved] = services.approve_visits(visits=[visit], by=chief())
    assert (approved.state, approved.approved_by != writer.user_id) == (VisitState.APPROVED, True)
    assert refused(services.approve_visits, visits=[visit], by=chief()) == "visit_state"


def test_two_people_are_asked():
    lead, _second = officers(2)
    visit = a_plan([lead, lead], second_id=None)
    assert refused(services.approve_visits, visits=[visit], by=chief()) == "no_pair"
    assert refused(a_plan, pair=[lead, lead]) == "one_person"


def test_only_holders_of_a_certificate_in_force_go():
    team = officers(2)
    nobody = somebody("district", SAIHAN)
    assert refused(a_plan, pair=[team[0], nobody]) == "no_certificate"
    User.objects.filter(pk=team[1].pk).update(certificate_until=TODAY + timedelta(days=3))
    assert a_plan(team).pk
    assert refused(a_plan, pair=team, day=LATER - timedelta(days=1)) == "no_certificate"


def test_a_certificate_that_lapsed_before_approval_stops_it():
    team = officers(2)
    visit = a_plan(team)
    User.objects.filter(pk=team[1].pk).update(certificate_until=TODAY - timedelta(days=1))
    assert refused(services.approve_visits, visits=[visit], by=chief()) == "no_certificate"


def test_whoever_is_recused_does_not_go():
    team = officers(3)
    [business] = shops(1)
    held = services.recuse(user=team[0], business=business, ground="kin", note="", by=chief())
    assert refused(a_plan, pair=team, business_id=business.pk) == "recused"
    services.end_recusal(recusal=held)
    visit = a_plan(team, business_id=business.pk)
    services.recuse(user=team[2], business=business, ground="kin", note="", by=chief())
    assert refused(
        services.reassign, visit=visit, lead_id=team[0].pk, second_id=team[2].pk
    ) == "recused"  # fmt: skip


@pytest.mark.parametrize("kind", ["routine", "system"])
def test_what_an_office_looks_at_of_its_own_accord_it_looks_at_wholly(kind):
    visit = a_plan()
    item = checklist_of(visit).ids[0]
    assert refused(a_plan, type=kind, items=(item,)) == "full_list_asked"


@pytest.mark.parametrize("kind", ["special", "unannounced", "key"])
def test_a_narrower_visit_looks_at_some_items(kind):
    visit = a_plan()
    item = checklist_of(visit).ids[0]
    assert a_plan(officers(2), type=kind, items=(item,)).items == [item]


def test_an_item_that_is_not_on_the_list_of_the_business_is_refused():
    assert refused(a_plan, type="special", items=("no-such-item",)) == "unknown_items"
    assert not Visit.objects.exists()


def test_three_months_after_the_city_a_district_stays_away():
    team = officers(2)
    city = a_visit(team, level=Level.CITY)
    Sent(city).send()
    where = {"business_id": city.business_id, "pair": team}

    assert refused(a_plan, **where) == "inspected_above"
    assert a_plan(**where, reason="涉嫌违法").pk
    assert a_plan(**where, type="special", reason="专项").pk
    assert a_plan(**where, level=Level.CITY, reason="专项").pk


def test_over_the_ceiling_nobody_goes_without_a_reason():
    team = officers(2)
    [business] = shops(1)
    from mingchu.inspection.standing import standing_of

    cap = standing_of(business.pk, TODAY).cap
    if cap is None:
        from mingchu.risk.models import Grade, Run

        run = Run.objects.create(as_of=TODAY, occasion="asked", subjects=1, graded=1, moved=0,
                                 written=1, rules={}, counts=[])  # fmt: skip
        Grade.objects.create(
            business=business, since=date(2026, 1, 5), letter="A", by_points="A", points=10, run=run
        )
        cap = standing_of(business.pk, TODAY).cap
    for n in range(cap):
        visited(business, date(2026, 3, 1) + timedelta(days=n))
    where = {"business_id": business.pk, "pair": team}

    assert refused(a_plan, **where) == "ceiling_reached"
    assert refused(a_plan, **where, origin="order:31") == "ceiling_reached"
    assert a_plan(**where, origin="complaint:7").pk
    assert a_plan(**where, reason="上级交办").pk
    assert a_plan(**where, type="licensing").pk
    first = a_plan(**where, type="joint", joint="LH1", reason="联合")
    assert a_plan(**where, type="joint", joint="LH1", department="health").joint == first.joint


def test_the_last_day_is_not_before_the_first():
    assert refused(a_plan, day=LATER, due=TODAY) == "due_before_day"


def test_a_business_that_is_not_there_is_not_visited():
    assert refused(a_plan, business_id=999_999) == "no_such_business"


def test_of_several_all_or_none_are_approved():
    team = officers(2)
    good, bad = a_plan(team), a_plan(team, lead_id=None)
    assert refused(services.approve_visits, visits=[good, bad], by=chief()) == "no_pair"
    good.refresh_from_db()
    assert good.state == VisitState.PLANNED


def test_of_several_all_or_none_get_the_pair():
    team = officers(3)
    one, two = a_plan(team), a_plan(team)
    services.recuse(user=team[2], business=two.business, ground="kin", note="", by=chief())
    said = {"visits": [one, two], "lead_id": team[0].pk, "second_id": team[2].pk}
    assert refused(services.assign_visits, **said) == "recused"
    one.refresh_from_db()
    assert one.pair == (team[0].pk, team[1].pk)


def test_who_is_visited_unannounced_gets_no_notice():
    visit = a_visit(type="unannounced")
    assert refused(services.notify_visits, visits=[visit]) == "unannounced_is_not_notified"
    other = a_visit()
    [told] = services.notify_visits(visits=[other])
    assert (told.state, told.notified_at is not None) == (VisitState.NOTIFIED, True)
    assert told.notice_number.startswith("TZ2026-")


def test_an_unannounced_visit_names_nobody_in_the_ledger_until_it_begins():
    visit = a_visit(type="unannounced", origin="order:31")
    services.send_back_visit(visit=visit, why="第0家另有安排", by=chief())
    services.approve_visits(visits=[visit], by=chief())
    told = Entry.objects.filter(kind__startswith="inspection.visit")
    assert {one.subject for one in told} == {f"inspection:{visit.pk}"}
    assert not any("第0家" in str(one.data) or "order:31" in str(one.data) for one in told)
    services.begin(visit=visit)
    begun = json.loads(told.get(data__contains='"begun"').data)
    assert (begun["after"], begun["business_id"]) == ("begun", visit.business_id)


def test_what_has_begun_is_not_moved_any_more():
    visit = a_visit()
    services.begin(visit=visit)
    pair = {"lead_id": visit.second_id, "second_id": visit.lead_id}
    assert refused(services.reassign, visit=visit, **pair) == "visit_begun"
    assert refused(services.send_back_visit, visit=visit, why="不", by=chief()) == "visit_begun"


def test_reasons_are_asked_for():
    visit = a_visit()
    assert refused(services.send_back_visit, visit=visit, why=" ", by=chief()) == "no_reason"
    assert refused(services.call_off, visit=visit, why="", by=chief()) == "no_reason"
    back = services.send_back_visit(visit=visit, why="改期", by=chief())
    assert (back.state, back.returned_why, back.approved_by) == ("planned", "改期", None)


# ── From a draw ──


def a_draw():
    shops(40)
    officers(6)
    return drawn(published(november()))


def test_each_task_of_a_draw_becomes_a_visit_that_waits_for_approval():
    batch = a_draw()
    tasks = Task.objects.filter(batch=batch, replaced=False)
    visits = Visit.objects.filter(task__batch=batch)
    assert visits.count() == tasks.count() > 0
    for one in visits.select_related("task"):
        assert (one.business_id, one.pair) == (
            one.task.business_id,
            tuple(pk for pk in (one.task.lead_id, one.task.second_id) if pk),
        )
        assert (one.state, one.type, one.day, one.due.isoformat()) == (
            "planned", "routine", TODAY, "2026-11-30",
        )  # fmt: skip


def test_whom_chance_sent_is_changed_only_for_a_reason():
    batch = a_draw()
    visit = Visit.objects.filter(task__batch=batch, lead_id__isnull=False).first()
    others = [one.pk for one in User.objects.exclude(certificate_no="") if one.pk not in visit.pair]
    said = {"visit": visit, "lead_id": others[0], "second_id": others[1]}
    assert refused(services.reassign, **said) == "no_reason"
    assert services.reassign(**said, why="病假").pair == tuple(others[:2])


def test_a_stand_in_takes_the_place_of_who_was_drawn():
    batch = a_draw()
    task = Task.objects.filter(batch=batch, certain=False).first()
    row = batch.pool.get(business=task.business_id)
    draws.stand_in(draw=batch.draw, out=row.pseudonym, reason="closed")
    gone = Visit.objects.get(business=task.business_id)
    assert (gone.state, gone.void_why, gone.task_id) == (VisitState.VOID, "draw", None)
    new = Task.objects.get(batch=batch, stands_for=task.business_id)
    assert Visit.objects.get(task=new).state == VisitState.PLANNED


def test_of_a_void_draw_nobody_goes_but_who_went():
    batch = a_draw()
    first, second = Visit.objects.filter(task__batch=batch, lead_id__isnull=False)[:2]
    services.approve_visits(visits=[first], by=chief())
    Sent(first).send()
    draws.void(draw=batch.draw, reason="名单有误")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (VisitState.DONE, VisitState.VOID)


def test_departments_of_a_joint_task_have_visits_of_their_own():
    team = officers(4)
    first = a_visit(team[:2], type="joint", joint="LH1")
    second = a_visit(team[2:], type="joint", joint="LH1", department="health",
                     business_id=first.business_id)  # fmt: skip
    Sent(first).send()
    second.refresh_from_db()
    assert second.state == VisitState.APPROVED
    Sent(second).send()
    assert {one.department for one in Visit.objects.filter(state="done")} == {"market", "health"}


# ── For programs ──


def test_programs_plan_approve_and_notify():
    team = officers(2)
    [business] = shops(1)
    writer, boss = browser(somebody("district", SAIHAN)), browser(somebody("district", SAIHAN))

    def post(client, path, **said):
        return client.post(f"/api/v1/inspections/visits{path}", said, "application/json")

    said = {"business": business.public_id, "due": LATER.isoformat(), "lead": team[0].pk,
            "second": team[1].pk}  # fmt: skip
    made = post(writer, "", **said).json()
    assert (made["state"], made["number"][:7]) == ("planned", "JC2026-")
    assert post(writer, f"/{made['id']}/approve").json()["code"] == "approved_by_its_writer"
    assert post(boss, f"/{made['id']}/approve").json()["state"] == "approved"
    assert post(writer, f"/{made['id']}/notify").json()["state"] == "notified"
    assert post(writer, f"/{made['id']}/cancel", why="停业").json()["state"] == "void"
    assert post(writer, "", **said, wish=1).status_code == 422
    assert post(writer, "", **{**said, "business": "nobody"}).status_code == 404


def test_programs_learn_who_may_be_sent_and_send_a_pair():
    team, recused = officers(4), officers(1)[0]
    [business] = shops(1)
    services.recuse(user=recused, business=business, ground="kin", note="", by=chief())
    visit = a_plan(team[:2], business_id=business.pk)
    path = f"/api/v1/inspections/visits/{visit.pk}"
    client = browser(somebody("district", SAIHAN))

    able = client.get(f"{path}/officers").json()["items"]
    said = {"lead": able[0]["id"], "second": able[1]["id"], "why": "均衡"}
    sent = client.post(f"{path}/assign", said, "application/json").json()

    assert recused.pk not in {one["id"] for one in able}
    assert [one["waiting"] for one in able] == [0, 0, 1, 1]
    assert {one["id"] for one in able[2:]} == {one.pk for one in team[:2]}
    assert (sent["lead"], sent["second"]) == (able[0]["id"], able[1]["id"])
    said["second"] = recused.pk
    assert client.post(f"{path}/assign", said, "application/json").json()["code"] == "recused"


def test_who_found_a_fault_is_not_sent_to_look_again():
    one, others = found("order"), officers(2)
    due = TODAY + timedelta(days=20)
    again = services.plan_recheck(
        record=one.record, due=due, lead_id=others[0].pk, second_id=others[1].pk, by=chief()
    )
    former = one.record.visit.pair

    able = {officer.user.pk for officer in people.able_for([again])}
    code = refused(
        services.reassign, visit=again, lead_id=former[0], second_id=others[1].pk, why="忙"
    )

    assert not able & set(former)
    assert code == "same_pair"


def test_programs_read_page_by_page():
    team = officers(2)
    made = [a_plan(team, business_id=one.pk) for one in shops(3)]
    client = browser(somebody("district", SAIHAN))
    first = client.get("/api/v1/inspections?limit=2").json()
    rest = client.get(f"/api/v1/inspections?limit=2&cursor={first['next']}").json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [one.pk for one in made]
    assert rest["next"] is None
    one = client.get(f"/api/v1/inspections/visits/{made[0].pk}").json()
    assert (one["lead"], one["records"]) == (team[0].pk, [])
    Sent(services.approve_visits(visits=[made[0]], by=chief())[0]).send()
    one = client.get(f"/api/v1/inspections/visits/{made[0].pk}").json()
    assert one["records"][0]["results"] == ["NO_PROBLEM"]
    assert actor_for(team[0]).user_id == one["lead"]
