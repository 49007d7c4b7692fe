"""What visits hang into the pages of others: tasks of the workbench, a way from the file of a
business, states."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor, ScopeKind, may
from mingchu.base import clock
from mingchu.base.slots import PANELS, TASKS, Panel, Task
from mingchu.inspection import visit_words
from mingchu.inspection.models import Instrument, Record, Visit
from mingchu.inspection.queries import after, records, visits
from mingchu.kit.drawn import drawn
from mingchu.registry import domain as registry

READ, PLAN, APPROVE = "inspection.read", "inspection.plan", "inspection.approve"
ASSIGN, CONDUCT = "inspection.assign", "inspection.conduct"
SOON_DAYS = 30


def hang() -> None:
    """Called once, when the app is ready."""
    board = "inspection:visits"
    for place, (key, title, action, rows, href) in enumerate(
        (
            ("to_approve", _("待审批的检查"), APPROVE, _to_approve,
             lambda: f"{reverse(board)}?state={visits.TO_APPROVE}"),
            ("doubts", _("待处理的记录疑问"), APPROVE, _doubts,
             lambda: reverse("inspection:doubts")),
            ("mine", _("我的检查任务"), CONDUCT, _mine, lambda: f"{reverse(board)}?whose=mine"),
            ("instruments", _("器具校准将到期"), ASSIGN, _lapsing,
             lambda: reverse("inspection:instruments")),
        )
    ):  # fmt: skip
        TASKS.add(f"inspection.{key}", Task(title, action, rows, href), order=30 + place)
    PANELS.add(
        "inspection.visits",
        Panel("inspections", _("监督检查"), READ, _panel, after.visits_asked),
        order=25,
    )


def _to_approve(actor: Actor) -> QuerySet[Visit]:
    return visits.to_approve(actor.scopes_for(APPROVE))


def _doubts(actor: Actor) -> QuerySet[Record]:
    return records.doubtful(actor.scopes_for(APPROVE))


def _mine(actor: Actor) -> QuerySet[Visit]:
    return visits.mine(actor.user_id or 0)


def _lapsing(actor: Actor) -> QuerySet[Instrument]:
    scopes = list(actor.scopes_for(ASSIGN))
    whole = any(scope.kind is ScopeKind.CITY for scope in scopes)
    rows = records.instruments(None if whole else {scope.code[:6] for scope in scopes})
    last = clock.today() + timedelta(days=SOON_DAYS)
    return rows.filter(in_use=True, calibrated_until__lte=last)


def _panel(request: HttpRequest, business_id: int) -> str:
    """The newest visits of a business, as far as the reader may know of them."""
    actor = actor_of(request)
    rows, names = after.visits_of_file(business_id, actor)
    known = {
        "rows": visit_words.short_rows(rows, names),
        "short": True,
        "public": registry.public_id(business_id),
        "can_plan": may(actor, PLAN),
    }
    if not rows and not known["can_plan"]:
        return ""
    return drawn("inspection/visits/_panel.html", known, request)
