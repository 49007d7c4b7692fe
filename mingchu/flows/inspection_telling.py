"""Telling of inspections 检查通知: who hears of which step, in the inbox and by chosen ways.

One message for an act, whoever many it is about: visits that are planned together wait together.
Of an unannounced visit only those hear who make it or decide on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base.event import Event
from mingchu.inspection import events
from mingchu.inspection.queries import after
from mingchu.kit.messages.domain import News, Severity, To
from mingchu.kit.messages.telling import tell_many
from mingchu.ledger.services import Entry, caused_by
from mingchu.registry.domain import public_id

Pairs = Sequence[tuple[Any, Entry]]
APPROVE, ANSWER = "inspection.approve", "inspection.answer"
READY = ("approved", "notified")
TO_APPROVE = _noop("有 {n} 项检查任务等待审批")
GIVEN = _noop("检查任务 {number} 已审批，由您检查，期限 {due}")
GIVEN_MANY = _noop("有 {n} 项检查任务已审批，由您检查，最早期限 {due}")
SENT_BACK = _noop("检查任务 {number} 被退回：{why}")
CALLED_OFF = _noop("检查任务 {number} 已取消")
REASSIGNED = _noop("检查任务 {number} 有改动，请查看")
RELIEVED = _noop("检查任务 {number} 已改由他人检查，您不必前往")
NOTICE = _noop("检查通知书 {number}：将于 {day} 至 {due} 之间检查")
NO_VISIT = _noop("检查通知书 {number} 的检查已取消")
TO_MEND = _noop("检查发现 {n} 项要改正，最早期限 {due}，请按期提交")
RECORDED = _noop("检查记录已形成，请查看结果")
IN_DOUBT = _noop("检查记录 {number} 有疑问，等待核实")
SET_ASIDE = _noop("检查记录 {number} 已搁置")
TAKEN = _noop("检查记录 {number} 的疑问已处理，记录已收下")
SHOWN = _noop("经营者提交了整改，请核实（{number}）")
RETURNED = _noop("整改被退回，请补充")
MENDED = _noop("整改已确认")
REPLIED = _noop("经营者对检查 {number} 提出意见，请答复")
CONTESTED = _noop("经营者对您的检查 {number} 提出意见，由另一位负责人答复")
ANSWERED = _noop("您的意见已有答复")
RELEASED = _noop("检查结果已公开")


# ── Visits ──


def plans_are_told(pairs: Pairs) -> None:
    """Whoever approves hears once how many wait in his place."""
    visits = after.visits_at([event.visit_id for event, _entry in pairs])
    by_place: dict[str, list[tuple[Any, Entry]]] = {}
    for event, entry in pairs:
        one = visits[event.visit_id]
        by_place.setdefault("" if one.level == "city" else one.district, []).append((one, entry))
    for district, waiting in by_place.items():
        one, entry = waiting[0]
        news = News(
            subject=f"inspection:{one.pk}",
            what=TO_APPROVE,
            to=[To(scope=_office(district), action=APPROVE)],
            severity=Severity.PLAIN,
            link=reverse("inspection:visits"),
            facts={"n": len(waiting)},
            district=district,
        )
        _tell([(news, entry)])


def moves_are_told(pairs: Pairs) -> None:
    visits = after.visits_at([event.visit_id for event, _entry in pairs])
    given = [(visits[event.visit_id], entry) for event, entry in pairs if event.after == "approved"]
    _tell(_given(given))
    _tell((news, entry) for event, entry in pairs for news in _moved(event, visits))


def _given(visits: Iterable[tuple[Any, Entry]]) -> Iterator[tuple[News, Entry]]:
    """Whoever goes hears once of all that was approved together; of what is hidden apart."""
    by_pair: dict[tuple[Any, ...], list[tuple[Any, Entry]]] = {}
    for one, entry in visits:
        place = "" if one.is_hidden else one.district
        by_pair.setdefault((one.pair, place), []).append((one, entry))
    for own in by_pair.values():
        one, entry = own[0]
        due = min(visit.due for visit, _entry in own).isoformat()
        if len(own) == 1:
            told = {"number": one.number, "due": due}
            yield _of_visit(one, GIVEN, _pair(one), told, _page(one)), entry
        else:
            many = {"n": len(own), "due": due}
            yield _of_visit(one, GIVEN_MANY, _pair(one), many, reverse("inspection:visits")), entry


def _moved(event: events.VisitMoved, visits: Mapping[int, Any]) -> Iterator[News]:
    """What follows for those who were to go, and for a business that has a notice."""
    one = visits[event.visit_id]
    facts = {"number": one.number, "due": one.due.isoformat(), "why": event.reason}
    if event.after == "notified":
        told = {"number": one.notice_number, "day": one.day.isoformat(), "due": facts["due"]}
        link = reverse("inspection:desk_notice", args=[one.pk])
        yield _of_visit(one, NOTICE, _business(one.business_id), told, link)
    elif event.after == "planned":
        asked = [To(user=one.planned_by)] if one.planned_by else []
        to = [*asked, *(_pair(one) if event.before in READY else ())]
        if to:
            yield _of_visit(one, SENT_BACK, to, facts, _page(one))
    elif event.after == "void" and event.before in READY:
        yield _of_visit(one, CALLED_OFF, _pair(one), facts, _page(one))
    if event.before == "notified" and event.after in ("planned", "void"):
        told = {"number": one.notice_number}
        link = reverse("inspection:desk_inspections", args=[one.business_id])
        yield _of_visit(one, NO_VISIT, _business(one.business_id), told, link)


def reassignments_are_told(pairs: Pairs) -> None:
    """The pair of a visit that is approved, and who need not go any more; who is to make one that
    is not approved hears with that."""
    visits = after.visits_at([event.visit_id for event, _entry in pairs])
    ready = [(event, visits[event.visit_id], entry) for event, entry in pairs]
    _tell(
        (news, entry)
        for event, one, entry in ready
        if one.state in READY
        for news in _reassigned(event, one)
    )


def _reassigned(event: events.VisitReassigned, one: Any) -> Iterator[News]:
    number = {"number": one.number}
    yield _of_visit(one, REASSIGNED, _pair(one), number, _page(one))
    if event.left:
        left = [To(user=user) for user in event.left]
        yield _of_visit(one, RELIEVED, left, number, reverse("inspection:visits"))


# ── Records ──


def records_are_told(pairs: Pairs) -> None:
    """The business hears that there is a record, and of how much it has to mend."""
    records = after.records_told({event.record_id for event, _entry in pairs})
    _tell((_recorded(records[event.record_id]), entry) for event, entry in pairs)


def _recorded(one: Any) -> News:
    if not one.to_mend:
        return _of_record(one, RECORDED, _business(one.business_id), {}, own=True)
    facts = {"n": one.to_mend, "due": one.first_due.isoformat()}
    return _of_record(one, TO_MEND, _business(one.business_id), facts, own=True)


def doubts_are_told(pairs: Pairs) -> None:
    """Who wrote it, his partner, and whoever decides."""
    doubtful = [(event, entry) for event, entry in pairs if event.doubts]
    records = after.records_told({event.record_id for event, _entry in doubtful})
    _tell(
        (_of_writers(one, IN_DOUBT, _approver(one)), entry)
        for event, entry in doubtful
        for one in [records[event.record_id]]
    )


def decisions_are_told(pairs: Pairs) -> None:
    """Once a record: when it is set aside, or when its last doubt is decided and it counts."""
    records = after.records_told({event.record_id for event, _entry in pairs})
    told = {}
    for event, entry in pairs:
        if news := _decided(event, records[event.record_id]):
            told[event.record_id] = (news, entry)
    _tell(told.values())


def _decided(event: events.DoubtDecided, one: Any) -> News | None:
    if event.decision == "set_aside":
        return _of_writers(one, SET_ASIDE)
    return None if one.in_doubt else _of_writers(one, TAKEN)


def corrections_are_told(pairs: Pairs) -> None:
    """What was shown goes to who found it; what came of it to the business. What a recheck found
    stands in its own record, of which the business hears anyway."""
    records = after.records_told({event.record_id for event, _entry in pairs})
    told: dict[tuple[int, str], tuple[News, Entry]] = {}
    for event, entry in pairs:
        one = records[event.record_id]
        if news := _correction(event, one):
            told.setdefault((one.pk, event.after), (news, entry))
    _tell(told.values())


def _correction(event: events.FindingMoved, one: Any) -> News | None:
    link = reverse("inspection:finding", args=[event.finding_id])
    own = reverse("inspection:desk_finding", args=[event.finding_id])
    subject = f"finding:{event.finding_id}"
    if event.after == "answered":
        return _of_record(one, SHOWN, _writers(one), _number(one), link=link, subject=subject)
    if event.after == "open":
        return _of_record(one, RETURNED, _business(one.business_id), {}, link=own, subject=subject)
    if event.after == "mended" and event.recheck_id is None:
        return _of_record(one, MENDED, _business(one.business_id), {}, link=own, subject=subject)
    return None


def replies_are_told(pairs: Pairs) -> None:
    """Whoever answers; and who found it, who does not answer it himself."""
    records = after.records_told({event.record_id for event, _entry in pairs})
    _tell(
        (news, entry)
        for event, entry in pairs
        for news in _replied(event, records[event.record_id])
    )


def _replied(event: events.ReplyMade, one: Any) -> Iterator[News]:
    link = reverse("inspection:reply", args=[event.reply_id])
    yield _of_record(one, REPLIED, [_approver(one)], _number(one), link=link)
    yield _of_writers(one, CONTESTED)


def answers_are_told(pairs: Pairs) -> None:
    _to_business(pairs, ANSWERED)


def releases_are_told(pairs: Pairs) -> None:
    _to_business(pairs, RELEASED)


def _to_business(pairs: Pairs, what: str) -> None:
    records = after.records_told({event.record_id for event, _entry in pairs})
    _tell(
        (_of_record(one, what, _business(one.business_id), {}, own=True), entry)
        for event, entry in pairs
        for one in [records[event.record_id]]
    )


# ── Helpers ──


def _tell(told: Iterable[tuple[News, Entry]]) -> None:
    """Each message names the act it speaks of; those of one act go together."""
    by_entry: dict[Any, list[News]] = {}
    for news, entry in told:
        by_entry.setdefault(entry.id, []).append(news)
    for cause, found in by_entry.items():
        with caused_by(cause):
            tell_many(found)


def _of_visit(
    one: Any, what: str, to: Sequence[To], facts: Mapping[str, Any], link: str = ""
) -> News:
    return News(
        subject=f"inspection:{one.pk}",
        what=what,
        to=to,
        severity=Severity.PLAIN,
        link=link,
        facts=facts,
        # Receivers of a district are told of no visit that nobody is to hear of.
        district="" if one.is_hidden else one.district,
    )


def _of_record(
    one: Any,
    what: str,
    to: Sequence[To],
    facts: Mapping[str, Any],
    *,
    link: str = "",
    subject: str = "",
    own: bool = False,
) -> News:
    return News(
        subject=subject or f"inspection:{one.visit_id}",
        what=what,
        to=to,
        severity=Severity.PLAIN,
        link=reverse("inspection:desk_record", args=[one.pk]) if own else link,
        facts=facts,
        district=one.district,
    )


def _of_writers(one: Any, what: str, *more: To) -> News:
    """Of a record, for those who wrote it."""
    link = reverse("inspection:record", args=[one.pk])
    return _of_record(one, what, [*_writers(one), *more], _number(one), link=link)


def _page(visit: Any) -> str:
    return reverse("inspection:visit", args=[visit.pk])


def _number(one: Any) -> dict[str, Any]:
    return {"number": one.visit.number}


def _pair(one: Any) -> list[To]:
    return [To(user=number) for number in one.pair]


def _writers(one: Any) -> list[To]:
    return [To(user=number) for number in (one.user_id, one.second_id) if number]


def _business(number: int) -> list[To]:
    return [To(scope=Scope(ScopeKind.BUSINESS, public_id(number)), action=ANSWER)]


def _approver(one: Any) -> To:
    district = "" if one.visit.level == "city" else one.district
    return To(scope=_office(district), action=APPROVE)


def _office(district: str) -> Scope:
    return Scope(ScopeKind.DISTRICT, district) if district else CITY


# ── The wiring ──


def _one(many: Callable[[Pairs], None], name: str) -> Callable[[Any, Entry], None]:
    """A reaction to one event, by the set-wise form of it; its name stands in the ledger."""

    def react(event: Any, entry: Entry) -> None:
        many([(event, entry)])

    react.__name__ = react.__qualname__ = name
    return react


visit_is_planned_told = _one(plans_are_told, "visit_is_planned_told")
visit_move_is_told = _one(moves_are_told, "visit_move_is_told")
reassignment_is_told = _one(reassignments_are_told, "reassignment_is_told")
record_is_told = _one(records_are_told, "record_is_told")
doubt_is_told = _one(doubts_are_told, "doubt_is_told")
decision_is_told = _one(decisions_are_told, "decision_is_told")
correction_is_told = _one(corrections_are_told, "correction_is_told")
reply_is_told = _one(replies_are_told, "reply_is_told")
answer_is_told = _one(answers_are_told, "answer_is_told")
release_is_told = _one(releases_are_told, "release_is_told")
OWN: Mapping[type[Event], Callable[..., Any]] = {
    events.VisitPlanned: visit_is_planned_told,
    events.VisitMoved: visit_move_is_told,
    events.VisitReassigned: reassignment_is_told,
    events.InspectionDone: record_is_told,
    events.RecordReceived: doubt_is_told,
    events.DoubtDecided: decision_is_told,
    events.FindingMoved: correction_is_told,
    events.ReplyMade: reply_is_told,
    events.ReplyAnswered: answer_is_told,
    events.ResultReleased: release_is_told,
}
BATCHES: Mapping[Callable[..., Any], Callable[..., Any]] = {
    visit_is_planned_told: plans_are_told,
    visit_move_is_told: moves_are_told,
    reassignment_is_told: reassignments_are_told,
    record_is_told: records_are_told,
    doubt_is_told: doubts_are_told,
    decision_is_told: decisions_are_told,
    correction_is_told: corrections_are_told,
    reply_is_told: replies_are_told,
    answer_is_told: answers_are_told,
    release_is_told: releases_are_told,
}
