"""Publication 公示: how long until a result has to be public, and what everybody reads of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import actor_of, public, requires
from mingchu.accounts.domain import may
from mingchu.base import clock, paging
from mingchu.base.errors import Refusal
from mingchu.inspection import after_words, rules, services, words
from mingchu.inspection.models import Record
from mingchu.inspection.pages.common import READ, cut, onward, told
from mingchu.inspection.queries import after as queries
from mingchu.inspection.services.releasing import is_disputed
from mingchu.kit.drawn import drawn
from mingchu.registry import public as outside
from mingchu.registry.domain import public_id

RELEASE = "inspection.release"
PUBLIC_PAGE = 15
PART = "inspection/_public_results.html"


# ── Officers ──


@requires(READ)
@require_safe
def publication(request: HttpRequest) -> HttpResponse:
    """What is not public yet, with the working days that are left."""
    actor, today = actor_of(request), clock.today()
    show, page = request.GET.get("show", ""), request.GET.get("page", "")
    found = queries.to_publish(actor.scopes_for(READ), show, rules.remind_until(today))
    rows, following = cut(found, page)
    shown = {
        "rows": [_row(one) for one in rows],
        "count": found.count(),
        "show": show,
        "releases": may(actor, RELEASE),
        "rule": rules.PUBLISH,
        **onward({"show": show} if show else {}, following, page),
    }
    return render(request, "inspection/publication.html", shown)


def _row(one: Record) -> dict[str, Any]:
    today = clock.today()
    left = rules.workdays_until(one.publish_by, today) if one.publish_by else None
    return {
        **after_words.record_said(one),
        "left": left,
        "over": -left if left is not None and left < 0 else 0,
        "soon": left is not None and 0 <= left <= rules.remind_days(today),
        "disputed": is_disputed(one),
        "waits": getattr(one, "waits", False),
    }


@requires(RELEASE)
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Those that were ticked are public from now on."""
    actor, count = actor_of(request), 0
    ticked = [int(one) for one in request.POST.getlist("record") if one.isdecimal()]
    for one in queries.records_at(actor.scopes_for(RELEASE), ticked[:200]):
        try:
            count += len(services.release(records=[one], by=actor))
        except Refusal as refusal:
            messages.error(request, told(refusal))
    if count:
        said = ngettext("已公开 %(n)s 项检查结果", "已公开 %(n)s 项检查结果", count)
        messages.success(request, said % {"n": count})
    return redirect("inspection:publication")


# ── Everybody ──


@public
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Results of inspections, those made public last first."""
    known = rules.matters(clock.today())
    matter = request.GET.get("matter", "")
    matter = matter if matter in known else ""
    cursor = request.GET.get("cursor", "")
    rows, more = queries.released(matter, _place(cursor), PUBLIC_PAGE)
    names = {one.id: one for one in outside.shown([one.business for one in rows], licensed=False)}
    query = {"matter": matter} if matter else {}
    onward_to = paging.cursor(rows[-1].released.isoformat(), rows[-1].pk) if more else ""
    shown = {
        "rows": [
            {**row, "business": names.get(public_id(row["row"].business))}
            for row in after_words.released_rows(rows)
        ],
        "matters": [(code, words.matter_name(code)) for code in known],
        "matter": matter,
        "rule": rules.PUBLISH,
        "next": f"?{urlencode({**query, 'cursor': onward_to})}" if more else "",
        "first": f"?{urlencode(query)}" if cursor else "",
    }
    return render(request, "inspection/public_results.html", shown)


def _place(cursor: str) -> tuple[datetime, int] | None:
    if not cursor:
        return None
    match paging.place(cursor):
        case [str(moment), int(number)]:
            with suppress(ValueError):
                return datetime.fromisoformat(moment), number
    raise Http404


def part(request: HttpRequest, number: int) -> SafeString | str:
    """The newest public result of each department, on the public page of a business."""
    rows = queries.newest_released(number)
    if not rows:
        return ""
    shown = {"rows": after_words.released_rows(rows), "all": reverse("inspection:results")}
    return drawn(PART, shown, request)
