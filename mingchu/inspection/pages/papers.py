"""Papers of visits and records as PDFs."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from mingchu.accounts.access import requires
from mingchu.base.errors import Refusal
from mingchu.inspection import papers
from mingchu.inspection.models import VisitState
from mingchu.inspection.pages import records, visits
from mingchu.inspection.pages.common import READ, told
from mingchu.kit.papers.typeset import Paper


@requires(READ)
@require_safe
def of_visit(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The sheet of approval, or the notice."""
    one = visits.found(request, pk)
    if name not in papers.OF_VISIT or one.state == VisitState.VOID:
        raise Http404
    try:
        return _pdf(papers.of_visit(name, one), f"{name}-{one.number}")
    except Refusal as refusal:
        messages.error(request, told(refusal))
        return redirect("inspection:visit", pk)


@requires(READ)
@require_safe
def of_record(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Minutes, the sheet of results, or the order to correct."""
    one = records.found(request, pk)
    if name not in papers.OF_RECORD:
        raise Http404
    try:
        return _pdf(papers.of_record(name, one), f"{name}-{one.visit.number}")
    except Refusal as refusal:
        messages.error(request, told(refusal))
        return redirect("inspection:record", pk)


def _pdf(paper: Paper, name: str) -> HttpResponse:
    answer = HttpResponse(paper.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer
