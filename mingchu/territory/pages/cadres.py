"""The roster: cadres with their ranges, accounts and hand-overs; one business named for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, may
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.sheets.examine import GoodRow
from mingchu.registry import queries as registered
from mingchu.registry.places import district_name
from mingchu.territory import exports, queries, rules, services, words
from mingchu.territory.forms import AccountForm, CadreForm, HandOverForm, NameForm
from mingchu.territory.hanging import rows as address
from mingchu.territory.importing import DutyRoster
from mingchu.territory.models import Cadre, Rank
from mingchu.territory.pages.common import (
    EXPORT,
    MANAGE,
    READ,
    attempt,
    can,
    cut,
    districts,
    exported,
    is_city,
    onward,
    told,
)

HEIRS_TOP = 500


@requires(READ)
@require_safe
def cadres(request: HttpRequest) -> HttpResponse:
    """Who is on the roster, what each has, and whether he has an account yet."""
    actor, page = actor_of(request), request.GET.get("page", "")
    query = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "district", "rank")}
    found = queries.cadres(
        actor.scopes_for(READ), query=query["q"], district=query["district"], rank=query["rank"]
    )
    rows, following = cut(found, page)
    asked = {name: value for name, value in query.items() if value}
    shown = {
        "rows": _rows(rows),
        "found": found.count(),
        "asked": query,
        "ranks": Rank.choices,
        "districts": districts(actor, READ),
        "query": asked,
        "can_import": may(actor, MANAGE) and may(actor, "kit.import"),
        **can(actor, MANAGE, EXPORT),
        **onward(asked, following, page),
    }
    return render(request, "territory/cadres.html", shown)


def _rows(cadres: Sequence[Cadre]) -> list[dict[str, Any]]:
    loads, accounts = queries.loads([one.pk for one in cadres]), queries.account_of(cadres)
    return [
        {
            "cadre": one,
            "district": district_name(one.district) if one.district else _("全市"),
            "load": loads[one.pk],
            "account": accounts.get(one.pk),
        }
        for one in cadres
    ]


@requires(EXPORT)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The roster as a file that can be brought back."""
    asked = {name: request.GET.get(name, "") for name in ("district", "rank")}
    found = queries.cadres(
        actor_of(request).scopes_for(EXPORT), query=request.GET.get("q", ""), **asked
    )
    columns, rows = exports.roster_columns(), exports.roster(found)
    return exported(request, "duty-roster", _("包保干部花名册"), columns, rows)


def _one(request: HttpRequest, pk: int, action: str) -> Cadre:
    actor = actor_of(request)
    found = queries.cadre(actor.scopes_for(action), pk)
    if found is None:
        raise Http404
    return found


@requires(READ)
@require_safe
def cadre(request: HttpRequest, pk: int) -> HttpResponse:
    """One cadre: who he is, what he answers for, his account, what may be done."""
    actor, one = actor_of(request), _one(request, pk, READ)
    [row] = _rows([one])
    manages = queries.cadre(actor.scopes_for(MANAGE), pk) is not None and one.until is None
    beats = queries.ranges([one.pk])[one.pk]
    names = registered.area_names(beat.area for beat in beats if beat.area)
    shown = {
        **row,
        "level": rules.level_of(one.rank, clock.today()),
        "areas": [
            (beat.area, names.get(beat.area) or district_name(beat.area))
            for beat in beats
            if beat.area
        ],
        "businesses": [beat.business for beat in beats if beat.business],
        "businesses_href": address("businesses", cadre=str(one.pk)),
        "visits_href": address("visits", cadre=str(one.pk), state="todo"),
        "can_manage": manages,
        "account_form": _account_form(actor, one) if manages else None,
        "hand_over_form": _hand_over_form(actor, one) if manages else None,
        "can_enrol": may(actor, "accounts.people"),
    }
    return render(request, "territory/cadre.html", shown)


def _account_form(actor: Actor, one: Cadre, said: Any = None) -> AccountForm:
    free = queries.accounts_free(actor.scopes_for(MANAGE))
    own = [one.user] if one.user else []
    return AccountForm(said, free=[*own, *free], cadre=one, initial={"user": one.user_id})


def _hand_over_form(actor: Actor, one: Cadre, said: Any = None) -> HandOverForm:
    others = queries.cadres(actor.scopes_for(MANAGE), rank=one.rank).exclude(pk=one.pk)
    return HandOverForm(said, heirs=others[:HEIRS_TOP])


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Somebody new on the roster."""
    return _edited(request, None, _("登记包保干部"))


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of a cadre, and what he answers for."""
    return _edited(request, _one(request, pk, MANAGE), _("修改包保干部"))


def _edited(request: HttpRequest, held: Cadre | None, title: str) -> HttpResponse:
    actor = actor_of(request)
    offered = [code for code, _name in districts(actor, MANAGE)]
    form = CadreForm(
        request.POST or None,
        districts=offered,
        city=is_city(actor, MANAGE),
        initial=_as_it_is(held) if held else {},
    )
    kept: list[Cadre] = []
    if form.is_valid() and attempt(form, lambda: kept.append(_put(actor, form, held))):
        messages.success(request, _("已保存"))
        return redirect("territory:cadre", kept[0].pk)
    shown = {"form": form, "title": title, "does": _("保存"), "cadre": held}
    return render(request, "territory/form.html", shown)


def _as_it_is(held: Cadre) -> dict[str, Any]:
    beats = queries.ranges([held.pk])[held.pk]
    names = ("name", "unit", "rank", "district", "phone")
    return {
        **{name: getattr(held, name) for name in names},
        "areas": exports.NUMBERS.join(beat.area for beat in beats if beat.area),
        "businesses": exports.NUMBERS.join(
            beat.business.public_id for beat in beats if beat.business
        ),
    }


def _put(actor: Actor, form: forms.Form, held: Cadre | None) -> Cadre:
    """The same checks as a row of the list."""
    listed = DutyRoster().said(GoodRow(1, form.cleaned_data), held, actor)
    return services.put_cadre(listed)


@requires(MANAGE)
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Which account is his."""
    actor, one = actor_of(request), _one(request, pk, MANAGE)
    form = _account_form(actor, one, request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["user"]
        free = queries.accounts_free(actor.scopes_for(MANAGE))
        user = next((user for user in [one.user, *free] if user and user.pk == chosen), None)
        if attempt(form, lambda: services.link(cadre=one, user=user)):
            messages.success(request, _("已保存"))
            return redirect("territory:cadre", pk)
    return _refused(request, form, pk)


def _refused(request: HttpRequest, form: forms.Form, pk: int) -> HttpResponse:
    for errors in form.errors.values():
        messages.error(request, " ".join(str(error) for error in errors))
    return redirect("territory:cadre", pk)


@requires(MANAGE)
@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """All he has is another's from a day on."""
    actor, one = actor_of(request), _one(request, pk, MANAGE)
    form = _hand_over_form(actor, one, request.POST)
    if form.is_valid():
        heir = _one(request, form.cleaned_data["heir"], MANAGE)
        since = form.cleaned_data["since"]
        if attempt(form, lambda: services.hand_over(giver=one, heir=heir, since=since)):
            messages.success(request, _("已办理移交"))
            return redirect("territory:cadre", pk)
    return _refused(request, form, pk)


@requires(MANAGE)
@require_POST
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """He is on the roster no more, and nobody takes over."""
    one = _one(request, pk, MANAGE)
    try:
        services.take_off(cadre=one)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, _("已从花名册撤下"))
    return redirect("territory:cadre", pk)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def name_for(request: HttpRequest, number: int) -> HttpResponse:
    """One business is named for a cadre, or goes back to whoever has its area."""
    actor = actor_of(request)
    known = registered.business(actor.scopes_for(MANAGE), number)
    if known is None:
        raise Http404
    present, _before = queries.past_of(number)
    today = clock.today()
    rank = rules.ranks(today).get(present.level, "") if present else ""
    fitting = queries.cadres(actor.scopes_for(MANAGE), rank=rank)[:HEIRS_TOP] if rank else []
    named = present.cadre_id if present and present.named else None
    form = NameForm(request.POST or None, cadres=fitting, initial={"cadre": named})
    if form.is_valid():
        chosen = form.cleaned_data["cadre"]
        if attempt(form, lambda: services.name_for(number=number, cadre=chosen)):
            messages.success(request, _("已保存"))
            return redirect("registry:business", number)
    shown = {
        "form": form,
        "business": known,
        "level": words.level_name(present.level if present else "", today),
    }
    return render(request, "territory/name.html", shown)
