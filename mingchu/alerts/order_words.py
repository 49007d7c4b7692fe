"""Orders in words: what they are about, by when and why, what each entry of theirs says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mingchu.alerts import limits
from mingchu.alerts.domain.clock import Because, Cause, Clocks, Reading, said_day
from mingchu.alerts.domain.states import Move
from mingchu.alerts.domain.terms import Term, Unit
from mingchu.alerts.models import Order
from mingchu.alerts.models.orders import LevelName, OrderStateName, OutcomeName
from mingchu.alerts.move_names import AUTHORITIES, MOVE_NAMES, SEVERITY_NAMES
from mingchu.alerts.services.orders import REPORTED
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.slots import Sentence
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.store import by_book, here, rule, rulebook

# Rules whose keys are kinds of alerts, the nearest words first.
KINDS = ("alert.kinds", "alert.due_days", "alert.due_hours")
CLOCK_NAMES = {"accept": _("签收"), "handle": _("办结"), "correct": _("整改")}
SAID_CAUSE = {
    Cause.OPENED: _("自%(at)s立单起"),
    Cause.HANDED: _("自%(at)s派到现承办人起"),
    Cause.RAISED: _("自%(at)s级别调高起"),
    Cause.LOWERED: _("级别调低，仍自%(at)s起"),
    Cause.REOPENED: _("自%(at)s重新办理起"),
    Cause.JOINED: _("自%(at)s并入的预警起"),
    Cause.TOLD: _("%(at)s告知经营者"),
    Cause.STARTED: _("自%(at)s起"),
}


def kind_name(code: str) -> str:
    """What an order is about; the code where nobody has a word for it."""
    return _kinds(get_language() or "").get(code, code)


def kinds() -> list[tuple[str, str]]:
    """Every kind there are words for, for a box."""
    return list(_kinds(get_language() or "").items())


@by_book(maxsize=8)
def _kinds(language: str) -> dict[str, str]:
    known = set(rulebook().ids_in(here()))
    found = {REPORTED: gettext("有人上报")}
    for name in KINDS:
        if name in known:
            ruling = rule(name).on(clock.today())
            found |= {
                code: ruling.labels[code].said(language)
                for code in ruling.value
                if code not in found
            }
    return found


def moment(at: datetime) -> str:
    return f"{clock.city(at):%Y-%m-%d %H:%M}"


def due_said(due: datetime | None) -> str:
    """A due as people say it: the last day, or the moment where it is within a day."""
    if due is None:
        return ""
    day = said_day(due)
    return day.isoformat() if day else moment(due)


def term_said(term: Term) -> str:
    amount = term.amount
    if term.until is not None:
        return ""
    if term.unit is Unit.HOUR:
        return ngettext("%(n)s小时", "%(n)s小时", amount) % {"n": amount}
    if term.unit is Unit.OFFICE_HOUR:
        return ngettext("%(n)s个办公小时", "%(n)s个办公小时", amount) % {"n": amount}
    if term.unit is Unit.CALENDAR_DAY:
        return ngettext("%(n)s日", "%(n)s日", amount) % {"n": amount}
    return ngettext("%(n)s个工作日", "%(n)s个工作日", amount) % {"n": amount}


@dataclass(frozen=True)
class ClockWords:
    """A clock as a page explains it: by when, how it stands, and why."""

    name: str
    title: Any
    due: str
    standing: Any
    tone: str
    reasons: Sequence[str]
    term: str
    ruling: Ruling | None
    provisional: bool


def clock_words(clocks: Clocks, now: datetime) -> list[ClockWords]:
    """Every clock that ever ran, the handling one first."""
    own = {"handle": clocks.handle, "accept": clocks.accept, "correct": clocks.correct}
    every = {**own, **clocks.others}
    return [_clock(name, found, now) for name, found in every.items() if found]


def _clock(name: str, read: Reading, now: datetime) -> ClockWords:
    standing, tone = _standing(read, now)
    return ClockWords(
        name,
        CLOCK_NAMES.get(name, name),
        due_said(read.due),
        standing,
        tone,
        [_reason(one, read) for one in read.because],
        term_said(read.term),
        _ruling(read.term),
        read.provisional,
    )


def _standing(read: Reading, now: datetime) -> tuple[str, str]:
    if read.paused:
        return gettext("已中止，剩余%(left)s") % {"left": _left(read)}, "warn"
    late = read.is_late(now)
    if read.met:
        return (gettext("逾期完成"), "bad") if late else (gettext("按期完成"), "good")
    return (gettext("已逾期"), "bad") if late else (gettext("计时中"), "")


def _left(read: Reading) -> str:
    return term_said(Term(read.left or 0, read.term.unit))


def _reason(one: Because, read: Reading) -> str:
    if one.cause is not Cause.PAUSED:
        return str(SAID_CAUSE[one.cause]) % {"at": moment(one.at)}
    if one.until is None:
        return gettext("%(at)s起依法中止计时") % {"at": moment(one.at)}
    said = {"at": moment(one.at), "until": moment(one.until)}
    if one.days is None:
        return gettext("%(at)s至%(until)s依法中止，相应顺延") % said
    extra = term_said(Term(one.days, read.term.unit))
    return gettext("%(at)s至%(until)s依法中止，顺延%(extra)s") % {**said, "extra": extra}


def _ruling(term: Term) -> Ruling | None:
    """The version of the rule that a term stands on, for its badge."""
    try:
        return rule(term.rule).on(date.fromisoformat(term.since)) if term.rule else None
    except (Refusal, ValueError):
        return None


def lateness(order: Order, now: datetime) -> tuple[str, str]:
    """How a row of a list stands to its due, and in which tone."""
    if order.ended_at is not None:
        return str(OutcomeName(order.outcome).label), ""
    if order.paused:
        return gettext("计时中止"), "warn"
    if order.due_at is None:
        return "", ""
    if order.due_at <= now:
        return gettext("已逾期"), "bad"
    today = said_day(order.due_at) == clock.today() or clock.city(order.due_at).date() == (
        clock.city(now).date()
    )
    return (gettext("今天截止"), "warn") if today else ("", "")


# How entries of orders read on a timeline.


def _named(said: Any, data: Mapping[str, Any], **more: object) -> str:
    known = {"number": data["number"], "kind": kind_name(data["kind_of"]), **more}
    return str(said) % known


def _opened(data: Mapping[str, Any]) -> str:
    severity = SEVERITY_NAMES[data["severity"]]
    return _named(gettext("立工单%(number)s：%(kind)s（%(severity)s）"), data, severity=severity)


def _moved(data: Mapping[str, Any]) -> str:
    move = MOVE_NAMES[Move(data["move"])]
    after = OrderStateName(data["after"]).label
    return _named(gettext("工单%(number)s：%(move)s（%(after)s）"), data, move=move, after=after)


def _ended(data: Mapping[str, Any]) -> str:
    outcome = OutcomeName(data["outcome"]).label
    return _named(gettext("工单%(number)s了结：%(outcome)s"), data, outcome=outcome)


def _escalated(data: Mapping[str, Any]) -> str:
    said = gettext("工单%(number)s逾期，上报%(level)s")
    if not data["overdue"]:
        said = gettext("工单%(number)s上报%(level)s")
    return _named(said, data, level=LevelName(data["level"]).label)


def _talk(data: Mapping[str, Any]) -> str:
    return _named(gettext("责任约谈（%(day)s），工单%(number)s"), data, day=data["day"])


def _transferred(data: Mapping[str, Any]) -> str:
    authority = AUTHORITIES.get(data["authority"], data["authority"])
    return _named(gettext("工单%(number)s移送%(authority)s"), data, authority=authority)


SAID = (
    Sentence("alerts.order_opened", _opened),
    Sentence("alerts.order_moved", _moved),
    Sentence("alerts.order_ended", _ended),
    Sentence("alerts.order_escalated", _escalated),
    Sentence("alerts.talk_held", _talk),
    Sentence("alerts.order_transferred", _transferred),
)


def step_detail(data: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    """What a step was made with, beyond its note."""
    said: Mapping[str, tuple[Any, Callable[[Any], Any]]] = {
        "person": (_("承办人：%(what)s"), lambda who: names.get(who, who)),
        "correct_by": (_("整改期限：%(what)s"), str),
        "severity": (_("级别：%(what)s"), SEVERITY_NAMES.__getitem__),
        "ground": (_("法定事由：%(what)s"), _ground),
        "authority": (_("部门：%(what)s"), lambda code: AUTHORITIES.get(code, code)),
        "receipt": (_("回执编号：%(what)s"), str),
        "level": (_("上报至：%(what)s"), lambda code: LevelName(code).label),
        "day": (_("约谈日期：%(what)s"), str),
    }
    return [
        str(sentence) % {"what": word(data[name])}
        for name, (sentence, word) in said.items()
        if data.get(name)
    ]


def _ground(code: str) -> str:
    return limits.grounds(get_language() or "").get(code, code)
