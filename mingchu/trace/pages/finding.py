"""Finding 查找: the query builder, and what it finds page by page or as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.base.paging import cursor
from mingchu.kit.sheets.downloads import exported
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.trace import labels, problems, viewing
from mingchu.trace.domain.asking import Asked
from mingchu.trace.finding import Place, find
from mingchu.trace.forms import QueryForm
from mingchu.trace.pages.common import PAGE, READ, listed, place_in, shared
from mingchu.trace.taking import EVENTS
from mingchu.trace.viewing import EventRow

EXPORTED = 20_000  # events in one file
CHUNK = 500


@requires(READ)
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The query builder; all that was asked stands in the address, also the interface's own."""
    form = QueryForm(request.GET)
    address = EVENTS + (f"?{urlencode(form.parameters)}" if form.parameters else "")
    shown = {
        **shared(request, "events"),
        "form": form,
        "asked": urlencode(form.asked),
        "address": address,
        "absolute": request.build_absolute_uri(address),
        "exported": f"{EXPORTED:,}",
        **(_found(request, form, form.query) if form.query is not None else {}),
    }
    return render(request, "trace/events.html", shown)


def _found(request: HttpRequest, form: QueryForm, query: Asked) -> dict[str, Any]:
    """What was recorded since the first page was asked for is not on later ones."""
    scopes = actor_of(request).scopes_for(READ)
    said = place_in(
        request.GET.get("cursor", ""), datetime.fromisoformat, datetime.fromisoformat, UUID
    )
    until, after = (said[0], Place(said[1], said[2])) if said else (clock.now(), None)
    page = find(scopes, query, limit=PAGE + 1, until=until, after=after)
    hits = page.hits[:PAGE]
    following = hits[-1].place if len(page.hits) > PAGE else page.stopped
    onward = ""
    if following:
        place = cursor(until.isoformat(), following.at.isoformat(), following.key.hex)
        onward = f"?{urlencode({**form.asked, 'cursor': place})}"
    is_endless = page.stopped is not None and not hits and not page.is_bound
    return {
        "rows": listed(_in_order(scopes, [hit.place.key for hit in hits])),
        "next": onward,
        "first": f"?{urlencode(form.asked)}" if said else "",
        "goes_on": page.stopped is not None and not hits,
        "endless": problems.UNBOUNDED.sentence(_) if is_endless else "",
    }


def _in_order(scopes: Sequence[Scope], keys: Sequence[UUID]) -> list[EventRow]:
    found = {one.key: one for one in viewing.events(scopes, keys)}
    return [found[key] for key in keys if key in found]


@requires(READ)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """What is found, as a file: the first so many."""
    form = QueryForm(request.GET)
    if form.query is None:
        return redirect(f"{request.path.removesuffix('export')}?{urlencode(form.asked)}")
    columns = [
        OutColumn(_("事件时间")),
        OutColumn(_("事件种类")),
        OutColumn(_("发生了什么")),
        OutColumn(_("业务环节")),
        OutColumn(_("物品状态")),
        OutColumn(_("地点")),
        OutColumn(_("上报单位")),
        OutColumn(_("入库时间")),
        OutColumn(_("错误声明")),
        OutColumn(_("事件编号"), Kind.CODE),
        OutColumn(_("事件哈希"), Kind.CODE),
    ]
    found = _all(actor_of(request).scopes_for(READ), form.query)
    return exported(request, "events", _("追溯事件"), columns, found)


def _all(scopes: Sequence[Scope], query: Asked) -> Iterator[list[Out]]:
    until, after, left = clock.now(), None, EXPORTED
    while left:
        page = find(scopes, query, limit=min(CHUNK, left), until=until, after=after)
        yield from map(_out, listed(_in_order(scopes, [hit.place.key for hit in page.hits])))
        left -= len(page.hits)
        after = page.stopped
        if after is None or (not page.hits and not page.is_bound):
            return


def _out(row: dict[str, Any]) -> list[Out]:
    one: EventRow = row["row"]
    wrong = _("已声明有误") if row["is_wrong"] else _("错误声明") if one.declares_error else ""
    return [
        row["at"],
        row["type"],
        row["what"],
        row["step"],
        row["disposition"],
        row["where"],
        row["who"],
        labels.minute(one.record_time),
        wrong,
        one.members.get("eventID", ""),
        one.hash,
    ]
