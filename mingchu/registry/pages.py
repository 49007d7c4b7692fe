"""Pages: the list, the business file with its forms, and what the public sees."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, check, public, requires
from mingchu.accounts.domain import Place, may
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.slots import PANELS
from mingchu.kit.sheets.write import export_csv, export_xlsx
from mingchu.registry import domain, exports, queries, services
from mingchu.registry import public as outside
from mingchu.registry.forms import CorrectForm, EnrolForm, FindForm, LicenceForm, StateForm
from mingchu.registry.models import Business, Duty, Person
from mingchu.registry.places import district_name
from mingchu.registry.queries import Page, Wanted
from mingchu.registry.values import NewBusiness, NewLicence
from mingchu.registry.words import licence_words, words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PUBLIC_PAGE = 20


@requires("registry.read")
@require_safe
def businesses(request: HttpRequest) -> HttpResponse:
    """The list; its search box, filters and place stand in the address."""
    actor = actor_of(request)
    form = FindForm(request.GET)
    wanted = form.wanted
    page = queries.page(
        actor.scopes_for("registry.read"), wanted, cursor=request.GET.get("cursor", "")
    )
    shown = {
        "form": form,
        "rows": _listed(page),
        "count": _said_count(page),
        "pages": _pages(request, page, wanted),
        "asked": urlencode(wanted.query()),
        "can_enrol": may(actor, "registry.write"),
        "can_export": may(actor, "registry.export"),
    }
    return render(request, "registry/businesses.html", shown)


def _listed(page: Page) -> list[dict[str, Any]]:
    """Rows in plain words: fifty rows of lazy labels would cost more than all the rest."""
    licences = queries.licences_of(page.rows)
    day, said = clock.today(), words()
    return [
        {
            "id": one.public_id,
            "name": one.name,
            "sign": one.sign,
            "code": one.code or "—",
            "kind": said.kinds[one.kind],
            "district": said.districts.get(one.district, one.district),
            "state": one.state,
            "state_name": said.states[one.state],
            "licences": [licence_words(each, day, said) for each in licences[one.pk]],
        }
        for one in page.rows
    ]


def _said_count(page: Page) -> str:
    if not page.is_counted:
        return _("%s+ 户") % f"{queries.COUNTED:,}"
    return _("%s 户") % f"{page.count:,}"


def _pages(request: HttpRequest, page: Page, wanted: Wanted) -> dict[str, str]:
    """Addresses of the first and the next page."""
    asked = wanted.query()
    onward = f"?{urlencode({**asked, 'cursor': page.next})}" if page.next else ""
    first = f"?{urlencode(asked)}" if request.GET.get("cursor") else ""
    return {"next": onward, "first": first}


@requires("registry.export")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file; scoped by the right to export."""
    wanted = FindForm(request.GET).wanted
    scopes = actor_of(request).scopes_for("registry.export")
    found = queries.matching(scopes, wanted).iterator(exports.CHUNK)
    columns, rows = exports.columns(), exports.rows(found)
    name = f"businesses-{clock.today():%Y%m%d}"
    if request.GET.get("format") == "csv":
        answer = HttpResponse(export_csv(columns, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    else:
        content = export_xlsx(_("经营者名录"), columns, rows)
        answer = HttpResponse(content, content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def found(request: HttpRequest, number: int, action: str) -> Business:
    """The business where the actor may do the action; elsewhere there is no such page."""
    known = queries.business(actor_of(request).scopes_for(action), number)
    if known is None:
        raise Http404
    return known


@requires("registry.read")
@require_safe
def business(request: HttpRequest, number: int) -> HttpResponse:
    """The business file: all an officer at the door needs, on one page."""
    known = found(request, number, "registry.read")
    actor, day, said = actor_of(request), clock.today(), words()
    people = queries.people_of(known)
    if people:
        log_view(actor, domain.subject(number), "registry.people")
    place = Place(district=known.district, station=known.station, business=known.public_id)
    shown = {
        "business": known,
        "district": district_name(known.district),
        "licences": [
            (
                each,
                licence_words(each, day, said),
                (each.expires - day).days if each.expires and each.expires >= day else None,
            )
            for each in queries.licences_of([known])[number]
        ],
        "premises": [
            {"row": each, "district": district_name(each.district)}
            for each in queries.premises_of(known)
        ],
        "people": [_person(each) for each in people],
        "panels": [
            (panel, drawn)
            for panel in PANELS
            if may(actor, panel.action, place) and (drawn := panel.draw(request, number))
        ],
        "can_write": may(actor, "registry.write", place),
    }
    return render(request, "registry/business.html", shown)


def _person(person: Person) -> dict[str, Any]:
    return {
        "row": person,
        "duties": "、".join(str(Duty(duty).label) for duty in person.duties),
        "phone": domain.masked_phone(person.phone),
    }


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
            form.add_error(None, _told(refusal))
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
    own = ("name", "sign", "kind", "legal_form", "district", "station", "address", "phone")
    return NewBusiness(
        **{name: said[name] for name in own},
        code=said["code"],
        evidence=said["evidence"],
        opened=said["opened"],
        licences=licence if said["licence_kind"] else (),
    )


def _told(refusal: Refusal) -> str:
    return "。".join(refusal.said(_))


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
        done = _try(
            form,
            lambda: services.correct(
                number=number, changes=changes, why=said["why"], revision=said["revision"]
            ),
        )
        if done:
            return redirect("registry:business", number)
    return _form(request, form, known, _("更正档案"), _("保存"))


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, number: int) -> HttpResponse:
    """Open, dormant, not found, closed."""
    known = found(request, number, "registry.write")
    initial = {"state": known.state, "since": clock.today(), "revision": known.revision}
    form = StateForm(request.POST or None, initial=initial)
    if form.is_valid() and _try(
        form, lambda: services.change_state(number=number, **form.cleaned_data)
    ):
        return redirect("registry:business", number)
    return _form(request, form, known, _("变更经营状态"), _("保存"))


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
        if _try(form, lambda: services.grant_licence(number=number, new=new)):
            return redirect("registry:business", number)
    return _form(request, form, known, _("登记证件"), _("保存"))


def _try(form: forms.Form, act: Any) -> bool:
    """Does it, or says beside the form why not."""
    try:
        act()
    except Refusal as refusal:
        form.add_error(None, _told(refusal))
        return False
    return True


def _form(
    request: HttpRequest, form: forms.Form, known: Business, title: str, does: str
) -> HttpResponse:
    shown = {"form": form, "business": known, "title": title, "does": does}
    return render(request, "registry/form.html", shown)


# What the public sees


@public
@require_safe
def public_search(request: HttpRequest) -> HttpResponse:
    """One box over all businesses; without a question, the ways to ask one."""
    form = FindForm(request.GET)
    wanted = form.wanted
    wanted = Wanted(
        q=wanted.q, district=wanted.district, kind=wanted.kind, state=wanted.state or "open"
    )
    page = queries.page(
        queries.EVERYWHERE, wanted, cursor=request.GET.get("cursor", ""), limit=PUBLIC_PAGE
    )
    shown = {
        "form": form,
        "rows": outside.shown(page.rows),
        "count": _said_count(page),
        "pages": _pages(request, page, wanted),
        "asked": bool(wanted.query()),
        "action": reverse("registry:public_search"),
    }
    return render(request, "registry/public_search.html", shown)


@public
@require_safe
def public_business(request: HttpRequest, number: int) -> HttpResponse:
    """The public page of a business, open or closed."""
    known = queries.public_business(number)
    if known is None:
        raise Http404
    [shown] = outside.shown([known])
    return render(request, "registry/public_business.html", {"business": shown})
