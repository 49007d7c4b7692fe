"""The feed of changes 变更流: what happened to businesses, in the order it was sealed.

`cursor` is the number of the last entry read; since numbers have no gaps and never change, a
reader that keeps it misses nothing and reads nothing twice. Hooks push the same, signed.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.kit.bodies import described, read
from mingchu.registry import queries, services
from mingchu.registry.api.acting import Exact
from mingchu.registry.models import Hook

router = Router(auth=api_auth, tags=["changes"])
HOOK = "flows.hook"  # what the whole city tells is not a district's to decide


class HookIn(Exact):
    name: str
    url: str
    kinds: list[str] = []
    district: str = ""


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
    return paging.page([_hook(one) for one in queries.hooks()], None)


@router.post("/hooks", operation_id="add_hook", openapi_extra=described(HookIn))
@requires(HOOK)
def add_hook(request: HttpRequest) -> dict[str, Any]:
    """Another system to be told from now on; `secret` is shown this once."""
    made = services.add_hook(**read(request, HookIn).model_dump())
    return {**_hook(made), "secret": made.secret}


@router.delete("/hooks/{int:pk}", operation_id="end_hook")
@requires(HOOK)
def end_hook(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = queries.hook(pk)
    if found is None:
        raise Http404
    return _hook(services.end_hook(hook=found))


def _hook(one: Hook) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "url": one.url,
        "kinds": one.kinds,
        "district": one.district,
        "active": one.active,
        "since": one.since,
        "cursor": paging.cursor(one.cursor),
    }
