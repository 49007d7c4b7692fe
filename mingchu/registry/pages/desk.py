"""The business's own desk 经营者自助: its file, what it has to do, what it may say itself.

It is a phone's page first. Nothing the registry knows is asked; what the desk says is written
with its door beside it, and papers it sends in wait for an officer's look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.base.slots import DESK
from mingchu.kit.files import keeping
from mingchu.kit.files import queries as files
from mingchu.kit.files.pages import takes_files
from mingchu.kit.models import Attachment, Upload
from mingchu.registry import lacking, queries, rules, services
from mingchu.registry.desk_forms import (
    AnswerForm,
    CertificateForm,
    ContactForm,
    StaffForm,
)
from mingchu.registry.domain import Channel, Standing
from mingchu.registry.models import Business, Duty, Inquiry, Person
from mingchu.registry.pages.common import attempt
from mingchu.registry.places import district_name
from mingchu.registry.queries.parts import Papers
from mingchu.registry.values import FILES_TOP, NewPerson
from mingchu.registry.words import licence_words, words

OWN = "registry.own"
TELLING = (Standing.EXPIRING, Standing.EXPIRED)


@requires(OWN)
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """Straight to the one desk somebody has; a choice where there are several."""
    found = queries.desks(actor_of(request).scopes_for(OWN))
    if len(found) == 1:
        return redirect("registry:desk", found[0].pk)
    return render(request, "registry/desk/desks.html", {"desks": found})


def _mine(request: HttpRequest, number: int) -> Business:
    found = queries.business(actor_of(request).scopes_for(OWN), number)
    if found is None or found.merged_into_id:
        raise Http404
    return found


@requires(OWN)
@require_safe
def desk(request: HttpRequest, number: int) -> HttpResponse:
    """All of one business on one page: to do, asked, people, licences, file."""
    known = _mine(request, number)
    day, said = clock.today(), words()
    here = queries.at_desk(known)
    licences = [licence_words(one, day, said) for one in here.licences]
    asked = queries.inquiries_of(known)
    sent = files.of_ids(actor_of(request), [pk for one in asked for pk in one.files])
    shown = {
        "business": known,
        "district": district_name(known.district),
        "lacks": [lacking.said(lack, person) for lack, person in here.lacks],
        "ending": [one for one in licences if one.standing in TELLING],
        "inquiries": [_asked(one, sent) for one in asked],
        "staff": [_staff(one, here.papers[one.pk], day) for one in here.people],
        "licences": licences,
        "premises": queries.premises_of(known),
        "panels": [(panel, drawn) for panel in DESK if (drawn := panel.draw(request, number))],
    }
    return render(request, "registry/desk/desk.html", shown)


def _asked(one: Inquiry, sent: Sequence[Attachment]) -> dict[str, Any]:
    own = [file for file in sent if str(file.pk) in one.files]
    return {"row": one, "waits": one.state in services.ANSWERABLE, "files": own}


def _staff(one: Person, papers: Papers, day: date) -> dict[str, Any]:
    until = papers.health_until
    return {
        "row": one,
        "duties": _("、").join(str(Duty(duty).label) for duty in one.duties),
        "until": until,
        "late": until is not None and until < day,
        "unseen": papers.unseen,
    }


@requires(OWN)
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, number: int) -> HttpResponse:
    """Corrects what only the business knows best: how it is reached."""
    known = _mine(request, number)
    initial = {"phone": known.phone, "sign": known.sign, "revision": known.revision}
    form = ContactForm(request.POST or None, initial=initial)
    if form.is_valid():
        said = dict(form.cleaned_data)
        revision = said.pop("revision")
        done = attempt(
            form,
            lambda: services.correct(
                number=number,
                changes=said,
                why=_("经营者自行更正"),
                revision=revision,
                channel=Channel.DESK,
            ),
        )
        if done:
            messages.success(request, _("已更正"))
            return redirect("registry:desk", number)
    return _form(request, form, known, _("更正联系方式"), _("保存"))


@requires(OWN)
@require_http_methods(["GET", "POST"])
def add_staff(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody new at work."""
    known = _mine(request, number)
    form = StaffForm(request.POST or None, initial={"since": clock.today()})
    if form.is_valid():
        said = dict(form.cleaned_data)
        new = NewPerson(**{**said, "duties": tuple(said["duties"])})
        if attempt(
            form, lambda: services.post_person(number=number, new=new, channel=Channel.DESK)
        ):
            messages.success(request, _("已登记"))
            return redirect("registry:desk", number)
    return _form(request, form, known, _("登记人员"), _("保存"))


@requires(OWN)
@require_http_methods(["POST"])
def staff_leaves(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody works there no longer, as of today."""
    person = _somebody(request, pk)
    if person.until is None:
        services.person_leaves(person=person, until=clock.today())
    messages.success(request, _("已登记离岗"))
    return redirect("registry:desk", person.business_id)


def _somebody(request: HttpRequest, pk: int) -> Person:
    found = queries.person(actor_of(request).scopes_for(OWN), pk)
    if found is None:
        raise Http404
    return found


@takes_files()
@requires(OWN)
@require_http_methods(["GET", "POST"])
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """A health certificate by photo: its day of issue is all that is typed."""
    person = _somebody(request, pk)
    form = CertificateForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: _send_certificate(request, person, said)):
            messages.success(request, _("已收到，等待监管人员核对"))
            return redirect("registry:desk", person.business_id)
    title = _("%(who)s的健康证明") % {"who": person.name}
    return _form(request, form, person.business, title, _("上传"), upload=True)


def _send_certificate(request: HttpRequest, person: Person, said: dict[str, Any]) -> None:
    [upload] = _kept(request, [said["photo"]])
    until = said["until"] or rules.health_expires(said["issued"], clock.today())
    services.send_health_certificate(
        person=person,
        issued=said["issued"],
        until=until,
        number=said["number"],
        photo=upload,
        by=actor_of(request),
    )


def _kept(request: HttpRequest, sent: list[Any]) -> list[Upload]:
    """Files of a form, in the house before the act that refers to them begins."""
    by = actor_of(request)
    return [keeping.keep(file=one.file, claimed=one.content_type or "", by=by) for one in sent]


@takes_files(FILES_TOP)
@requires(OWN)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers what an office asked, with photos or papers."""
    inquiry = queries.inquiry(actor_of(request).scopes_for(OWN), pk)
    if inquiry is None:
        raise Http404
    form = AnswerForm(request.POST or None, request.FILES or None, initial={"text": inquiry.answer})
    if form.is_valid():
        said = form.cleaned_data
        done = attempt(
            form,
            lambda: services.answer(
                inquiry=inquiry,
                text=said["text"],
                files=_kept(request, said["papers"]),
                by=actor_of(request),
            ),
        )
        if done:
            messages.success(request, _("已提交"))
            return redirect("registry:desk", inquiry.business_id)
    shown = {"inquiry": inquiry, "business": inquiry.business, "form": form}
    return render(request, "registry/desk/answer.html", shown)


def _form(
    request: HttpRequest,
    form: forms.Form,
    known: Business,
    title: str,
    does: str,
    *,
    upload: bool = False,
) -> HttpResponse:
    shown = {"form": form, "business": known, "title": title, "does": does, "upload": upload}
    return render(request, "registry/desk/form.html", shown)
