"""Papers of visits and records as PDFs: for officers, and what it is handed for the business."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base.errors import Refusal
from mingchu.inspection import papers
from mingchu.inspection.models import Visit, VisitState
from mingchu.inspection.pages import records, visits
from mingchu.inspection.pages.common import READ, told
from mingchu.inspection.queries import after
from mingchu.inspection.queries import records as queries
from mingchu.kit.files import queries as files
from mingchu.kit.papers.typeset import Paper

ANSWER = "inspection.answer"


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
        signed = files.of_subject(actor_of(request), f"inspection:{one.pk}")
        made = papers.of_record(name, one, signatures=signed)
        return _pdf(made, f"{name}-{one.visit.number}")
    except Refusal as refusal:
        messages.error(request, told(refusal))
        return redirect("inspection:record", pk)


@requires(ANSWER)
@require_safe
def of_desk(request: HttpRequest, number: int, pk: int, name: str) -> HttpResponse:
    """Notice, sheet of results and order of the business's own visits, without signatures; of an
    unannounced visit nothing before its record counts."""
    scopes = actor_of(request).scopes_for(ANSWER)
    notice = name == papers.NOTICE
    if not notice and name not in papers.OF_BUSINESS:
        raise Http404
    one = (after.own_visit if notice else after.own_visit_made)(scopes, pk)
    if one is None or one.business_id != number:
        raise Http404
    try:
        return _pdf(_handed(name, one), f"{name}-{one.number}")
    except Refusal as refusal:
        raise Http404 from refusal


def _handed(name: str, visit: Visit) -> Paper:
    record = queries.of_visit(visit.pk)
    if name == papers.NOTICE or record is None:
        return papers.of_visit(papers.NOTICE, visit)
    return papers.of_record(name, record)


def _pdf(paper: Paper, name: str) -> HttpResponse:
    answer = HttpResponse(paper.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer
