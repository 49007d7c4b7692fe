"""Pages that belong to no single context: the front door, the workbench, the city, the house."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_GET, require_safe

from mingchu.accounts.access import actor_of, public, requires
from mingchu.accounts.domain import may
from mingchu.base.slots import CITY, FRONT, MEASURES
from mingchu.kit.messages.queries import unread_asked
from mingchu.ledger.rows import foreseen
from mingchu.site import citymap, metrics, numbers, signs
from mingchu.site.context import exists
from mingchu.site.desk import Desk

DOORS = (
    ("/draws/", _("双随机抽查"), _("抽到谁、怎么抽的，下载文件自己重算一遍。")),
    ("/notices/", _("公示"), _("行政许可与行政处罚，按期上网，到期下架。")),
    ("/sunshine/", _("阳光直播"), _("后厨和车间的实时画面。")),
    ("/rules/", _("规则"), _("每一个期限、分数和比例，出自哪部法规第几条，哪天起生效。")),
    ("/open/", _("开放数据"), _("台账的封存凭据，以及可以整份下载的数据。")),
    ("/complain/", _("投诉举报"), _("不用登录，说清楚就行，办到哪一步随时能看。")),
)


@dataclass(frozen=True)
class Door:
    href: str
    title: Any
    says: Any


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The public front door; every link on it leads to something that exists."""
    drawn = {
        place: [piece.draw(request) for piece in FRONT if piece.place == place]
        for place in ("above", "below")
    }
    known = {
        **drawn,
        "figures": numbers.headlines(),
        "doors": [Door(*door) for door in DOORS if exists(door[0])],
    }
    return render(request, "site/home.html", known)


@requires("site.workbench")
@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """The officer's first page: what waits, in which post, and where to go."""
    actor = actor_of(request)
    desk = Desk(actor)
    with foreseen((*desk.asked, *unread_asked(actor.user_id))):
        known = {"waiting": list(desk.waiting()), "grants": actor.grants}
        return render(request, "site/workbench_home.html", known)


@requires("site.workbench")
@require_safe
def city(request: HttpRequest) -> HttpResponse:
    """The city's figures, one measure by district as a map and as an equal table, and what
    contexts draw of the part of the city that the reader looks after."""
    measures = list(MEASURES)
    chosen = MEASURES.get(request.GET.get("measure", "")) or next(iter(measures), None)
    known: dict[str, object] = {
        "figures": list(numbers.figures()),
        "sections": list(_sections(request)),
        "measures": measures,
        "chosen": chosen,
    }
    if chosen:
        counts = numbers.by_district(chosen)
        known |= {
            "cells": citymap.draw(counts, chosen.rows),
            "legend": citymap.legend(counts),
            "rows": citymap.table(counts, chosen.rows),
            "total": sum(counts.values()),
            "all_rows": chosen.rows(""),
            "box": citymap.ZONE_BOX,
            "view": citymap.VIEW,
        }
    return render(request, "site/city.html", known)


def _sections(request: HttpRequest) -> Iterator[tuple[Any, str]]:
    actor = actor_of(request)
    for section in CITY:
        if may(actor, section.action) and (drawn := section.draw(request)):
            yield section.title, drawn


@requires("site.workbench")
@require_safe
@conditional_page
def city_figures(request: HttpRequest) -> HttpResponse:
    """The figures alone, asked for again every half minute; 304 while nothing has changed."""
    return render(request, "site/_figures.html", {"figures": list(numbers.figures())})


@requires("site.health")
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """How the house itself is."""
    lines = list(signs.lines())
    worst = next(
        (how for how in ("bad", "warn") if any(one.reading.condition == how for one in lines)),
        "good",
    )
    return render(request, "site/health.html", {"lines": lines, "worst": worst})


@public
@require_GET
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_GET
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: the database answers in the right shape and there is room to write."""
    checks = {}
    for name, read in (
        ("database", signs.database),
        ("migrations", signs.migrations),
        ("disk", signs.disk),
    ):
        try:
            checks[name] = read().condition
        except (DatabaseError, OSError):
            checks[name] = "bad"
    ok = "bad" not in checks.values()
    return JsonResponse({"ok": ok, "checks": checks}, status=200 if ok else 503)


@public
@require_GET
@never_cache
def prometheus(request: HttpRequest) -> HttpResponse:
    """Counters of the house, for this machine or for the holder of the metrics token."""
    if not _may_measure(request):
        raise PermissionDenied
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: HttpRequest) -> bool:
    said = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(said, settings.METRICS_TOKEN):
        return True
    # Whatever a proxy forwards comes from loopback too, so a forwarded request is not ours.
    forwarded = {"X-Forwarded-For", "Forwarded"} & request.headers.keys()
    return request.META.get("REMOTE_ADDR", "").startswith(("127.", "::1")) and not forwarded
