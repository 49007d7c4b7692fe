"""What orders hang into the pages of others: navigation, tasks, panels, sentences, states."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor, may
from mingchu.alerts import order_words
from mingchu.alerts.domain.states import ANSWER, HANDLE, REPORT, REVIEW, WAYS, Way, Who
from mingchu.alerts.models.orders import Order, OrderStateName
from mingchu.alerts.order_rows import list_of, rows
from mingchu.alerts.queries import orders
from mingchu.alerts.queries.orders import READ, Wanted
from mingchu.alerts.services.orders import place_of
from mingchu.alerts.words import held_name, kind_name
from mingchu.base.slots import (
    DESK,
    ENTRIES,
    NAVIGATION,
    PANELS,
    SENTENCES,
    TASKS,
    TRACES,
    NavigationItem,
    Panel,
    Task,
)
from mingchu.base.states import BEGINNING, STATES, Move, StateTable
from mingchu.kit.drawn import drawn


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "alerts.orders",
        NavigationItem(pgettext_lazy("menu", "工单"), "alerts:orders", READ),
        order=20,
    )
    NAVIGATION.add(
        "alerts.report",
        NavigationItem(pgettext_lazy("menu", "上报线索"), "alerts:report", REPORT),
        order=30,
    )
    for place, (key, title, action, wanted) in enumerate(
        (
            ("overdue", _("逾期工单"), READ, Wanted(due="overdue")),
            ("today", _("今天到期的工单"), READ, Wanted(due="today")),
            ("untaken", _("待签收的工单"), READ, Wanted(due="untaken")),
            ("mine", _("我承办的工单"), HANDLE, Wanted(whose="mine")),
            ("review", _("待核查的工单"), REVIEW, Wanted(state="submitted")),
            ("all", _("辖区在办工单"), READ, Wanted()),
        )
    ):
        task = Task(title, action, partial(_asked, wanted), partial(list_of, wanted))
        TASKS.add(f"alerts.{key}", task, order=10 + place)
    panel = Panel(
        "orders", _("工单"), READ, _panel, lambda number: (orders.of_business_asked(number),)
    )
    PANELS.add("alerts.orders", panel, order=20)
    TRACES.add("alerts.orders", _trace)
    ENTRIES.add("order", orders.newest_entry)
    DESK.add("alerts.orders", Panel("orders", _("要整改的事"), ANSWER, _desk), order=10)
    STATES.add("alerts.Order", TABLE)
    for sentence in order_words.SAID:
        SENTENCES.add(sentence.kind, sentence)


def _asked(wanted: Wanted, actor: Actor) -> QuerySet[Order]:
    return orders.matching(actor, wanted)


def _panel(request: HttpRequest, business_id: int) -> str:
    found = orders.of_business(business_id)
    if not found:
        return ""
    return drawn("alerts/orders/_panel.html", {"rows": rows(found)}, request)


def _trace(request: HttpRequest, subject: str, business_id: int) -> str:
    """What became of something that was noticed about a business: its order and how it stands.

    Whoever noticed it learns that much, wherever he may look; the order itself opens to officers.
    """
    actor = actor_of(request)
    found = [
        {
            "order": one.order,
            "row": rows([one.order])[0] if one.order else None,
            "held": held_name(one),
            "opens": one.order is not None and may(actor, READ, place_of(one.order)),
        }
        for one in orders.noticed(subject, business_id)
    ]
    return drawn("alerts/orders/_traced.html", {"found": found}, request) if found else ""


def _desk(request: HttpRequest, business_id: int) -> str:
    """What the business has to correct, until when; what it answered stays to be read."""
    if not may(actor_of(request), ANSWER):
        return ""
    told = orders.awaiting(business_id)
    answered = orders.answered(business_id)
    if not told and not answered:
        return ""
    known = {
        "told": [(order, step, kind_name(order.kind)) for order, step in told],
        "answered": [(order, step, kind_name(order.kind)) for order, step in answered],
    }
    return drawn("alerts/orders/_desk.html", known, request)


def _moves(way: Way) -> list[Move]:
    act, before = f"alerts.{way.service}", tuple(map(str, way.before)) or (BEGINNING,)
    if way.after is not None:
        return [Move(act, before, way.after.value, _told(way))]
    return [Move(act, (state,), state, _told(way)) for state in before]


WHO = {
    Who.HANDLER: "by the handler",
    Who.IN_CHARGE: "by the handler, or whoever assigns",
    Who.ANOTHER: "by somebody who did not work on it",
    Who.WITNESS: "by somebody who neither worked on it nor reported it",
    Who.HOUSE: "by the house itself",
}


def _told(way: Way) -> str:
    """Who may, what it needs, why: for readers of the table."""
    needs = ", ".join(way.needs)
    parts = (
        way.action and f"`{way.action}`",
        WHO.get(way.who, ""),
        needs and f"needs {needs}",
        way.why,
    )
    return "; ".join(part for part in parts if part)


TABLE = StateTable(
    _("工单"),
    dict(OrderStateName.choices),
    tuple(move for way in WAYS for move in _moves(way)),
)
