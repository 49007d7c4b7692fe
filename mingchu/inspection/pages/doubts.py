"""Doubts about records 记录疑问: each in words with its facts; a person decides."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.inspection import services, visit_words
from mingchu.inspection.models import Conflict, Doubt, Record, RecordState
from mingchu.inspection.pages.common import APPROVE, READ, attempt
from mingchu.inspection.pages.visits import rights, trail
from mingchu.inspection.queries import records as queries
from mingchu.inspection.queries import visits as paged
from mingchu.inspection.visit_forms import DecideForm


@requires(READ)
@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """Records that wait for a person, the earliest visit first."""
    actor = actor_of(request)
    found = queries.doubtful(actor.scopes_for(READ)).prefetch_related("conflicts")
    page = paged.page(found, "day", request.GET.get("cursor", ""))
    shown = {
        "rows": [
            {**row, "doubts": [str(Doubt(one.doubt).label)
                               for one in row["record"].conflicts.all() if not one.decision]}
            for row in visit_words.record_rows(page.rows)
        ],
        "next": f"?{urlencode({'cursor': page.next})}" if page.next else "",
        "first": "?" if request.GET.get("cursor") else "",
        "here": _("记录疑问"),
        **rights(actor),
    }  # fmt: skip
    return render(request, "inspection/records/doubts.html", shown)


@requires(READ)
@require_safe
def doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """All doubts about a record side by side with what is known."""
    one = _found(request, pk, READ)
    return render(request, "inspection/records/doubt.html", _shown(request, one))


def _found(request: HttpRequest, pk: int, action: str) -> Record:
    one = queries.in_doubt(actor_of(request).scopes_for(action), pk)
    if one is None:
        raise Http404
    return one


def _shown(request: HttpRequest, one: Record, forms: dict[int, DecideForm] | None = None) -> Any:
    decides = queries.in_doubt(actor_of(request).scopes_for(APPROVE), one.pk) is not None
    other = queries.other_of(one)
    return {
        "record": one,
        "row": visit_words.record_rows([one])[0],
        "doubts": [_told(each, one, forms or {}) for each in one.conflicts.order_by("pk")],
        "other": visit_words.record_rows([other])[0] if other else None,
        "compared": visit_words.compared(one, other) if other else [],
        "decides": decides and one.user_id != actor_of(request).user_id,
        "own": one.user_id == actor_of(request).user_id,
        **trail(one.visit.number, (reverse("inspection:doubts"), _("记录疑问"))),
    }


def _told(each: Conflict, one: Record, forms: dict[int, DecideForm]) -> dict[str, Any]:
    return {
        "conflict": each,
        "name": str(Doubt(each.doubt).label),
        "says": visit_words.DOUBTS_SAY[Doubt(each.doubt)],
        "facts": visit_words.doubt_facts(each.doubt, each.about, one),
        "compares": each.doubt == Doubt.SECOND_RECORD,
        "form": forms.get(each.pk) or _form(each, one),
    }


def _form(each: Conflict, one: Record, said: Any = None) -> DecideForm:
    return DecideForm(
        said,
        asks_day=each.doubt == Doubt.CLOCK,
        auto_id=f"{each.doubt}_%s",
        initial={"day": min(one.day, clock.today())},
    )


@requires(APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Taken in, or set aside, with the reason."""
    actor = actor_of(request)
    each = queries.conflict(actor.scopes_for(APPROVE), pk)
    if each is None:
        raise Http404
    one = queries.in_doubt(actor.scopes_for(APPROVE), each.record_id)
    if one is None:
        messages.info(request, _("这份记录的疑问已经处理过了"))
        return redirect("inspection:record", each.record_id)
    form = _form(each, one, request.POST)
    made: list[Record] = []

    def act() -> None:
        made.append(
            services.decide(
                conflict=each, decision=request.POST.get("decision", ""), by=actor,
                **form.cleaned_data,
            )
        )  # fmt: skip

    if form.is_valid() and attempt(form, act):
        messages.success(request, _("已处理"))
        after = "doubt" if made[0].state == RecordState.CONFLICT else "record"
        return redirect(f"inspection:{after}", one.pk)
    shown = {**_shown(request, one, {each.pk: form}), "form": form}
    return render(request, "inspection/records/doubt.html", shown)
