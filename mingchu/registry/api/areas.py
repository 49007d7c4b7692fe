"""Stations 监管所 and grid cells 网格 for programs: which there are, named, named anew, dropped."""

from __future__ import annotations

from itertools import dropwhile
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.kit.bodies import described, read
from mingchu.registry import queries, services
from mingchu.registry.api.acting import READ, WRITE, Exact
from mingchu.registry.models import AreaKind
from mingchu.registry.places import check_draws
from mingchu.registry.services import NewArea

router = Router(auth=api_auth, tags=["areas"])


class AreaIn(Exact):
    kind: str
    code: str
    name: str


class AreasIn(Exact):
    """In any order; a code that is known is named anew, two may change names."""

    areas: list[AreaIn] = Field(min_length=1)


class DropIn(Exact):
    codes: list[str] = Field(min_length=1)


@router.get("/areas", operation_id="list_areas")
@requires(READ)
def list_areas(
    request: HttpRequest,
    kind: AreaKind | None = None,
    parent: str = "",
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """By code; `parent` of a station is its district, of a grid cell its station."""
    after = str(paging.place(cursor)[0]) if cursor else ""
    known = queries.all_areas(actor_of(request).scopes_for(READ))
    asked = [
        one
        for one in dropwhile(lambda one: one.code <= after, known)
        if (not kind or one.kind == kind) and (not parent or one.parent == parent)
    ]
    top = paging.limited(limit)
    following = paging.cursor(asked[top - 1].code) if len(asked) > top else None
    return paging.page([one._asdict() for one in asked[:top]], following)


@router.post("/areas", operation_id="name_areas", openapi_extra=described(AreasIn))
@requires(WRITE)
def name_areas(request: HttpRequest) -> dict[str, Any]:
    """New ones, and new names of known ones; a faulty line keeps all of them out."""
    said = read(request, AreasIn)
    for one in said.areas:
        check_draws(actor_of(request), one.code)
    done = services.put_areas([NewArea(**one.model_dump()) for one in said.areas])
    return {"added": done.added, "renamed": done.renamed}


@router.post("/areas/drop", operation_id="drop_areas", openapi_extra=described(DropIn))
@requires(WRITE)
def drop_areas(request: HttpRequest) -> dict[str, Any]:
    """Entered by mistake: out again, a station together with its cells, all of them or none."""
    codes = set(read(request, DropIn).codes)
    actor = actor_of(request)
    if codes - {one.code for one in queries.all_areas(actor.scopes_for(WRITE))}:
        raise Http404
    for code in sorted(codes):
        check_draws(actor, code)
    services.drop_areas(codes)
    return {"dropped": sorted(codes)}
