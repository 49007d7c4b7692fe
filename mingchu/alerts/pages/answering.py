"""The business's own side of an order: what it has to correct, and its answer, sent once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingchu.accounts.access import actor_of, requires
from mingchu.alerts.domain.states import ANSWER, Move, OrderState, way_of
from mingchu.alerts.order_forms import MoveForm
from mingchu.alerts.pages.orders import found, kept
from mingchu.alerts.queries import orders as queries
from mingchu.alerts.services import orders as services
from mingchu.alerts.words import kind_name
from mingchu.kit.files import queries as files
from mingchu.kit.files.pages import takes_files
from mingchu.registry.pages.common import attempt


@takes_files(services.FILES_TOP)
@requires(ANSWER)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What was told, until when; a form while it waits, what was sent afterwards."""
    known = found(request, pk, ANSWER)
    step = queries.told_in(known)
    if step is None or known.business is None:
        raise Http404
    form = _form(request, known.state, known) if known.state == "awaiting_business" else None
    if form is not None and form.is_valid():
        said = form.cleaned_data
        if attempt(
            form,
            lambda: services.answer(
                order=known,
                note=said["note"],
                files=kept(request, said["papers"]),
                by=actor_of(request),
                revision=said["revision"],
            ),
        ):
            messages.success(request, _("已提交，等待核查"))
            return redirect("registry:desk", known.business.pk)
    papers = files.of_subject(actor_of(request), f"order:{known.pk}")
    shown = {
        "order": known,
        "business": known.business,
        "kind": kind_name(known.kind),
        "told": step,
        "notices": [one for one in papers if str(one.pk) in step.files],
        "sent": _sent(known, papers),
        "form": form,
    }
    return render(request, "alerts/orders/answer.html", shown)


def _form(request: HttpRequest, state: str, known: Any) -> MoveForm:
    way = way_of(Move.ANSWER, OrderState(state))
    assert way is not None  # noqa: S101 the caller looked at the state
    return MoveForm(
        request.POST or None,
        request.FILES or None,
        order=known,
        way=way,
        actor=actor_of(request),
    )


def _sent(known: Any, papers: Any) -> list[dict[str, Any]]:
    return [
        {"step": one, "files": [paper for paper in papers if str(paper.pk) in one.files]}
        for one in queries.answers_of(known)
    ]
