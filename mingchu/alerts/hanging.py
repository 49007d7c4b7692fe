"""What the alerts hang into the pages of others: panel, tasks, figures, sentences, signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor
from mingchu.alerts import words
from mingchu.alerts.models import Alert, AlertEnd
from mingchu.alerts.move_names import SEVERITY_NAMES
from mingchu.alerts.pages.alerts import listed
from mingchu.alerts.queries import alerts as queries
from mingchu.alerts.queries.alerts import Wanted
from mingchu.base import clock
from mingchu.base.slots import (
    FIGURES,
    MEASURES,
    NAVIGATION,
    PANELS,
    SENTENCES,
    SIGNS,
    TASKS,
    Figure,
    FigureValue,
    Measure,
    NavigationItem,
    Panel,
    Reading,
    Sentence,
    Sign,
    Task,
)
from mingchu.kit.drawn import drawn
from mingchu.registry import domain as registry
from mingchu.signals.models import Noticed

SHOWN = 10
SLOW, STUCK = timedelta(minutes=2), timedelta(minutes=15)


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "alerts.alerts",
        NavigationItem(pgettext_lazy("menu", "预警"), "alerts:alerts", "alerts.read"),
        order=50,
    )
    panel = Panel(
        "alerts",
        _("未了结的预警"),
        "alerts.read",
        _panel,
        lambda number: (queries.open_of_asked(number, SHOWN + 1),),
    )
    PANELS.add("alerts.open", panel, order=50)
    for key, title, wanted in (
        ("late", _("已超时限的预警"), Wanted(late="1", held="free")),
        ("warnings", _("待研判的早期预警"), Wanted(kind="early_warning")),
    ):
        href = partial(_rows, **wanted.query())
        TASKS.add(f"alerts.{key}", Task(title, "alerts.read", partial(_asked, wanted), href))
    aside = Task(_("搁置的信号"), "signals.read", _aside, partial(reverse, "alerts:aside"))
    TASKS.add("alerts.aside", aside)
    FIGURES.add(
        "alerts.open",
        Figure(
            "alerts.open",
            _("未了结的预警"),
            _("条"),
            _("已立警、尚未了结的预警，含已归入和静默中的"),
            _count,
        ),
        order=60,
    )
    MEASURES.add(
        "alerts.open",
        Measure(
            "alerts.open",
            _("未了结的预警"),
            _("条"),
            _("已立警、尚未了结的预警，按所在旗县区计"),
            lambda day: queries.counted_by_district(),
            lambda code: _rows(district=code),
        ),
        order=60,
    )
    SIGNS.add("alerts.folding", Sign(_("信号归并"), _folding))
    for sentence in SAID:
        SENTENCES.add(sentence.kind, sentence)


def _rows(**asked: str) -> str:
    query = "&".join(f"{name}={word}" for name, word in asked.items() if word)
    return f"{reverse('alerts:alerts')}?{query}" if query else reverse("alerts:alerts")


def _panel(request: HttpRequest, number: int) -> str:
    """What is open about a business, the gravest first."""
    scopes = actor_of(request).scopes_for("alerts.read")
    found = queries.open_of(scopes, number, SHOWN + 1)
    if not found:
        return ""
    more = len(found) > SHOWN
    shown = {
        "rows": listed(found[:SHOWN]),
        "more": more,
        "count": f"{queries.open_count(scopes, number):,}" if more else "",
        "code": registry.public_id(number),
    }
    return drawn("alerts/_panel.html", shown, request)


def _asked(wanted: Wanted, actor: Actor) -> QuerySet[Alert]:
    return queries.filtered(actor.scopes_for("alerts.read"), wanted)


def _aside(actor: Actor) -> QuerySet[Noticed]:
    return queries.aside(actor.scopes_for("signals.read"))


def _count(day: date) -> FigureValue:
    return FigureValue(queries.open_everywhere(), rows=_rows())


def _folding() -> Reading:
    """Whether signals become alerts, and whether any could not."""
    since, aside = queries.waiting_since(), queries.aside_everywhere()
    waited = clock.now() - since if since else timedelta()
    if waited > SLOW:
        minutes = int(waited.total_seconds() // 60)
        said = _("最早的信号已等待%(minutes)s分钟") % {"minutes": minutes}
        condition = "bad" if waited > STUCK else "warn"
        return Reading(said, condition, _("请确认 worker 进程在运行"))  # type: ignore[arg-type]
    if aside:
        said = _("有%(count)s条信号搁置") % {"count": aside}
        return Reading(said, "warn", _("请在“搁置的信号”里查看原因"))
    return Reading(_("没有等待归并的信号"))


# How the entries of alerts read on a timeline.


def _kind(data: Mapping[str, Any]) -> str:
    return words.kind_name(data["kind_of"])


def _severity(number: int) -> str:
    return str(SEVERITY_NAMES[number])


def _day(text: str | None) -> str:
    """A deadline as the event holds it, in words."""
    return words.due_said(datetime.fromisoformat(text)) if text else "—"


def _opened(data: Mapping[str, Any]) -> str:
    said = gettext("立警：%(kind)s（%(severity)s），%(due)s前处理") % {
        "kind": _kind(data),
        "severity": _severity(data["severity"]),
        "due": _day(data["due"]),
    }
    return gettext("，").join((said, _by(data["held_by"]))) if data["held_by"] else said


def _by(held: str) -> str:
    what, _colon, number = held.partition(":")
    if what == "silence":
        return gettext("在第%(number)s号静默期内") % {"number": number}
    return gettext("归入第%(number)s号预警") % {"number": number}


def _rose(data: Mapping[str, Any]) -> str:
    return gettext("预警%(kind)s由%(before)s升为%(severity)s") % {
        "kind": _kind(data),
        "before": _severity(data["before"]),
        "severity": _severity(data["severity"]),
    }


def _held(data: Mapping[str, Any]) -> str:
    return gettext("预警%(kind)s%(by)s") % {"kind": _kind(data), "by": _by(data["held_by"])}


def _released(data: Mapping[str, Any]) -> str:
    return gettext("预警%(kind)s不再%(by)s，重新计入待处置") % {
        "kind": _kind(data),
        "by": _by(data["held_by"]),
    }


def _redated(data: Mapping[str, Any]) -> str:
    return gettext("预警%(kind)s的时限按公布的放假安排改为%(due)s") % {
        "kind": _kind(data),
        "due": _day(data["due"]),
    }


def _ended(data: Mapping[str, Any]) -> str:
    return gettext("预警%(kind)s了结：%(how)s") % {
        "kind": _kind(data),
        "how": AlertEnd(data["how"]).label,
    }


def _silenced(data: Mapping[str, Any]) -> str:
    return gettext("静默%(kind)s，至%(until)s") % {
        "kind": _kind(data),
        "until": _day(data["until"]),
    }


def _lifted(data: Mapping[str, Any]) -> str:
    return gettext("解除对%(kind)s的静默") % {"kind": _kind(data)}


SAID = (
    Sentence("alerts.alert_opened", _opened),
    Sentence("alerts.alert_rose", _rose),
    Sentence("alerts.alert_held", _held),
    Sentence("alerts.alert_released", _released),
    Sentence("alerts.alert_redated", _redated),
    Sentence("alerts.alert_ended", _ended),
    Sentence("alerts.silence_made", _silenced),
    Sentence("alerts.silence_lifted", _lifted),
)
