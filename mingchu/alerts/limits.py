"""What the rulebook says about orders: terms, office hours, pauses, evidence, the way up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from functools import cache
from typing import NamedTuple

from mingchu.alerts.domain import kinds
from mingchu.alerts.domain.desk import Ladder
from mingchu.alerts.domain.terms import URGENT, Office, Spans, Term, Unit
from mingchu.alerts.models import Alert
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.rulebook.domain import Rulebook, Ruling
from mingchu.rulebook.kinds import Shape
from mingchu.rulebook.kinds import Unit as RuleUnit
from mingchu.rulebook.store import calendar_in, here, rule, rulebook

UNITS = {
    RuleUnit.HOUR: Unit.HOUR,
    RuleUnit.WORKING_DAY: Unit.WORKING_DAY,
    RuleUnit.CALENDAR_DAY: Unit.CALENDAR_DAY,
}


class Terms(NamedTuple):
    """In how long an order is to be taken, and in how long it is to be done."""

    accept: Term
    handle: Term

    def plain(self) -> dict[str, object]:
        return {"accept": self.accept.plain(), "handle": self.handle.plain()}


def terms(severity: int, day: date) -> Terms:
    """The usual terms of a severity, by the rule of the day."""
    ruling = rule(kinds.BY_SEVERITY[severity]).on(day)
    return Terms(*(term(ruling, ruling.choice(key), severity) for key in ("accept", "handle")))


def term(ruling: Ruling, amount: int, severity: int) -> Term:
    """So much of what the rule counts in, for alerts and orders alike: hours run round the clock
    only where everything is urgent, elsewhere in office hours."""
    unit = UNITS[ruling.unit]
    if unit is Unit.HOUR and severity != URGENT:
        unit = Unit.OFFICE_HOUR
    return Term(int(amount), unit, ruling.id, ruling.since.isoformat())


def own_term(alert: Alert) -> Term | None:
    """The term that an alert has by its kind, as its rule counts it, else its moment as it is.

    None where it has the usual one of its severity.
    """
    if alert.due_at is None or alert.rule in kinds.BY_SEVERITY.values():
        return None
    since = alert.rule_since.isoformat() if alert.rule_since else ""
    given = Term(rule=alert.rule, since=since, until=alert.due_at)
    if not alert.rule or alert.rule_since is None:
        return given
    try:
        ruling = rule(alert.rule).on(alert.rule_since)
        amount = ruling.choice(_key(alert)) if ruling.shape is Shape.CHOICE else ruling.number()
    except Refusal:
        return given
    if ruling.unit not in UNITS or not isinstance(amount, int):
        return given
    return term(ruling, amount, alert.severity)


def _key(alert: Alert) -> str:
    """What the term of its kind goes by: as the table of kinds says, else the kind itself."""
    if kinds.RULE not in rulebook().ids_in(here()):
        return alert.kind
    table = rule(kinds.RULE).on(clock.city(alert.opened_at).date()).value
    key: str = table.get(alert.kind, {}).get("due", {}).get("key", alert.kind)
    return key


def office() -> Office:
    """The office hours of every day, over the calendar as it is known now."""
    return _office(rulebook(), here())


@cache
def _office(book: Rulebook, place: str) -> Office:
    dated = book.rule("alert.office_hours", place).segments
    hours = tuple((one.begins, _spans(one.version.value)) for one in dated if one.version.value)
    return Office(hours, calendar_in(book, place))


def _spans(said: tuple[str, ...]) -> Spans:
    pairs = (one.split("-") for one in said)
    return tuple((time.fromisoformat(first), time.fromisoformat(last)) for first, last in pairs)


def ladder() -> Ladder:
    """How long overdue an order goes up."""
    day = clock.today()
    days = rule("alert.escalation_days").on(day).value
    return Ladder(days, rule("alert.escalation_hours").on(day).value)


def pause_grounds() -> Ruling:
    """On which grounds of the law a clock may be paused: the article of each by its key."""
    return rule("alert.pause_grounds").on(clock.today())


def grounds(language: str) -> Mapping[str, str]:
    """The grounds in words, by key."""
    ruling = pause_grounds()
    return {key: ruling.labels[key].said(language) for key in ruling.value}


def repeat_days(day: date) -> int:
    """Within how many days after its end another order of the kind is a repeat."""
    return int(repeat_rule(day).number())


def repeat_rule(day: date) -> Ruling:
    return rule("alert.repeat_days").on(day)


def wants_files(severity: int) -> bool:
    """Whether what was done about an order of that severity has to be shown by a file."""
    return severity in rule("alert.evidence_severities").on(clock.today()).value
