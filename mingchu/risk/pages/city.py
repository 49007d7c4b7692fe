"""The city's grades: coverage, how letters are spread, runs, who moved, how strict who is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, ScopeKind
from mingchu.accounts.naming import actors_said
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.registry.pages.common import told as refused
from mingchu.registry.places import district_name
from mingchu.registry.queries import PAGE, plan_page
from mingchu.risk import forms, rules, services, words
from mingchu.risk.credit_pages import pager
from mingchu.risk.domain.basis import LETTERS
from mingchu.risk.domain.strictness import Spread
from mingchu.risk.models import Grade, Run
from mingchu.risk.pages.common import (
    EXPORT,
    GRADE,
    READ,
    STRICT,
    can,
    choices,
    pointed,
    rooms,
    rows,
)
from mingchu.risk.pages.drawing import spread_chart
from mingchu.risk.queries import again as reckoned
from mingchu.risk.queries import coverage as covered
from mingchu.risk.queries import grades as queries
from mingchu.risk.queries import strictness as strict
from mingchu.rulebook.store import rule
from mingchu.rulebook.words import heading

USER = "user:"


@requires(READ)
@require_safe
def city(request: HttpRequest) -> HttpResponse:
    """Coverage and distribution, as they stand."""
    actor, day = actor_of(request), clock.today()
    found = covered.coverage(actor.scopes_for(READ), day)
    groups = {name: heading(rules.group_title(name, day)) for name in found.groups}
    shown = {
        "groups": [
            {
                "name": groups[name],
                "spread": one,
                "href": rows("grades", group=name),
                "missing": [
                    (words.missing_name(code), n, rows("grades", group=name, missing=code))
                    for code, n in sorted(one.missing.items())
                    if n
                ],
            }
            for name, one in found.groups.items()
        ],
        "letters": [
            (words.letter_name(letter), letter, found.whole.letters[letter],
             found.whole.percent(letter), rows("grades", letter=letter))
            for letter in LETTERS
        ],
        "by_kind": spread_chart(
            _("各类主体的风险等级"), [(groups[name], one) for name, one in found.groups.items()]
        ),
        "by_district": spread_chart(
            _("各旗县区的风险等级"),
            [(district_name(code), one) for code, one in found.districts.items()],
        ),
        "run": queries.last_run(),
        "subjects_rule": rules.SUBJECTS,
        "bands_rule": rules.BANDS,
        "whole_city": _is_city(actor),
        **can(request, GRADE),
        **rooms(request),
    }  # fmt: skip
    return render(request, "risk/city.html", shown)


def _is_city(actor: Actor) -> bool:
    return any(scope.kind is ScopeKind.CITY for scope in actor.scopes_for(GRADE))


@requires(GRADE)
@require_POST
def run_now(request: HttpRequest) -> HttpResponse:
    """The whole city, at once; who answers for a district alone may not."""
    actor = actor_of(request)
    if not _is_city(actor):
        raise Http404
    done = services.grade_city(by=actor)
    messages.success(
        request,
        _("已评定%(graded)s户，等级变动%(moved)s户，用时%(ms)s毫秒")
        % {"graded": f"{done.graded:,}", "moved": f"{done.moved:,}", "ms": f"{done.ms:,}"},
    )
    return redirect("risk:run", done.pk)


@requires(READ)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    shown = {"rows": queries.runs(), **can(request, GRADE), **rooms(request)}
    return render(request, "risk/runs.html", shown)


@requires(READ)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: what it went by, and who moved."""
    found = queries.run(pk)
    if found is None:
        raise Http404
    asked = {name: request.GET.get(name, "") for name in ("before", "letter")}
    moved = queries.movers(actor_of(request).scopes_for(READ), found, **asked)
    page = plan_page(moved, "", request.GET.get("cursor", ""), PAGE)
    query = {name: value for name, value in asked.items() if value}
    shown = {
        "run": found,
        "rules": list(found.rules.values()),
        # Every grade of a run is read for it: on demand.
        "checked": request.GET.get("check") == "1",
        "whole": request.GET.get("check") == "1" and queries.digest_of(found) == found.digest,
        "rows": [_mover(one) for one in page.rows],
        "found": moved.count(),
        "asked": asked,
        "choices": choices(),
        "by": _by(found),
        "query": query,
        **can(request, GRADE, EXPORT),
        **rooms(request),
        **pager(request, query, page.next),
    }
    return render(request, "risk/run.html", shown)


@requires(GRADE)
@require_safe
def again(request: HttpRequest) -> HttpResponse:
    """A past day reckoned anew, beside the letters that held on it; nothing is written."""
    today = clock.today()
    form = forms.AgainForm(request.GET if "on" in request.GET else None, initial={"on": today})
    shown: dict[str, Any] = {"form": form, "subjects_rule": rules.SUBJECTS, **rooms(request)}
    if form.is_valid():
        day = form.cleaned_data["on"]
        try:
            shown |= {"day": day, **_again(request, day)}
        except Refusal as refusal:
            form.add_error("on", refused(refusal))
    return render(request, "risk/again.html", shown)


def _again(request: HttpRequest, day: date) -> dict[str, Any]:
    found = reckoned.again(rules.basis(day), actor_of(request).scopes_for(GRADE), PAGE)
    return {
        "found": found,
        "letters": [
            (words.letter_short(letter), letter, found.letters.get(letter, 0))
            for letter in (*LETTERS, "")
        ],
        "rows": [
            {
                "other": one,
                "district": district_name(one.district),
                "held": words.letter_short(one.held),
                "name": words.letter_short(one.letter),
                "missing": words.missing_name(one.missing) if one.missing else "",
            }
            for one in found.rows
        ],
    }


def _by(found: Run) -> str:
    actor = f"{USER}{found.user_id}"
    return actors_said([actor])[actor] if found.user_id else ""


def _mover(one: Grade) -> dict[str, Any]:
    return {
        "grade": one,
        "business": one.business,
        "district": district_name(one.business.district),
        "before": words.letter_short(one.before) if not one.first else _("首次评定"),
        "name": words.letter_short(one.letter),
        "points": pointed(one.points),
        "missing": words.missing_name(one.missing) if one.missing else "",
    }


@requires(STRICT)
@require_safe
def strictness(request: HttpRequest) -> HttpResponse:
    """How far inspectors lie apart at comparable premises; never part of a grade."""
    scopes, day = actor_of(request).scopes_for(STRICT), clock.today()
    found, limits = strict.inspectors(scopes, day), strict.limits(day)
    names = actors_said({one.inspector for one in found if one.inspector.startswith(USER)})
    rows = [_inspector(one, names, limits) for one in found]
    enough = [one for one in rows if one["spread"].visits >= limits["visits"]]
    shown = {
        # Whoever should be looked at comes first; of few visits nothing can be said.
        "rows": sorted(enough, key=lambda one: not one["flagged"]),
        "few": [one for one in rows if one["spread"].visits < limits["visits"]],
        "edges": strict.edges(scopes, day),
        "limits": limits,
        "rule": rule(strict.LIMITS).on(day),
        **rooms(request),
    }
    return render(request, "risk/strictness.html", shown)


def _inspector(one: Spread, names: Any, limits: Any) -> dict[str, Any]:
    name = names.get(one.inspector, one.inspector)
    return {"spread": one, "name": name, "flagged": one.is_flagged(limits)}
