"""Corrections as officers see them: what is due, what was shown, what is looked at again."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Place, may
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.inspection import after_words, rules, services
from mingchu.inspection.after_forms import FindForm, PairForm, ReplyAnswerForm, WhyForm
from mingchu.inspection.item_words import item_said, library
from mingchu.inspection.models import Finding, FindingState, Record
from mingchu.inspection.pages.common import APPROVE, PLAN, READ, attempt, cut, done, onward, told
from mingchu.inspection.queries import after as queries
from mingchu.inspection.queries import people, records
from mingchu.inspection.queries.sheets import checklists_of
from mingchu.inspection.services.mending import needs_recheck
from mingchu.kit.files import queries as files

JUDGE = "inspection.judge"
RECHECK_DAYS = 7  # a week from today is what the form proposes


@requires(READ)
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """What is due first stands first; filters and place stand in the address."""
    actor, today = actor_of(request), clock.today()
    items = sorted((code, item_said(code, today)) for code in library(today))
    form = FindForm(request.GET or {"show": "waiting"}, items=items)
    wanted, page = form.wanted, request.GET.get("page", "")
    found = queries.findings(actor.scopes_for(READ), wanted, soon=rules.remind_until(today))
    rows, following = cut(found, page)
    judges = may(actor, JUDGE)
    shown = {
        "form": form,
        "rows": [
            {**row, "confirms": judges and _confirmable(row["row"])}
            for row in after_words.finding_rows(rows)
        ],
        "count": found.count(),
        "judges": judges,
        **onward(wanted.query(), following, page),
    }
    return render(request, "inspection/findings.html", shown)


def _confirmable(one: Finding) -> bool:
    return one.state == FindingState.ANSWERED and not needs_recheck(one)


@requires(READ)
@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: the inspector's photos, the business's beside them, and what can be done."""
    one = _finding(request, pk, READ)
    actor = actor_of(request)
    place = Place(one.business.district, one.business.station, one.business.public_id)
    waits = one.state in queries.UNMENDED
    seen = files.of_subject(actor, f"inspection:{one.record_id}")
    officers = people.names([one.record.user_id, one.record.second_id, one.settled_by])
    shown = {
        "one": after_words.finding_row(one, checklists_of({one.record.sheet_id})),
        "record": after_words.record_said(one.record),
        "photos": [file for file in seen if file.note == one.item],
        "sent": files.of_subject(actor, f"finding:{one.pk}"),
        "officers": [officers[pk] for pk in one.record.visit.pair if pk in officers],
        "settled_by": officers.get(one.settled_by or 0, ""),
        "confirms": waits and not needs_recheck(one) and may(actor, JUDGE, place),
        "returns": one.state == FindingState.ANSWERED and may(actor, JUDGE, place),
        "plans": waits and one.recheck_id is None and may(actor, PLAN, place),
        "why": WhyForm(),
    }
    return render(request, "inspection/finding.html", shown)


def _finding(request: HttpRequest, pk: int, action: str) -> Finding:
    found = queries.finding(actor_of(request).scopes_for(action), pk)
    if found is None:
        raise Http404
    return found


@requires(JUDGE)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    one = _finding(request, pk, JUDGE)
    done(request, lambda: services.confirm(finding=one, by=actor_of(request)), _("已确认整改"))
    return redirect("inspection:finding", pk)


@requires(JUDGE)
@require_POST
def confirm_many(request: HttpRequest) -> HttpResponse:
    """Those that were ticked; one that cannot be confirmed says why and holds up no other."""
    actor = actor_of(request)
    ticked = [int(one) for one in request.POST.getlist("finding") if one.isdecimal()]
    count = 0
    for one in queries.findings_at(actor.scopes_for(JUDGE), ticked[:200]):
        try:
            services.confirm(finding=one, by=actor)
            count += 1
        except Refusal as refusal:
            messages.error(request, told(refusal))
    if count:
        said = ngettext("已确认 %(n)s 项整改", "已确认 %(n)s 项整改", count)
        messages.success(request, said % {"n": count})
    return redirect(f"{reverse('inspection:findings')}?show=answered")


@requires(JUDGE)
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the business, with what is missing."""
    one = _finding(request, pk, JUDGE)
    form = WhyForm(request.POST or None)
    if form.is_valid():
        why = form.cleaned_data["why"]
        act = lambda: services.return_answer(finding=one, why=why, by=actor_of(request))  # noqa: E731
        if attempt(form, act):
            messages.success(request, _("已退回经营者"))
            return redirect("inspection:finding", pk)
    return _form(request, form, one, _("退回整改"), _("退回"))


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def plan_recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit to all of a record that is not mended; other people are proposed where they have
    to be others."""
    one = _finding(request, pk, PLAN)
    whole = records.record(actor_of(request).scopes_for(PLAN), one.record_id)
    assert whole is not None  # noqa: S101 it lies where its finding does
    initial = {"due": clock.today() + timedelta(days=RECHECK_DAYS)}
    form = PairForm(request.POST or None, initial=initial, able=_able(whole))
    if form.is_valid():
        said = form.cleaned_data
        made = attempt(
            form,
            lambda: services.plan_recheck(
                record=whole,
                due=said["due"],
                lead_id=said["lead"],
                second_id=said["second"],
                by=actor_of(request),
            ),
        )
        if made:
            messages.success(request, _("复查已拟定，等待审批"))
            return redirect("inspection:finding", pk)
    return _form(request, form, one, _("安排复查"), _("提交审批"))


def _able(one: Record) -> list[User]:
    """Who may go on that day; whoever was there, where others have to go, is not among them."""
    day = clock.today()
    before = set(one.visit.pair) if rules.by_another_pair("order", day) else set()
    able = people.pool([one.district], day)
    return [each.user for each in able if not each.absent and each.user.pk not in before]


def _form(
    request: HttpRequest, form: FindForm | WhyForm | PairForm, one: Finding, title: str, does: str
) -> HttpResponse:
    shown = {
        "form": form,
        "one": after_words.finding_row(one, checklists_of({one.record.sheet_id})),
        "title": title,
        "does": does,
    }
    return render(request, "inspection/finding_act.html", shown)


# ── Statements and objections ──


@requires(READ)
@require_safe
def replies(request: HttpRequest) -> HttpResponse:
    """What businesses say of records; what waits stands first."""
    actor, show = actor_of(request), request.GET.get("show", "")
    page = request.GET.get("page", "")
    rows, following = cut(queries.replies(actor.scopes_for(READ), show), page)
    shown = {
        "rows": rows,
        "show": show,
        "answers": may(actor, APPROVE),
        **onward({"show": show} if show else {}, following, page),
    }
    return render(request, "inspection/replies.html", shown)


@requires(APPROVE)
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers one; who inspected does not."""
    one = records.reply(actor_of(request).scopes_for(APPROVE), pk)
    if one is None:
        raise Http404
    form = ReplyAnswerForm(request.POST or None) if one.answered_at is None else None
    if form is not None and form.is_valid():
        said = form.cleaned_data
        act = lambda: services.answer_reply(  # noqa: E731
            reply=one, upheld=said["upheld"], answer=said["answer"], by=actor_of(request)
        )
        if attempt(form, act):
            messages.success(request, _("已答复"))
            return redirect("inspection:replies")
    rows = one.record.findings.select_related("record").defer("record__body").order_by("pk")
    shown = {
        "one": one,
        "form": form,
        "record": after_words.record_said(one.record),
        "findings": after_words.finding_rows(list(rows)),
    }
    return render(request, "inspection/reply.html", shown)
