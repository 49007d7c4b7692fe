"""Records: the list, one record with all it says, a recheck of what it found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Place, may
from mingchu.base import clock
from mingchu.inspection import exports, rules, services, visit_words
from mingchu.inspection.domain.outcome import Way
from mingchu.inspection.models import Record, RecordState
from mingchu.inspection.pages.common import APPROVE, EXPORT_TOP, PLAN, READ, attempt, exported
from mingchu.inspection.pages.visits import (
    CHUNK,
    counted,
    form_page,
    loads_of,
    rights,
    trail,
)
from mingchu.inspection.queries import people
from mingchu.inspection.queries import records as queries
from mingchu.inspection.queries import visits as paged
from mingchu.inspection.record_forms import RecordFindForm
from mingchu.inspection.services.mending import UNMENDED
from mingchu.inspection.visit_forms import RecheckForm
from mingchu.kit.files import queries as files
from mingchu.kit.models import Attachment
from mingchu.registry import domain as registry
from mingchu.registry.queries import plan_count
from mingchu.rulebook.store import rule

DUE_DAYS = 14  # what the form of a recheck proposes after the last deadline


@requires(READ)
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """What came whole, the newest first."""
    actor = actor_of(request)
    form = RecordFindForm(request.GET)
    wanted = form.wanted
    rows = queries.matching(actor.scopes_for(READ), wanted)
    page = paged.page(rows, "-day", request.GET.get("cursor", ""))
    shown = {
        "form": form,
        "rows": visit_words.record_rows(page.rows),
        "count": counted(plan_count(rows)),
        "asked": urlencode(wanted),
        "next": f"?{urlencode({**wanted, 'cursor': page.next})}" if page.next else "",
        "first": f"?{urlencode(wanted)}" if request.GET.get("cursor") else "",
        "here": _("检查记录"),
        **rights(actor),
    }
    return render(request, "inspection/records/records.html", shown)


@requires(READ)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file."""
    wanted = RecordFindForm(request.GET).wanted
    rows = queries.matching(actor_of(request).scopes_for(READ), wanted)
    listed = rows[:EXPORT_TOP].iterator(CHUNK)
    return exported(
        request, "inspections", _("检查记录"), exports.record_columns(), exports.records(listed)
    )


def found(request: HttpRequest, pk: int, action: str = READ) -> Record:
    """The record where the actor may do the action; drafts and what is not whole yet are nobody's
    but the phone's."""
    one = queries.record(actor_of(request).scopes_for(action), pk)
    if one is None or one.state not in queries.SEEN:
        raise Http404
    return one


@requires(READ)
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """All that a record says: what was not met first, what follows, by when; the rest folded."""
    one, actor = found(request, pk), actor_of(request)
    place = Place(one.business.district, one.business.station, registry.public_id(one.business_id))
    items = visit_words.items_of(one)
    papers = {file.sent_sha256: file for file in files.of_subject(actor, f"inspection:{one.pk}")}
    findings = {finding.item: finding for finding in one.findings.select_related("recheck")}
    names = people.names([one.user_id, one.second_id])
    shown = {
        "record": one,
        "row": visit_words.record_rows([one])[0],
        "visit": one.visit,
        "unmet": [_unmet(item, findings, papers) for item in items if item["verdict"] == "unmet"],
        "rest": [
            {**item, "files": _files(item["photos"], papers)}
            for item in items
            if item["verdict"] != "unmet"
        ],
        "counts": {"met": len(one.met), "unmet": len(one.unmet), "na": len(one.not_applicable)},
        "minutes": round((one.ended_at - one.started_at).total_seconds() / 60),
        "skewed": abs(one.skew) >= rules.clock_seconds(one.day),
        "skew": visit_words.seconds_said(one.skew),
        "word_rule": rule(rules.PASS_RATE).on(one.day),
        "instruments": queries.instruments_used(one),
        "exam": _exam(one),
        "signatures": _signatures(one, papers, names),
        "refusal": one.body.get("refusal"),
        "presence": one.body.get("presence") or {},
        "shown_certificates": one.body.get("shown") or {},
        "earlier": queries.earlier(one),
        "replies": list(one.replies.order_by("at", "pk")),
        "doubts": list(one.conflicts.order_by("pk")),
        "days_left": (one.publish_by - clock.today()).days if one.publish_by else 0,
        "rechecks": visit_words.rows(queries.rechecks_of(one)),
        "can_recheck": _to_recheck(one) and may(actor, PLAN, place),
        "can_decide": one.state == RecordState.CONFLICT and may(actor, APPROVE, place),
        "orders": any(finding.due for finding in findings.values()),
        **trail(one.visit.number, (reverse("inspection:records"), _("检查记录"))),
    }
    return render(request, "inspection/records/record.html", shown)


def _unmet(item: dict[str, Any], findings: dict[str, Any], papers: dict[str, Attachment]) -> Any:
    finding = findings.get(item["id"])
    return {
        **item,
        "finding": finding,
        "way": visit_words.way_said(finding) if finding else "",
        "files": _files(item["photos"], papers),
    }


def _files(digests: Iterable[str], papers: dict[str, Attachment]) -> list[Attachment]:
    return [papers[one] for one in digests if one in papers]


def _exam(one: Record) -> list[dict[str, Any]]:
    least = rules.exam_pass(one.day)
    known = queries.names_of_people(one)
    return [
        {
            "name": known.get(row.get("person") or 0) or row.get("name", ""),
            "asked": row["asked"],
            "right": row["right"],
            "passed": 100 * row["right"] // row["asked"] >= least,
        }
        for row in one.body.get("exam", ())
    ]


def _signatures(
    one: Record, papers: dict[str, Attachment], names: dict[int, str]
) -> list[dict[str, Any]]:
    """Who signed, in the order of the paper."""
    signed, party = one.body.get("signatures") or {}, one.body.get("party") or {}
    who = {
        "lead": (_("填写人"), names.get(one.user_id, "")),
        "second": (_("同行人员"), names.get(one.second_id or 0, "")),
        "party": (_("当事人"), " ".join(filter(None, (party.get("name"), party.get("role"))))),
    }
    return [
        {"role": role, "name": name, "file": papers.get(signed.get(key) or "")}
        for key, (role, name) in who.items()
    ]


def _to_recheck(one: Record) -> bool:
    rows = one.findings.filter(state__in=UNMENDED, recheck=None, way__in=[Way.ORDER, Way.BY])
    return one.state == RecordState.ACCEPTED and rows.exists()


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit to what is not mended; where the rule asks for it by another pair."""
    one, actor = found(request, pk, PLAN), actor_of(request)
    able = people.able_at(one.business.district, one.business.kind, clock.today())
    barred = people.who_found(one.visit, one.findings.all())
    able = [officer for officer in able if officer.user.pk not in barred]
    dues = [row.due for row in one.findings.all() if row.due]
    due = max([clock.today(), *dues]) + timedelta(days=DUE_DAYS)
    form = RecheckForm(request.POST or None, able=able, loads=loads_of(able), initial={"due": due})
    made: list[Any] = []
    if form.is_valid() and attempt(
        form,
        lambda: made.append(services.plan_recheck(record=one, **form.cleaned_data, by=actor)),
    ):
        messages.success(request, _("已安排复查，等待审批"))
        return redirect("inspection:visit", made[0].pk)
    up = (reverse("inspection:record", args=[pk]), one.visit.number)
    return form_page(request, form, _("安排复查"), up, _("只查还没有整改的项目。"))
