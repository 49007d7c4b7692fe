"""Public pages of the rulebook: the directory of rules, and one rule with everything behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from mingchu.base import clock
from mingchu.base.doors import public
from mingchu.base.errors import Refusal
from mingchu.rulebook import cases, fresh, queries, store, words
from mingchu.rulebook.domain import Resolved, Rule, Ruling, Version
from mingchu.rulebook.kinds import Shape, Status
from mingchu.rulebook.queries import Entry, Voice, Wanted
from mingchu.rulebook.words import Told, ValueWords

FIRST_OF_FAMILY = 3
ON_ONE_PAGE = 40
LONGEST = 60  # characters of a search
KEPT = 100  # bodies of the directory, for each process
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

    @property
    def more(self) -> int:
        """How many the page does not name."""
        return self.count - len(self.rows)


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
    page = max(_number(request.GET.get("page", "")), 1)
    shelf = _shelf(_wanted(request), page, clock.today(), get_language() or "")
    return render(request, "rulebook/directory.html", {"shelf": shelf})


@store.by_book(maxsize=KEPT)
def _shelf(wanted: Wanted, page: int, day: date, language: str) -> SafeString:
    """The body of the directory."""
    known = queries.entries(day)
    found = [one for one in known if wanted.fits(one)]
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
        "next": _link(wanted, page + 1) if more else "",
        "previous": _link(wanted, page - 1) if page > 1 else "",
    }
    return SafeString(render_to_string("rulebook/_shelf.html", context))


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET
    return Wanted(
        q=asked.get("q", "").strip()[:LONGEST],
        family=asked.get("family", ""),
        status=asked.get("status", ""),
        jurisdiction=asked.get("in", ""),
    )


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 1


def _link(wanted: Wanted, page: int) -> str:
    asked = {
        "q": wanted.q,
        "family": wanted.family,
        "status": wanted.status,
        "in": wanted.jurisdiction,
        "page": page,
    }
    return f"?{urlencode({key: value for key, value in asked.items() if value})}"


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
    return render(
        request,
        "rulebook/rule.html",
        {**told(queries.open_rule(rule_id), day), "asked": bool(asked)},
    )


def told(resolved: Resolved, day: date) -> dict[str, Any]:
    """What the page of a rule says of it, on a day."""
    ruling, no = queries.ruling(resolved, day)
    nearest = resolved.nearest
    speakers = queries.speakers(resolved, day)
    return {
        "id": resolved.id,
        "title": words.words(ruling.title if ruling else nearest.title),
        "family": nearest.family,
        "family_name": words.family_name(nearest.family),
        "day": day,
        "ruling": _ruling(ruling) if ruling else None,
        "refused": no.said(gettext) if no else None,
        "speakers": [_voice(one) for one in speakers] if len(speakers) > 1 else [],
        "history": [_voice(one) for one in queries.history(resolved, day)],
        "is_calendar": nearest.shape is Shape.CALENDAR,
        "cases": [_case(one) for one in store.cases_of(resolved.id)],
    }


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
        "repealed": version.value is None,
        "tested": one.tested,
    }


def _case(one: cases.Case) -> dict[str, object]:
    return {"id": one.id, "says": words.words(one.says), "on": one.on}
