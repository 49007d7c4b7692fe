"""Rows of orders in plain words, as lists, panels and exports show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from mingchu.alerts.models import Order
from mingchu.alerts.models.orders import LevelName, OrderStateName
from mingchu.alerts.move_names import SEVERITY_NAMES
from mingchu.alerts.order_words import lateness
from mingchu.alerts.queries.orders import Wanted
from mingchu.alerts.words import due_said, kind_name
from mingchu.base import clock
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.places import district_name
from mingchu.registry.queries import area_names

CHUNK = 2_000


def list_of(wanted: Wanted) -> str:
    """Where the list is that is asked for so."""
    query = urlencode(wanted.query())
    return f"{reverse('alerts:orders')}?{query}" if query else reverse("alerts:orders")


def rows(orders: Iterable[Order]) -> list[dict[str, Any]]:
    """Fifty rows of lazy labels would cost more than all the rest: each word is said once."""
    orders, now = list(orders), clock.now()
    areas = area_names({one.station for one in orders})
    states = {code: str(OrderStateName(code).label) for code in {one.state for one in orders}}
    levels = {code: str(LevelName(code).label) for code in {one.level for one in orders}}
    severities = {code: str(label) for code, label in SEVERITY_NAMES.items()}
    shown = []
    for one in orders:
        standing, tone = lateness(one, now)
        shown.append(
            {
                "pk": one.pk,
                "number": one.number,
                "kind": kind_name(one.kind),
                "business": one.business,
                "district": district_name(one.district) if one.district else "",
                "station": areas.get(one.station, one.station),
                "severity": one.severity,
                "severity_name": severities.get(one.severity, str(one.severity)),
                "state": one.state,
                "state_name": states[one.state],
                "level": one.level,
                "level_name": levels[one.level],
                "assignee": one.assignee.name if one.assignee else "",
                "due": due_said(one.due_at),
                "accept_due": due_said(one.accept_due_at),
                "standing": standing,
                "tone": tone,
                "provisional": one.provisional,
                "order": one,
            }
        )
    return shown


def columns() -> list[OutColumn]:
    return [
        OutColumn(_("工单号"), Kind.CODE),
        OutColumn(_("事项")),
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("旗县区")),
        OutColumn(_("监管所")),
        OutColumn(_("级别")),
        OutColumn(_("状态")),
        OutColumn(_("层级")),
        OutColumn(_("承办人")),
        OutColumn(_("签收时限"), Kind.CODE),
        OutColumn(_("办结时限"), Kind.CODE),
        OutColumn(_("情况")),
    ]


def out(orders: Iterable[Order]) -> Iterator[list[Out]]:
    for one in orders:
        [row] = rows([one])
        business = row["business"]
        yield [
            row["number"],
            row["kind"],
            business.public_id if business else "",
            business.name if business else "",
            row["district"],
            row["station"],
            row["severity_name"],
            row["state_name"],
            row["level_name"],
            row["assignee"],
            row["accept_due"],
            row["due"],
            row["standing"],
        ]
