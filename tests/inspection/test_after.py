"""What follows a record: the business answers, officers confirm or look again, the case reads as
one, whoever has to do something is told."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from build import SAIHAN
from corrections import found, owner
from inspecting import Sent, a_photo, a_plan, a_visit, chief, officers
from planning import NOW, TODAY, actor, shops, somebody

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import jobs, services
from mingchu.inspection.models import FindingState, Visit
from mingchu.inspection.queries import after
from mingchu.kit.files.keeping import keep
from mingchu.kit.models import InboxItem, Message
from mingchu.ledger import queries as ledger
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.signals.models import Noticed

pytestmark = pytest.mark.django_db


def told(user: User) -> list[str]:
    rows = InboxItem.objects.filter(user=user).select_related("message").order_by("pk")
    return [one.message.what for one in rows]


def test_a_business_answers_with_a_photo_and_the_officer_confirms():
    business = shops(1)[0]
    own = owner(business)
    one = found("by", business_id=business.pk)
    photo = keep(file=io.BytesIO(a_photo(9)), by=actor_for(own))

    services.answer_finding(finding=one, text="已清洗", photos=[photo], by=actor_for(own))
    services.confirm(finding=one, by=actor_for(officers(1)[0]))

    one.refresh_from_db()
    assert one.state == FindingState.MENDED
    assert [said for said in told(own) if "改正" in said or "整改" in said] == [
        "检查发现 {n} 项要改正，最早期限 {due}，请按期提交",
        "整改已确认",
    ]
    writer = User.objects.get(pk=one.record.user_id)
    assert "经营者提交了整改，请核实（{number}）" in told(writer)


def test_a_returned_answer_is_told_with_its_page():
    business = shops(1)[0]
    own = owner(business)
    one = found("by", business_id=business.pk)
    services.answer_finding(finding=one, text="已清洗", by=actor_for(own))

    services.return_answer(finding=one, why="看不清排水沟", by=chief())

    message = Message.objects.get(what="整改被退回，请补充")
    assert message.link == f"/e/inspections/findings/{one.pk}"
    assert message.subject == f"finding:{one.pk}"


def test_visits_that_are_planned_together_wait_together():
    approver = somebody("district", SAIHAN)
    pair = officers(2)
    news = [
        services.NewVisit(
            business_id=one.pk, type="routine", due=TODAY + timedelta(days=9),
            lead_id=pair[0].pk, second_id=pair[1].pk, level="district",
        )
        for one in shops(3)
    ]  # fmt: skip

    services.plan_visits(news=news)

    [message] = Message.objects.filter(what="有 {n} 项检查任务等待审批")
    assert message.facts["n"] == 3
    assert told(approver) == ["有 {n} 项检查任务等待审批"]


def test_the_business_gets_its_notice_and_never_hears_of_an_unannounced_visit():
    business = shops(1)[0]
    own = owner(business)
    pair = officers(2)
    plain = a_visit(pair, business_id=business.pk)
    services.notify_visits(visits=[plain])
    hidden = a_visit(pair, business_id=business.pk, type="unannounced", reason="线索")

    assert told(own) == ["检查通知书 {number}：将于 {day} 至 {due} 之间检查"]
    assert told(pair[0]).count("检查任务 {number} 已审批，由您检查，期限 {due}") == 2
    of_hidden = Message.objects.filter(subject=f"inspection:{hidden.pk}")
    assert {one.district for one in of_hidden.exclude(what__contains="审批")} <= {""}


def test_a_day_that_comes_near_is_told_once_for_all_of_a_business():
    business = shops(1)[0]
    own = owner(business)
    sent = Sent(a_visit(business_id=business.pk))
    for nth in (0, 1):
        sent.unmet(sent.an_item(key=False, nth=nth), "slight", way="by")
    sent.send()
    said = "有 {n} 项整改快到期，最早 {due}"

    with clock.stopped(NOW + timedelta(days=3)):
        jobs.night(0)
        jobs.night(0)

    [message] = Message.objects.filter(what=said)
    assert message.facts["n"] == 2
    assert told(own).count(said) == 1


def test_what_is_overdue_calls_for_an_order_that_answers_its_record():
    one = found("by")

    with clock.stopped(NOW + timedelta(days=9)):
        jobs.night(0)

    signal = Noticed.objects.get(kind="correction_overdue")
    assert (signal.subject, signal.cause) == (f"finding:{one.pk}", one.record.entry)


def test_a_case_reads_as_one_from_the_plan_to_the_recheck():
    pair, others = officers(2), officers(2)
    first = found("order", pair=pair)
    visit = services.plan_recheck(
        record=first.record, due=TODAY + timedelta(days=8), lead_id=others[0].pk,
        second_id=others[1].pk, by=chief(),
    )  # fmt: skip
    with clock.stopped(NOW + timedelta(days=8)):
        services.approve_visits(visits=[visit], by=actor())
        Sent(Visit.objects.get(pk=visit.pk)).send()

    first.refresh_from_db()
    assert first.state == FindingState.MENDED
    begun = Entry.objects.filter(kind="inspection.visit_planned").order_by("id").first()
    kinds = [one.entry.kind for one in ledger.chain([begun.id])]
    for kind in ("visit_planned", "inspection_done", "finding_moved"):
        assert f"inspection.{kind}" in kinds
    assert kinds.count("inspection.inspection_done") == 2


def test_a_visit_answers_the_order_that_called_for_it():
    order = orders.report(note="后门堆放", by=actor("district", SAIHAN), district=SAIHAN)
    visit = a_plan(origin=f"order:{order.pk}")

    entry = Entry.objects.get(kind="inspection.visit_planned")
    assert visit.origin == f"order:{order.pk}"
    assert entry.cause in set(order.steps.values_list("entry", flat=True))


def test_who_inspected_does_not_answer_the_objection():
    one = found("order")
    record = one.record
    said = services.reply(record=record, kind="objection", text="不是我们的", by=chief())
    writer = actor_for(User.objects.get(pk=record.user_id))

    with pytest.raises(Refusal) as known:
        services.answer_reply(reply=said, upheld=True, answer="属实", by=writer)

    assert known.value.code == "own_record"


@pytest.mark.parametrize("kind", ["routine", "unannounced"])
def test_visits_come_back_with_their_file(kind):
    kept, gone = shops(2)
    own = a_plan(business_id=kept.pk)
    visit = a_plan(business_id=gone.pk, type=kind, reason="线索")
    merged = registry.merge(kept=kept.pk, gone=gone.pk, why="重复")
    assert Visit.objects.get(pk=visit.pk).business_id == kept.pk

    registry.undo_merge(merge=merged, why="不是一家")

    assert Visit.objects.get(pk=visit.pk).business_id == gone.pk
    assert Visit.objects.get(pk=own.pk).business_id == kept.pk


def test_what_was_found_under_a_second_file_stands_in_the_kept_one_until_they_part():
    first, second, third = shops(3)
    one = found("order", business_id=first.pk)
    registry.merge(kept=second.pk, gone=first.pk, why="重复")
    merged = registry.merge(kept=third.pk, gone=second.pk, why="重复")

    assert list(after.own_records(third.pk)) == [one.record]
    assert [row.pk for row in after.own_findings(third.pk)] == [one.pk]

    registry.undo_merge(merge=merged, why="不是一家")

    assert not after.own_records(third.pk)
    assert list(after.own_records(second.pk)) == [one.record]


def test_who_keeps_away_from_a_file_keeps_away_from_the_kept_one():
    kept, gone = shops(2)
    pair = officers(2)
    services.recuse(user=pair[0], business=gone, ground="kin", note="", by=chief())

    registry.merge(kept=kept.pk, gone=gone.pk, why="重复")

    with pytest.raises(Refusal) as known:
        a_plan(pair, business_id=kept.pk)
    assert known.value.code == "recused"


def test_what_was_called_off_goes_with_a_withdrawn_business():
    business = shops(1)[0]
    visit = a_plan(business_id=business.pk)
    services.call_off(visit=visit, why="不再需要")

    services.forget([business.pk])

    assert not Visit.objects.exists()
