"""The list of alerts and one alert: what is wrong, by which rule, until when, who is on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Actor, Place, may
from mingchu.accounts.naming import actors_said, posts_said
from mingchu.accounts.services import log_view
from mingchu.alerts import rules, words
from mingchu.alerts.asking import alerts_asked
from mingchu.alerts.domain.kinds import Kind
from mingchu.alerts.forms import SilenceForm
from mingchu.alerts.models import Alert
from mingchu.alerts.models.orders import LevelName
from mingchu.alerts.move_names import SEVERITY_NAMES
from mingchu.alerts.queries import alerts as queries
from mingchu.base import clock
from mingchu.kit.sheets.layouts import Kind as Cell
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry import domain as registry
from mingchu.registry import timeline
from mingchu.registry.pages.common import exported
from mingchu.registry.places import district_name
from mingchu.registry.queries import COUNTED, area_names
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.words import cited
from mingchu.rulebook.words import words as in_words

CHUNK = 2_000
COVERED_SHOWN = 20


@requires("alerts.read")
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """The list; its filters and its place stand in the address."""
    actor = actor_of(request)
    wanted, boxes = alerts_asked(request.GET, actor)
    scopes = actor.scopes_for("alerts.read")
    page = queries.page(scopes, wanted, cursor=request.GET.get("cursor", ""))
    asked = wanted.query()
    shown = {
        "boxes": boxes,
        "rows": listed(page.rows),
        "count": said_count(page.count),
        "asked": urlencode(asked),
        "next": f"?{urlencode({**asked, 'cursor': page.next})}" if page.next else "",
        "first": f"?{urlencode(asked)}" if request.GET.get("cursor") else "",
        "can_export": may(actor, "alerts.export"),
    }
    return render(request, "alerts/alerts.html", shown)


def said_count(count: int) -> str:
    return _("%s+ 条") % f"{COUNTED:,}" if count > COUNTED else _("%s 条") % f"{count:,}"


def listed(found: Collection[Alert]) -> list[dict[str, Any]]:
    """Rows in plain words; names of people stay out of lists."""
    said, kinds, now = words.about(found), words.kind_names(), clock.now()
    severities = {number: str(word) for number, word in SEVERITY_NAMES.items()}
    districts = {code: district_name(code) for code in {one.district for one in found}}
    stations = area_names({one.station for one in found})
    return [
        {
            "id": one.pk,
            "kind": kinds.get(one.kind, one.kind),
            "about": said[one.pk],
            "severity": severities[one.severity],
            "tag": words.TAGS[one.severity],
            "business": one.business.name if one.business else "",
            "code": one.business.public_id if one.business else "",
            "district": districts[one.district],
            "station": stations.get(one.station, one.station),
            "due": words.due_said(one.due_at),
            "late": is_late(one, now),
            "count": one.count,
            "held": words.held_name(one),
            "is_free": not (one.ended_at or one.covered_by_id or one.silence_id),
            "opened": one.opened_at,
            "order": order_link(one.order_id),
        }
        for one in found
    ]


def is_late(one: Alert, now: datetime) -> bool:
    return one.due_at is not None and one.due_at <= (one.ended_at or now)


def order_link(pk: int | None) -> str:
    """Where its order is shown; "" while orders have no page."""
    try:
        return reverse("alerts:order", args=[pk]) if pk else ""
    except NoReverseMatch:
        return ""


@requires("alerts.export")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, as a file; scoped by the right to export."""
    actor = actor_of(request)
    wanted = alerts_asked(request.GET, actor).wanted
    found = queries.matching(actor.scopes_for("alerts.export"), wanted).iterator(CHUNK)
    columns = [
        OutColumn(_("编号"), Cell.CODE),
        OutColumn(_("级别")),
        OutColumn(_("种类")),
        OutColumn(_("对象")),
        OutColumn(_("档案编号"), Cell.CODE),
        OutColumn(_("主体")),
        OutColumn(_("旗县区")),
        OutColumn(_("监管所")),
        OutColumn(_("立警时间")),
        OutColumn(_("处理时限")),
        OutColumn(_("次数")),
        OutColumn(_("状态")),
    ]
    return exported(request, "alerts", _("预警"), columns, _out(found))


def _out(found: Iterable[Alert]) -> Iterator[list[Out]]:
    waiting = iter(found)
    while chunk := list(islice(waiting, CHUNK)):
        for row in listed(chunk):
            yield [
                str(row["id"]),
                str(row["severity"]),
                row["kind"],
                row["about"],
                row["code"],
                row["business"],
                row["district"],
                row["station"],
                f"{clock.city(row['opened']):%Y-%m-%d %H:%M}",
                row["due"],
                row["count"],
                row["held"],
            ]


@requires("alerts.read")
@require_safe
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: reason, deadline and how it was found, what holds it, its story."""
    return shown(request, found(request, pk, "alerts.read"))


def found(request: HttpRequest, pk: int, action: str) -> Alert:
    """The alert where the actor may do the action; elsewhere there is no such page."""
    known = queries.alert(actor_of(request).scopes_for(action), pk)
    if known is None:
        raise Http404
    return known


def shown(request: HttpRequest, one: Alert, form: SilenceForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    kind = rules.kinds_on(clock.city(one.opened_at).date()).get(one.kind)
    names = one.subject.startswith("person:") and may(actor, "registry.read", place_of(one))
    if names:
        log_view(actor, f"alert:{one.pk}", "registry.people")
    covered = queries.covered_by(one, COVERED_SHOWN)
    known = {
        "one": one,
        "row": listed([one])[0],
        "about": words.about([one], names=names)[one.pk],
        "thing": words.things(actor, [one]).get(one.pk),
        "basis": _rule(one, kind),
        "term": _term(one),
        "level": LevelName(kind.level).label if kind else "",
        "covering": listed([one.covered_by])[0] if one.covered_by else None,
        "covered": listed(covered),
        "lines": _lines(one),
        "warning": one.labels.get("warning"),
        "form": form or _form(actor, one, kind),
        "silent_until": words.due_said(one.silence.until) if one.silence else "",
        "named": names,
    }
    return render(request, "alerts/alert.html", known)


def place_of(one: Alert) -> Place:
    business = registry.public_id(one.business_id) if one.business_id else ""
    return Place(district=one.district, station=one.station, business=business)


def _form(actor: Actor, one: Alert, kind: Kind | None) -> SilenceForm | None:
    """Where it may be silenced, by whom, and is not yet."""
    silent = one.ended_at or one.silence_id or not (kind and kind.may_silence)
    if silent or not may(actor, "alerts.silence", place_of(one)):
        return None
    return SilenceForm(None, alert=one)


def _rule(one: Alert, kind: Kind | None) -> dict[str, Any] | None:
    """The rule it rests on, as it stood on the day it opened."""
    if kind is None:
        return None
    return said_rule(rules.ruling(kind.basis, clock.city(one.opened_at).date()))


def said_rule(ruling: Ruling) -> dict[str, Any]:
    return {
        "ruling": ruling,
        "id": ruling.id,
        "title": in_words(ruling.title),
        "cited": cited(ruling.cite),
        "since": ruling.since,
    }


def _term(one: Alert) -> dict[str, Any] | None:
    """By which rule its deadline was counted, and from when."""
    if not one.rule or one.rule_since is None:
        return None
    return {**said_rule(rules.ruling(one.rule, one.rule_since)), "start": one.due_from}


def _lines(one: Alert) -> list[dict[str, Any]]:
    """Its entries in the ledger, read as sentences."""
    entries = queries.entries_of(one)
    who = actors_said({entry.actor for entry in entries})
    posts = posts_said({entry.post for entry in entries})
    return [
        {
            "id": entry.id,
            "at": entry.city_time,
            "said": timeline.said(entry),
            "who": who[entry.actor],
            "post": posts[entry.post],
        }
        for entry in entries
    ]
