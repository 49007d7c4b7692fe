"""What territorial duty hangs into the pages of others: tasks, figure, map, panel, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import CITY, Actor
from mingchu.base import clock
from mingchu.base.slots import (
    FIGURES,
    MEASURES,
    NAVIGATION,
    PANELS,
    SENTENCES,
    TASKS,
    Figure,
    FigureValue,
    Measure,
    NavigationItem,
    Panel,
    Sentence,
    Task,
)
from mingchu.base.states import STATES
from mingchu.kit.drawn import drawn
from mingchu.registry import queries as registered
from mingchu.territory import queries, rules, states, words
from mingchu.territory.domain.quarters import quarter_of, read_quarter
from mingchu.territory.models import Assignment, Visit
from mingchu.territory.queries import VisitsAsked

READ, MANAGE, VISIT = "territory.read", "territory.manage", "territory.visit"
EVERYWHERE = (CITY,)
PANEL = "territory/_panel.html"


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "territory.visits",
        NavigationItem(pgettext_lazy("menu", "我的走访"), "territory:mine", VISIT),
        order=120,
    )
    NAVIGATION.add(
        "territory.coverage",
        NavigationItem(pgettext_lazy("menu", "包保责任"), "territory:coverage", READ),
        order=300,
    )
    late = partial(rows, "visits", state="overdue")
    nobody = partial(rows, "businesses", who="nobody")
    for key, task in (
        ("mine", Task(_("本人待走访的主体"), VISIT, _mine, partial(rows, "mine"))),
        ("overdue", Task(_("包保走访已逾期"), READ, _overdue, late)),
        ("nobody", Task(_("没有包保干部的主体"), MANAGE, _nobody, nobody)),
    ):
        TASKS.add(f"territory.{key}", task)
    FIGURES.add(
        "territory.visited",
        Figure(
            "territory.visited",
            _("本季度包保走访"),
            _("户"),
            _("本季度应走访的主体中已由包保干部走访的；走访不是监督检查"),
            _visited,
        ),
        order=300,
    )
    MEASURES.add(
        "territory.nobody",
        Measure(
            "territory.nobody",
            _("没有包保干部的主体"),
            _("户"),
            _("纳入包保而没有落实到人的在营主体，按旗县区计"),
            lambda day: queries.counted_without_cadre(),
            lambda code: rows("businesses", who="nobody", district=code),
        ),
        order=300,
    )
    panel = Panel("territory", _("包保责任"), READ, _panel, queries.panel_asked)
    PANELS.add("territory", panel, order=300)
    STATES.add("territory.Visit", states.VISIT)
    for sentence in SAID:
        SENTENCES.add(sentence.kind, sentence)


def rows(page: str, **asked: str) -> str:
    """The address of a list."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse(f'territory:{page}')}?{query}" if query else reverse(f"territory:{page}")


def _mine(actor: Actor) -> QuerySet[Visit]:
    return queries.to_do(actor.scopes_for(VISIT), actor.user_id or 0)


def _overdue(actor: Actor) -> QuerySet[Visit]:
    return queries.visits(actor.scopes_for(READ), VisitsAsked(state="overdue"))


def _nobody(actor: Actor) -> QuerySet[Assignment]:
    return queries.unvisited(actor.scopes_for(MANAGE))


def _visited(day: date) -> FigureValue:
    quarter = quarter_of(day)
    cells = queries.coverage(EVERYWHERE, quarter)
    counts = sum((cell.counts for cell in cells), queries.Counts())
    return FigureValue(
        counts.done,
        numerator=counts.done,
        denominator=counts.all,
        rows=rows("visits", quarter=str(quarter), state="done"),
    )


def _panel(request: HttpRequest, number: int) -> SafeString | str:
    """Level and cadre of one business, when he was there last and when he has to be."""
    present, before = queries.past_of(number)
    made, waiting = queries.last_visit(number)
    if present is None and made is None and not before:
        return ""
    today = clock.today()
    shown = {
        "number": number,
        "present": present,
        "level": words.level_name(present.level if present else "", today),
        "ground": words.ground_said(present) if present else "",
        "rule": rules.GROUNDS,
        "before": before,
        "made": made,
        "problem": words.problem_name(made) if made else "",
        "waiting": waiting,
        "late": bool(waiting and waiting.due < today),
        "can_manage": _manages(request, number),
    }
    return drawn(PANEL, shown, request)


def _manages(request: HttpRequest, number: int) -> bool:
    scopes = actor_of(request).scopes_for(MANAGE)
    inside = CITY in scopes or (scopes and registered.business(scopes, number) is not None)
    return bool(inside)


# How its entries read on a timeline.


def _name(cadre: int | None) -> str:
    """A name as the roster has it today: the ledger holds the number alone."""
    return queries.cadre_name(cadre or 0) or gettext("第%(n)s号干部") % {"n": cadre}


def _assigned(data: Mapping[str, Any]) -> str:
    if not data["level"]:
        return gettext("不再纳入包保")
    if data["cadre_id"] is None:
        return gettext("包保层级%(level)s级，还没有包保干部") % data
    return gettext("包保层级%(level)s级，包保干部为%(name)s") % {
        "level": data["level"],
        "name": _name(data["cadre_id"]),
    }


def _done(data: Mapping[str, Any]) -> str:
    quarter = read_quarter(data["quarter"])
    said = gettext("包保干部完成%(quarter)s走访") % {
        "quarter": words.quarter_name(quarter) if quarter else data["quarter"]
    }
    return gettext("%(said)s，发现问题并转监管所") % {"said": said} if data["problem"] else said


SAID = (
    Sentence("territory.duty_assigned", _assigned),
    Sentence("territory.visit_done", _done),
    Sentence("territory.visit_ended", lambda data: gettext("%(quarter)s的包保走访不再进行") % data),
)
