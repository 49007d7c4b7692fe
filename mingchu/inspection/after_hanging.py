"""What comes after a record, hung into the pages of others: the file of a business, its desk, its
public page, the city page, timelines, orders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor, may
from mingchu.base import clock
from mingchu.base.slots import (
    DESK,
    FIGURES,
    MEASURES,
    OFFERS,
    PANELS,
    PUBLIC,
    SENTENCES,
    TASKS,
    THINGS,
    Figure,
    FigureValue,
    Measure,
    Offer,
    Panel,
    PublicPart,
    Sentence,
    Task,
    Thing,
)
from mingchu.base.states import STATES
from mingchu.inspection import after_words, rules, states
from mingchu.inspection.item_words import item_said
from mingchu.inspection.models import (
    Decision,
    Doubt,
    Finding,
    FindingState,
    OutcomeName,
    Record,
    Reply,
    ReplyKind,
    VisitState,
    VisitType,
)
from mingchu.inspection.pages import publishing
from mingchu.inspection.queries import after as queries
from mingchu.inspection.queries import records
from mingchu.inspection.queries.after import Wanted
from mingchu.inspection.queries.sheets import checklists_of
from mingchu.kit.drawn import drawn
from mingchu.kit.messages.kinds import KINDS
from mingchu.registry.domain import public_id

READ, APPROVE, ANSWER = "inspection.read", "inspection.approve", "inspection.answer"
JUDGE, PLAN = "inspection.judge", "inspection.plan"
PANEL, DESK_PANEL = "inspection/_panel.html", "inspection/_desk_panel.html"


def hang() -> None:
    """Called once, when the app is ready."""
    panel = Panel("inspections", _("监督检查"), READ, _panel, queries.panel_asked)
    PANELS.add("inspection.after", panel, order=30)
    own = Panel("inspections", _("监督检查"), ANSWER, _desk)
    DESK.add("inspection.after", own, order=20)
    part = PublicPart("inspections", _("最近的检查结果"), publishing.part)
    PUBLIC.add("inspection.results", part, order=100)
    for key, title, action, waiting, href in (
        ("answered", _("待核实的整改"), JUDGE, _answered, partial(_rows, show="answered")),
        ("overdue", _("逾期未整改的问题"), READ, _overdue, partial(_rows, show="overdue")),
        ("unplanned", _("待安排的复查"), PLAN, _unplanned, partial(_rows, show="unplanned")),
        ("replies", _("待答复的陈述和异议"), APPROVE, _replies, partial(_at, "replies")),
        ("publish", _("即将到期的结果公开"), publishing.RELEASE, _publish, _soon),
    ):
        TASKS.add(f"inspection.{key}", Task(title, action, waiting, href))
    FIGURES.add(
        "inspected_this_month",
        Figure(
            "inspected_this_month",
            _("本月检查"),
            _("次"),
            _("本月开展、记录已收下的检查，含复查"),
            _inspected,
        ),
        order=230,
    )
    MEASURES.add(
        "inspection.overdue",
        Measure(
            "inspection.overdue",
            _("逾期未整改的问题"),
            _("项"),
            _("检查发现、整改期限已过而经营者没有提交的问题，按旗县区计"),
            lambda day: queries.overdue_by_district(),
            lambda code: _rows(show="overdue", district=code),
        ),
        order=230,
    )
    for name, table in (
        ("Visit", states.VISIT),
        ("Record", states.RECORD),
        ("Finding", states.FINDING),
    ):
        STATES.add(f"inspection.{name}", table)
    for kind, word in (("inspection", _("监督检查")), ("finding", _("检查整改"))):
        KINDS.add(kind, (kind, word))
    THINGS.add("finding", findings_said)
    THINGS.add("inspection", visits_said)
    OFFERS.add("inspection", _offers)
    for sentence in SAID:
        SENTENCES.add(sentence.kind, sentence)


# ── Tasks, figures ──


def _at(name: str) -> str:
    return reverse(f"inspection:{name}")


def _rows(**asked: str) -> str:
    return f"{_at('findings')}?{urlencode({name: v for name, v in asked.items() if v})}"


def _soon() -> str:
    return f"{_at('publication')}?show=soon"


def _wanted(action: str, show: str, actor: Actor) -> QuerySet[Finding]:
    soon = rules.remind_until(clock.today())
    return queries.findings(actor.scopes_for(action), Wanted(show=show), soon=soon)


_answered = partial(_wanted, JUDGE, "answered")
_overdue = partial(_wanted, READ, "overdue")
_unplanned = partial(_wanted, PLAN, "unplanned")


def _replies(actor: Actor) -> QuerySet[Reply]:
    return records.open_replies(actor.scopes_for(APPROVE))


def _publish(actor: Actor) -> QuerySet[Record]:
    soon = rules.remind_until(clock.today())
    return queries.to_publish(actor.scopes_for(publishing.RELEASE), "soon", soon)


def _inspected(day: date) -> FigureValue:
    first = day.replace(day=1)
    rows = f"{_at('statistics_rows')}?{urlencode({'since': first, 'until': day})}"
    return FigureValue(
        queries.counted_since(first), rows=rows, public_rows=reverse("inspection:results")
    )


# ── Panels ──


def _panel(request: HttpRequest, number: int) -> SafeString | str:
    """The last record, and what is to be mended."""
    found = queries.of_file(number)
    if not any(found):
        return ""
    shown = {
        "last": after_words.result_said(found.last) if found.last else None,
        "findings": after_words.finding_rows(found.findings[: queries.PANEL_SHOWN]),
        "more": len(found.findings) > queries.PANEL_SHOWN,
    }
    return drawn(PANEL, shown, request)


def _desk(request: HttpRequest, number: int) -> SafeString | str:
    if not may(actor_of(request), ANSWER):
        return ""
    findings, visits = queries.own_findings(number), queries.own_visits(number)
    open_ones = [one for one in findings if one.state == FindingState.OPEN]
    today = clock.today()
    known = {
        "open": len(open_ones),
        "late": sum(one.due is not None and one.due < today for one in open_ones),
        "first": next((one.due for one in open_ones if one.due), None),
        "visits": len(visits),
        "business": number,
    }
    if not (findings or visits or queries.own_records(number).exists()):
        return ""
    return drawn(DESK_PANEL, known, request)


# ── What alerts and orders speak of ──


def findings_said(actor: Actor, numbers: Collection[int]) -> Mapping[int, Thing]:
    """Items that were not met, by finding; with their pages for whoever may go there."""
    rows = queries.findings_at(actor.scopes_for(READ), numbers)
    sheets = checklists_of({one.record.sheet_id for one in rows})
    return {
        one.pk: Thing(
            after_words.item_of(sheets, one.record.sheet_id, one.item)["text"],
            reverse("inspection:finding", args=[one.pk]),
        )
        for one in rows
    }


def visits_said(actor: Actor, numbers: Collection[int]) -> Mapping[int, Thing]:
    """Visits by number and type, with their pages for whoever may go there."""
    rows = queries.visits_in(actor.scopes_for(READ), numbers)
    said = gettext("%(number)s %(type)s")
    return {
        one.pk: Thing(
            said % {"number": one.number, "type": one.get_type_display()},
            reverse("inspection:visit", args=[one.pk]),
        )
        for one in rows
    }


def _offers(actor: Actor, subject: str, business: int | None) -> Sequence[Offer]:
    """An order about a business leads to a visit; one about what was found to the recheck, too."""
    what, _colon, number = subject.partition(":")
    if not number.isdecimal() or not may(actor, PLAN):
        return ()
    if what == "order" and business:
        asked = urlencode({"business": public_id(business), "origin": subject}, safe=":")
        return (Offer(_("安排检查"), f"{_at('new_visit')}?{asked}"),)
    if what == "finding":
        found = queries.findings_at(actor.scopes_for(PLAN), [int(number)])
        one = next(iter(found), None)
        if one is None or one.state not in queries.UNMENDED or one.recheck_id:
            return ()
        return (Offer(_("安排复查"), reverse("inspection:plan_recheck", args=[one.pk])),)
    return ()


# ── How its entries read on a timeline ──


def _type(code: str) -> str:
    return str(VisitType(code).label)


def _item(code: str) -> str:
    return item_said(code, clock.today())


def _planned(data: Mapping[str, Any]) -> str:
    return gettext("拟定%(type)s，等待审批") % {"type": _type(data["type"])}


MOVED: Mapping[tuple[str, str], Any] = {
    ("planned", "approved"): _("检查任务已审批"),
    ("approved", "notified"): _("检查通知书已送达"),
    ("approved", "planned"): _("检查任务的审批已收回"),
    ("notified", "planned"): _("检查任务的审批已收回"),
    ("planned", "planned"): _("检查任务退回拟定人"),
}


def _moved(data: Mapping[str, Any]) -> str:
    if data["after"] == "begun":
        return gettext("检查人员到场，检查开始")
    if data["after"] == VisitState.VOID:
        return gettext("检查任务已取消")
    known = MOVED.get((data["before"], data["after"]))
    return str(known or VisitState(data["after"]).label)


def _received(data: Mapping[str, Any]) -> str:
    if not data["doubts"]:
        return gettext("收到检查记录")
    doubts = gettext("、").join(str(Doubt(one).label) for one in data["doubts"])
    return gettext("收到检查记录，有疑问待核实：%(doubts)s") % {"doubts": doubts}


def _decided(data: Mapping[str, Any]) -> str:
    return gettext("处理检查记录的疑问“%(doubt)s”：%(decision)s") % {
        "doubt": Doubt(data["doubt"]).label,
        "decision": Decision(data["decision"]).label,
    }


def _done(data: Mapping[str, Any]) -> str:
    day = date.fromisoformat(data["day"])
    said = gettext("%(type)s：%(results)s") % {
        "type": _type(data["type"]),
        "results": after_words.results_said(data["results"], day),
    }
    if data["outcome"] != "inspected":
        return gettext("%(said)s（%(outcome)s）") % {
            "said": said,
            "outcome": OutcomeName(data["outcome"]).label,
        }
    unmet = data["failed_key"] + data["failed_general"]
    return gettext("%(said)s，不符合%(n)s项") % {"said": said, "n": unmet} if unmet else said


def _case(data: Mapping[str, Any]) -> str:
    return gettext("“%(item)s”影响食品安全，建议立案调查") % {"item": _item(data["item"])}


FINDINGS: Mapping[str, Any] = {
    FindingState.OPEN: _("“%(item)s”的整改被退回"),
    FindingState.ANSWERED: _("经营者提交“%(item)s”的整改"),
    FindingState.MENDED: _("“%(item)s”已整改"),
    FindingState.AGAIN: _("复查发现“%(item)s”仍不符合"),
}


def _finding(data: Mapping[str, Any]) -> str:
    said = FINDINGS.get(data["after"], "%(item)s")
    return str(said) % {"item": _item(data["item"])}


def _overdue_said(data: Mapping[str, Any]) -> str:
    return gettext("“%(item)s”逾期未整改，期限%(due)s") % {
        "item": _item(data["item"]),
        "due": data["due"],
    }


def _reply(data: Mapping[str, Any]) -> str:
    return gettext("经营者提出%(kind)s") % {"kind": ReplyKind(data["kind_of"]).label}


def _answered_said(data: Mapping[str, Any]) -> str:
    if data["upheld"]:
        return gettext("答复经营者：意见成立")
    return gettext("答复经营者：意见不成立")


def _released(data: Mapping[str, Any]) -> str:
    day = date.fromisoformat(data["day"])
    said = gettext("检查结果公开：%(results)s") % {
        "results": after_words.results_said(data["results"], day)
    }
    return gettext("%(said)s（逾期公开）") % {"said": said} if data["late"] else said


def _examined(data: Mapping[str, Any]) -> str:
    passed = sum(1 for _person, _score, good in data["exams"] if good)
    return gettext("抽考食品安全管理人员%(all)s人，合格%(passed)s人") % {
        "all": len(data["exams"]),
        "passed": passed,
    }


SAID = (
    Sentence("inspection.visit_planned", _planned),
    Sentence("inspection.visit_moved", _moved),
    Sentence("inspection.visit_reassigned", lambda data: gettext("检查任务改派或改期")),
    Sentence("inspection.record_received", _received),
    Sentence("inspection.doubt_decided", _decided),
    Sentence("inspection.inspection_done", _done),
    Sentence("inspection.case_proposed", _case),
    Sentence("inspection.finding_moved", _finding),
    Sentence("inspection.finding_overdue", _overdue_said),
    Sentence("inspection.reply_made", _reply),
    Sentence("inspection.reply_answered", _answered_said),
    Sentence("inspection.result_released", _released),
    Sentence("inspection.managers_examined", _examined),
)
