"""Tasks of the regional platform, and the file that goes back in the layout it came in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import may
from mingchu.inspection import exports
from mingchu.inspection.pages.common import EXPORT_TOP, PLAN, READ, cut, exported, onward, rooms
from mingchu.inspection.queries import regional as queries


@requires(READ)
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What the regional platform drew here."""
    actor, page = actor_of(request), request.GET.get("page", "")
    rows, following = cut(queries.tasks(actor.scopes_for(READ)), page)
    shown = {
        "rows": rows,
        "can_import": may(actor, PLAN) and may(actor, "kit.import"),
        **rooms(request),
        **onward({}, following, page),
    }
    return render(request, "inspection/regional.html", shown)


@requires(READ)
@require_safe
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task with its businesses."""
    actor, page = actor_of(request), request.GET.get("page", "")
    one = queries.task(actor.scopes_for(READ), pk)
    if one is None:
        raise Http404
    rows, following = cut(queries.subjects(actor.scopes_for(READ), pk), page)
    shown = {
        "task": one,
        "rows": rows,
        "query": {},
        "can_export": may(actor, PLAN),
        **rooms(request),
        **onward({}, following, page),
    }
    return render(request, "inspection/regional_task.html", shown)


@requires(PLAN)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The task as it came, with results as far as they are known."""
    scopes = actor_of(request).scopes_for(PLAN)
    if queries.task(scopes, pk) is None:
        raise Http404
    rows = queries.subjects(scopes, pk)[:EXPORT_TOP]
    title = _("自治区平台抽查任务")
    return exported(
        request, "regional-task", title, exports.regional_columns(), exports.regional(rows)
    )
