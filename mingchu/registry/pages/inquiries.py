"""What an office asks of businesses and what they send in: asked, looked at, settled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.services import log_view
from mingchu.base.errors import Refusal
from mingchu.kit.files import queries as files
from mingchu.registry import domain, queries, services
from mingchu.registry.forms import AskForm, SettleForm
from mingchu.registry.models import HealthCertificate, Inquiry
from mingchu.registry.pages.common import attempt, form_page, found, told

WRITE = "registry.write"
AT_ONCE = 50


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Asks a business for something; its desk shows it at once."""
    known = found(request, number, WRITE)
    form = AskForm(request.POST or None)
    if form.is_valid() and attempt(form, lambda: services.ask(number=number, **form.cleaned_data)):
        messages.success(request, _("已发出"))
        return redirect("registry:business", number)
    return form_page(request, form, known, _("要求补正材料"), _("发出"))


def _one(request: HttpRequest, pk: int) -> Inquiry:
    inquiry = queries.inquiry(actor_of(request).scopes_for(WRITE), pk)
    if inquiry is None:
        raise Http404
    return inquiry


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def inquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """A request and its answer; where there is one, what comes of it."""
    one = _one(request, pk)
    form = SettleForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        good = said["verdict"] == "good"
        if attempt(form, lambda: services.settle(inquiry=one, good=good, remark=said["remark"])):
            messages.success(request, _("已办结") if good else _("已退回"))
            return redirect("registry:business", one.business_id)
    shown = {
        "inquiry": one,
        "business": one.business,
        "files": files.of_ids(actor_of(request), one.files),
        "form": form if one.state == "answered" else None,
        "can_withdraw": one.settled_at is None,
    }
    return render(request, "registry/inquiry.html", shown)


@requires(WRITE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The office needs it no more."""
    one = _one(request, pk)
    services.withdraw_inquiry(inquiry=one, remark=request.POST.get("remark", "")[:400])
    messages.success(request, _("已撤回"))
    return redirect("registry:business", one.business_id)


@requires(WRITE)
@require_safe
def unseen(request: HttpRequest) -> HttpResponse:
    """Health certificates that desks sent in, each with its photo and two answers."""
    actor = actor_of(request)
    waiting = queries.unseen_certificates(actor.scopes_for(WRITE))
    rows = list(waiting[: AT_ONCE + 1])
    if rows:
        log_view(actor, "certificates:unseen", "registry.people")
    shown = {"rows": [_sent(one) for one in rows[:AT_ONCE]], "more": len(rows) > AT_ONCE}
    return render(request, "registry/certificates.html", shown)


def _sent(one: HealthCertificate) -> dict[str, Any]:
    return {
        "row": one,
        "person": one.person,
        "business": one.person.business,
        "id": domain.public_id(one.person.business_id),
    }


@requires(WRITE)
@require_POST
def see(request: HttpRequest, pk: int) -> HttpResponse:
    """An officer's word on a certificate that was sent in."""
    scopes = actor_of(request).scopes_for(WRITE)
    one = queries.unseen_certificates(scopes).filter(pk=pk).first()
    if one is None:
        raise Http404
    good = request.POST.get("verdict") == "good"
    why = request.POST.get("why", "").strip()[:200]
    try:
        services.see_health_certificate(certificate=one, good=good, why=why)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    return redirect("registry:unseen")
