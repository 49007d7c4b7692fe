"""Saved views 常用查询 for programs: one's own questions, kept under names."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.kit.bodies import described, read
from mingchu.registry import queries, services
from mingchu.registry.api.acting import READ, Exact, there
from mingchu.registry.api.questions import Question
from mingchu.registry.models import SavedView

router = Router(auth=api_auth, tags=["views"])


class ViewIn(Exact):
    name: str
    question: Question


class NameIn(Exact):
    name: str


@router.get("/views", operation_id="list_views")
@requires(READ)
def list_views(request: HttpRequest) -> dict[str, Any]:
    """By name; there are few, so all at once. A question is put to GET /businesses as it is."""
    return paging.page([_view(one) for one in queries.views_of(actor_of(request).user_id)])


@router.post("/views", operation_id="save_view", openapi_extra=described(ViewIn))
@requires(READ)
def save_view(request: HttpRequest) -> dict[str, Any]:
    """Keeps a question, in place of an older one of the same name."""
    said = read(request, ViewIn)
    query = urlencode(said.question.wanted.query())
    owner = actor_of(request).user_id or 0
    return _view(services.save_view(owner=owner, name=said.name, query=query))


@router.post("/views/{int:pk}/name", operation_id="rename_view", openapi_extra=described(NameIn))
@requires(READ)
def rename_view(request: HttpRequest, pk: int) -> dict[str, Any]:
    view = _own(request, pk)
    services.rename_view(view=view, name=read(request, NameIn).name)
    return _view(view)


@router.delete("/views/{int:pk}", operation_id="drop_view")
@requires(READ)
def drop_view(request: HttpRequest, pk: int) -> dict[str, Any]:
    view = _own(request, pk)
    said = _view(view)
    services.drop_view(view=view)
    return said


def _own(request: HttpRequest, pk: int) -> SavedView:
    return there(queries.view_of(actor_of(request).user_id, pk))


def _view(one: SavedView) -> dict[str, Any]:
    return {"id": one.pk, "name": one.name, "question": QueryDict(one.query).dict()}
