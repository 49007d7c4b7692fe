"""Public pages of draws: the register, one draw, its bundle, a page that checks a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mingchu.accounts.access import public
from mingchu.draw import queries, services, words
from mingchu.draw.checking import CHECK_WORDS, LEFT_OUT
from mingchu.draw.domain.bundle import zipped
from mingchu.draw.models import Draw
from mingchu.draw.opened import names_of
from mingchu.draw.queries import showing

PAGE = 50


@public
@require_safe
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """Every number, void and late ones too."""
    rows = [(draw, showing.is_late(draw)) for draw in queries.register()]
    return render(request, "draw/register.html", {"rows": rows})


@public
@require_safe
@never_cache
def one(request: HttpRequest, number: str) -> HttpResponse:
    """A draw: what was promised, what came of it, how to replay it."""
    draw = _of(number)
    found = queries.is_open(draw)
    shown = showing.shown(draw, opened=found)
    start = _start(request)
    rows = shown.rows[start : start + PAGE]
    stands = queries.replaced(draw) if found else []
    told = [*(row.subject for row in rows), *(name for s in stands for name in (s.out, s.into))]
    return render(
        request,
        "draw/one.html",
        {
            "shown": shown,
            "draw": draw,
            "opened": found,
            "entry": services.entry_of(draw),
            "rows": rows,
            "names": names_of(draw.number, told) if found else {},
            "stands": stands,
            "address": request.build_absolute_uri("/"),
            "next": f"?from={start + PAGE}#drawn" if start + PAGE < len(shown.rows) else "",
            "first": "?#drawn" if start else "",
            "said": lambda code: words.said(code, shown.plan),
            **_words(shown.rows),
        },
    )


def _words(rows: Sequence[showing.Row]) -> dict[str, Any]:
    return {"skips": words.SKIPS, "sources": words.SOURCES, "files": words.FILES, "all": len(rows)}


@public
@require_safe
@never_cache
def bundle(request: HttpRequest, number: str) -> HttpResponse:
    """The whole proof once it is revealed; before, a Refusal says what is public already."""
    draw = _of(number)
    answer = HttpResponse(zipped(services.bundle_of(draw)), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="draw-{draw.number}.zip"'
    return answer


@public
@require_safe
@never_cache
def commitment(request: HttpRequest, number: str) -> HttpResponse:
    """What was promised before chance spoke, and where it stands in the register: to be kept."""
    return HttpResponse(services.promise_of(_of(number)), content_type="application/json")


@public
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Checks a bundle in the reader's own browser; nothing is sent anywhere."""
    return render(request, "draw/check.html", {"words": CHECK_WORDS, "left_out": LEFT_OUT})


def _of(number: str) -> Draw:
    draw = queries.by_number(number) if number else None
    if draw is None:
        raise Http404
    return draw


def _start(request: HttpRequest) -> int:
    said = request.GET.get("from", "0")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0
