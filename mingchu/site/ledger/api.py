"""The ledger for programs: its newest head and its entries, each inside the caller's scope."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import clock, paging
from mingchu.ledger.domain import LogName
from mingchu.ledger.queries import Sealed
from mingchu.site.ledger import proofs, scoping

router = Router(auth=api_auth, tags=["ledger"])


@router.get("/ledger/head", operation_id="ledger_head")
@requires("ledger.read")
def ledger_head(request: HttpRequest, log: str = LogName.JOURNAL.value) -> dict[str, Any]:
    """The newest signed head of a log, as the file of `mingchu ledger verify --head` holds it."""
    return asdict(proofs.head(proofs.log_named(log)))


@router.get("/ledger/entries", operation_id="list_entries")
@requires("ledger.read")
def list_entries(
    request: HttpRequest,
    subject: str = "",
    kind: str = "",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """The newest first; `seq` is null until sealed. Outside the city bureau a page may be short."""
    page = scoping.page(
        actor_of(request).scopes_for("ledger.read"),
        subject=subject,
        kind=kind,
        cursor=cursor,
        limit=paging.limited(limit),
    )
    return paging.page([said(one) for one in page.rows], page.next)


def said(sealed: Sealed) -> dict[str, Any]:
    """Every column of the digest, so that anybody can compute it again."""
    entry = sealed.entry
    return {
        "id": str(entry.id),
        "seq": sealed.seq,
        "kind": entry.kind,
        "subject": entry.subject,
        "data": entry.told,
        "cause": str(entry.cause) if entry.cause else None,
        "actor": entry.actor,
        "post": entry.post,
        "request": entry.request,
        "city_time": clock.city(entry.city_time).isoformat(timespec="microseconds"),
        "wall_time": clock.city(entry.wall_time).isoformat(timespec="microseconds"),
        "digest": bytes(entry.digest).hex(),
        "algorithm": entry.algorithm,
    }
