"""Differentiated supervision 差异化监管: the table of measures, who is under key supervision, who
was visited too often, who is left undisturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.pages.common import exported
from mingchu.registry.places import district_name
from mingchu.registry.words import words as registry_words
from mingchu.risk import credit_exports, credit_rules, credit_words
from mingchu.risk.credit_pages import CREDIT, READ, districts, pager, rooms, said
from mingchu.risk.domain.keysup import GROUNDS
from mingchu.risk.queries import supervising
from mingchu.risk.queries.supervising import Asked, Listing


def _asked(request: HttpRequest) -> Asked:
    told = said(request)
    ground = told.get("ground", "")
    return Asked(told.get("district", ""), ground if ground in GROUNDS else "")


def _after(request: HttpRequest) -> int:
    cursor = request.GET.get("cursor", "")
    return int(cursor) if cursor.isdecimal() and len(cursor) < 19 else 0


def _listed(
    request: HttpRequest, action: str, listing: Listing, more: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """What the three lists have in common."""
    actor, asked, day = actor_of(request), _asked(request), clock.today()
    page = listing(actor.scopes_for(action), day, asked, _after(request))
    return {
        "rows": [{**row, **_where(row), **more(row)} for row in page.rows],
        "found": page.count,
        "asked": asked,
        "day": day,
        "districts": districts(actor, action),
        "query": asked.query(),
        **rooms(actor),
        **pager(request, asked.query(), page.next),
    }


def _where(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "district_name": district_name(row["district"]),
        "kind_name": registry_words().kinds.get(row["kind"], row["kind"]),
    }


def _exported(
    request: HttpRequest,
    action: str,
    listing: Listing,
    name: tuple[str, str],
    sheet: tuple[list[OutColumn], Callable[[Iterable[Any]], Iterator[list[Out]]]],
) -> HttpResponse:
    scopes = actor_of(request).scopes_for(action)
    rows = supervising.every(listing, scopes, clock.today(), _asked(request))
    columns, lines = sheet
    return exported(request, *name, columns, lines(rows))


@requires(READ)
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """What grade and class together change: open to every officer, and to nobody else."""
    table = credit_rules.table(clock.today())
    shown = {
        "table": table,
        "rows": credit_words.table_rows(table),
        "columns": credit_words.columns(),
        "cover": credit_rules.cover_months(clock.today()),
        **rooms(actor_of(request)),
    }
    return render(request, "risk/credit/measures.html", shown)


@requires(READ)
@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """Who is under key supervision, and why."""
    day = clock.today()
    shown = _listed(
        request,
        READ,
        supervising.key_supervised,
        lambda row: {
            "key": credit_words.key_said(row["grounds"], day),
            "grade_name": credit_words.risk_name(row["grade"]),
        },
    )
    grounds = [
        (one, name)
        for one, (name, _rule) in zip(GROUNDS, credit_words.key_said(GROUNDS, day), strict=True)
    ]
    return render(request, "risk/credit/key.html", {**shown, "grounds": grounds})


@requires(READ)
@require_safe
def export_key(request: HttpRequest) -> HttpResponse:
    day = clock.today()
    return _exported(
        request,
        READ,
        supervising.key_supervised,
        ("key-supervision", _("重点监管对象")),
        (credit_exports.key_columns(), lambda rows: credit_exports.key(rows, day)),
    )


@requires(READ)
@require_safe
def burden(request: HttpRequest) -> HttpResponse:
    """Who was visited more often this year than the published ceiling allows."""
    shown = _listed(request, READ, supervising.over_ceiling, lambda row: {})
    caps = credit_rules.caps(clock.today())
    told = [(credit_words.risk_name(letter), cap) for letter, cap in caps.value.items()]
    return render(request, "risk/credit/burden.html", {**shown, "caps": told, "rule": caps})


@requires(READ)
@require_safe
def export_burden(request: HttpRequest) -> HttpResponse:
    return _exported(
        request,
        READ,
        supervising.over_ceiling,
        ("burden", _("超过年度检查上限的主体")),
        (credit_exports.burden_columns(), credit_exports.burdens),
    )


@requires(CREDIT)
@require_safe
def undisturbed(request: HttpRequest) -> HttpResponse:
    """Who is left in peace: low in risk, with nothing held against them."""
    shown = _listed(request, CREDIT, supervising.undisturbed, lambda row: {})
    rule = credit_rules.quiet(clock.today())
    told = {"months": rule.choice("clean_months"), "rule": rule}
    return render(request, "risk/credit/undisturbed.html", {**shown, **told})


@requires(CREDIT)
@require_safe
def export_undisturbed(request: HttpRequest) -> HttpResponse:
    return _exported(
        request,
        CREDIT,
        supervising.undisturbed,
        ("undisturbed", _("无事不扰清单（内部）")),
        (credit_exports.business_columns(), credit_exports.quiet),
    )
