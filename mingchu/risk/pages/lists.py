"""Lists of grading: who has which letter, who has none and why, what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.forms import districts_for
from mingchu.registry.models import Business
from mingchu.registry.pages.common import exported
from mingchu.registry.places import district_name
from mingchu.registry.queries import COUNTED, PAGE, plan_count, plan_page
from mingchu.registry.words import words as registry_words
from mingchu.risk import rules, words
from mingchu.risk.credit_pages import pager, said
from mingchu.risk.models import Grade, Ground, ObjectionState
from mingchu.risk.pages.common import DECIDE, EXPORT, READ, can, choices, pointed, rooms
from mingchu.risk.pages.file import ground_name
from mingchu.risk.queries import grades as queries
from mingchu.risk.queries.grades import Asked
from mingchu.rulebook.words import heading

EXPORT_TOP = 200_000
CHUNK = 2_000


@requires(READ)
@require_safe
def grades(request: HttpRequest) -> HttpResponse:
    """Who has which letter; with `letter=none` who has none, and what is missing."""
    actor, asked, day = actor_of(request), Asked.read(said(request)), clock.today()
    found = queries.grades(actor.scopes_for(READ), asked, day)
    page = plan_page(found, "", request.GET.get("cursor", ""), PAGE)
    shown = {
        "rows": [_row(one) for one in page.rows],
        "found": plan_count(found),
        "most": COUNTED,
        "asked": asked,
        "letters": choices(),
        "missings": [(code, name) for code, name in words.MISSING.items() if code != "never"],
        "groups": [
            (name, heading(rules.group_title(name, day))) for name in rules.basis(day).groups
        ],
        "districts": districts_for(actor, READ),
        "query": asked.query(),
        **can(request, EXPORT),
        **rooms(request),
        **pager(request, asked.query(), page.next),
    }
    return render(request, "risk/grades.html", shown)


def _row(one: Grade) -> dict[str, Any]:
    return {
        "grade": one,
        "business": one.business,
        "district": district_name(one.business.district),
        "kind": registry_words().kinds.get(one.business.kind, one.business.kind),
        "name": words.letter_short(one.letter),
        "points": pointed(one.points),
        "missing": words.missing_name(one.missing) if one.missing else "",
    }


@requires(EXPORT)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    asked = Asked.read(said(request))
    found = queries.grades(actor_of(request).scopes_for(EXPORT), asked, clock.today())
    rows = _lines(found[:EXPORT_TOP].iterator(CHUNK))
    return exported(request, "risk-grades", _("风险等级"), _columns(), rows)


def _columns() -> list[OutColumn]:
    return [
        OutColumn(_("档案编号"), Kind.CODE),
        OutColumn(_("名称")),
        OutColumn(_("业态")),
        OutColumn(_("旗县区")),
        OutColumn(_("风险等级")),
        OutColumn(_("分值")),
        OutColumn(_("静态分")),
        OutColumn(_("动态分")),
        OutColumn(_("缺少")),
        OutColumn(_("自"), Kind.DAY),
    ]


def _lines(rows: Iterable[Grade]) -> Iterator[list[Out]]:
    for one in rows:
        told = _row(one)
        yield [
            one.business.public_id,
            one.business.name,
            told["kind"],
            told["district"],
            one.letter,
            *map(pointed, (one.points, one.static, one.dynamic)),
            told["missing"],
            one.since,
        ]


@requires(DECIDE)
@require_safe
def grounds(request: HttpRequest) -> HttpResponse:
    """Grounds that wait for a person's decision."""
    found = queries.undecided(actor_of(request).scopes_for(DECIDE))
    page = plan_page(found, "", request.GET.get("cursor", ""), PAGE)
    day = clock.today()
    shown = {
        "rows": [
            {
                "ground": one,
                "name": ground_name(one, day),
                "district": district_name(one.business.district),
            }
            for one in page.rows
        ],
        "found": plan_count(found),
        "most": COUNTED,
        **can(request, EXPORT),
        **rooms(request),
        **pager(request, {}, page.next),
    }
    return render(request, "risk/grounds.html", shown)


@requires(EXPORT)
@require_safe
def export_grounds(request: HttpRequest) -> HttpResponse:
    """Grounds that wait, under the headings by which a list of them comes in."""
    found = queries.undecided(actor_of(request).scopes_for(EXPORT))
    rows = _ground_lines(found[:EXPORT_TOP].iterator(CHUNK))
    columns = [
        *_who(),
        OutColumn(_("方向")),
        OutColumn(_("情形")),
        OutColumn(_("发生日期"), Kind.DAY),
        OutColumn(_("事实与来源")),
    ]
    return exported(request, "risk-grounds", _("待决定的调级情形"), columns, rows)


@requires(EXPORT)
@require_safe
def export_movers(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose letter a run changed."""
    run = queries.run(pk)
    if run is None:
        raise Http404
    asked = {name: request.GET.get(name, "") for name in ("before", "letter")}
    found = queries.movers(actor_of(request).scopes_for(EXPORT), run, **asked)
    rows = _mover_lines(found[:EXPORT_TOP].iterator(CHUNK))
    columns = [
        *_who(),
        OutColumn(_("原等级")),
        OutColumn(_("现等级")),
        OutColumn(_("分值")),
        OutColumn(_("缺少")),
    ]
    return exported(request, f"risk-movers-{pk}", _("等级变动"), columns, rows)


def _ground_lines(rows: Iterable[Ground]) -> Iterator[list[Out]]:
    day = clock.today()
    for one in rows:
        yield [
            *_who_said(one.business),
            one.get_direction_display(),
            ground_name(one, day),
            one.day,
            one.note,
        ]


def _mover_lines(rows: Iterable[Grade]) -> Iterator[list[Out]]:
    for one in rows:
        yield [
            *_who_said(one.business),
            _("首次评定") if one.first else words.letter_short(one.before),
            words.letter_short(one.letter),
            pointed(one.points),
            words.missing_name(one.missing) if one.missing else "",
        ]


def _who_said(one: Business) -> list[Out]:
    return [one.public_id, one.name, district_name(one.district)]


def _who() -> list[OutColumn]:
    return [OutColumn(_("主体编号"), Kind.CODE), OutColumn(_("名称")), OutColumn(_("旗县区"))]


@requires(DECIDE)
@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """What businesses have to say against their grades."""
    state = request.GET.get("state", ObjectionState.OPEN)
    found = queries.objections(actor_of(request).scopes_for(DECIDE), state)
    page = plan_page(found, "", request.GET.get("cursor", ""), PAGE)
    shown = {
        "rows": [
            {
                "objection": one,
                "district": district_name(one.business.district),
                "name": words.letter_short(one.grade.letter),
            }
            for one in page.rows
        ],
        "found": plan_count(found),
        "most": COUNTED,
        "state": state,
        "states": ObjectionState.choices,
        **rooms(request),
        **pager(request, {"state": state}, page.next),
    }
    return render(request, "risk/objections.html", shown)
