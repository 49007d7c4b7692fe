"""Captures 采集: documents that were sent, how each ended, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Scope
from mingchu.accounts.naming import actors_said
from mingchu.base import clock
from mingchu.base.paging import cursor
from mingchu.kit.sheets.downloads import exported
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.trace import viewing, words
from mingchu.trace.forms import CaptureFilter
from mingchu.trace.pages.common import (
    PAGE,
    READ,
    listed,
    party_names,
    place_in,
    shared,
)
from mingchu.trace.states import TABLE
from mingchu.trace.viewing import COUNTED, CaptureRow, Wanted

CHUNK = 1_000
# How a state looks beside its word.
LOOKS = {"captured": "good", "partial": "warn", "failed": "bad"}


@requires(READ)
@require_safe
def captures(request: HttpRequest) -> HttpResponse:
    """The list, the newest first; its filters and its place stand in the address."""
    scopes = actor_of(request).scopes_for(READ)
    form = CaptureFilter(request.GET)
    before = place_in(request.GET.get("cursor", ""), UUID)
    found = viewing.captures(scopes, form.wanted, before[0] if before else None, PAGE + 1)
    count = viewing.count_of_captures(scopes, form.wanted)
    asked = form.asked
    onward = {**asked, "cursor": cursor(str(found[PAGE - 1].id))} if len(found) > PAGE else {}
    shown = {
        **shared(request, "captures"),
        "form": form,
        "rows": _rows(found[:PAGE]),
        "count": _said_count(count),
        "asked": urlencode(asked),
        "next": f"?{urlencode(onward)}" if onward else "",
        "first": f"?{urlencode(asked)}" if before else "",
    }
    return render(request, "trace/captures.html", shown)


def _said_count(count: int) -> str:
    return _("%s+ 份") % f"{COUNTED:,}" if count > COUNTED else _("%s 份") % f"{count:,}"


def _rows(found: Iterable[CaptureRow]) -> list[dict[str, Any]]:
    known = list(found)
    names = party_names({one.party for one in known})
    return [
        {
            "row": one,
            "who": names[one.party],
            "state": TABLE.states[one.state],
            "look": LOOKS[one.state],
        }
        for one in known
    ]


@requires(READ)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file."""
    wanted = CaptureFilter(request.GET).wanted
    columns = [
        OutColumn(_("采集编号"), Kind.CODE),
        OutColumn(_("收到时间")),
        OutColumn(_("上报单位")),
        OutColumn(_("事件")),
        OutColumn(_("新采集")),
        OutColumn(_("已有")),
        OutColumn(_("未采集")),
        OutColumn(_("状态")),
        OutColumn(_("字节")),
    ]
    found = _all(actor_of(request).scopes_for(READ), wanted)
    return exported(request, "captures", _("事件采集"), columns, found)


def _all(scopes: Iterable[Scope], wanted: Wanted) -> Iterator[list[Out]]:
    known, before = list(scopes), None
    while chunk := viewing.captures(known, wanted, before, CHUNK):
        for row in _rows(chunk):
            one = row["row"]
            yield [
                str(one.id),
                f"{clock.city(one.created_at):%Y-%m-%d %H:%M}",
                row["who"],
                one.events,
                one.captured,
                one.duplicate,
                one.rejected,
                str(row["state"]),
                one.bytes,
            ]
        before = chunk[-1].id


@requires(READ)
@require_safe
def capture(request: HttpRequest, number: UUID) -> HttpResponse:
    """One document: how it ended, every error with its place, the events it brought."""
    scopes = actor_of(request).scopes_for(READ)
    known = viewing.capture(scopes, number)
    if known is None:
        raise Http404
    after = place_in(request.GET.get("cursor", ""), int)
    found = viewing.events_of(scopes, known, after[0] if after else -1, PAGE + 1)
    following = cursor(found[PAGE - 1].place) if len(found) > PAGE else ""
    shown = {
        **shared(request, "captures"),
        "one": _rows([known])[0],
        "person": actors_said([known.sender])[known.sender],
        "key": known.sender.partition("token:")[2],
        "errors": [_error(one) for one in known.errors],
        "rows": listed(found[:PAGE]),
        "next": f"?{urlencode({'cursor': following})}" if following else "",
        "first": "?" if after else "",
    }
    return render(request, "trace/capture.html", shown)


def _error(error: dict[str, Any]) -> dict[str, Any]:
    """What was wrong, where, and how to mend it."""
    why, fix = words.refusal(error["kind"], error["detail"]).said(_)
    return {
        "number": error["at"] + 1,
        "path": error["path"],
        "byte": error["byte"],
        "why": why,
        "fix": fix,
        "code": error["kind"],
    }
