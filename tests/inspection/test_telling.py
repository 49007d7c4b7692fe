"""Who hears of which step of an inspection: the business, the officers, whoever approves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from build import SAIHAN
from corrections import found, owner
from inspecting import Sent, a_plan, a_visit, chief, officers
from planning import TODAY, actor, browser, shops, somebody

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.inspection import services
from mingchu.inspection.services import NewVisit
from mingchu.kit.models import InboxItem, Message

pytestmark = pytest.mark.django_db
GIVEN = "检查任务 {number} 已审批，由您检查，期限 {due}"
GIVEN_MANY = "有 {n} 项检查任务已审批，由您检查，最早期限 {due}"
SENT_BACK = "检查任务 {number} 被退回：{why}"
NO_VISIT = "检查通知书 {number} 的检查已取消"
IN_DOUBT = "检查记录 {number} 有疑问，等待核实"


def told(user: User) -> list[str]:
    """What lies in his inbox, as a sentence of the source language."""
    rows = InboxItem.objects.filter(user=user).select_related("message").order_by("pk")
    return [one.message.what for one in rows]


def said(what: str) -> Message:
    return Message.objects.get(what=what)


def test_visits_approved_together_are_told_once_to_each_pair():
    pair, others = officers(2), officers(2)
    planned = [
        a_plan(pair if n < 3 else others, business_id=one.pk, due=TODAY + timedelta(days=9 - n))
        for n, one in enumerate(shops(4))
    ]

    services.approve_visits(visits=planned, by=chief())

    many, one = said(GIVEN_MANY), said(GIVEN)
    assert many.facts == {"n": 3, "due": (TODAY + timedelta(days=7)).isoformat()}
    assert one.facts["number"] == planned[3].number
    assert one.link == f"/w/inspections/{planned[3].pk}"
    assert [told(user) for user in pair] == [[GIVEN_MANY]] * 2
    assert [told(user) for user in others] == [[GIVEN]] * 2


def test_what_is_hidden_is_not_told_with_what_is_not():
    pair = officers(2)
    plain, hidden = (
        a_plan(pair, business_id=one.pk, type=kind, reason="线索")
        for one, kind in zip(shops(2), ("routine", "unannounced"), strict=True)
    )

    services.approve_visits(visits=[plain, hidden], by=chief())

    places = {one.subject: one.district for one in Message.objects.filter(what=GIVEN)}
    assert places == {f"inspection:{plain.pk}": SAIHAN, f"inspection:{hidden.pk}": ""}


def test_a_visit_that_is_sent_back_is_told_to_who_asked_and_to_who_was_to_go():
    asked = somebody("district", SAIHAN)
    pair, business = officers(2), shops(1)[0]
    own = owner(business)
    new = NewVisit(
        business_id=business.pk, type="routine", due=TODAY + timedelta(days=9),
        lead_id=pair[0].pk, second_id=pair[1].pk,
    )  # fmt: skip
    visit = services.plan_visit(new=new, by=actor_for(asked))
    services.send_back_visit(visit=visit, why="请换一天")
    assert told(asked).count(SENT_BACK) == 1
    assert told(pair[0]) == []

    services.approve_visits(visits=[visit], by=chief())
    services.notify_visits(visits=[visit])
    services.send_back_visit(visit=visit, why="人手不够")

    assert told(asked).count(SENT_BACK) == 2
    assert told(pair[1]) == [GIVEN, SENT_BACK]
    assert told(own)[-1] == NO_VISIT
    assert said(NO_VISIT).link == f"/e/{business.public_id}/inspections/"


def test_a_record_that_counts_says_how_much_is_to_be_mended_and_by_when():
    business = shops(1)[0]
    own = owner(business)
    sent = Sent(a_visit(business_id=business.pk))
    first, last = (TODAY + timedelta(days=n) for n in (3, 8))
    sent.unmet(sent.an_item(key=False), "slight", way="by", due=last.isoformat())
    sent.unmet(sent.an_item(key=False, nth=1), "slight", way="by", due=first.isoformat())

    record = sent.send().record

    [what] = told(own)
    assert what == "检查发现 {n} 项要改正，最早期限 {due}，请按期提交"
    message = said(what)
    assert message.facts == {"n": 2, "due": first.isoformat()}
    assert message.link == f"/e/inspections/{record.pk}"


def test_nothing_to_mend_is_told_too():
    business = shops(1)[0]
    own = owner(business)

    Sent(a_visit(business_id=business.pk)).send()

    assert told(own) == ["检查记录已形成，请查看结果"]


def test_who_wrote_a_doubtful_record_hears_that_it_waits_and_what_was_decided():
    approver, pair = somebody("district", SAIHAN), officers(2)
    record = Sent(a_visit(pair), pin="000000").send().record
    doubts = list(record.conflicts.order_by("pk"))
    assert told(pair[0])[-1] == told(approver)[-1] == IN_DOUBT
    assert said(IN_DOUBT).link == f"/w/inspections/records/{record.pk}"

    for one in doubts:
        services.decide(conflict=one, decision="accept", why="已核实", by=actor())

    taken = "检查记录 {number} 的疑问已处理，记录已收下"
    assert [told(user).count(taken) for user in pair] == [1, 1]


def test_a_record_that_is_set_aside_is_told():
    pair = officers(2)
    record = Sent(a_visit(pair), pin="000000").send().record

    services.decide(
        conflict=record.conflicts.first(), decision="set_aside", why="不是本人", by=actor()
    )

    assert told(pair[0])[-1] == "检查记录 {number} 已搁置"


def test_an_objection_is_told_to_who_answers_and_to_who_found_it_and_its_answer_to_the_business():
    business = shops(1)[0]
    own, approver = owner(business), somebody("district", SAIHAN)
    record = found("by", business_id=business.pk).record
    what = "经营者对检查 {number} 提出意见，请答复"

    made = services.reply(record=record, kind="objection", text="不属实", by=actor_for(own))
    assert told(approver)[-1] == what
    found_it = "经营者对您的检查 {number} 提出意见，由另一位负责人答复"
    assert told(User.objects.get(pk=record.user_id))[-1] == found_it

    services.answer_reply(reply=made, upheld=False, answer="照片为证", by=actor_for(approver))
    assert told(own)[-1] == "您的意见已有答复"


def test_no_message_holds_what_a_person_wrote_or_is_called():
    business = shops(1)[0]
    own = owner(business)
    record = found("by", business_id=business.pk).record
    services.reply(record=record, kind="objection", text="张三说的不对", by=actor_for(own))

    facts = " ".join(str(one.facts) for one in Message.objects.all())
    assert "张三" not in facts
    assert business.name not in facts
    assert "检查员" not in facts


def test_the_pages_that_messages_lead_to_open_to_whom_they_are_told():
    approver, pair, business = somebody("district", SAIHAN), officers(2), shops(1)[0]
    own = owner(business)
    record = found("by", pair=pair, business_id=business.pk).record
    services.reply(record=record, kind="objection", text="不属实", by=actor_for(own))
    Sent(a_visit(pair), pin="000000").send()

    for user in (approver, pair[0], own):
        client = browser(user)
        for item in InboxItem.objects.filter(user=user).select_related("message"):
            if item.message.link:
                assert client.get(item.message.link).status_code == 200, item.message.link


def test_another_pair_is_told_of_a_visit_that_it_has_now():
    pair, others = officers(2), officers(2)
    visit = a_visit(pair)

    services.reassign(
        visit=visit, lead_id=others[0].pk, second_id=others[1].pk, why="请假", by=chief()
    )

    assert told(others[0]) == ["检查任务 {number} 有改动，请查看"]
    assert told(pair[0])[-1] == "检查任务 {number} 已改由他人检查，您不必前往"


def test_who_stays_on_a_visit_is_not_told_that_he_need_not_go():
    pair, [other] = officers(2), officers(1)
    visit = a_visit(pair)

    services.reassign(visit=visit, lead_id=pair[0].pk, second_id=other.pk, why="请假", by=chief())

    assert told(pair[0])[-1] == "检查任务 {number} 有改动，请查看"
    assert told(pair[1])[-1] == "检查任务 {number} 已改由他人检查，您不必前往"
