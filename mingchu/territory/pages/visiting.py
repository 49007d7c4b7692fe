"""A cadre's own visits, for the phone: what is due by address, and one visit on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.base.slots import TRACES
from mingchu.kit.files import keeping
from mingchu.kit.files import queries as files
from mingchu.kit.files.pages import takes_files
from mingchu.kit.models import Upload
from mingchu.registry.places import district_name
from mingchu.registry.queries import licences_of
from mingchu.registry.values import FILES_TOP
from mingchu.registry.words import licence_words
from mingchu.registry.words import words as registry_words
from mingchu.territory import queries, rules, services, words
from mingchu.territory.domain.quarters import quarter_of
from mingchu.territory.forms import VisitForm
from mingchu.territory.models import Visit, VisitState
from mingchu.territory.pages.common import PAGE, VISIT, attempt, cut, onward, this_quarter


@requires(VISIT)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this cadre has to do this quarter, street by street; `?done=1` what he did."""
    actor = actor_of(request)
    scopes, user = actor.scopes_for(VISIT), actor.user_id or 0
    quarter, page = this_quarter(), request.GET.get("page", "")
    done = request.GET.get("done") == "1"
    waiting = queries.to_do(scopes, user)
    made = queries.mine(scopes, user).filter(state=VisitState.DONE).order_by("-done_at")
    rows, following = cut(made if done else waiting, page)
    count, total = queries.my_counts(scopes, user, quarter)
    shown = {
        "rows": [_line(one) for one in rows],
        "quarter": words.quarter_name(quarter),
        "made": count,
        "total": total,
        "waiting": waiting.count(),
        "done": done,
        "due": quarter.last,
        "listed": queries.cadre_of_user(user),
        "page_size": PAGE,
        **onward({"done": "1"} if done else {}, following, page),
    }
    return render(request, "territory/mine.html", shown)


def _line(one: Visit) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "name": one.business.name,
        "address": one.business.address,
        "due": one.due,
        "late": one.state == VisitState.OPEN and one.due < clock.today(),
        "done_at": one.done_at,
        "problem": words.problem_name(one),
        "quarter": words.quarter_name(quarter_of(one.quarter)),
    }


@takes_files(FILES_TOP)
@requires(VISIT)
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: the business as it is known, a few taps, done. Afterwards what was said."""
    actor = actor_of(request)
    one = queries.my_visit(actor.scopes_for(VISIT), actor.user_id or 0, pk)
    if one is None:
        raise Http404
    if one.state != VisitState.OPEN:
        return render(request, "territory/record.html", record(request, one, own=True))
    today = clock.today()
    sheet, kinds = rules.sheet(one.business.kind, today), rules.problems(today)
    form = VisitForm(request.POST or None, request.FILES or None, sheet=sheet, problems=kinds)
    if form.is_valid() and attempt(form, lambda: _finish(request, one, form)):
        problem = form.cleaned_data["problem"]
        said = _("已提交，问题已转监管所处理") if problem else _("已提交，谢谢")
        messages.success(request, f"{one.business.name}{_('：')}{said}")
        return redirect("territory:mine")
    return render(request, "territory/visit.html", {"form": form, **_known(one)})


def _finish(request: HttpRequest, one: Visit, form: VisitForm) -> None:
    by, said = actor_of(request), form.cleaned_data
    photos: list[Upload] = [
        keeping.keep(file=sent.file, claimed=sent.content_type or "", by=by)
        for sent in said["photos"]
    ]
    services.finish(
        visit=one,
        answers=form.answers,
        problem=said["problem"],
        note=said["note"],
        photos=photos,
        by=by,
    )


def _known(one: Visit) -> dict[str, Any]:
    """What the registry knows is shown and never asked."""
    today, business = clock.today(), one.business
    said = registry_words()
    licences = licences_of([business])[business.pk]
    made, _waiting = queries.last_visit(business.pk)
    return {
        "visit": one,
        "business": business,
        "kind": said.kinds[business.kind],
        "district": district_name(business.district),
        "quarter": words.quarter_name(quarter_of(one.quarter)),
        "late": one.due < today,
        "made_up_until": rules.made_up_until(one.due),
        "licences": [licence_words(licence, today, said) for licence in licences],
        "before": made,
        "before_problem": words.problem_name(made) if made else "",
    }


def record(request: HttpRequest, one: Visit, *, own: bool) -> dict[str, Any]:
    """A visit as it was made, or what became of it."""
    return {
        "visit": one,
        "business": one.business,
        "own": own,
        "quarter": words.quarter_name(quarter_of(one.quarter)),
        "level": words.level_name(one.level, one.quarter),
        "answers": words.answers_said(one),
        "problem": words.problem_name(one),
        "traces": _traces(request, one),
        "photos": files.of_subject(actor_of(request), f"visit:{one.pk}"),
        "late": one.state == VisitState.OPEN and one.due < clock.today(),
    }


def _traces(request: HttpRequest, one: Visit) -> list[str]:
    """What became of the problem that was found."""
    if not one.problem:
        return []
    subject = f"visit:{one.pk}"
    return [drawn for draw in TRACES if (drawn := draw(request, subject, one.business_id))]
