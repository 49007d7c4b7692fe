"""Acts on a business as a whole: enrolled, corrected, moved, handed on, opened and closed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.registry import act_forms, domain, services
from mingchu.registry.act_forms import Target
from mingchu.registry.forms import EnrolForm
from mingchu.registry.models import Business
from mingchu.registry.pages.acting import Act, Said, perform, target_of
from mingchu.registry.pages.common import told
from mingchu.registry.queries.parts import named
from mingchu.registry.values import NewBusiness, NewLicence, NewPremises


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


def _new(said: Said) -> NewBusiness:
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


def _correct(target: Target, said: Said) -> None:
    changes = {name: said[name] for name in services.CORRECTABLE}
    services.correct(
        number=target.business.pk, changes=changes, why=said["why"], revision=said["revision"]
    )


def _state_now(target: Target) -> Said:
    return {"state": target.file["state"], "since": clock.today()}


def _set_head(target: Target, said: Said) -> None:
    services.set_head(
        number=target.business.pk,
        head=said["head"].pk if said["head"] else None,
        why=said["why"],
        revision=said["revision"],
    )


def _head_now(target: Target) -> Said:
    head = target.file["head_id"]
    return {"head": domain.public_id(head) if head else ""}


def _head_said(target: Target) -> str:
    head = named([target.file["head_id"]] if target.file["head_id"] else [])
    return "".join(_("现在的总部：%(name)s") % {"name": one.name} for one in head.values())


def _main(target: Target) -> dict[str, Any]:
    places = target.file["premises"].values()
    return next((one for one in places if one["is_main"]), {})


def _moving_from(target: Target) -> Said:
    """Where it goes is like where it was, but for the address."""
    kept = {name: value for name, value in _main(target).items() if name in ("use", "hours")}
    file = target.file
    return {**kept, "district": file["district"], "station": file["station"], "day": clock.today()}


def _move(target: Target, said: Said) -> None:
    names = ("use", "address", "district", "station", "platform", "hours")
    services.move(
        number=target.business.pk,
        new=NewPremises(**{name: said[name] for name in names}),
        day=said["day"],
        why=said["why"],
        revision=said["revision"],
    )


def _main_said(target: Target) -> str:
    one = _main(target)
    address = one.get("address") or one.get("platform") or "—"
    return _("现在的主要场所：%(address)s") % {"address": address}


def _owner_before(target: Target) -> Said:
    file = target.file
    return {
        "day": clock.today(),
        "sign": file["sign"],
        "kind": file["kind"],
        "legal_form": file["legal_form"],
        "licence_issued": clock.today(),
    }


def _take_over(target: Target, said: Said) -> Business:
    return services.take_over(
        number=target.business.pk,
        new=_new_owner(target, said),
        day=said["day"],
        why=said["why"],
        revision=said["revision"],
    )


def _new_owner(target: Target, said: Said) -> NewBusiness:
    """A new subject where the old one was."""
    file, place = target.file, _main(target)
    licence = (
        NewLicence(
            kind=said["licence_kind"],
            number=said["licence_number"],
            items=said["items"],
            issued=said["licence_issued"],
            expires=said["licence_expires"],
            evidence=said["evidence"],
        ),
    )
    kept = ("use", "address", "platform", "hours", "district", "station")
    own = ("name", "sign", "legal_form", "kind", "code", "evidence", "phone")
    return NewBusiness(
        **{name: said[name] for name in own},
        district=file["district"],
        station=file["station"],
        grid=file["grid"],
        address=place.get("address") or file["address"],
        opened=said["day"],
        premises=(NewPremises(**{name: place[name] for name in kept if name in place}),),
        licences=licence if said["licence_kind"] else (),
    )


CORRECT = Act(
    title=gettext_lazy("更正档案"),
    does=gettext_lazy("保存"),
    form=act_forms.CorrectForm,
    run=_correct,
    initial=lambda target: {name: target.file[name] for name in services.CORRECTABLE},
    note=gettext_lazy("更名不换主体：原名称仍可查到。搬到别处请办理迁址，换了经营者请办理接手。"),
    done=gettext_lazy("已更正"),
)
STATE = Act(
    title=gettext_lazy("变更经营状态"),
    does=gettext_lazy("保存"),
    form=act_forms.StateForm,
    run=lambda target, said: services.change_state(number=target.business.pk, **said),
    initial=_state_now,
    about=lambda target: _("现为%(state)s") % {"state": target.business.get_state_display()},
    note=gettext_lazy("“已关闭”不可撤回；重新开业按新主体建档。"),
    done=gettext_lazy("经营状态已变更"),
)
HEAD = Act(
    title=gettext_lazy("设置总部"),
    does=gettext_lazy("保存"),
    form=act_forms.HeadForm,
    run=_set_head,
    initial=_head_now,
    about=_head_said,
    done=gettext_lazy("总部已设置"),
)
MOVE = Act(
    title=gettext_lazy("办理迁址"),
    does=gettext_lazy("迁到新场所"),
    form=act_forms.MoveForm,
    run=_move,
    initial=_moving_from,
    about=_main_said,
    note=gettext_lazy("原主要场所自迁址日起停用，证件随主体走；跨辖区的，未办结事项一并移交。"),
    done=gettext_lazy("已迁址"),
    anchor="#premises",
)
TAKE_OVER = Act(
    title=gettext_lazy("新经营者接手"),
    does=gettext_lazy("办理接手"),
    form=act_forms.NewOwnerForm,
    run=_take_over,
    initial=_owner_before,
    about=_main_said,
    note=gettext_lazy("新经营者是新主体，要有自己的证件；原主体随之关闭，其有效证件注销。"),
    done=gettext_lazy("已接手，这是新主体的档案"),
    grave=True,
)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Corrections; a business may be moved only to where the officer may write too."""
    return perform(request, target_of(request, number), CORRECT)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, number: int) -> HttpResponse:
    """Open, dormant, not found, closed."""
    return perform(request, target_of(request, number), STATE)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def head(request: HttpRequest, number: int) -> HttpResponse:
    """The head office it is a branch of."""
    return perform(request, target_of(request, number), HEAD)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, number: int) -> HttpResponse:
    """To other premises, perhaps of another district."""
    return perform(request, target_of(request, number), MOVE)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, number: int) -> HttpResponse:
    """A new owner at the same place."""
    return perform(request, target_of(request, number), TAKE_OVER)
