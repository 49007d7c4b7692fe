"""The interface's own documents, for anybody: a page to read and OpenAPI for programs."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingchu.accounts.access import public
from mingchu.trace import describing, labels
from mingchu.trace.domain import asking
from mingchu.trace.pages.common import shared
from mingchu.trace.services import limits

MIB = 2**20


@public
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every address with what it takes and gives, in the reader's language."""
    top = limits()
    groups = groupby(describing.RESOURCES, key=lambda one: str(one.title))
    shown = {
        **shared(request, "docs"),
        "groups": [(title, list(found)) for title, found in groups],
        "headers": describing.HEADERS,
        "fixed": sorted(asking.FIXED),
        "families": describing.FAMILIES,
        "parameters": describing.PARAMETERS.values(),
        "types": labels.TYPES.items(),
        "house": request.build_absolute_uri("/").rstrip("/"),
        "events": f"{top.events:,}",
        "mib": top.bytes // MIB,
    }
    return render(request, "trace/docs.html", shown)


@public
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    said = describing.openapi(request.build_absolute_uri("/").rstrip("/"))
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})
