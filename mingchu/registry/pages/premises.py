"""Premises: acts on them, and the page of one place with everybody who worked there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.registry import act_forms, domain, services, timeline
from mingchu.registry.act_forms import Target
from mingchu.registry.dossier.refs import is_inside
from mingchu.registry.dossier.said import day_of
from mingchu.registry.models import Licence, Premises
from mingchu.registry.pages.acting import Act, Said, perform, target_of
from mingchu.registry.places import district_name
from mingchu.registry.queries import parts
from mingchu.registry.values import NewPremises
from mingchu.registry.words import licence_words, words

ANCHOR = "#premises"
STORY = 30  # lines of a place's history


def _row(target: Target) -> Premises:
    return cast("Premises", target.row)


def _about(target: Target) -> str:
    one = _row(target)
    return f"{one.get_use_display()} · {one.address or one.platform}"


def _here(target: Target) -> Said:
    """Another place of a business most often lies in its own district."""
    file = target.file
    return {"district": file["district"], "station": file["station"], "since": clock.today()}


def _as_it_is(target: Target) -> Said:
    one = target.file["premises"][str(_row(target).pk)]
    names = ("use", "address", "district", "station", "platform", "hours")
    return {**{name: one[name] for name in names}, "since": day_of(one["since"])}


def _add(target: Target, said: Said) -> None:
    names = ("use", "address", "district", "station", "platform", "hours", "since")
    services.add_premises(
        number=target.business.pk,
        new=NewPremises(**{name: said[name] for name in names}),
        landlord=said["landlord"].pk if said["landlord"] else None,
        why=said["why"],
        revision=said["revision"],
    )


def _change(target: Target, said: Said) -> None:
    changes = {name: value for name, value in said.items() if name not in ("why", "revision")}
    services.change_premises(
        premises=_row(target), changes=changes, why=said["why"], revision=said["revision"]
    )


def _make_main(target: Target, said: Said) -> None:
    services.make_main(premises=_row(target), why=said["why"], revision=said["revision"])


def _act(title: Any, does: Any, form: Any, run: Any, **more: Any) -> Act:
    return Act(title, does, form, run, about=_about, anchor=ANCHOR, **more)


ADD = Act(
    title=gettext_lazy("增加场所"),
    does=gettext_lazy("增加"),
    form=act_forms.PremisesForm,
    run=_add,
    initial=_here,
    done=gettext_lazy("场所已增加"),
    anchor=ANCHOR,
)
ACTS: Mapping[str, Act] = {
    "change": _act(
        gettext_lazy("更正场所"),
        gettext_lazy("保存"),
        act_forms.PremisesCorrectForm,
        _change,
        initial=_as_it_is,
        note=gettext_lazy("只用于登记有误；真的搬走请办理迁址。"),
        done=gettext_lazy("场所已更正"),
    ),
    "main": _act(
        gettext_lazy("设为主要场所"),
        gettext_lazy("设为主要场所"),
        act_forms.ActForm,
        _make_main,
        done=gettext_lazy("主要场所已更换"),
        when=lambda one: not one.is_main and not one.until,
    ),
    "end": _act(
        gettext_lazy("停用场所"),
        gettext_lazy("停用"),
        act_forms.EndPlaceForm,
        _change,
        initial=lambda target: {"until": clock.today()},
        done=gettext_lazy("场所已停用"),
        when=lambda one: not one.is_main and not one.until,
    ),
}


def acts_for(*, is_main: bool, ended: bool) -> list[tuple[str, str]]:
    """What can be done with a place as it stands, by its title."""
    one = Premises(is_main=is_main, until=clock.today() if ended else None)
    return [(key, str(act.title)) for key, act in ACTS.items() if act.when(one)]


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, number: int) -> HttpResponse:
    """Another place."""
    return perform(request, target_of(request, number), ADD)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def premises_act(request: HttpRequest, number: int, pk: int, act: str) -> HttpResponse:
    """One of ACTS on a place of the business."""
    target = target_of(request, number)
    row = parts.place_of(target.business, pk)
    if row is None or act not in ACTS:
        raise Http404
    return perform(request, replace(target, row=row), ACTS[act])


@requires("registry.read")
@require_safe
def premises(request: HttpRequest, pk: int) -> HttpResponse:
    """One place: who worked there over time, with which licences, handed on by whom to whom."""
    actor = actor_of(request)
    scopes = actor.scopes_for("registry.read")
    known = parts.premises_in(scopes, pk)
    if known is None:
        raise Http404
    day = clock.today()
    rows = parts.at_sites([known.site_id], day) if known.site_id else [known]
    names = {one.business_id: one.business.name for one in rows if is_inside(one.business, scopes)}
    told = timeline.told(names, actor, kinds=timeline.OF_PLACES, limit=STORY)
    shown = {
        "premises": known,
        "address": known.address or known.platform,
        "district": district_name(known.district),
        "rows": _occupants(rows, set(names)),
        "lines": told.lines,
        "more": told.next is not None,
    }
    return render(request, "registry/premises.html", shown)


def _occupants(rows: Sequence[Premises], reached: set[int]) -> list[dict[str, Any]]:
    """A row for each stay, the present ones first."""
    licences, said, day = parts.licences_at(rows), words(), clock.today()
    return [
        {
            "row": one,
            "name": one.business.name,
            "number": one.business_id,
            "reached": one.business_id in reached,
            "kind": said.kinds[one.business.kind],
            "state": one.business.state,
            "state_name": said.states[one.business.state],
            "use": one.get_use_display(),
            "landlord": one.landlord_id is not None,
            "licences": [licence_words(each, day, said) for each in _shown(licences[one.pk])],
        }
        for one in sorted(rows, key=lambda one: one.until is not None)
    ]


def _shown(licences: Sequence[Licence]) -> list[Licence]:
    """The ended ones last: they are what shows who once was allowed to be there."""
    return sorted(licences, key=lambda one: one.state != domain.LicenceState.VALID)
