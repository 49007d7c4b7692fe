"""Acts on licences: given, renewed, changed, suspended, restored, ended, placed, followed up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import requires
from mingchu.base import clock
from mingchu.registry import act_forms, queries, rules, services
from mingchu.registry.act_forms import Target
from mingchu.registry.domain import LicenceKind, LicenceState
from mingchu.registry.dossier.said import day_of, left_said
from mingchu.registry.models import Licence
from mingchu.registry.pages.acting import Act, Said, perform, target_of
from mingchu.registry.queries.parts import place_of
from mingchu.registry.values import NewLicence

ANCHOR = "#licences"
VALID, SUSPENDED = LicenceState.VALID, LicenceState.SUSPENDED


def _row(target: Target) -> Licence:
    return cast("Licence", target.row)


def _kept(target: Target) -> Mapping[str, Any]:
    """The licence in the version of the file that the form is about."""
    known: Mapping[str, Any] = target.file["licences"][str(_row(target).pk)]
    return known


def _about(target: Target) -> str:
    one = _row(target)
    left = left_said(one.expires, clock.today())
    return f"{one.get_kind_display()} {one.number} · {one.get_state_display()} · {left}"


def _given_today(target: Target) -> Said:
    day = clock.today()
    return {
        "kind": LicenceKind.JY.value,
        "catalogue": rules.catalogue(day)[0],
        "issued": day,
        "follow_up_due": rules.follow_up_due(day),
    }


def _next_term(target: Target) -> Said:
    """What it allows stays; the term begins today."""
    day, one = clock.today(), _kept(target)
    return {
        "items": "、".join(one["items"]),
        "catalogue": rules.catalogue(day)[0],
        "issued": day,
        "expires": rules.next_term(one["kind"], day),
        "follow_up_due": rules.follow_up_due(day),
    }


def _as_it_is(target: Target) -> Said:
    one = _kept(target)
    return {
        "items": "、".join(one["items"]),
        "catalogue": one["catalogue"],
        "issued": day_of(one["issued"]),
        "expires": day_of(one["expires"]),
    }


def _grant(target: Target, said: Said) -> None:
    facts = {name: value for name, value in said.items() if name != "revision"}
    services.grant_licence(
        number=target.business.pk, new=NewLicence(**facts), revision=said["revision"]
    )


def _renew(target: Target, said: Said) -> None:
    one = _row(target)
    facts = {name: value for name, value in said.items() if name != "revision"}
    new = NewLicence(kind=one.kind, number=one.number, evidence=one.number_evidence, **facts)
    services.renew_licence(licence=one, new=new, revision=said["revision"])


def _change(target: Target, said: Said) -> None:
    changes = {
        "items": list(said["items"]),
        **{name: said[name] for name in ("catalogue", "issued", "expires")},
    }
    services.change_licence(
        licence=_row(target), changes=changes, why=said["why"], revision=said["revision"]
    )


def _to(state: LicenceState) -> Any:
    def act(target: Target, said: Said) -> None:
        services.set_licence_state(
            licence=_row(target), state=state, why=said["why"], revision=said["revision"]
        )

    return act


def _place(target: Target, said: Said) -> None:
    chosen = [place_of(target.business, pk) for pk in said["places"]]
    services.place_licence(
        licence=_row(target),
        premises=[one for one in chosen if one],
        why=said["why"],
        revision=said["revision"],
    )


def _visit(target: Target, said: Said) -> None:
    services.follow_up(
        licence=_row(target), day=said["day"], why=said["why"], revision=said["revision"]
    )


def _withdraw(target: Target, said: Said) -> None:
    services.withdraw_licence(licence=_row(target), why=said["why"], revision=said["revision"])


def _act(title: Any, does: Any, form: Any, run: Any, **more: Any) -> Act:
    return Act(title, does, form, run, about=_about, anchor=ANCHOR, **more)


def _is(*states: LicenceState) -> Any:
    return lambda one: one.state in states


GRANT = Act(
    title=gettext_lazy("登记证件"),
    does=gettext_lazy("登记"),
    form=act_forms.LicenceForm,
    run=_grant,
    initial=_given_today,
    note=gettext_lazy("填入本主体已有的证件编号，即为该证延续。"),
    done=gettext_lazy("证件已登记"),
    anchor=ANCHOR,
)
ACTS: Mapping[str, Act] = {
    "renew": _act(
        gettext_lazy("延续证件"),
        gettext_lazy("延续"),
        act_forms.RenewForm,
        _renew,
        initial=_next_term,
        note=gettext_lazy("证号不变；项目与下一个有效期已按现证和规定填好，核对即可。"),
        done=gettext_lazy("证件已延续"),
        when=_is(VALID),
    ),
    "change": _act(
        gettext_lazy("变更证件"),
        gettext_lazy("保存"),
        act_forms.LicenceChangeForm,
        _change,
        initial=_as_it_is,
        done=gettext_lazy("证件已变更"),
        when=_is(VALID, SUSPENDED),
    ),
    "place": _act(
        gettext_lazy("确定证件场所"),
        gettext_lazy("保存"),
        act_forms.LicencePlaceForm,
        _place,
        initial=lambda target: {"places": _kept(target).get("places", [])},
        done=gettext_lazy("证件场所已确定"),
        when=_is(VALID, SUSPENDED),
    ),
    "follow-up": _act(
        gettext_lazy("承诺后核查"),
        gettext_lazy("登记核查"),
        act_forms.VisitForm,
        _visit,
        initial=lambda target: {"day": clock.today()},
        done=gettext_lazy("核查已登记"),
        when=lambda one: bool(one.follow_up_due and not one.followed_up),
    ),
    "suspend": _act(
        gettext_lazy("暂扣证件"),
        gettext_lazy("暂扣"),
        act_forms.ActForm,
        _to(SUSPENDED),
        done=gettext_lazy("证件已暂扣"),
        when=_is(VALID),
    ),
    "restore": _act(
        gettext_lazy("恢复证件"),
        gettext_lazy("恢复"),
        act_forms.ActForm,
        _to(VALID),
        done=gettext_lazy("证件已恢复"),
        when=_is(SUSPENDED),
    ),
    "cancel": _act(
        gettext_lazy("注销证件"),
        gettext_lazy("注销"),
        act_forms.ActForm,
        _to(LicenceState.CANCELLED),
        note=gettext_lazy("注销后不能恢复；再经营须办新证。"),
        done=gettext_lazy("证件已注销"),
        grave=True,
        when=_is(VALID, SUSPENDED),
    ),
    "revoke": _act(
        gettext_lazy("吊销证件"),
        gettext_lazy("吊销"),
        act_forms.ActForm,
        _to(LicenceState.REVOKED),
        note=gettext_lazy("吊销后不能恢复；请在理由里写明处罚决定书文号。"),
        done=gettext_lazy("证件已吊销"),
        grave=True,
        when=_is(VALID, SUSPENDED),
    ),
    "withdraw": _act(
        gettext_lazy("撤销误登"),
        gettext_lazy("撤销登记"),
        act_forms.ActForm,
        _withdraw,
        note=gettext_lazy("只用于录错的证件；证件曾经有效的，办理注销或吊销。"),
        done=gettext_lazy("误登的证件已撤销"),
        grave=True,
    ),
}


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def licence(request: HttpRequest, number: int) -> HttpResponse:
    """A new licence, or the new dates of a known one."""
    return perform(request, target_of(request, number), GRANT)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def licence_act(request: HttpRequest, number: int, pk: int, act: str) -> HttpResponse:
    """One of ACTS on a licence of the business."""
    target = target_of(request, number)
    row = queries.licence_of(target.business, pk)
    if row is None or act not in ACTS:
        raise Http404
    return perform(request, replace(target, row=row), ACTS[act])


def acts_for(state: str, *, to_follow_up: bool) -> list[tuple[str, str]]:
    """What can be done with a licence as it stands, by its title."""
    one = Licence(state=state, follow_up_due=clock.today() if to_follow_up else None)
    return [(key, str(act.title)) for key, act in ACTS.items() if act.when(one)]
