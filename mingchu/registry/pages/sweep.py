"""Sweep 清查: many that could not be found, marked at once after being looked at once more."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.registry import domain, queries, services
from mingchu.registry.forms import OfficerFindForm
from mingchu.registry.list_forms import SweepForm
from mingchu.registry.models import Business
from mingchu.registry.pages.common import told
from mingchu.registry.pages.lists import listed

SWEEP_TOP = 500


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def sweep(request: HttpRequest) -> HttpResponse:
    """Chosen in the list, told why, looked at once more, marked: a step each."""
    if request.method == "POST":
        return _told(request)
    chosen, back = _chosen(request)
    if not chosen:
        messages.error(request, _("没有选中可以标记的经营者：请先勾选，或选“本页全部”"))
        return redirect(back)
    if len(chosen) > SWEEP_TOP:
        said = _("一次最多处理%(top)s户，请再加条件缩小范围") % {"top": SWEEP_TOP}
        messages.error(request, said)
        return redirect(back)
    form = SweepForm(initial={"since": clock.today()})
    return _step(request, "form", chosen, form=form, back=back)


def _chosen(request: HttpRequest) -> tuple[list[Business], str]:
    """By tick, by page or by the whole question; and the list they were chosen in."""
    actor = actor_of(request)
    scopes = actor.scopes_for("registry.write")
    wanted = OfficerFindForm(request.GET, actor=actor, areas=()).wanted
    back = f"{reverse('registry:businesses')}?{urlencode(wanted.query())}"
    if request.GET.get("take") == "all":
        return list(queries.matching(scopes, wanted, people=True)[: SWEEP_TOP + 1]), back
    codes = request.GET.getlist("row" if request.GET.get("take") == "page" else "chosen")
    return queries.some(scopes, _numbers(codes)), back


def _numbers(codes: list[str]) -> list[int]:
    return [domain.number_of(code) for code in codes[: SWEEP_TOP + 1]]


def _told(request: HttpRequest) -> HttpResponse:
    """The same businesses from step to step, whatever the list shows meanwhile."""
    scopes = actor_of(request).scopes_for("registry.write")
    chosen = queries.some(scopes, _numbers(request.POST.getlist("chosen"))[:SWEEP_TOP])
    form = SweepForm(request.POST)
    if not form.is_valid() or "change" in request.POST:
        return _step(request, "form", chosen, form=form)
    if "confirmed" not in request.POST:
        return _step(request, "confirm", chosen, form=form)
    swept = services.sweep_not_found(
        numbers=[one.pk for one in chosen],
        since=form.cleaned_data["since"],
        why=form.cleaned_data["why"],
        evidence=form.cleaned_data["evidence"],
    )
    left = [(one.public_id, one.name, told(refusal)) for one, refusal in swept.left]
    return _step(request, "done", swept.done, left=left, form=form)


def _step(request: HttpRequest, step: str, rows: list[Business], **more: Any) -> HttpResponse:
    names = queries.area_names(one.station for one in rows)
    shown = {
        "step": step,
        "rows": listed(rows, names),
        "count": len(rows),
        "back": reverse("registry:businesses"),
        **more,
    }
    return render(request, "registry/sweep.html", shown)
