"""The business's own view of its grade: every reason, what would change it, and an objection."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base.errors import Refusal
from mingchu.registry import queries as registered
from mingchu.registry.models import Business
from mingchu.registry.pages.common import attempt
from mingchu.registry.pages.common import told as refused
from mingchu.risk import forms, services
from mingchu.risk.pages.common import OWN
from mingchu.risk.pages.file import paper, told
from mingchu.risk.queries import grades as queries


def _mine(request: HttpRequest, number: int) -> Business:
    found = registered.business(actor_of(request).scopes_for(OWN), number)
    if found is None or found.merged_into_id:
        raise Http404
    return found


@requires(OWN)
@require_safe
def grade(request: HttpRequest, number: int) -> HttpResponse:
    """The whole grade as officers see it, but for who decided."""
    business = _mine(request, number)
    known = queries.standing(number)
    assert known is not None  # noqa: S101 it was found
    shown = {
        "business": business,
        **told(known),
        "visits": queries.visits_of(number),
        "objections": queries.objections_of(number),
    }
    return render(request, "risk/desk.html", shown)


@requires(OWN)
@require_safe
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """The notice of its grade, as the bureau hands it over."""
    return paper(_mine(request, number), queries.standing(number))


@requires(OWN)
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, number: int) -> HttpResponse:
    """What is wrong with it, in the business's own words."""
    business = _mine(request, number)
    known = queries.standing(number)
    if known is None or known.grade is None:
        raise Http404
    present = known.grade
    items = [(one.item, one.name) for one in told(known).get("lines", ())]
    form = forms.ObjectionForm(request.POST or None, items=items)
    if form.is_valid() and attempt(
        form,
        lambda: services.object_to(grade=present, by=actor_of(request), **form.cleaned_data),
    ):
        messages.success(request, _("已提交，答复后在这里看到"))
        return redirect("risk:own_grade", number)
    return render(request, "risk/object.html", {"form": form, "business": business})


@requires(OWN)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes it back as long as nobody has answered."""
    one = queries.objection(actor_of(request).scopes_for(OWN), pk)
    if one is None:
        raise Http404
    try:
        services.withdraw_objection(objection=one)
        messages.success(request, _("已撤回"))
    except Refusal as refusal:
        messages.error(request, refused(refusal))
    return redirect("risk:own_grade", one.business_id)
