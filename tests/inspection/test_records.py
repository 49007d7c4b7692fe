"""Records: whole or not at all, once, and what follows from them; what is doubtful waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from build import XINCHENG
from inspecting import PIN, Sent, a_plan, a_visit, chief, officers
from planning import TODAY

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import services
from mingchu.inspection.models import (
    Conflict,
    Finding,
    FindingState,
    Record,
    RecordState,
    Visit,
    VisitState,
)
from mingchu.kit.models import Attachment
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.registry.services import NewPremises
from mingchu.risk.models import Visit as Graded
from mingchu.signals.models import Noticed

pytestmark = pytest.mark.django_db


def refused(act, *said, **more) -> str:
    with pytest.raises(Refusal) as known:
        act(*said, **more)
    return known.value.code


def doubts(came: services.Came) -> list[str]:
    return [one.doubt for one in came.doubts]


def test_a_record_counts_when_nothing_of_it_is_missing():
    sent = Sent(a_visit())
    photo = sent.unmet(sent.an_item(key=False), photos=2).body["answers"]
    waiting = sent.send(files=False).record
    assert waiting.state == RecordState.HELD
    assert sorted(waiting.missing) == sorted(sent.files)
    assert photo

    some = list(sent.files)[:2]
    sent.send_files(*some)
    assert set(sent.send(files=False).record.missing) == set(sent.files) - set(some)

    came = sent.send()
    assert (came.record.state, came.doubts) == (RecordState.ACCEPTED, ())
    assert Visit.objects.get().state == VisitState.DONE
    kept = Attachment.objects.filter(subject=f"inspection:{came.record.pk}")
    assert kept.count() == len(sent.files)
    assert came.record.results == ["PENDING"]


def test_sent_again_nothing_changes():
    sent = Sent(a_visit())
    first = sent.send().record
    entries = Entry.objects.count()
    again = sent.send().record

    assert again.pk == first.pk
    assert again.state == RecordState.ACCEPTED
    assert Entry.objects.count() == entries
    assert Graded.objects.count() == 1


def test_under_the_same_revision_nothing_else_is_taken():
    sent = Sent(a_visit())
    sent.send(files=False)
    sent.body["note"] = "另一个内容"
    assert refused(sent.send) == "revision_differs"
    sent.revision = 2
    assert refused(sent.send) == "record_sealed"


def test_a_draft_is_a_mirror_and_goes_on():
    sent = Sent(a_visit(), sealed=False)
    assert sent.send(files=False).record.state == RecordState.DRAFT
    sent.revision, sent.body["note"] = 2, "又写了一句"
    assert sent.send(files=False).record.body["note"] == "又写了一句"
    sent.revision, sent.body["sealed"] = 3, True
    assert sent.send().record.state == RecordState.ACCEPTED
    sent.revision = 2
    assert refused(sent.send) == "older_revision"


def test_what_follows_from_what_was_found():
    sent = Sent(a_visit())
    keys = [sent.an_item(key=True, nth=n) for n in range(2)]
    others = [sent.an_item(key=False, nth=n) for n in range(4)]
    sent.unmet(keys[0], "yes").unmet(keys[1], "no").unmet(others[0], "yes")
    sent.unmet(others[1], "slight", way="on_spot").unmet(others[2], "slight", way="by")
    sent.unmet(others[3], "no")
    record = sent.send().record

    ways = {one.item: one.way for one in Finding.objects.all()}
    assert ways == {
        keys[0]: "case", keys[1]: "order", others[0]: "case", others[1]: "on_spot",
        others[2]: "by", others[3]: "order",
    }  # fmt: skip
    assert record.results == ["CORRECTED", "PENDING"]
    assert record.word == "fail"
    assert Entry.objects.filter(kind="inspection.case_proposed").count() == 2
    assert Noticed.objects.filter(kind="inspection_case").count() == 2
    assert record.publish_by is not None
    assert record.publish_by > TODAY
    graded = Graded.objects.get()
    assert (graded.failed_key, graded.failed_general) == (2, 4)
    assert graded.source == "inspection"


@pytest.mark.parametrize(
    ("outcome", "result"),
    [
        ("unreachable", "UNREACHABLE"),
        ("closed", "CLOSED"),
        ("moved", "MOVED"),
        ("no_activity", "NO_ACTIVITY"),
        ("refused", "UNCOOPERATIVE"),
    ],
)
def test_whoever_finds_nobody_says_so_and_goes(outcome, result):
    sent = Sent(a_visit(), outcome=outcome, answers={})
    sent.body["signatures"]["party"] = None
    record = sent.send().record

    assert record.state == RecordState.ACCEPTED
    assert record.results == [result]
    called = Noticed.objects.filter(kind="inspection_absent").exists()
    assert called == (outcome in ("unreachable", "closed", "moved"))


def test_a_record_with_holes_is_refused_and_says_where():
    visit = a_visit()
    sent = Sent(visit)
    item = sent.an_item(key=True)
    for change, place in (
        (lambda body: body["answers"].pop(item), item),
        (lambda body: body.update(ended_at=None), "ended_at"),
        (lambda body: body["signatures"].update(lead=None), "signatures.lead"),
        (lambda body: body["signatures"].update(party=None), "signatures.party"),
        (
            lambda body: body["answers"].update({item: {"verdict": "unmet", "affects": "slight"}}),
            f"answers.{item}.affects",
        ),
        (
            lambda body: body["answers"].update({item: {"verdict": "unmet", "affects": "no"}}),
            f"answers.{item}.fix.due",
        ),
    ):
        broken = Sent(visit)
        change(broken.body)
        with pytest.raises(Refusal) as known:
            broken.send(files=False)
        assert known.value.code == "record_incomplete"
        assert place in str(known.value.facts["what"])
    assert not Record.objects.exists()


def test_a_refused_signature_stands_with_reason_and_witness():
    sent = Sent(a_visit(), refusal={"reason": "不同意检查结果", "witness": "社区工作人员"})
    sent.body["signatures"]["party"] = None
    assert sent.send().record.state == RecordState.ACCEPTED


@pytest.mark.parametrize("pin", ["000000", "803618"])
def test_a_wrong_pin_is_a_doubt_and_another_person_decides(pin):
    sent = Sent(a_visit(), pin=pin)
    came = sent.send()
    assert doubts(came) == ["pin"]
    assert Visit.objects.get().state == VisitState.APPROVED
    assert not Graded.objects.exists()

    [conflict] = Conflict.objects.all()
    mine = actor_for(sent.by)
    assert refused(services.decide, conflict=conflict, decision="accept", why="好", by=mine) == (
        "own_record"
    )
    assert refused(services.decide, conflict=conflict, decision="accept", why=" ", by=chief()) == (
        "no_reason"
    )
    record = services.decide(
        conflict=conflict, decision="accept", why="同行人员当面确认", by=chief()
    )
    assert record.state == RecordState.ACCEPTED
    assert Graded.objects.count() == 1


def test_a_seal_of_another_record_is_no_confirmation():
    visit = a_visit()
    first, second = Sent(visit), Sent(visit)
    second.body["second"] = first.body["second"]
    assert doubts(second.send()) == ["pin"]


def test_two_phones_with_one_task_are_both_kept_and_one_counts():
    visit = a_visit()
    pair = [User.objects.get(pk=one) for one in visit.pair]
    Sent(visit, pair[0]).send()
    other = Sent(visit, pair[1])
    other.body["second"] = None
    came = other.send()
    assert doubts(came) == ["no_second", "second_record"]

    for conflict in came.record.conflicts.all():
        assert (
            refused(services.decide, conflict=conflict, decision="accept", why="好", by=chief())
            == "one_record_counts"
        )
    [first, _other] = came.record.conflicts.order_by("pk")
    record = services.decide(conflict=first, decision="set_aside", why="以第一份为准", by=chief())
    assert record.state == RecordState.SET_ASIDE
    assert Record.objects.count() == 2


def test_a_clock_that_was_wrong_all_along_is_put_right():
    sent = Sent(a_visit())
    off = timedelta(days=1)
    for name in ("started_at", "ended_at", "sent_at"):
        sent.body[name] = (clock.city(clock.now()) + off).isoformat()
    sent.body["clock"] = {"offset_ms": 86_400_000}
    record = sent.send().record

    assert record.state == RecordState.ACCEPTED
    assert (record.day, record.skew) == (TODAY, 86_400)


def test_a_clock_that_jumped_is_for_a_person_to_decide():
    sent = Sent(a_visit())
    for name in ("started_at", "ended_at", "sent_at"):
        sent.body[name] = (clock.city(clock.now()) + timedelta(days=1)).isoformat()
    came = sent.send()
    assert doubts(came) == ["clock"]

    [conflict] = Conflict.objects.all()
    day = TODAY - timedelta(days=1)
    record = services.decide(
        conflict=conflict, decision="accept", why="核对签到", day=day, by=chief()
    )
    assert (record.state, record.day) == (RecordState.ACCEPTED, day)


def test_a_visit_that_was_called_off_waits_for_a_person():
    visit = a_visit()
    sent = Sent(visit)
    services.call_off(visit=visit, why="重复安排", by=chief())
    assert doubts(sent.send()) == ["void"]


def test_a_business_that_moved_waits_for_a_person_of_its_new_district():
    visit = a_visit()
    sent = Sent(visit)
    registry.move(
        number=visit.business_id,
        new=NewPremises(district=XINCHENG, address="新城区1号"),
        day=TODAY,
        why="迁址",
    )
    came = sent.send()
    assert "moved" in doubts(came)
    assert Visit.objects.get().district == XINCHENG


def test_who_wrote_it_has_to_be_of_the_pair():
    team = officers(3)
    visit = a_visit(team[:2])
    sent = Sent(visit, team[2])
    assert doubts(sent.send()) == ["writer"]


def test_a_recusal_that_came_meanwhile_is_a_doubt():
    visit = a_visit()
    lead = User.objects.get(pk=visit.lead_id)
    sent = Sent(visit)
    services.recuse(user=lead, business=visit.business, ground="kin", note="", by=chief())
    assert doubts(sent.send()) == ["recused"]


def test_nobody_sends_for_another():
    sent = Sent(a_visit())
    sent.send_files()
    other = actor_for(User.objects.get(pk=sent.visit.second_id))
    assert (
        refused(
            services.receive, client_id=sent.client_id, revision=1, content=sent.content, by=other
        )
        == "another_person"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"format": "x"}',
        b'{"format":"mingchu.inspection/1","visit":1e9}',
        b"\xff",
    ],
)
def test_bad_bytes_are_refused(content):
    sent = Sent(a_visit())
    assert (
        refused(
            services.receive,
            client_id=sent.client_id,
            revision=1,
            content=content,
            by=actor_for(sent.by),
        )
        == "bad_record"
    )


def test_an_exam_stands_with_the_person():
    from build import a_restaurant

    one = registry.enrol(a_restaurant())
    person = one.people.first()
    assert person is not None
    sent = Sent(a_visit(business_id=one.pk), exam=[{"person": person.pk, "asked": 10, "right": 9}])
    assert sent.send().record.state == RecordState.ACCEPTED
    exam = person.exams.get()
    assert (exam.score, exam.passed) == (90, True)


def test_a_recheck_closes_what_it_finds_mended_and_another_pair_makes_it():
    team = officers(4)
    first = Sent(a_visit(team[:2]))
    items = [first.an_item(key=False, nth=n) for n in range(2)]
    record = first.unmet(items[0]).unmet(items[1]).send().record
    business = chief()
    finding = Finding.objects.get(item=items[0])
    services.answer_finding(finding=finding, text="已整改", by=business)
    finding.refresh_from_db()
    assert finding.state == FindingState.ANSWERED
    assert refused(services.confirm, finding=finding, by=chief()) == "recheck_asked"

    again = {"record": record, "due": TODAY + timedelta(days=12)}
    assert (
        refused(services.plan_recheck, **again, lead_id=team[0].pk, second_id=team[2].pk)
        == "same_pair"
    )
    visit = services.plan_recheck(**again, lead_id=team[2].pk, second_id=team[3].pk)
    assert visit.items == items
    services.approve_visits(visits=[visit], by=chief())
    second = Sent(visit)
    second.unmet(items[1])
    assert second.send().record.state == RecordState.ACCEPTED
    states = {one.item: one.state for one in Finding.objects.filter(record=record)}
    assert states == {items[0]: FindingState.MENDED, items[1]: FindingState.AGAIN}


def test_what_is_late_calls_once_and_is_called_back():
    sent = Sent(a_visit())
    sent.unmet(sent.an_item(key=False), "slight", way="by")
    sent.send()
    [finding] = Finding.objects.all()
    assert services.note_overdue() == 0
    with clock.stopped(clock.now() + timedelta(days=8)):
        assert services.note_overdue() == 1
        assert services.note_overdue() == 0
        services.answer_finding(finding=finding, text="已改", by=chief())
        services.confirm(finding=finding, by=chief())
    assert [one.over for one in Noticed.objects.filter(kind="correction_overdue")][-1] is True


def test_an_unplanned_visit_is_never_made():
    visit = a_plan()
    sent = Sent(visit)
    came = sent.send()
    assert came.record.state == RecordState.CONFLICT
    assert doubts(came) == ["unapproved"]


def test_results_go_out_at_the_latest_on_their_last_day():
    record = Sent(a_visit()).send().record
    assert services.release_due() == 0
    with clock.stopped(clock.now() + timedelta(days=40)):
        assert services.release_due() == 1
    record.refresh_from_db()
    assert record.released_at is not None
    assert PIN not in str(record.body)
