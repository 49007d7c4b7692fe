"""A yearly plan: drafted by one, approved by another, filed, published, changed with a reason."""

from __future__ import annotations

from datetime import date

import pytest
from build import SAIHAN, XINCHENG
from planning import DECEMBER, actor, november, published, the_batch

from mingchu.base.errors import Refusal
from mingchu.inspection import services
from mingchu.inspection.models import Plan, PlanState
from mingchu.inspection.queries import plans
from mingchu.inspection.services import NewBatch
from mingchu.ledger.models import Entry

pytestmark = pytest.mark.django_db


def refused(act, *said, **more) -> str:
    with pytest.raises(Refusal) as known:
        act(*said, **more)
    return known.value.code


def draft(by=None, **more) -> Plan:
    plan = services.draft_plan(year=2026, title="抽查计划", by=by, **more)
    services.add_batch(plan=plan, batch=november())
    return plan


def test_a_plan_goes_from_draft_to_public():
    plan = published(november(), NewBatch(month=DECEMBER, matter="production"))

    assert plan.state == PlanState.PUBLISHED
    assert [one.number for one in plans.batches([plan])] == [1, 2]
    said = Entry.objects.filter(kind="inspection.plan_moved").order_by("city_time", "id")
    assert said.count() == 4
    assert plans.published() == [plan]


def test_who_wrote_a_plan_never_approves_it_nor_sends_it_back():
    writer = actor()
    plan = draft(writer)
    services.submit(plan=plan)

    assert refused(services.approve, plan=plan, by=writer) == "approved_by_its_writer"
    assert refused(services.send_back, plan=plan, why="不妥", by=writer) == "approved_by_its_writer"
    assert services.approve(plan=plan, by=actor()).state == PlanState.APPROVED


def test_the_database_itself_refuses_an_approval_by_the_writer():
    from django.db import IntegrityError, transaction

    plan = draft(actor())
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(approved_by=plan.drafted_by)


def test_a_plan_that_is_sent_back_says_why_and_can_be_written_on():
    plan = draft(actor())
    services.submit(plan=plan)

    back = services.send_back(plan=plan, why="十二月没有安排", by=actor())

    assert (back.state, back.returned_why) == (PlanState.DRAFT, "十二月没有安排")
    services.add_batch(plan=back, batch=NewBatch(month=DECEMBER, matter="catering"))


def test_no_step_is_skipped():
    plan = draft(actor())

    assert refused(services.approve, plan=plan, by=actor()) == "plan_state"
    assert refused(services.publish, plan=plan) == "plan_state"
    assert refused(services.check, batch=the_batch(plan)) == "plan_not_published"


def test_an_empty_plan_is_none_and_a_year_has_one_of_each_office():
    empty = services.draft_plan(year=2026, title="空", by=None)

    assert refused(services.submit, plan=empty) == "plan_is_empty"
    again = {"year": 2026, "title": "又一份", "by": None}
    assert refused(services.draft_plan, **again) == "plan_of_year_exists"
    assert services.draft_plan(**again, district=SAIHAN).district == SAIHAN
    services.withdraw(plan=empty, why="重写")
    assert services.draft_plan(**again).state == PlanState.DRAFT


def test_only_matters_of_the_list_months_of_the_year_and_places_of_the_office_are_planned():
    plan = services.draft_plan(year=2026, title="赛罕", by=None, district=SAIHAN)

    def add(**more) -> str:
        return refused(services.add_batch, plan=plan, batch=november(**more))

    assert add(matter="fire") == "unknown_matter"
    assert add(month=date(2027, 1, 1)) == "month_outside_the_plan"
    assert add(districts=(XINCHENG,)) == "unknown_district"


def test_a_draft_loses_a_batch_an_approved_plan_does_not():
    plan = draft(actor())
    services.add_batch(plan=plan, batch=NewBatch(month=DECEMBER, matter="sale"))
    services.drop_batch(batch=the_batch(plan, 2))
    services.submit(plan=plan)

    assert plans.batches_to_count(plan) == 1
    assert refused(services.drop_batch, batch=the_batch(plan)) == "plan_state"


def test_an_approved_plan_changes_with_a_reason_alone_and_keeps_what_it_was():
    plan = published(november())
    moved = NewBatch(month=DECEMBER, matter="catering", districts=(SAIHAN,))
    batch = the_batch(plan)

    assert refused(services.change_batch, batch=batch, to=moved, reason=" ", by=None) == "no_reason"
    services.change_batch(batch=batch, to=moved, reason="十一月人员集中培训", by=actor())

    [change] = plans.changes(plan)
    assert (change.before["month"], change.after["month"]) == ("2026-11-01", "2026-12-01")
    assert the_batch(plan).month == DECEMBER
    same = {"batch": batch, "to": moved, "reason": "再说一次", "by": None}
    assert refused(services.change_batch, **same) == "nothing_changed"


def test_a_batch_that_is_given_up_stays_in_the_plan_with_the_reason(client):
    plan = published(november())

    services.change_batch(batch=the_batch(plan), to=None, reason="并入自治区任务", by=actor())

    shown = client.get(f"/plans/{plan.pk}").content.decode()
    assert "并入自治区任务" in shown
    assert "已取消" in shown
    assert refused(services.check, batch=the_batch(plan)) == "batch_is_in_a_draw"


def test_the_public_reads_published_plans_and_the_matter_list_and_no_draft(client):
    plan = published(november())
    hidden = services.draft_plan(year=2027, title="明年还没定的计划", by=None)

    shown = client.get("/plans/").content.decode()
    assert plan.title in shown
    assert hidden.title not in shown
    assert client.get(f"/plans/{hidden.pk}").status_code == 404
    matters = client.get("/plans/matters").content.decode()
    assert "餐饮服务监督检查" in matters
    assert "第一百零九条" in matters


def test_a_district_works_on_its_own_plan_and_reads_the_citys():
    city, own = published(november()), published(november(), district=SAIHAN)
    other = published(november(districts=(XINCHENG,)), district=XINCHENG)
    scopes = actor("district", SAIHAN).scopes_for("inspection.plan")

    assert set(plans.plans(scopes)) == {city, own}
    assert plans.own_plan(scopes, city.pk) is None
    assert plans.own_plan(scopes, own.pk) == own
    assert plans.plan(scopes, other.pk) is None


def test_a_year_of_a_matter_is_dealt_out_over_its_batches():
    plan = published(
        november(districts=()), november(month=DECEMBER), november("sale", districts=())
    )

    assert plans.parts(the_batch(plan), [SAIHAN, XINCHENG]) == {SAIHAN: 2, XINCHENG: 1}
