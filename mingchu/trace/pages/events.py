"""One event as a person reads it, and all that happened to one thing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.domain import Scope
from mingchu.base.paging import cursor
from mingchu.trace import labels, rows, viewing
from mingchu.trace.domain import extending, sentences, vocabulary
from mingchu.trace.domain.extending import Members
from mingchu.trace.finding import Place
from mingchu.trace.labels import LANGUAGE
from mingchu.trace.pages.common import (
    PAGE,
    READ,
    listed,
    party_names,
    place_href,
    place_in,
    shared,
    thing,
    word,
)
from mingchu.trace.viewing import EventRow

THINGS_SHOWN = 100  # of one list
RAW_SHOWN = 100_000  # bytes; the whole is one press away
HASHED = 4_000_000  # bytes of an event whose hash a page works out anew
SIDES = (
    ("sourceList", "source"),
    ("destinationList", "destination"),
)


@requires(READ)
@require_safe
def event(request: HttpRequest, key: UUID) -> HttpResponse:
    """Sentence, cards of who, what, where, when and why, and the bytes as they came."""
    one = _reached(request, key)
    shown = {
        **shared(request, "events"),
        "one": one,
        "at": labels.minute(one.event_time),
        "event": one.members,
        "type": labels.said(labels.TYPES, one.members["type"]),
        "action": labels.said(labels.ACTIONS, one.members.get("action", "")),
        "sentence": sentences.say(one.members, LANGUAGE),
        "who": party_names([one.party])[one.party],
        **_declaring(request, one),
        "things": list(_things(one.members)),
        **_why(one.members),
        "where": _where(one.members),
        "sides": _sides(one.members),
        "sensed": list(_sensed(one.members)),
        "more": list(_more(one)),
        "raw": one.stored.document[:RAW_SHOWN].decode("utf-8", "replace"),
        "is_cut": len(one.stored.document) > RAW_SHOWN,
        "bytes": f"{len(one.stored.document):,}",
        "context": one.stored.context.decode("utf-8", "replace"),
        "check": _check(one),
    }
    return render(request, "trace/event.html", shown)


def _check(one: EventRow) -> str:
    """Whether what is kept still has the hash it came with."""
    if len(one.stored.document) > HASHED:
        return "large"
    return "whole" if one.rehashed() == one.hash else "differs"


def _reached(request: HttpRequest, key: UUID) -> EventRow:
    found = viewing.event(actor_of(request).scopes_for(READ), key)
    if found is None:
        raise Http404
    return found


@requires(READ)
@require_safe
def raw(request: HttpRequest, key: UUID) -> HttpResponse:
    """The bytes of the event, exactly as they came."""
    one = _reached(request, key)
    headers = {"Content-Disposition": f'attachment; filename="event-{key.hex}.json"'}
    return HttpResponse(one.stored.document, content_type="application/json", headers=headers)


@requires(READ)
@require_safe
def named(request: HttpRequest) -> HttpResponse:
    """The page of an event that is known by its id, or by its hash where it has none."""
    key = viewing.key_of(request.GET.get("id", ""))
    return redirect("trace:event_page", _reached(request, key).key)


def _declaring(request: HttpRequest, one: EventRow) -> dict[str, Any]:
    """What declares this event wrong, what this one declares wrong, what stands in its place."""
    scopes = actor_of(request).scopes_for(READ)
    declarations = viewing.declared_wrong([one])
    other = viewing.key_of(one.name, is_declaration=not one.declares_error)
    seen = viewing.event(scopes, other)
    says = one if one.declares_error else seen
    declaration: Members = says.members["errorDeclaration"] if says else {}
    return {
        "is_wrong": one.key in declarations,
        "other": seen,
        "declared_at": _time(declaration.get("declarationTime")),
        "reason": LANGUAGE.reason(vocabulary.ERROR_REASONS.to_short(declaration.get("reason", ""))),
        "corrections": _corrections(scopes, declaration.get("correctiveEventIDs", ())),
    }


def _corrections(scopes: Iterable[Scope], names: Sequence[str]) -> list[dict[str, Any]]:
    wanted = {viewing.key_of(name): name for name in names[:THINGS_SHOWN]}
    seen = {one.key for one in viewing.events(scopes, list(wanted))}
    return [{"name": name, "key": key if key in seen else None} for key, name in wanted.items()]


def _time(text: str | None) -> str:
    return labels.city_time(text) if text else ""


def _things(event: Members) -> Iterator[dict[str, Any]]:
    """Each list of things with its title, its first items as links, and how many more there are."""
    for member, name in TITLES.items():
        value = event.get(member)
        if value:
            found: Sequence[Any] = [value] if isinstance(value, str) else value
            yield {
                "title": _(name),
                "items": [_thing(one) for one in islice(found, THINGS_SHOWN)],
                "count": len(found),
                "left": max(0, len(found) - THINGS_SHOWN),
            }


def _noop(text: str) -> str:
    return text


TITLES = {
    "parentID": _noop("容器或父级"),
    "epcList": _noop("逐件标识的物品"),
    "quantityList": _noop("按数量的品种或批次"),
    "childEPCs": _noop("其中逐件标识的"),
    "childQuantityList": _noop("其中按数量的"),
    "inputEPCList": _noop("投入的物品"),
    "inputQuantityList": _noop("投入的品种或批次"),
    "outputEPCList": _noop("产出的物品"),
    "outputQuantityList": _noop("产出的品种或批次"),
    "transformationID": _noop("转化编号"),
}


def _thing(one: Any) -> dict[str, Any]:
    if isinstance(one, str):
        return thing(one)
    quantity = ""
    if "quantity" in one:
        unit = LANGUAGE.unit(one["uom"]) if "uom" in one else _("件")
        quantity = f"{sentences.number(one['quantity'])} {unit}"
    return {**thing(one["epcClass"]), "quantity": quantity}


def _why(event: Members) -> dict[str, Any]:
    lasting = event.get("persistentDisposition", {})
    return {
        "step": word(event, "bizStep", vocabulary.BIZ_STEPS, labels.STEPS),
        "disposition": word(event, "disposition", vocabulary.DISPOSITIONS, labels.DISPOSITIONS),
        "lasting": [
            (part, LANGUAGE.disposition(vocabulary.DISPOSITIONS.to_short(one)))
            for part in ("set", "unset")
            for one in lasting.get(part, ())
        ],
        "documents": [
            {
                **thing(one["bizTransaction"]),
                "kind": labels.said(
                    labels.DOCUMENTS, vocabulary.BIZ_TRANSACTIONS.to_short(one.get("type", ""))
                ),
            }
            for one in islice(event.get("bizTransactionList", ()), THINGS_SHOWN)
        ],
    }


def _where(event: Members) -> list[dict[str, Any]]:
    titles = (("readPoint", _("操作地点")), ("bizLocation", _("之后存放")))
    return [
        {
            "title": title,
            "said": sentences.named(event[member]["id"], LANGUAGE),
            "text": event[member]["id"],
            "href": place_href(event[member]["id"], member),
        }
        for member, title in titles
        if member in event
    ]


def _sides(event: Members) -> list[dict[str, Any]]:
    titles = {"sourceList": _("来自"), "destinationList": _("交给")}
    return [
        {
            **thing(one[name]),
            "title": titles[member],
            "kind": labels.said(
                labels.PARTIES, vocabulary.SOURCE_DESTINATIONS.to_short(one["type"])
            ),
        }
        for member, name in SIDES
        for one in islice(event.get(member, ()), THINGS_SHOWN)
    ]


def _sensed(event: Members) -> Iterator[dict[str, Any]]:
    """One row for each reading, with what its element says for all."""
    for element in islice(event.get("sensorElementList", ()), THINGS_SHOWN):
        about = element.get("sensorMetadata", {})
        for report in islice(element["sensorReport"], THINGS_SHOWN):
            yield {
                "kind": LANGUAGE.measure(sentences.measured(report)),
                "value": sentences.value(report, LANGUAGE) or "—",
                "alarm": "exception" in report,
                "at": _time(report.get("time", about.get("time"))),
                "since": _time(about.get("startTime")),
                "until": _time(about.get("endTime")),
                "device": report.get("deviceID", about.get("deviceID", "")),
            }


def _more(one: EventRow) -> Iterator[tuple[str, str]]:
    """Master data and extensions: the name as it was written, the value as text."""
    event = one.members
    for name, value in event.get("ilmd", {}).items():
        yield f"ilmd · {name}", _text(value)
    known = extending.EVENTS[event["type"]]
    for name, value in event.items():
        if name not in known:
            yield name, _text(value)
    if "certificationInfo" in event:
        yield "certificationInfo", _text(event["certificationInfo"])


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= RAW_SHOWN else text[:RAW_SHOWN] + "…"


@requires(READ)
@require_safe
def of_thing(request: HttpRequest) -> HttpResponse:
    """All that happened to a thing, in order; whatever spelling it is asked for in."""
    text = request.GET.get("of", "").strip()
    key = rows.key_of(text)
    after = place_in(request.GET.get("cursor", ""), datetime.fromisoformat, UUID)
    found: list[EventRow] = []
    following: Place | None = None
    if text:
        scopes = actor_of(request).scopes_for(READ)
        found, following = viewing.timeline(scopes, key, Place(*after) if after else None, PAGE)
    onward = ""
    if following:
        place = cursor(following.at.isoformat(), following.key.hex)
        onward = f"?{urlencode({'of': text, 'cursor': place})}"
    shown = {
        **shared(request, "events"),
        "thing": thing(text) if text else None,
        "key": key,
        "rows": listed(found),
        "next": onward,
        "first": f"?{urlencode({'of': text})}" if after else "",
    }
    return render(request, "trace/thing.html", shown)
