"""Papers 文书 of visits and records, each in the house's own layout: the national forms were not
seen. A paper of the bureau is in Chinese, whatever language whoever prints it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.utils.translation import pgettext

from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import rules, visit_words
from mingchu.inspection.domain.outcome import DATED
from mingchu.inspection.models import Finding, Record, Visit, VisitType
from mingchu.inspection.queries import people
from mingchu.inspection.services.accepting import SIGNATURE
from mingchu.kit.files import store
from mingchu.kit.models import Attachment
from mingchu.kit.papers.documents import File, Letter, Part, Signature
from mingchu.kit.papers.symbols import picture_svg
from mingchu.kit.papers.typeset import Paper
from mingchu.registry.domain import public_id
from mingchu.registry.places import district_name
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.words import STATUS_SAYS, STATUSES

LANGUAGE = "zh-hans"
APPROVAL, NOTICE = "approval", "notice"
MINUTES, RESULT, ORDER = "minutes", "result", "order"
OF_BUSINESS = (RESULT, ORDER)  # what it is handed beside the notice; minutes are the office's
PICTURES = ("image/png", "image/jpeg")
Made = Letter | File


def of_visit(name: str, visit: Visit, at: datetime | None = None) -> Paper:
    """A paper of a visit, `approval` or `notice`; Refusal `not_notified`."""
    with translation.override(LANGUAGE):
        return OF_VISIT[name](visit).print(at)


def of_record(
    name: str,
    record: Record,
    *,
    signatures: Iterable[Attachment] = (),
    at: datetime | None = None,
) -> Paper:
    """A paper of a record, `minutes`, `result` or `order`; Refusal `nothing_to_order`.

    `signatures` are the files that the reader may see; without one a line stands in its place.
    """
    with translation.override(LANGUAGE):
        files = {one.sent_sha256: one for one in signatures}
        made = replace(OF_RECORD[name](record), signatures=list(_signatures(record, files)))
        return made.print(at)


# ── Of a visit ──


def _approval(visit: Visit) -> File:
    names = people.names([visit.planned_by, visit.approved_by])
    approved = visit.approved_at is not None
    return File(
        title=_("行政检查审批表"),
        lead=f"{_bureau(visit.district)}　{_number('SP', visit)}",
        facts=[
            *_subject(visit),
            (_("检查类型"), str(VisitType(visit.type).label)),
            (_("检查主体"), visit.get_department_display()),
            (_("检查项目"), visit_words.list_said(visit)),
            (_("检查事由"), visit.reason or visit_words.origin_said(visit.origin) or "—"),
            (_("计划日期"), _day(visit.day)),
            (_("期限"), _day(visit.due)),
            *_officers(visit.lead_id, visit.second_id),
            (_("检查方式"), _way(visit)),
        ],
        parts=[
            Part(
                _("审批"),
                (_("环节"), _("人员"), _("时间")),
                [
                    (_("拟定"), names.get(visit.planned_by or 0, _("系统")),
                     _moment(visit.planned_at)),
                    (_("批准"), names.get(visit.approved_by or 0, "") if approved else "",
                     _moment(visit.approved_at) if visit.approved_at else _("尚未批准")),
                ],
            )
        ],
        foot=_foot(_("行政检查审批表"), visit),
    )  # fmt: skip


def _way(visit: Visit) -> str:
    if visit.type == VisitType.UNANNOUNCED:
        return _("不事先通知")
    return _("事先通知")


def _notice(visit: Visit) -> Letter:
    if visit.notified_at is None:
        raise Refusal(
            "not_notified",
            _noop("这项检查没有发出通知"),
            fix=_noop("请先审批并发出检查通知；飞行检查没有通知书"),
            status=409,
        )
    return Letter(
        title=_("行政检查通知书"),
        issuer=_bureau(visit.district),
        number=visit.notice_number,
        to=visit.business.name,
        day=_day(clock.city(visit.notified_at).date()),
        paragraphs=[
            _("根据食品安全法律法规和年度检查安排，本局定于%(day)s至%(due)s对你单位进行%(type)s。")
            % {"day": _day(visit.day), "due": _day(visit.due),
               "type": VisitType(visit.type).label},
            _("检查由两名以上检查人员进行，检查人员将出示执法证件；没有出示的，你单位有权拒绝检查。"),
            _("与检查人员有利害关系的，可以申请回避。请备好许可证、进货查验和从业人员健康证明等材料。"),
        ],
        facts=[
            *_subject(visit),
            (_("检查项目"), visit_words.list_said(visit)),
            *_officers(visit.lead_id, visit.second_id),
        ],
        foot=_foot(_("行政检查通知书"), visit),
    )  # fmt: skip


# ── Of a record ──


def _minutes(record: Record) -> File:
    visit, body = record.visit, record.body
    return File(
        title=_("现场检查笔录"),
        lead=f"{_bureau(record.district)}　{_number('BL', visit)}",
        facts=[
            *_subject(visit),
            (_("检查日期"), _day(record.day)),
            (_("起止时间"), f"{_moment(record.started_at)} – {_moment(record.ended_at)[-5:]}"),
            *_officers(record.user_id, record.second_id),
            (_("当事人"), _party(record)),
            (_("检查情形"), record.get_outcome_display()),
        ],
        parts=[
            Part(_("告知"), paragraphs=list(_told(record))),
            Part(_("现场情况"), paragraphs=list(_seen(record))),
            *_measured(record),
            Part(_("当事人陈述"), paragraphs=[body.get("statement") or _("无")]),
            Part(_("签字"), (_("身份"), _("姓名"), _("签字情况")), list(_signed(record))),
        ],
        foot=_foot(_("现场检查笔录"), visit),
    )


def _told(record: Record) -> Iterator[str]:
    shown = record.body.get("shown") or {}
    if shown.get("lead") and shown.get("second"):
        yield _("检查人员向当事人出示了执法证件，说明了来意，告知有权申请回避、陈述和申辩。")
    else:
        yield _("记录中没有两名检查人员均出示证件的记载。")


def _seen(record: Record) -> Iterator[str]:
    if record.outcome != "inspected":
        yield record.get_outcome_display()
    else:
        yield _("共检查%(all)s项：符合%(met)s项，不符合%(unmet)s项，不适用%(na)s项。") % {
            "all": len(record.met) + len(record.unmet) + len(record.not_applicable),
            "met": len(record.met),
            "unmet": len(record.unmet),
            "na": len(record.not_applicable),
        }
    for n, item in enumerate(_unmet(record), 1):
        yield f"{n}. {item['text']}{_('：')}{item['says'] or _('不符合')}"
    if note := record.body.get("note"):
        yield note


def _measured(record: Record) -> Iterator[Part]:
    rows = [
        (one["text"], f"{one['measure']['value']} {one['measure']['unit']}",
         one["measure"].get("instrument", ""))
        for one in visit_words.items_of(record)
        if one["measure"]
    ]  # fmt: skip
    if rows:
        yield Part(_("测量"), (_("检查项目"), _("测量值"), _("器具编号")), rows)


def _signed(record: Record) -> Iterator[tuple[str, str, str]]:
    names = people.names([record.user_id, record.second_id])
    signed, refusal = record.body.get("signatures") or {}, record.body.get("refusal")
    yes, no = _("已签字"), _("没有签字")
    yield _("检查人员"), names.get(record.user_id, ""), yes if signed.get("lead") else no
    yield _("检查人员"), names.get(record.second_id or 0, ""), yes if signed.get("second") else no
    if refusal:
        said = _("拒绝签字：%(why)s；见证人%(who)s") % {
            "why": refusal["reason"],
            "who": refusal["witness"],
        }
    else:
        said = yes if signed.get("party") else no
    yield _("当事人"), _party(record), said


def _signatures(record: Record, files: Mapping[str, Attachment]) -> Iterator[Signature]:
    signed = record.body.get("signatures") or {}
    names = people.names([record.user_id, record.second_id])
    who = (
        ("lead", _("检查人员"), names.get(record.user_id, "")),
        ("second", _("检查人员"), names.get(record.second_id or 0, "")),
        ("party", _("当事人"), _party(record)),
    )
    for role, label, name in who:
        yield Signature(label, name, _picture(files.get(signed.get(role) or "")))


def _picture(one: Attachment | None) -> str:
    """Empty where the file is not there, or no picture that a paper can hold."""
    if one is None or one.role != SIGNATURE or one.blob.media_type not in PICTURES:
        return ""
    where = store.place(one.blob.digest)
    return picture_svg(where.read_bytes(), one.blob.media_type) if where.is_file() else ""


def _party(record: Record) -> str:
    party = record.body.get("party") or {}
    return " ".join(filter(None, (party.get("name"), party.get("role")))) or "—"


def _result(record: Record) -> File:
    items = visit_words.items_of(record)
    findings = {one.item: one for one in record.findings.all()}
    return File(
        title=_("监督检查结果记录表"),
        lead=f"{_bureau(record.district)}　{_number('JG', record.visit)}",
        facts=[
            *_subject(record.visit),
            (_("检查日期"), _day(record.day)),
            (_("检查类型"), str(VisitType(record.visit.type).label)),
            *_officers(record.user_id, record.second_id),
            (_("结果判定"), visit_words.word_said(record.word) or "—"),
            (_("检查结果"), _("、").join(visit_words.results_said(record.results, record.day))),
        ],
        parts=[
            *_unmet_part(items, findings),
            Part(
                _("逐项结果"),
                (_("检查项目"), _("类别"), _("结果"), _("依据")),
                [
                    (one["text"], _("★重点项") if one["is_key"] else _("一般项"),
                     str(one["verdict_name"]), _law(one))
                    for one in items
                ],
                [_("结果判定按规则 %(rule)s；项目文字为本平台拟写，国家公布的要点表没有见到。")
                 % {"rule": rules.PASS_RATE}, *_badges(items)],
            ),
        ],
        foot=_foot(_("监督检查结果记录表"), record.visit),
    )  # fmt: skip


def _unmet_part(
    items: Sequence[Mapping[str, Any]], findings: Mapping[str, Finding]
) -> Iterator[Part]:
    rows = [
        (one["text"], one["says"], visit_words.way_said(findings[one["id"]]), _law(one))
        for one in items
        if one["id"] in findings
    ]
    if rows:
        yield Part(
            _("不符合的项目"),
            (_("检查项目"), _("发现的问题"), pgettext("inspection", "处理"), _("依据")),
            rows,
        )


def _order(record: Record) -> Letter:
    rows = list(record.findings.filter(way__in=DATED).order_by("due", "pk"))
    if not rows:
        raise Refusal(
            "nothing_to_order",
            _noop("这次检查没有责令限期改正的问题"),
            fix=_noop("没有限期改正的问题，不需要这份文书"),
            status=409,
        )
    laws = {one["id"]: one for one in visit_words.items_of(record)}
    return Letter(
        title=_("责令改正通知书"),
        issuer=_bureau(record.district),
        number=_number("ZG", record.visit),
        to=record.business.name,
        day=_day(record.day),
        paragraphs=[
            _("本局%(day)s对你单位进行监督检查，发现下列问题，责令按期改正。")
            % {"day": _day(record.day)},
            _("改正后请登录平台提交整改情况，也可以书面告知本局；需要复查的，本局将到现场复查。"),
            _("对检查结果有异议的，可以在平台提出陈述、申辩或者异议。"),
        ],
        facts=_subject(record.visit),
        parts=[
            Part(
                _("责令改正的问题"),
                (_("检查项目"), _("发现的问题"), _("改正期限"), _("依据")),
                [
                    (laws[one.item]["text"] if one.item in laws else one.item, one.text,
                     _day(one.due) if one.due else "",
                     _law(laws[one.item]) if one.item in laws else "")
                    for one in rows
                ],
                list(_badges(laws[one.item] for one in rows if one.item in laws)),
            )
        ],
        foot=_foot(_("责令改正通知书"), record.visit),
    )  # fmt: skip


# ── Helpers ──


def _unmet(record: Record) -> list[dict[str, Any]]:
    return [one for one in visit_words.items_of(record) if one["verdict"] == "unmet"]


def _law(one: Mapping[str, Any]) -> str:
    """With its badge where nobody compared it with the law."""
    if one["status"] == Status.VERIFIED:
        return str(one["law"])
    return f"{one['law']}〔{one['status_name']}〕"


def _badges(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What the badges beside the law mean."""
    held = {one["status"] for one in items}
    for status in Status:
        if status in held and status is not Status.VERIFIED:
            yield f"〔{STATUSES[status]}〕{STATUS_SAYS[status]}"


def _bureau(district: str) -> str:
    return _("%(place)s市场监督管理局") % {"place": district_name(district)}


def _subject(visit: Visit) -> list[tuple[str, str]]:
    one = visit.business
    return [
        (_("单位名称"), one.name),
        (_("主体编号"), public_id(one.pk)),
        (_("统一社会信用代码"), one.code or "—"),
        (_("经营地址"), one.address or "—"),
    ]


def _officers(*numbers: int | None) -> list[tuple[str, str]]:
    users = User.objects.in_bulk([pk for pk in numbers if pk])
    return [
        (_("检查人员"), f"{users[pk].name}（{users[pk].certificate_no}）" if pk in users else "—")
        for pk in numbers
    ]


def _number(prefix: str, visit: Visit) -> str:
    """The visit's number under the mark of the paper."""
    return f"{prefix}{visit.number[2:]}"


def _foot(title: str, visit: Visit) -> str:
    return _("%(title)s %(number)s · 版式为本平台拟定") % {"title": title, "number": visit.number}


def _day(day: date) -> str:
    return _("%(year)s年%(month)s月%(day)s日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def _moment(at: datetime) -> str:
    return f"{clock.city(at):%Y-%m-%d %H:%M}"


OF_VISIT: Mapping[str, Callable[[Visit], Made]] = {APPROVAL: _approval, NOTICE: _notice}
OF_RECORD: Mapping[str, Callable[[Record], Made]] = {
    MINUTES: _minutes, RESULT: _result, ORDER: _order,
}  # fmt: skip
