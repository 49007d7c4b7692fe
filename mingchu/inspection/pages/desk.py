"""The business's own side of inspections: what was found, what is to be mended, what it says."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.inspection import after_words, rules, services
from mingchu.inspection.after_forms import AnswerForm, ReplyForm
from mingchu.inspection.models import Finding, FindingState, Record
from mingchu.inspection.pages.common import attempt, cut, onward
from mingchu.inspection.queries import after as queries
from mingchu.inspection.queries import people
from mingchu.inspection.queries.sheets import checklists_of
from mingchu.inspection.services.accepting import PHOTO
from mingchu.inspection.services.mending import EVIDENCE
from mingchu.kit.files import keeping
from mingchu.kit.files import queries as files
from mingchu.kit.files.pages import takes_files
from mingchu.kit.models import Attachment, Upload
from mingchu.registry import queries as registry
from mingchu.registry.models import Business
from mingchu.registry.values import FILES_TOP

ANSWER = "inspection.answer"
ANSWERABLE = (FindingState.OPEN, FindingState.ANSWERED)


@requires(ANSWER)
@require_safe
def inspections(request: HttpRequest, number: int) -> HttpResponse:
    """What is to be mended, who comes next, what was found before."""
    known = _mine(request, number)
    page = request.GET.get("page", "")
    rows, following = cut(queries.own_records(known.pk), page)
    shown = {
        "business": known,
        "findings": after_words.finding_rows(queries.own_findings(known.pk)),
        "visits": [after_words.visit_said(one) for one in queries.own_visits(known.pk)],
        "records": [after_words.record_said(one) for one in rows],
        "posting": rules.POSTING,
        **onward({}, following, page),
    }
    return render(request, "inspection/desk/inspections.html", shown)


def _mine(request: HttpRequest, number: int) -> Business:
    found = registry.business(actor_of(request).scopes_for(ANSWER), number)
    if found is None or found.merged_into_id:
        raise Http404
    return found


@requires(ANSWER)
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One record: what was found by which law, what follows, what was said about it."""
    one = _record(request, pk)
    rows = list(one.findings.select_related("record").defer("record__body").order_by("pk"))
    photos = files.of_subject(actor_of(request), f"inspection:{one.pk}")
    shown = {
        "business": one.business,
        "record": one,
        "said": after_words.record_said(one),
        "findings": [
            {**row, "photos": _of_item(photos, row["row"].item)}
            for row in after_words.finding_rows(rows)
        ],
        "statement": one.body.get("statement", ""),
        "replies": one.replies.order_by("pk"),
        "posting": rules.POSTING,
    }
    return render(request, "inspection/desk/record.html", shown)


def _record(request: HttpRequest, pk: int) -> Record:
    found = queries.own_record(actor_of(request).scopes_for(ANSWER), pk)
    if found is None:
        raise Http404
    return found


def _of_item(photos: list[Attachment], item: str) -> list[Attachment]:
    return [one for one in photos if one.role == PHOTO and one.note == item]


@takes_files(FILES_TOP)
@requires(ANSWER)
@require_http_methods(["GET", "POST"])
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One thing that is to be mended: what it looked like, and a photo of how it looks now."""
    one = queries.finding(actor_of(request).scopes_for(ANSWER), pk)
    if one is None:
        raise Http404
    form = None
    if one.state in ANSWERABLE:
        form = AnswerForm(request.POST or None, request.FILES or None)
        if form.is_valid() and _answered(request, form, one):
            messages.success(request, _("已提交，等待核实"))
            return redirect("inspection:desk_inspections", one.business_id)
    actor = actor_of(request)
    sheets = checklists_of({one.record.sheet_id})
    seen = files.of_subject(actor, f"inspection:{one.record_id}")
    sent = files.of_subject(actor, f"finding:{one.pk}")
    shown = {
        "business": one.business,
        "one": after_words.finding_row(one, sheets),
        "form": form,
        "photos": _of_item(seen, one.item),
        "sent": [file for file in sent if file.role == EVIDENCE],
    }
    return render(request, "inspection/desk/finding.html", shown)


def _answered(request: HttpRequest, form: AnswerForm, one: Finding) -> bool:
    said = form.cleaned_data
    return attempt(
        form,
        lambda: services.answer_finding(
            finding=one,
            text=said["text"],
            photos=_kept(request, said["photos"]),
            by=actor_of(request),
        ),
    )


def _kept(request: HttpRequest, sent: list[Any]) -> list[Upload]:
    """Files of a form, in the house before the act that refers to them begins."""
    by = actor_of(request)
    return [keeping.keep(file=one.file, claimed=one.content_type or "", by=by) for one in sent]


@requires(ANSWER)
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """A statement or an objection."""
    one = _record(request, pk)
    form = ReplyForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        done = attempt(
            form,
            lambda: services.reply(
                record=one, kind=said["kind"], text=said["text"], by=actor_of(request)
            ),
        )
        if done:
            messages.success(request, _("已提交"))
            return redirect("inspection:desk_record", one.pk)
    shown = {"business": one.business, "record": one, "form": form}
    return render(request, "inspection/desk/reply.html", shown)


@requires(ANSWER)
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice of a visit 行政检查通知书, as a page that prints."""
    one = queries.own_visit(actor_of(request).scopes_for(ANSWER), pk)
    if one is None:
        raise Http404
    able = people.certified(one.pair)
    shown = {
        "business": one.business,
        "visit": one,
        "said": after_words.visit_said(one),
        "pair": [able[pk] for pk in one.pair if pk in able],
        "today": clock.today(),
    }
    return render(request, "inspection/desk/notice.html", shown)
