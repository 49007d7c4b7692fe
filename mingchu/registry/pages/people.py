"""Acts on people: posted, corrected, gone; their certificates, training and exams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import requires
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.registry import act_forms, domain, rules, services
from mingchu.registry.act_forms import Target
from mingchu.registry.models import Person
from mingchu.registry.pages.acting import Act, Said, perform, target_of
from mingchu.registry.queries.parts import person_of
from mingchu.registry.values import NewPerson

ANCHOR = "#people"


def _row(target: Target) -> Person:
    return cast("Person", target.row)


def _about(target: Target) -> str:
    one = _row(target)
    return " · ".join(filter(None, (one.name, one.identity_tail and f"****{one.identity_tail}")))


def _today(name: str) -> Any:
    """A day that is most often today; what the form was opened on goes with it."""
    return lambda target: {name: clock.today(), "seen": services.person_stamp(_row(target))}


def _post(target: Target, said: Said) -> None:
    facts = {name: value for name, value in said.items() if name not in ("seen", "duties")}
    new = NewPerson(duties=tuple(said["duties"]), **facts)
    services.post_person(number=target.business.pk, new=new)


def _as_entered(target: Target) -> Said:
    one = _row(target)
    return {
        "name": one.name,
        "duties": one.duties,
        "phone": one.phone,
        "seen": services.person_stamp(one),
    }


def _correct(target: Target, said: Said) -> None:
    changes = {name: said[name] for name in ("name", "duties", "phone")}
    services.correct_person(
        person=_row(target), changes=changes, why=said["why"], seen=said["seen"]
    )


def _leave(target: Target, said: Said) -> None:
    services.person_leaves(person=_row(target), until=said["until"], seen=said["seen"])


def _died(target: Target, said: Said) -> None:
    services.person_died(person=_row(target), day=said["day"], seen=said["seen"])


def _certificate(target: Target, said: Said) -> None:
    issued = said["issued"]
    until = said["until"] or rules.health_expires(issued, clock.today())
    services.keep_health_certificate(
        person=_row(target), number=said["number"], issued=issued, until=until
    )


def _train(target: Target, said: Said) -> None:
    services.record_training(
        person=_row(target), day=said["day"], hours=said["hours"], topic=said["topic"]
    )


def _exam(target: Target, said: Said) -> None:
    services.record_exam(
        person=_row(target), day=said["day"], passed=said["passed"] == "yes", score=said["score"]
    )


def _act(title: Any, does: Any, form: Any, run: Any, **more: Any) -> Act:
    return Act(title, does, form, run, about=_about, anchor=ANCHOR, **more)


POST = Act(
    title=gettext_lazy("登记人员"),
    does=gettext_lazy("登记"),
    form=act_forms.PostForm,
    run=_post,
    initial=lambda target: {"since": clock.today(), "duties": [domain.Duty.HANDLER.value]},
    done=gettext_lazy("人员已登记"),
    anchor=ANCHOR,
)
ACTS: Mapping[str, Act] = {
    "certificate": _act(
        gettext_lazy("登记健康证明"),
        gettext_lazy("登记"),
        act_forms.CertificateForm,
        _certificate,
        initial=_today("issued"),
        done=gettext_lazy("健康证明已登记"),
    ),
    "training": _act(
        gettext_lazy("登记培训"),
        gettext_lazy("登记"),
        act_forms.TrainingForm,
        _train,
        initial=_today("day"),
        done=gettext_lazy("培训已登记"),
    ),
    "exam": _act(
        gettext_lazy("登记考核"),
        gettext_lazy("登记"),
        act_forms.ExamForm,
        _exam,
        initial=_today("day"),
        done=gettext_lazy("考核已登记"),
    ),
    "correct": _act(
        gettext_lazy("更正人员"),
        gettext_lazy("保存"),
        act_forms.PersonForm,
        _correct,
        initial=_as_entered,
        done=gettext_lazy("人员信息已更正"),
    ),
    "leave": _act(
        gettext_lazy("人员离岗"),
        gettext_lazy("登记离岗"),
        act_forms.LeaveForm,
        _leave,
        initial=_today("until"),
        done=gettext_lazy("离岗已登记"),
    ),
    "died": _act(
        gettext_lazy("登记去世"),
        gettext_lazy("登记"),
        act_forms.DiedForm,
        _died,
        initial=_today("day"),
        note=gettext_lazy("此人在所有主体的岗位一并终止，今后不能再登记上岗。"),
        done=gettext_lazy("已登记"),
        grave=True,
    ),
}


def _looked(target: Target) -> None:
    log_view(target.actor, domain.subject(target.business.pk), "registry.people")


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def post(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody takes up a duty."""
    return perform(request, target_of(request, number), POST)


@requires("registry.write")
@require_http_methods(["GET", "POST"])
def person_act(request: HttpRequest, number: int, pk: int, act: str) -> HttpResponse:
    """One of ACTS on a person of the business."""
    target = target_of(request, number)
    row = person_of(target.business, pk)
    if row is None or act not in ACTS:
        raise Http404
    _looked(target)
    return perform(request, replace(target, row=row), ACTS[act])
