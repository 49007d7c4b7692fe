"""The list of alerts and one alert, each inside the caller's scope."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.alerts.models import Alert
from mingchu.alerts.queries import alerts as queries
from mingchu.alerts.queries.alerts import Wanted
from mingchu.base import paging
from mingchu.registry import domain as registry

router = Router(auth=api_auth, tags=["alerts"])


@router.get("/alerts", operation_id="list_alerts")
@requires("alerts.read")
def list_alerts(
    request: HttpRequest,
    state: str = "open",
    kind: str = "",
    severity: str = "",
    district: str = "",
    business: str = "",
    held: str = "",
    late: bool = False,
    sort: str = "due",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """`state` is open, ended or all; `held` is covered, silenced or free; `sort` is due or new.

    `late` asks for those whose deadline has passed.
    """
    wanted = Wanted(
        state=state,
        kind=kind,
        severity=severity,
        district=district,
        business=business,
        held=held,
        late="1" if late else "",
        sort=sort,
    )
    scopes = actor_of(request).scopes_for("alerts.read")
    limit = paging.limited(limit)
    page = queries.page(scopes, wanted, cursor=cursor, limit=limit, whole=True)
    return paging.page([_said(one) for one in page.rows], page.next)


@router.get("/alerts/{int:pk}", operation_id="one_alert")
@requires("alerts.read")
def one_alert(request: HttpRequest, pk: int) -> dict[str, Any]:
    """All of an alert; `entries` are its entries in the ledger, each provable at `/open/`."""
    found = queries.alert(actor_of(request).scopes_for("alerts.read"), pk)
    if found is None:
        raise Http404
    return {
        **_said(found),
        "labels": found.labels,
        "provisional": found.provisional,
        "due_from": found.due_from,
        "gone_at": found.gone_at,
        "entries": [
            {"id": str(entry.id), "kind": entry.kind, "at": entry.city_time}
            for entry in queries.entries_of(found)
        ],
    }


def _said(one: Alert) -> dict[str, Any]:
    since = one.rule_since.isoformat() if one.rule_since else None
    return {
        "id": one.pk,
        "kind": one.kind,
        "subject": one.subject,
        "key": one.key,
        "business": registry.public_id(one.business_id) if one.business_id else None,
        "district": one.district,
        "station": one.station,
        "severity": one.severity,
        "count": one.count,
        "first_at": one.first_at,
        "last_at": one.last_at,
        "opened_at": one.opened_at,
        "due_at": one.due_at,
        "rule": {"id": one.rule, "since": since} if one.rule else None,
        "covered_by": one.covered_by_id,
        "silence": one.silence_id,
        "order": one.order_id,
        "state": "ended" if one.ended_at else "open",
        "ended_at": one.ended_at,
        "end": one.end or None,
    }
