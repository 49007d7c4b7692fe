"""Public pages of the rulebook: the directory of rules, and one rule with everything behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from mingchu.base import clock
from mingchu.base.doors import public
from mingchu.base.errors import Refusal
from mingchu.rulebook import cases, fresh, queries, store, words
from mingchu.rulebook.domain import Rule, Ruling, Version
from mingchu.rulebook.kinds import Shape, Status
from mingchu.rulebook.queries import Entry, Voice, Wanted
from mingchu.rulebook.words import Told, ValueWords

FIRST_OF_FAMILY = 4
ON_ONE_PAGE = 40
STATES = {
    queries.IN_FORCE: "",
    queries.AHEAD: _("尚未施行"),
    queries.REPEALED: _("已废止"),
}


@dataclass(frozen=True)
class Row:
    """A rule in the directory."""

    id: str
    title: str
    value: str
    status: Status
    status_name: object
    state: object
    place: str
    since: date
    cited: str


@dataclass(frozen=True)
class Group:
    """A family of rules; `count` is how many it has, `rows` those that are shown."""

    family: str
    title: str
    count: int
    rows: list[Row]


@dataclass(frozen=True)
class Choice:
    """An option of a filter, with how many rules it finds where that is counted."""

    value: str
    title: object
    chosen: bool
    count: int = 0
    says: object = ""


@public
@require_safe
@cache_control(no_cache=True)
@condition(etag_func=fresh.of_page)
def directory(request: HttpRequest) -> HttpResponse:
    """Every rule of this city by family; a search or a filter lists what it finds."""
    day, wanted = clock.today(), _wanted(request)
    known = queries.entries(day)
    found = [one for one in known if wanted.fits(one)]
    page = max(_number(request.GET.get("page", "")), 1)
    shown = found if wanted.is_all else found[(page - 1) * ON_ONE_PAGE : page * ON_ONE_PAGE]
    more = not wanted.is_all and len(found) > page * ON_ONE_PAGE
    context = {
        "wanted": wanted,
        "total": len(known),
        "found": len(found),
        "groups": _groups(shown, known, FIRST_OF_FAMILY if wanted.is_all else None),
        "statuses": _status_choices(known, wanted),
        "families": _family_choices(known, wanted),
        "places": _place_choices(known, wanted),
        "next": _same(request, page + 1) if more else "",
        "previous": _same(request, page - 1) if page > 1 else "",
    }
    return render(request, "rulebook/directory.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET
    return Wanted(
        q=asked.get("q", "").strip(),
        family=asked.get("family", ""),
        status=asked.get("status", ""),
        jurisdiction=asked.get("in", ""),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 1


def _same(request: HttpRequest, page: int) -> str:
    rest = {key: value for key, value in request.GET.items() if key != "page"}
    return f"?{urlencode({**rest, 'page': page})}"


def _groups(shown: Iterable[Entry], known: Iterable[Entry], top: int | None) -> list[Group]:
    whole = {family: len(members) for family, members in queries.grouped(known)}
    return [
        Group(
            family, words.family_name(family), whole[family], [_row(one) for one in members[:top]]
        )
        for family, members in queries.grouped(shown)
    ]


def _row(one: Entry) -> Row:
    return Row(
        id=one.id,
        title=words.words(one.title),
        value=_value(one.rule, one.version).short,
        status=one.version.status,
        status_name=words.STATUSES[one.version.status],
        state=STATES[one.state],
        place=words.place_name(one.rule.jurisdiction),
        since=one.version.since,
        cited=words.cited(one.version.cite),
    )


def _value(rule: Rule, version: Version) -> ValueWords:
    return words.value_words(Told(version.value, rule.unit, rule.shape, rule.labels))


def _status_choices(known: Iterable[Entry], wanted: Wanted) -> list[Choice]:
    return [
        Choice(
            status,
            words.STATUSES[status],
            status == wanted.status,
            count,
            words.STATUS_SAYS[status],
        )
        for status, count in queries.statuses(known).items()
    ]


def _family_choices(known: Iterable[Entry], wanted: Wanted) -> list[Choice]:
    return [
        Choice(family, words.family_name(family), family == wanted.family, len(members))
        for family, members in queries.grouped(known)
    ]


def _place_choices(known: Iterable[Entry], wanted: Wanted) -> list[Choice]:
    places = sorted({one.rule.jurisdiction for one in known})
    return [Choice(p, words.place_name(p), p == wanted.jurisdiction) for p in places]


# ── One rule ──


@public
@require_safe
@cache_control(no_cache=True)
@condition(etag_func=fresh.of_page)
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """What a rule says on a day, where it stands, who speaks, and all it ever said."""
    asked = request.GET.get("on", "")
    day = _day(asked) if asked else clock.today()
    resolved = store.rule(rule_id)
    ruling, no = queries.ruling(resolved, day)
    spoken = resolved.nearest
    speakers = queries.speakers(resolved, day)
    past = queries.history(resolved, day)
    context: dict[str, Any] = {
        "id": rule_id,
        "title": words.words(ruling.title if ruling else spoken.title),
        "family": resolved.nearest.family,
        "family_name": words.family_name(spoken.family),
        "day": day,
        "asked": bool(asked),
        "ruling": _ruling(ruling) if ruling else None,
        "refused": no.said(gettext) if no else None,
        "speakers": [_voice(one) for one in speakers] if len(speakers) > 1 else [],
        "history": [_voice(one) for one in past],
        "is_calendar": spoken.shape is Shape.CALENDAR,
        "cases": [_case(one) for one in store.cases_of(rule_id)],
    }
    return render(request, "rulebook/rule.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "bad_day",
            "“{typed}”不是日期",
            fix="请按 2026-11-20 的样子填写",
            status=400,
            typed=text,
        ) from None


def _ruling(found: Ruling) -> dict[str, object]:
    told = Told(found.value, found.unit, found.shape, found.labels)
    return {
        "value": words.value_words(told),
        "since": found.since,
        "until": found.until,
        "place": words.place_name(found.jurisdiction),
        "cited": words.cited(found.cite),
        "published": found.cite.published,
        "checked": found.checked,
        "status": found.status,
        "status_name": words.STATUSES[found.status],
        "status_says": words.STATUS_SAYS[found.status],
        "note": words.words(found.note) if found.note else "",
    }


def _voice(one: Voice) -> dict[str, object]:
    version = one.version
    return {
        "value": _value(one.rule, version),
        "since": version.since,
        "place": words.place_name(one.rule.jurisdiction),
        "cited": words.cited(version.cite),
        "published": version.cite.published,
        "checked": version.checked,
        "status": version.status,
        "status_name": words.STATUSES[version.status],
        "note": words.words(version.note) if version.note else "",
        "speaks": one.speaks,
        "tested": one.tested,
    }


def _case(one: cases.Case) -> dict[str, object]:
    return {"id": one.id, "says": words.words(one.says), "on": one.on}
