"""The grade of one business on one page: every point, what it stands on, what was decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.naming import actors_said
from mingchu.base import clock
from mingchu.registry.models import Business
from mingchu.registry.pages.common import found
from mingchu.registry.places import district_name
from mingchu.risk import forms, notices, rules, services, words
from mingchu.risk.models import Direction, Grade, Ground, Profile, Visit
from mingchu.risk.pages.common import DECIDE, READ, RECORD, asked_form, may_here, pointed
from mingchu.risk.pages.drawing import points_chart
from mingchu.risk.queries import grades as queries
from mingchu.risk.queries.grades import Standing
from mingchu.risk.values import NewGround, NewProfile, NewVisit
from mingchu.rulebook.words import words as said


@requires(READ)
@require_safe
def file(request: HttpRequest, number: int) -> HttpResponse:
    """All about the grade of one business."""
    business, actor = found(request, number, READ), actor_of(request)
    known = queries.standing(number)
    assert known is not None  # noqa: S101 it was found
    day = clock.today()
    shown = {
        "business": business,
        "district": district_name(business.district),
        **told(known),
        "answers": list(words.answers_said(known)),
        "past": [_past(one) for one in queries.past(number)],
        "visits": [_visit(one) for one in queries.visits_of(number)],
        "profiles": [_profile(one, day) for one in queries.profiles_of(number)],
        "grounds": _grounds(number, day),
        "overrides": [
            (one, words.letter_short(one.letter)) for one in queries.overrides_of(number)
        ],
        "objections": queries.objections_of(number),
        "sheets": [(name, words.sheet_name(name, day)) for name in _sheets(business.kind, day)],
        "today": day,
        "subjects_rule": rules.SUBJECTS,
        "can_record": may_here(actor, RECORD, business),
        "can_decide": may_here(actor, DECIDE, business),
    }
    return render(request, "risk/file.html", shown)


def _sheets(kind: str, day: date) -> tuple[str, ...]:
    return rules.sheets_of(kind, day)


@requires(READ)
@require_safe
def reasons(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the panel that is drawn when somebody unfolds it."""
    found(request, number, READ)
    known = queries.standing(number)
    if known is None or known.grade is None or not known.grade.letter:
        raise Http404
    return render(request, "risk/_reasons.html", told(known))


@requires(READ)
@require_safe
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """The notice of grade, to hand over at the door."""
    business = found(request, number, READ)
    return paper(business, queries.standing(number))


def paper(business: Business, known: Standing | None) -> HttpResponse:
    """A notice as a PDF; 404 where there is no grade to tell."""
    if known is None or known.grade is None or not known.grade.letter:
        raise Http404
    answer = HttpResponse(notices.printed(business, known).pdf, content_type="application/pdf")
    name = f"grade-{business.public_id}-{known.grade.since}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def told(known: Standing) -> dict[str, Any]:
    """A grade with every reason, as the file and the desk show it."""
    grade = known.grade
    if grade is None:
        return brief(known)
    lines = words.lines(grade.reasons, grade.sheet, known.rules or {})
    return {
        **brief(known),
        "lines": lines,
        "better": words.better(known),
        "chart": points_chart(lines) if grade.letter else "",
    }


def brief(known: Standing) -> dict[str, Any]:
    """A grade without its reasons, as the business file shows it: quick to draw."""
    grade = known.grade
    if grade is None:
        graded = bool(rules.sheets_of(known.kind, clock.today()))
        return {"known": known, "grade": None, "graded": graded}
    return {
        "known": known,
        "grade": grade,
        "graded": True,
        "points": pointed(grade.points),
        "static_points": pointed(grade.static),
        "dynamic_points": pointed(grade.dynamic),
        "conduct_points": pointed(grade.conduct),
        "name": words.letter_name(grade.letter),
        "by_points": words.letter_short(grade.by_points),
        "missing": words.missing_name(grade.missing) if grade.missing else "",
        "often": words.often(grade),
        "sheet": words.sheet_name(grade.sheet, clock.today()) if grade.sheet else "",
    }


def _past(one: Grade) -> dict[str, Any]:
    return {
        "grade": one,
        "name": words.letter_short(one.letter),
        "points": pointed(one.points),
        "missing": words.missing_name(one.missing) if one.missing else "",
    }


def _visit(one: Visit) -> dict[str, Any]:
    applicable = one.applicable_key + one.applicable_general
    return {"visit": one, "applicable": applicable, "failed": one.failed_key + one.failed_general}


def _profile(one: Profile, day: date) -> dict[str, Any]:
    return {"profile": one, "sheet": words.sheet_name(one.sheet, day)}


def _grounds(number: int, day: date) -> list[dict[str, Any]]:
    known = queries.grounds_of(number)
    names = actors_said({f"user:{one.decided_by}" for one in known if one.decided_by})
    return [
        {
            "ground": one,
            "name": ground_name(one, day),
            "by": names.get(f"user:{one.decided_by}", ""),
        }
        for one in known
    ]


def ground_name(one: Ground, day: date) -> str:
    return said(rules.title(rules.grounds(one.direction, day), one.ground))


# ── Acts ──


@requires(RECORD)
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, number: int, sheet: str) -> HttpResponse:
    """What the static sheet asks, from a day on."""
    business = found(request, number, RECORD)
    day = clock.today()
    if sheet not in rules.sheets_of(business.kind, day):
        raise Http404
    known = queries.standing(number)
    same = known and known.grade and known.grade.sheet == sheet
    initial = {"since": day}
    for item, answer in ((known.answers or {}) if known and same else {}).items():
        initial[f"item-{item}"] = answer
    ruling = rules.sheet(sheet, day)
    form = forms.ProfileForm(request.POST or None, sheet=ruling.value, initial=initial)

    def act() -> None:
        new = NewProfile(
            business=number, sheet=sheet, answers=form.answers,
            since=form.cleaned_data["since"], note=form.cleaned_data["note"],
        )  # fmt: skip
        services.record_profile(new=new, by=actor_of(request))

    return asked_form(
        request, form, act, business=business, title=said(ruling.title), does=_("登记并评定"),
        done=_("已登记"), rule=ruling.id,
    )  # fmt: skip


@requires(RECORD)
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, number: int) -> HttpResponse:
    """A visit that no other system sends."""
    business = found(request, number, RECORD)
    form = forms.VisitForm(request.POST or None, initial={"day": clock.today()})

    def act() -> None:
        new = NewVisit(business=number, **form.cleaned_data)
        services.record_visit(new=new, by=actor_of(request))

    return asked_form(
        request, form, act, business=business, title=_("登记检查发现"), does=_("登记并评定"),
        done=_("已登记"),
    )  # fmt: skip


@requires(RECORD)
@require_http_methods(["GET", "POST"])
def ground(request: HttpRequest, number: int) -> HttpResponse:
    """A case in which the grade may move; somebody decides on it."""
    business = found(request, number, RECORD)
    form = forms.GroundForm(request.POST or None, initial={"day": clock.today()})

    def act() -> None:
        direction, chosen = form.chosen
        new = NewGround(
            business=number, direction=direction, ground=chosen, day=form.cleaned_data["day"],
            note=form.cleaned_data["note"],
        )  # fmt: skip
        services.record_ground(new=new, by=actor_of(request))

    return asked_form(
        request, form, act, business=business, title=_("登记调级情形"), does=_("登记"),
        done=_("已登记，等待决定"),
    )  # fmt: skip


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """By how many levels, and why."""
    one = queries.ground(actor_of(request).scopes_for(DECIDE), pk)
    if one is None:
        raise Http404
    form = forms.DecideForm(request.POST or None, ground=one)
    title = _("：").join(
        (Direction(one.direction).label.capitalize(), ground_name(one, clock.today()))
    )
    return asked_form(
        request, form,
        lambda: services.decide_ground(ground=one, by=actor_of(request), **form.cleaned_data),
        business=one.business, title=title, does=_("决定"), done=_("已决定"),
        facts=[(_("发生日期"), one.day), (_("事实与来源"), one.note)],
    )  # fmt: skip


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, number: int) -> HttpResponse:
    """Another letter than the points give, until a day, with a reason."""
    business = found(request, number, DECIDE)
    form = forms.OverrideForm(request.POST or None)
    return asked_form(
        request, form,
        lambda: services.set_override(
            business=number, by=actor_of(request), **form.cleaned_data
        ),
        business=business, title=_("人工调整等级"), does=_("调整"), done=_("已调整"),
        rule="grade.override_months",
    )  # fmt: skip


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def end_override(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to what the points say."""
    one = queries.override(actor_of(request).scopes_for(DECIDE), pk)
    if one is None:
        raise Http404
    form = forms.EndForm(request.POST or None)
    return asked_form(
        request, form,
        lambda: services.end_override(override=one, by=actor_of(request), **form.cleaned_data),
        business=one.business, title=_("撤销人工调整"), does=_("撤销"), done=_("已撤销"),
    )  # fmt: skip


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer to an objection."""
    one = queries.objection(actor_of(request).scopes_for(DECIDE), pk)
    if one is None:
        raise Http404
    form = forms.AnswerForm(request.POST or None)
    return asked_form(
        request, form,
        lambda: services.answer_objection(
            objection=one, by=actor_of(request), **form.cleaned_data
        ),
        business=one.business, title=_("答复等级异议"), does=_("答复"), done=_("已答复"),
        facts=[(_("提出时间"), clock.city(one.at).date()), (_("异议内容"), one.text)],
    )  # fmt: skip
