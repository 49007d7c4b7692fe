"""Saved views 常用查询: one's own questions, kept, renamed, deleted."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base.errors import Refusal
from mingchu.registry import queries, services
from mingchu.registry.forms import OfficerFindForm
from mingchu.registry.list_forms import RenameViewForm, ViewForm
from mingchu.registry.models import SavedView
from mingchu.registry.pages.common import told


@requires("registry.read")
@require_safe
def views(request: HttpRequest) -> HttpResponse:
    """All of one's own, with what each asks in words."""
    actor = actor_of(request)
    areas = queries.all_areas(actor.scopes_for("registry.read"))
    rows = [
        (view, OfficerFindForm(QueryDict(view.query), actor=actor, areas=areas).in_words)
        for view in queries.views_of(actor.user_id)
    ]
    return render(request, "registry/views.html", {"rows": rows})


@requires("registry.read")
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the question of the list, as its address says it, under a name."""
    actor, form = actor_of(request), ViewForm(request.POST)
    back = reverse("registry:businesses")
    if not form.is_valid():
        messages.error(request, _("请写一个不超过40个字的名称"))
        return redirect(back)
    wanted = OfficerFindForm(QueryDict(form.cleaned_data["query"]), actor=actor, areas=()).wanted
    query = QueryDict(mutable=True)
    query.update(wanted.query())
    try:
        services.save_view(
            owner=actor.user_id or 0, name=form.cleaned_data["name"], query=query.urlencode()
        )
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, _("已保存，列在名录上方"))
    return redirect(f"{back}?{query.urlencode()}")


@requires("registry.read")
@require_POST
def rename_view(request: HttpRequest, pk: int) -> HttpResponse:
    view, form = _own(request, pk), RenameViewForm(request.POST)
    try:
        if form.is_valid():
            services.rename_view(view=view, name=form.cleaned_data["name"])
        else:
            messages.error(request, _("请写一个不超过40个字的名称"))
    except Refusal as refusal:
        messages.error(request, told(refusal))
    return redirect("registry:views")


@requires("registry.read")
@require_POST
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    services.drop_view(view=_own(request, pk))
    messages.success(request, _("已删除"))
    return redirect("registry:views")


def _own(request: HttpRequest, pk: int) -> SavedView:
    view = queries.view_of(actor_of(request).user_id, pk)
    if view is None:
        raise Http404
    return view
