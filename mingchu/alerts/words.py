"""Words for kinds, dues and what an alert is about, looked up once a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from mingchu.accounts.domain import Actor
from mingchu.alerts import rules
from mingchu.alerts.domain import kinds
from mingchu.alerts.domain.clock import said_day
from mingchu.alerts.models import Alert
from mingchu.base import clock
from mingchu.base.slots import THINGS, Thing
from mingchu.registry.places import district_name
from mingchu.registry.queries import licence_numbers, person_names
from mingchu.rulebook.store import by_book

# How a severity looks, beside its word.
TAGS = {1: "bad", 2: "warn", 3: ""}
FAULTS: Mapping[str, Any] = {
    "unknown_kind": gettext_lazy("种类不认识"),
    "unknown_business": gettext_lazy("没有这个主体"),
    "kind": gettext_lazy("种类写法不合要求"),
    "subject": gettext_lazy("对象为空或过长"),
    "key": gettext_lazy("区分过长"),
    "district": gettext_lazy("旗县区代码不合要求"),
    "station": gettext_lazy("监管所代码不合要求"),
    "labels": gettext_lazy("标签不合要求"),
}


def kind_names() -> dict[str, str]:
    """Words of every kind that alerts and orders are of, by code, in the reader's language."""
    return _kind_names(get_language() or "zh-hans", clock.today())


@by_book(maxsize=16)
def _kind_names(language: str, day: date) -> dict[str, str]:
    ruling = rules.ruling(kinds.RULE, day)
    named = {code: ruling.labels[code].said(language) for code in ruling.value}
    return {**named, kinds.REPORTED: _("有人上报")}


def kind_name(code: str) -> str:
    """The code itself where nobody has a word for it."""
    return kind_names().get(code, code)


def live_names() -> dict[str, str]:
    """The same of the kinds that somebody in this house raises."""
    live = rules.live(clock.today())
    return {code: name for code, name in kind_names().items() if code in live}


def things(actor: Actor, alerts: Collection[Alert]) -> dict[int, Thing]:
    """What each alert is about as the context says it that has the thing, with its page."""
    found: dict[int, Thing] = {}
    for what in {one.subject.partition(":")[0] for one in alerts}:
        if say := THINGS.get(what):
            numbers = _named(alerts, what)
            said = say(actor, set(numbers.values()))
            found |= {pk: said[number] for pk, number in numbers.items() if number in said}
    return found


def about(alerts: Collection[Alert], *, names: bool = False) -> dict[int, str]:
    """What each alert is about, in words; people are named only where the reader may see them."""
    numbers = _named(alerts, "licence")
    people = _named(alerts, "person")
    licences = licence_numbers(numbers.values())
    known = person_names(people.values()) if names else {}
    said = {pk: licences.get(number, "") for pk, number in numbers.items()}
    said |= {pk: known.get(number, "") for pk, number in people.items()}
    said |= {one.pk: _series(one) for one in alerts if one.subject.startswith("series:")}
    return {one.pk: said.get(one.pk, "") or _plain(one) for one in alerts}


def _named(alerts: Collection[Alert], what: str) -> dict[int, int]:
    """Numbers of the licences or people that alerts are about, by alert."""
    parts = ((one.pk, one.subject.partition(":")) for one in alerts)
    return {
        pk: int(number) for pk, (kind, _c, number) in parts if kind == what and number.isdigit()
    }


def _series(one: Alert) -> str:
    _what, district, kind = one.subject.split(":", 2)
    return f"{district_name(district)} · {kind_name(kind)}"


def _plain(one: Alert) -> str:
    """A business has its name beside it and a person none here; what another context says on its
    own page needs none; anything else its own code."""
    what = one.subject.partition(":")[0]
    return "" if what in ("business", "person") or THINGS.get(what) else one.subject


def held_name(one: Alert) -> str:
    """How an alert stands, in a word."""
    if one.ended_at:
        return str(one.get_end_display())
    if one.covered_by_id:
        return _("已归入")
    if one.silence_id:
        return _("静默中")
    return _("未了结")


def moment(at: datetime) -> str:
    return f"{clock.city(at):%Y-%m-%d %H:%M}"


def due_said(due: datetime | None) -> str:
    """When a term has ended, as people say it: of one in days its last day, else the minute."""
    if due is None:
        return ""
    day = said_day(due)
    return day.isoformat() if day else moment(due)
