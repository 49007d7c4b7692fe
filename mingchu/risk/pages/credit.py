"""Credit files and classes: one business with everything dated and sourced, and the city's classes.

Facts and lists are every officer's; a class is told to whoever may `risk.credit`, there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, Place, may
from mingchu.base import clock
from mingchu.registry.models import Business
from mingchu.registry.pages.common import attempt, exported, found
from mingchu.registry.places import district_name
from mingchu.registry.queries import plan_page
from mingchu.risk import credit_exports, credit_rules, credit_words
from mingchu.risk.credit_forms import AskForm, FactForm, LeaveForm, ListForm, StrikeForm
from mingchu.risk.credit_pages import CREDIT, NOTE, READ, districts, pager, rooms, said
from mingchu.risk.models import CreditClass, CreditLetter, CreditRun, Listing, RollName
from mingchu.risk.queries import credit as queries
from mingchu.risk.queries import supervising
from mingchu.risk.queries.credit import Asked
from mingchu.risk.services import classing, crediting, listing

EXPORT_TOP = 100_000


def place_of(business: Business) -> Place:
    return Place(business.district, business.station, business.public_id)


# ── One business ──


@requires(READ)
@require_safe
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The credit file of a business."""
    known = found(request, number, READ)
    actor, day = actor_of(request), clock.today()
    sees = may(actor, CREDIT, place_of(known))
    classes = queries.classes_of(number) if sees else []
    present = next((one for one in classes if one.until is None), None)
    view = supervising.supervised(number, day, sees)
    shown = {
        "business": known,
        "district": district_name(known.district),
        "sees_class": sees,
        "present": _told(present) if present else None,
        "past": [_told(one, whole=False) for one in classes if one.until is not None],
        "has_class": known.legal_form in credit_rules.basis(day).forms,
        "view": view,
        "view_key": credit_words.key_said(view.key, day) if view else [],
        "facts": queries.facts_of(number),
        "listings": [_listing(one, known) for one in queries.listings_of(number)],
        "can_note": may(actor, NOTE, place_of(known)),
        "reference_said": credit_words.reference_said,
        "today": day,
    }
    return render(request, "risk/credit/file.html", shown)


def _told(one: CreditClass, *, whole: bool = True) -> dict[str, Any]:
    """A class as a page tells it; with every reason, or by name alone."""
    sheet = credit_words.sheet_of(one) if whole else None
    return {
        "class": one,
        "name": credit_words.credit_name(one.credit),
        "by_points": credit_words.lifted_said(one),
        "groups": credit_words.groups(one, sheet) if sheet else [],
        "rule": sheet,
    }


def _listing(one: Listing, known: Business) -> dict[str, Any]:
    today = clock.today()
    return {
        "listing": one,
        "roll": credit_words.roll_name(one, known.legal_form),
        "ground": credit_words.ground_said(one),
        "rule": credit_rules.GROUNDS[one.roll],
        "late": bool(one.decide_by and one.since > one.decide_by),
        "answer_late": bool(one.leave_by and not one.until and one.leave_by < today),
        "stands": one.until is None and one.struck_at is None,
        "can_ask": not one.asked and (one.early_from is None or one.early_from <= today),
    }


@requires(NOTE)
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, number: int) -> HttpResponse:
    """Something is held against the business from now on."""
    known = found(request, number, NOTE)
    form = FactForm(request.POST or None, initial={"day": clock.today()})

    def act() -> None:
        fact = crediting.NewFact(business_id=number, **form.cleaned_data)
        crediting.note_fact(fact, by=actor_of(request))

    return _done(request, form, act, known, _("登记信用记录"), _("登记"))


@requires(NOTE)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, number: int) -> HttpResponse:
    """The business comes on a list."""
    known, today = found(request, number, NOTE), clock.today()
    form = ListForm(request.POST or None, initial={"found": today, "since": today})

    def act() -> None:
        roll, ground = form.chosen
        given = {key: form.cleaned_data[key] for key in ("found", "since", "decision")}
        new = listing.NewListing(business_id=number, roll=roll, ground=ground, **given)
        listing.enter_list(new, by=actor_of(request))

    return _done(request, form, act, known, _("列入名录"), _("列入"))


@requires(NOTE)
@require_http_methods(["GET", "POST"])
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """A fact was wrong."""
    one = queries.fact(actor_of(request).scopes_for(NOTE), pk)
    if one is None:
        raise Http404
    form = StrikeForm(request.POST or None)

    def act() -> None:
        crediting.strike_fact(fact=one, why=form.cleaned_data["why"])

    return _done(request, form, act, one.business, _("撤销信用记录"), pgettext("record", "撤销"))


@dataclass(frozen=True)
class Act:
    """What can be done with an entry on a list."""

    title: Any
    does: Any
    form: Callable[[HttpRequest, Listing], forms.Form]
    do: Callable[[Listing, dict[str, Any]], object]


def _of(form: type[forms.Form]) -> Callable[[HttpRequest, Listing], forms.Form]:
    return lambda request, one: form(request.POST or None, initial={"day": clock.today()})


ACTS = {
    "ask": Act(
        gettext_lazy("登记移出申请"),
        gettext_lazy("登记"),
        _of(AskForm),
        lambda one, given: listing.ask_exit(listing=one, day=given["day"]),
    ),
    "leave": Act(
        gettext_lazy("移出名录"),
        gettext_lazy("移出"),
        lambda request, one: LeaveForm(
            request.POST or None, listing=one, initial={"until": clock.today()}
        ),
        lambda one, given: listing.leave_list(listing=one, **given),
    ),
    "strike": Act(
        gettext_lazy("撤销名录记录"),
        pgettext_lazy("record", "撤销"),
        _of(StrikeForm),
        lambda one, given: listing.strike_listing(listing=one, why=given["why"]),
    ),
}


@requires(NOTE)
@require_http_methods(["GET", "POST"])
def act_on(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on an entry of a list."""
    one = queries.listing(actor_of(request).scopes_for(NOTE), pk)
    if one is None or act not in ACTS:
        raise Http404
    chosen = ACTS[act]
    form = chosen.form(request, one)
    return _done(
        request,
        form,
        lambda: chosen.do(one, form.cleaned_data),
        one.business,
        str(chosen.title),
        str(chosen.does),
    )


def _done(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], object],
    known: Business,
    title: str,
    does: str,
) -> HttpResponse:
    """The form on its page, until the act is done; then the file."""
    if form.is_valid() and attempt(form, act):
        messages.success(request, _("已保存"))
        return redirect("risk:credit_file", known.pk)
    shown = {"form": form, "business": known, "title": title, "does": does}
    return render(request, "risk/credit/form.html", shown)


# ── The city ──


@requires(CREDIT)
@require_safe
def classes(request: HttpRequest) -> HttpResponse:
    """The classes of the firms in the scopes: how many of each, and which."""
    actor, asked = actor_of(request), Asked.read(said(request))
    scopes = actor.scopes_for(CREDIT)
    rows = queries.classes(scopes, asked)
    page = plan_page(rows, "", request.GET.get("cursor", ""))
    run = queries.newest_run()
    shown = {
        "rows": [_row(one) for one in page.rows],
        "found": rows.count(),
        "asked": asked,
        "letters": [(code, credit_words.credit_name(code)) for code in CreditLetter.values],
        "spread": _spread(queries.counted(scopes)),
        "run": run,
        "run_rules": [*run.rules.items()] if run else [],
        "checked": "check" in request.GET,
        "intact": _intact(run) if run and "check" in request.GET else None,
        "districts": districts(actor, CREDIT),
        "query": asked.query(),
        "can_note": may(actor, NOTE),
        **rooms(actor),
        **pager(request, asked.query(), page.next),
    }
    return render(request, "risk/credit/classes.html", shown)


def _intact(run: CreditRun) -> bool | None:
    """Whether the classes are those of the run's digest; a reckoning of a few since then would
    have changed what it covers."""
    return classing.is_as_reckoned(run) if queries.last_run_id() == run.pk else None


def _row(one: CreditClass) -> dict[str, Any]:
    return {
        "business": one.business,
        "district": district_name(one.business.district),
        "name": credit_words.credit_name(one.credit),
        "letter": one.credit,
        "points": one.points,
        "lifted": credit_words.lifted_said(one),
        "since": one.since,
    }


def _spread(counted: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    """A line a district, then all of them: how many firms of each class."""
    codes = sorted({district for district, _letter in counted})
    lines = [
        {
            "code": code,
            "name": district_name(code),
            "counts": [(x, counted.get((code, x), 0)) for x in CreditLetter.values],
        }
        for code in codes
    ]
    if len(lines) > 1:
        total = [(x, sum(counted.get((code, x), 0) for code in codes)) for x in CreditLetter.values]
        lines.append({"code": "", "name": _("合计"), "counts": total})
    return lines


@requires(CREDIT)
@require_safe
def export_classes(request: HttpRequest) -> HttpResponse:
    asked = Asked.read(said(request))
    rows = queries.classes(actor_of(request).scopes_for(CREDIT), asked)
    lines = credit_exports.classes(rows[:EXPORT_TOP].iterator(2_000))
    title = _("企业信用风险类别（内部）")
    return exported(request, "credit-classes", title, credit_exports.class_columns(), lines)


@requires(NOTE)
@require_POST
def reckon(request: HttpRequest) -> HttpResponse:
    """The month's reckoning at once."""
    if not _is_city(actor_of(request)):
        raise Http404
    run = classing.reckon()
    messages.success(
        request, _("已计算%(firms)s家，%(moved)s家变动") % {"firms": run.firms, "moved": run.moved}
    )
    return redirect("risk:credit_classes")


def _is_city(actor: Actor) -> bool:
    return any(str(scope) == "city" for scope in actor.scopes_for(NOTE))


@requires(READ)
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Who stands on a list today."""
    actor, asked = actor_of(request), Asked.read(said(request))
    rows = queries.standing(actor.scopes_for(READ), asked)
    page = plan_page(rows, "since", request.GET.get("cursor", ""))
    shown = {
        "rows": [
            {**_listing(one, one.business), "district": district_name(one.business.district)}
            for one in page.rows
        ],
        "found": rows.count(),
        "asked": asked,
        "rolls": RollName.choices,
        "districts": districts(actor, READ),
        "query": asked.query(),
        **rooms(actor),
        **pager(request, asked.query(), page.next),
    }
    return render(request, "risk/credit/lists.html", shown)


@requires(READ)
@require_safe
def export_lists(request: HttpRequest) -> HttpResponse:
    asked = Asked.read(said(request))
    rows = queries.standing(actor_of(request).scopes_for(READ), asked)
    lines = credit_exports.listings(rows[:EXPORT_TOP].iterator(2_000))
    return exported(request, "lists", _("名录"), credit_exports.listing_columns(), lines)
