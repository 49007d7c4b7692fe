"""Forms by which an officer changes a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, check, requires
from mingchu.accounts.domain import Place
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.registry import services
from mingchu.registry.forms import CorrectForm, EnrolForm, LicenceForm, StateForm
from mingchu.registry.pages.common import attempt, form_page, found, told
from mingchu.registry.values import NewBusiness, NewLicence


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """A new business."""
    actor = actor_of(request)
    form = EnrolForm(request.POST or None, actor=actor)
    if form.is_valid():
        try:
            made = services.enrol(_new(form.cleaned_data))
        except Refusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, _("已建档"))
            return redirect("registry:business", made.pk)
    shown = {"form": form, "title": _("新建档案"), "does": _("建档")}
    return render(request, "registry/form.html", shown)


def _new(said: dict[str, Any]) -> NewBusiness:
    licence = (
        NewLicence(
            kind=said["licence_kind"],
            number=said["licence_number"],
            issued=said["licence_issued"],
            expires=said["licence_expires"],
            evidence=said["evidence"],
        ),
    )
    return NewBusiness(
        **{name: said[name] for name in services.CORRECTABLE},
        code=said["code"],
        evidence=said["evidence"],
        opened=said["opened"],
        licences=licence if said["licence_kind"] else (),
    )


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Corrections; a business may be moved only to where the officer may write too."""
    known = found(request, number, "registry.write")
    initial = {name: getattr(known, name) for name in (*services.CORRECTABLE, "revision")}
    form = CorrectForm(request.POST or None, initial=initial, actor=actor_of(request))
    if form.is_valid():
        said = form.cleaned_data
        changes = {name: said[name] for name in services.CORRECTABLE}
        check(request, "registry.write", Place(said["district"], said["station"]))
        done = attempt(
            form,
            lambda: services.correct(
                number=number, changes=changes, why=said["why"], revision=said["revision"]
            ),
        )
        if done:
            return redirect("registry:business", number)
    return form_page(request, form, known, _("更正档案"), _("保存"))


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, number: int) -> HttpResponse:
    """Open, dormant, not found, closed."""
    known = found(request, number, "registry.write")
    initial = {"state": known.state, "since": clock.today(), "revision": known.revision}
    form = StateForm(request.POST or None, initial=initial)
    if form.is_valid() and attempt(
        form, lambda: services.change_state(number=number, **form.cleaned_data)
    ):
        return redirect("registry:business", number)
    return form_page(request, form, known, _("变更经营状态"), _("保存"))


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def licence(request: HttpRequest, number: int) -> HttpResponse:
    """A new licence, or the new dates of a known one."""
    known = found(request, number, "registry.write")
    form = LicenceForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        items = tuple(part.strip() for part in said.pop("items").split("、") if part.strip())
        new = NewLicence(items=items, **said)
        if attempt(form, lambda: services.grant_licence(number=number, new=new)):
            return redirect("registry:business", number)
    return form_page(request, form, known, _("登记证件"), _("保存"))
