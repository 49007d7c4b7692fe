"""How visits, records and their doubts are said on pages, in exports and on papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mingchu.base import clock
from mingchu.inspection import words
from mingchu.inspection.domain.checklists import Checklist, from_plain
from mingchu.inspection.models import (
    Doubt,
    Finding,
    Record,
    Visit,
    VisitState,
    VisitType,
    WayName,
    WordName,
)
from mingchu.inspection.models.records import AffectsName
from mingchu.inspection.queries import people
from mingchu.inspection.queries.checklists import newest_names
from mingchu.registry.places import district_name
from mingchu.registry.queries import area_names
from mingchu.rulebook.domain import Title
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.store import rule
from mingchu.rulebook.words import STATUSES
from mingchu.rulebook.words import words as said

RESULT_KINDS = "inspection.result_kinds"
TYPES: Mapping[str, Any] = dict(VisitType.choices)
STATES: Mapping[str, Any] = dict(VisitState.choices)
TONES = {"done": "closed", "void": "void", "accepted": "closed", "set_aside": "void"}
VERDICTS: Mapping[str, Any] = {
    "met": pgettext_lazy("verdict", "符合"),
    "unmet": pgettext_lazy("verdict", "不符合"),
    "na": pgettext_lazy("verdict", "不适用"),
}
FIELDS: Mapping[str, Any] = {
    "lead_id": gettext_lazy("带队人员"),
    "second_id": gettext_lazy("同行人员"),
    "day": gettext_lazy("计划日期"),
    "due": gettext_lazy("期限"),
    "district": gettext_lazy("旗县区"),
}
# What measures are taken of, as instruments are kept.
INSTRUMENT_KINDS: Mapping[str, Any] = {
    "thermometer": gettext_lazy("温度"),
    "polar": gettext_lazy("煎炸油极性组分"),
    "chlorine": gettext_lazy("余氯"),
    "surface": gettext_lazy("表面洁净度"),
    "light": gettext_lazy("照度"),
    "scale": gettext_lazy("称量"),
    "other": gettext_lazy("其他"),
}
# In words, what is doubtful and what a person can look at.
DOUBTS_SAY: Mapping[str, Any] = {
    Doubt.PIN: gettext_lazy("同行人员在手机上输入的口令与本人登记的不符，不能证明他在场。"),
    Doubt.NO_SECOND: gettext_lazy("没有第二名检查人员的确认；检查须由两人以上进行。"),
    Doubt.SECOND_RECORD: gettext_lazy("两部手机为同一任务各送来一份记录，只能有一份作数。"),
    Doubt.CLOCK: gettext_lazy("手机时钟在检查前后变动过，检查的日期需要人来定。"),
    Doubt.SHEET: gettext_lazy("手机上的检查表不是现行版本，新增的项目没有回答。"),
    Doubt.UNAPPROVED: gettext_lazy("检查开始时这项任务还没有审批；按此收下即视为您批准。"),
    Doubt.VOID: gettext_lazy("任务已经取消，检查人员仍然去了。"),
    Doubt.MOVED: gettext_lazy("主体在检查前迁出了检查人员的辖区。"),
    Doubt.CERTIFICATE: gettext_lazy("检查当日，检查人员没有有效的执法证件。"),
    Doubt.RECUSED: gettext_lazy("检查人员对本户登记过回避。"),
    Doubt.WRITER: gettext_lazy("填写人不在这项任务派定的人员里。"),
    Doubt.INSTRUMENT: gettext_lazy("测量用的器具没有登记，或者检查当日已过校准有效期。"),
}
ORIGINS: Mapping[str, Any] = {
    "order": gettext_lazy("工单"),
    "complaint": gettext_lazy("投诉举报"),
    "inspection": gettext_lazy("检查"),
    "case": gettext_lazy("案件线索"),
    "sample": gettext_lazy("抽检"),
    "batch": gettext_lazy("抽查之外的检查计划"),
}


def rows(visits: Iterable[Visit]) -> list[dict[str, Any]]:
    """Visits as lists show them; names and areas are asked once."""
    visits, today = list(visits), clock.today()
    names = people.names([pk for one in visits for pk in one.pair])
    areas = area_names({one.station for one in visits})
    return [
        {
            **_row(one, names, today),
            "business": one.business,
            "district": district_name(one.district),
            "station": areas.get(one.station, one.station),
        }
        for one in visits
    ]


def short_rows(visits: Iterable[Visit], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """The same where the business is known: nothing more is asked."""
    return [_row(one, names, clock.today()) for one in visits]


def _row(one: Visit, names: Mapping[int, str], today: date) -> dict[str, Any]:
    waits = one.state not in (VisitState.DONE, VisitState.VOID)
    return {
        "visit": one,
        "pk": one.pk,
        "number": one.number,
        "type": TYPES[one.type],
        "state": one.state,
        "state_name": STATES[one.state],
        "tone": TONES.get(one.state, "open"),
        "lead": names.get(one.lead_id or 0, ""),
        "second": names.get(one.second_id or 0, ""),
        "begun": waits and one.started_at is not None,
        "late": waits and one.due < today,
        "returned": one.state == VisitState.PLANNED and bool(one.returned_why),
        "hidden": one.is_hidden,
    }


def origin_said(origin: str) -> str:
    """What called for a visit: the sort of it and its number."""
    sort, _colon, number = origin.partition(":")
    known = ORIGINS.get(sort)
    return f"{known} {number}" if known else origin


def results_said(codes: Iterable[str], day: date) -> list[str]:
    """Kinds of result as the rule names them."""
    labels = rule(RESULT_KINDS).on(day).labels
    return [said(labels[one]) if one in labels else one for one in codes]


def record_rows(records: Iterable[Record]) -> list[dict[str, Any]]:
    records = list(records)
    names = people.names([pk for one in records for pk in (one.user_id, one.second_id)])
    return [
        {
            "record": one,
            "business": one.business,
            "number": one.visit.number,
            "type": TYPES[one.visit.type],
            "state_name": one.get_state_display(),
            "tone": TONES.get(one.state, "open"),
            "word": word_said(one.word),
            "outcome": one.get_outcome_display(),
            "results": results_said(one.results, one.day),
            "district": district_name(one.district),
            "people": [names[pk] for pk in (one.user_id, one.second_id) if pk in names],
        }
        for one in records
    ]


def word_said(word: str) -> str:
    return str(WordName(word).label) if word else ""


# ── Answers ──


def items_of(record: Record) -> list[dict[str, Any]]:
    """Every item of a record's list that was asked or answered, in its order."""
    checklist, answers = from_plain(record.sheet.body), record.body.get("answers", {})
    return [
        _item(checklist, one.id, answers.get(one.id))
        for one in checklist.items
        if one.id in answers or not record.visit.items or one.id in record.visit.items
    ]


def _item(checklist: Checklist, name: str, answer: Mapping[str, Any] | None) -> dict[str, Any]:
    item = checklist.item(name)
    assert item is not None  # noqa: S101 its name is of this list
    given = answer or {}
    return {
        "id": name,
        "text": said(Title(item.zh, item.en)),
        "is_key": item.is_key,
        "law": f"《{item.law}》{item.article}",
        "status": item.status,
        "status_name": STATUSES[Status(item.status)],
        "verdict": given.get("verdict", ""),
        "verdict_name": VERDICTS.get(given.get("verdict", ""), _("未答")),
        "affects": str(AffectsName(given["affects"]).label) if given.get("affects") else "",
        "says": given.get("text", ""),
        "measure": given.get("measure"),
        "photos": given.get("photos", []),
    }


def item_names(record: Record) -> dict[str, str]:
    """Texts of a record's items by their ids."""
    checklist = from_plain(record.sheet.body)
    return {one.id: said(Title(one.zh, one.en)) for one in checklist.items}


def way_said(finding: Finding) -> str:
    """What follows from an unmet item, and by when."""
    way = str(WayName(finding.way).label)
    if finding.due is None:
        return way
    return _("%(way)s，%(due)s前") % {"way": way, "due": finding.due.isoformat()}


def compared(one: Record, other: Record) -> list[dict[str, Any]]:
    """Two records of one visit item by item; those that differ first."""
    mine, theirs = one.body.get("answers", {}), other.body.get("answers", {})
    names = {**item_names(other), **item_names(one)}
    lines = [
        {
            "text": text,
            "one": _verdict(mine.get(name)),
            "other": _verdict(theirs.get(name)),
            "differs": mine.get(name, {}).get("verdict") != theirs.get(name, {}).get("verdict"),
        }
        for name, text in names.items()
        if name in mine or name in theirs
    ]
    return sorted(lines, key=lambda line: not line["differs"])


def _verdict(answer: Mapping[str, Any] | None) -> str:
    if answer is None:
        return _("未答")
    text = answer.get("text", "")
    name = str(VERDICTS[answer["verdict"]])
    return f"{name}{_('：')}{text}" if text else name


def doubt_facts(doubt: str, about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
    """(what, as it is) of a doubt: ids become names, days and items are said."""
    tell = FACTS.get(Doubt(doubt))
    return tell(about, record) if tell else []


def _person(key: str, title: Any) -> Any:
    def told(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
        number = about.get(key)
        return [(str(title), people.names([number]).get(number or 0, "—"))]

    return told


def _people(key: str, title: Any) -> Any:
    def told(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
        names = people.names(about.get(key, []))
        return [(str(title), _("、").join(names.values()) or "—")]

    return told


def _clock(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
    return [
        (_("手机说的开始时间"), str(about.get("said", ""))),
        (_("发送时手机快了"), seconds_said(about.get("ahead_s", 0))),
        (_("上次下载任务时手机快了"), seconds_said(about.get("at_pack_s", 0))),
        (_("按此推算的检查日期"), str(about.get("day", ""))),
        (_("收到时间"), f"{clock.city(record.received_at):%Y-%m-%d %H:%M}"),
    ]


def seconds_said(count: int) -> str:
    if abs(count) < 60:
        return _("%(n)s秒") % {"n": count}
    hours, rest = divmod(round(abs(count) / 60), 60)
    sign = "-" if count < 0 else ""
    return _("%(sign)s%(hours)s小时%(minutes)s分") % {"sign": sign, "hours": hours, "minutes": rest}


def _sheet(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
    names = newest_names(record, record.day)
    return [
        (_("没有回答的新项目"), _("；").join(names.get(one, one) for one in about.get("items", [])))
    ]


def _void(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
    return [(_("取消理由"), str(about.get("why", "")))]


def _moved(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
    return [(_("现在的旗县区"), district_name(str(about.get("district", ""))))]


def _instrument(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
    return [(_("器具编号"), _("、").join(about.get("instruments", [])))]


def _writer(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
    return [*_person("by", _("填写人"))({"by": record.user_id}, record),
            *_people("pair", _("派定的人员"))(about, record)]  # fmt: skip


def _unapproved(about: Mapping[str, Any], record: Record) -> list[tuple[str, str]]:
    return [(_("拟定时间"), f"{clock.city(record.visit.planned_at):%Y-%m-%d %H:%M}")]


FACTS: Mapping[str, Any] = {
    Doubt.PIN: _person("second", gettext_lazy("同行人员")),
    Doubt.NO_SECOND: _person("second", gettext_lazy("同行人员")),
    Doubt.SECOND_RECORD: _person("by", gettext_lazy("另一份的填写人")),
    Doubt.CLOCK: _clock,
    Doubt.SHEET: _sheet,
    Doubt.UNAPPROVED: _unapproved,
    Doubt.VOID: _void,
    Doubt.MOVED: _moved,
    Doubt.CERTIFICATE: _people("people", gettext_lazy("没有有效证件的人员")),
    Doubt.RECUSED: _people("people", gettext_lazy("应当回避的人员")),
    Doubt.WRITER: _writer,
    Doubt.INSTRUMENT: _instrument,
}


def matter_said(visit: Visit) -> str:
    return words.matter_name(visit.matter) if visit.matter else ""


def list_said(visit: Visit, names: Sequence[str] = ()) -> str:
    """Whether the visit looks at the full list or at some items."""
    if not visit.items:
        return _("全部检查项目")
    return _("%(n)s个项目") % {"n": len(visit.items)}
