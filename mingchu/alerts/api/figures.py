"""Figures of orders for programs: the same as on the city page, each with the list it counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.alerts import limits
from mingchu.alerts.queries import figures
from mingchu.alerts.queries.figures import Aged, Counted, Load, Share, Spent
from mingchu.alerts.queries.orders import READ
from mingchu.base import clock

router = Router(auth=api_auth, tags=["orders"])


@router.get("/orders/figures", operation_id="order_figures")
@requires(READ)
def order_figures(request: HttpRequest) -> dict[str, Any]:
    """Inside the caller's scopes: age of open orders, time to closing, what came again, false
    alarms, what lies at each station. The last of `ageing` and of items by kind is all of them.
    """
    actor = actor_of(request)
    recent, monthly = figures.closing_times(actor)
    ruling = limits.repeat_rule(clock.today())
    return {
        "as_of": clock.now(),
        "ageing": [_aged(one) for one in figures.ageing(actor)],
        "closing": {
            "recent": [_spent(one) for one in recent],
            "monthly": [_spent(one) for one in monthly],
        },
        "repeats": {
            "days": int(ruling.number()),
            "rule": {"id": ruling.id, "since": ruling.since, "status": ruling.status},
            "items": [_share(one) for one in figures.repeats(actor)],
        },
        "false_alarms": {"items": [_share(one) for one in figures.false_alarms(actor)]},
        "loads": [_load(one) for one in figures.loads(actor)],
    }


def _counted(one: Counted) -> dict[str, Any]:
    query = urlencode(one.wanted.query())
    address = reverse("api:list_orders")
    return {"n": one.n, "rows": f"{address}?{query}" if query else address}


def _aged(one: Aged) -> dict[str, Any]:
    band = one.band
    return {
        "days": [band.first, band.last] if band else None,
        "open": _counted(one.open),
        "overdue": _counted(one.overdue),
    }


def _spent(one: Spent) -> dict[str, Any]:
    return {
        "from": one.window.first,
        "until": one.window.last,
        "severity": one.severity,
        "closed": _counted(one.closed),
        "median_seconds": _seconds(one.median),
        "p90_seconds": _seconds(one.p90),
    }


def _seconds(spent: timedelta | None) -> int | None:
    return None if spent is None else round(spent.total_seconds())


def _share(one: Share) -> dict[str, Any]:
    return {
        "kind": one.kind or None,
        "of": _counted(one.of),
        "part": _counted(one.part),
        "rate_pct": None if one.rate is None else round(one.rate, 2),
    }


def _load(one: Load) -> dict[str, Any]:
    each = one.per_officer
    return {
        "district": one.district or None,
        "station": one.station or None,
        "officers": one.officers,
        "open": _counted(one.open),
        "overdue": _counted(one.overdue),
        "per_officer": None if each is None else round(each, 2),
    }
