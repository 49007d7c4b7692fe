"""The feed of changes 变更流: what happened to businesses, in the order it was sealed.

`cursor` is the number of the last entry read; since numbers have no gaps and never change, a
reader that keeps it misses nothing and reads nothing twice. Hooks push the same, signed; they
are receivers, and stand with those of messages on the page of receivers.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Field, Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.kit.bodies import described, read
from mingchu.kit.messages import queries as receivers
from mingchu.kit.messages import receiving
from mingchu.kit.models import Receiver, ReceiverForm
from mingchu.registry import queries
from mingchu.registry.api.acting import Exact

router = Router(auth=api_auth, tags=["changes"])
HOOK = "flows.receivers"  # what the whole city tells is not a district's to decide


class HookIn(Exact):
    name: str = Field(min_length=1, max_length=60)
    url: str = Field(max_length=500)
    kinds: list[Annotated[str, Field(max_length=60)]] = Field([], description="Of entries.")
    district: Annotated[str, Field(max_length=12)] = ""


@router.get("/changes", operation_id="list_changes")
@requires("registry.read")
def list_changes(
    request: HttpRequest, cursor: str = "", kind: str = "", limit: int = paging.LIMIT_DEFAULT
) -> dict[str, Any]:
    """Entries about businesses in the caller's scope; `next` is there even while nothing is new."""
    scopes = actor_of(request).scopes_for("registry.read")
    since = paging.place(cursor)[0] if cursor else 0
    if not isinstance(since, int):
        paging.place("!")
    found, last = queries.changes(scopes, int(since), kind=kind, limit=paging.limited(limit))
    return paging.page([queries.change_said(one) for one in found], paging.cursor(last))


@router.get("/hooks", operation_id="list_hooks")
@requires(HOOK)
def list_hooks(request: HttpRequest) -> dict[str, Any]:
    return paging.page([_hook(one) for one in receivers.takers_of_changes()], None)


@router.post("/hooks", operation_id="add_hook", openapi_extra=described(HookIn))
@requires(HOOK)
def add_hook(request: HttpRequest) -> dict[str, Any]:
    """Another system to be told from now on; `secret` is shown this once."""
    said = read(request, HookIn)
    made, secret = receiving.add_receiver(
        form=ReceiverForm.CHANGES,
        name=said.name,
        address=said.url,
        kinds=said.kinds,
        district=said.district,
    )
    return {**_hook(made), "secret": secret}


@router.delete("/hooks/{int:pk}", operation_id="end_hook")
@requires(HOOK)
def end_hook(request: HttpRequest, pk: int) -> dict[str, Any]:
    """It hears nothing more, not even what still waits for it."""
    found = receivers.receiver(pk)
    if found is None or found.form != ReceiverForm.CHANGES:
        raise Http404
    receiving.end_receiver(receiver=found)
    return _hook(found)


def _hook(one: Receiver) -> dict[str, Any]:
    """Its address lies sealed; `host` is what is left to see."""
    return {
        "id": one.pk,
        "name": one.name,
        "host": one.host,
        "kinds": one.kinds,
        "district": one.district,
        "active": one.active,
        "since": one.since,
        "cursor": paging.cursor(one.cursor),
    }
