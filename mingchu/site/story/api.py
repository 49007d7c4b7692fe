"""A case for programs: every step with the bytes its digest covers and its place under a head."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.alerts.queries import orders
from mingchu.base import paging
from mingchu.ledger import queries as ledger
from mingchu.ledger.domain import LogName, SignedHead, entry_bytes
from mingchu.registry import domain, queries
from mingchu.site.ledger import proofs
from mingchu.site.ledger.api import said
from mingchu.site.story import chains
from mingchu.site.story.chains import Chain, Step

router = Router(auth=api_auth, tags=["story"])


@router.get("/businesses/{id}/story", operation_id="business_story")
@requires("registry.read")
def business_story(request: HttpRequest, id: str, cursor: str = "") -> dict[str, Any]:  # noqa: A002
    """The latest cases of a business. A step that is not sealed yet has no `proof`."""
    actor = actor_of(request)
    known = queries.business(actor.scopes_for("registry.read"), domain.number_of(id))
    if known is None:
        raise Http404
    found, more = chains.cases(known.pk, actor, _place(cursor))
    return {**told(found), "next": paging.cursor(str(more)) if more else None}


@router.get("/orders/{int:pk}/story", operation_id="order_story")
@requires(orders.READ)
def order_story(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The case that an order stands in, as far as the caller may read entries."""
    actor = actor_of(request)
    known = orders.one(actor.scopes_for(orders.READ), pk)
    if known is None:
        raise Http404
    found = chains.chain(orders.entries_of(known), actor)
    return told([found] if found.steps else [])


def told(found: Collection[Chain]) -> dict[str, Any]:
    """Cases and the signed head their proofs lead to."""
    head = ledger.newest(LogName.JOURNAL)
    return {
        "head": asdict(head) if head else None,
        "items": [
            {"steps": [_step(one, head) for one in chain.steps], "hidden": chain.hidden}
            for chain in found
        ],
    }


def _step(step: Step, head: SignedHead | None) -> dict[str, Any]:
    sealed, ruling = step.sealed, step.ruling
    proved = head and sealed.seq is not None and sealed.seq <= head.size
    return {
        **said(sealed),
        "said": step.line.text,
        "who": step.line.who,
        "rule": {"id": ruling.id, "since": ruling.since, "status": ruling.status}
        if ruling
        else None,
        "evidence": [{"id": str(file.pk), "name": file.name} for file in step.line.files],
        "content": _content(sealed),
        "proof": asdict(proofs.inclusion(LogName.JOURNAL, item=str(sealed.entry.id)))
        if proved
        else None,
    }


def _content(sealed: ledger.Sealed) -> str:
    """The canonical bytes as text: their digest is the entry's, and its leaf's content."""
    one = sealed.entry
    return entry_bytes(
        one.id, one.kind, one.subject, one.data, one.cause, one.actor, one.post, one.request,
        one.city_time, one.wall_time,
    ).decode()  # fmt: skip


def _place(cursor: str) -> UUID | None:
    if not cursor:
        return None
    said_so = paging.place(cursor)
    try:
        return UUID(*said_so)
    except (TypeError, ValueError, AttributeError):
        paging.place("!")  # refuses, as it does whatever was made up
        raise
