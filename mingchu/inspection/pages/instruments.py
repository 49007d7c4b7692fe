"""Instruments with their calibration, and the phones that inspectors send records from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts import queries as accounts
from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, ScopeKind
from mingchu.base import clock
from mingchu.inspection import exports, services, visit_words, words
from mingchu.inspection.models import Instrument
from mingchu.inspection.pages.common import ASSIGN, READ, attempt, done, exported, is_city
from mingchu.inspection.pages.visits import form_page, rights
from mingchu.inspection.queries import records as queries
from mingchu.inspection.visit_forms import CalibrateForm, InstrumentForm
from mingchu.registry.places import DISTRICTS

SOON_DAYS = 30
PEOPLE = "accounts.people"


def districts_of(actor: Actor, action: str) -> list[str] | None:
    """Districts that the actor's scopes lie in; None: the whole city."""
    scopes = list(actor.scopes_for(action))
    if any(scope.kind is ScopeKind.CITY for scope in scopes):
        return None
    return sorted({scope.code[:6] for scope in scopes})


def rows_of(actor: Actor) -> Any:
    return queries.instruments(districts_of(actor, READ))


@requires(READ)
@require_safe
def instruments(request: HttpRequest) -> HttpResponse:
    """All of the reader's area; what lapses first stands first."""
    actor, today = actor_of(request), clock.today()
    shown = {
        "rows": [_row(one, actor, today) for one in rows_of(actor)],
        "can_add": bool(_offices(actor)),
        "here": _("检测器具"),
        **rights(actor),
    }
    return render(request, "inspection/visits/instruments.html", shown)


def _row(one: Instrument, actor: Actor, today: Any) -> dict[str, Any]:
    return {
        "one": one,
        "kind": visit_words.INSTRUMENT_KINDS.get(one.kind, one.kind),
        "office": words.office(one.district),
        "lapsed": one.in_use and one.calibrated_until < today,
        "soon": one.in_use and today <= one.calibrated_until <= today + timedelta(days=SOON_DAYS),
        "keeps": _keeps(actor, one),
    }


def _keeps(actor: Actor, one: Instrument) -> bool:
    """The city's own are kept by the city, a district's by whoever assigns there."""
    if not one.district:
        return is_city(actor, ASSIGN)
    districts = districts_of(actor, ASSIGN)
    return districts is None or one.district in districts


def _offices(actor: Actor) -> list[str]:
    """For whom the actor may keep one."""
    districts = districts_of(actor, ASSIGN)
    return ["", *DISTRICTS] if districts is None else districts


@requires(READ)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    return exported(
        request, "instruments", _("检测器具"), exports.instrument_columns(),
        exports.instruments(rows_of(actor_of(request))),
    )  # fmt: skip


def _up() -> tuple[str, str]:
    return reverse("inspection:instruments"), _("检测器具")


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    offices = _offices(actor_of(request))
    form = InstrumentForm(request.POST or None, offices=offices)
    if form.is_valid() and attempt(form, lambda: services.keep_instrument(**form.cleaned_data)):
        messages.success(request, _("已登记"))
        return redirect("inspection:instruments")
    return form_page(request, form, _("登记器具"), _up())


def _one(request: HttpRequest, pk: int) -> Instrument:
    one: Instrument | None = rows_of(actor_of(request)).filter(pk=pk).first()
    if one is None or not _keeps(actor_of(request), one):
        raise Http404
    return one


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def calibrate(request: HttpRequest, pk: int) -> HttpResponse:
    one = _one(request, pk)
    form = CalibrateForm(request.POST or None)
    if form.is_valid() and attempt(
        form, lambda: services.calibrate(instrument=one, **form.cleaned_data)
    ):
        messages.success(request, _("已登记"))
        return redirect("inspection:instruments")
    return form_page(request, form, _("登记校准"), _up(), f"{one.name} {one.number}")


@requires(ASSIGN)
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    one = _one(request, pk)
    done(request, lambda: services.retire(instrument=one), _("已停用"))
    return redirect("inspection:instruments")


# ── Phones ──


@requires(ASSIGN)
@require_safe
def phones(request: HttpRequest) -> HttpResponse:
    """Phones that hold a token, of officers in the reader's area; lost ones are revoked here."""
    actor = actor_of(request)
    revokes = {one.token for one in accounts.devices_of(actor.scopes_for(PEOPLE))}
    shown = {
        "rows": [
            {"one": one, "revokes": one.token in revokes and not one.revoked}
            for one in _known(accounts.devices_of(actor.scopes_for(ASSIGN)))
        ],
        "now": clock.now(),
        "here": _("检查手机"),
        **rights(actor),
    }
    return render(request, "inspection/visits/phones.html", shown)


def _known(rows: Iterable[accounts.DeviceRow]) -> list[accounts.DeviceRow]:
    """Those in use first."""
    return sorted(rows, key=lambda one: one.revoked is not None)
