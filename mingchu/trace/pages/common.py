"""What pages of the repository share: rows of events, names of parties, identifiers as links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Scope, ScopeKind, may
from mingchu.accounts.queries import scope_names
from mingchu.base import paging
from mingchu.base.errors import Refusal
from mingchu.trace import labels, rows, viewing
from mingchu.trace.domain import sentences, vocabulary
from mingchu.trace.labels import LANGUAGE
from mingchu.trace.taking import CAPTURE
from mingchu.trace.viewing import EventRow

READ = "trace.read"
PAGE = 50
# How a thing took part in an event.
ROLES = {
    rows.EPC: pgettext_lazy("role in an event", "物品"),
    rows.PARENT: pgettext_lazy("role in an event", "父级"),
    rows.CHILD: pgettext_lazy("role in an event", "子级"),
    rows.INPUT: pgettext_lazy("role in an event", "投入"),
    rows.OUTPUT: pgettext_lazy("role in an event", "产出"),
    rows.CLASS: pgettext_lazy("role in an event", "品种或批次"),
    rows.CHILD_CLASS: pgettext_lazy("role in an event", "子级"),
    rows.INPUT_CLASS: pgettext_lazy("role in an event", "投入"),
    rows.OUTPUT_CLASS: pgettext_lazy("role in an event", "产出"),
    rows.DOCUMENT: pgettext_lazy("role in an event", "单据"),
    rows.SOURCE: pgettext_lazy("role in an event", "来源"),
    rows.DESTINATION: pgettext_lazy("role in an event", "去向"),
    rows.TRANSFORMATION: pgettext_lazy("role in an event", "转化"),
}


def shared(request: HttpRequest, here: str) -> dict[str, Any]:
    """What the row of tabs goes by, and the way home of whoever has a desk of his own."""
    actor = actor_of(request)
    homes = [grant.role.home for grant in actor.grants]
    return {
        "here": here,
        "can_read": may(actor, READ),
        "can_send": may(actor, CAPTURE),
        "home": "/e/" if homes and "/w/" not in homes else "",
    }


def party_names(parties: Iterable[str]) -> dict[str, str]:
    """Names of the bodies that sent, by scope (`business:7K`)."""
    scopes = {party: _scope(party) for party in parties}
    names = scope_names(scope for scope in scopes.values() if scope)
    return {party: names.get(scope, party) if scope else party for party, scope in scopes.items()}


def _scope(party: str) -> Scope | None:
    kind, _colon, code = party.partition(":")
    return Scope(ScopeKind(kind), code) if kind in list(ScopeKind) else None


def listed(found: Sequence[EventRow]) -> list[dict[str, Any]]:
    """Events as rows, each with what happened in plain words."""
    names = party_names({one.party for one in found})
    wrong = viewing.declared_wrong(found)
    return [_row(one, names[one.party], is_wrong=one.key in wrong) for one in found]


def _row(one: EventRow, who: str, *, is_wrong: bool) -> dict[str, Any]:
    event = one.members
    spot = event.get("readPoint") or event.get("bizLocation")
    return {
        "row": one,
        "at": labels.minute(one.event_time),
        "what": sentences.what(event, LANGUAGE),
        "type": labels.said(labels.TYPES, event["type"]),
        "step": word(event, "bizStep", vocabulary.BIZ_STEPS, labels.STEPS),
        "disposition": word(event, "disposition", vocabulary.DISPOSITIONS, labels.DISPOSITIONS),
        "where": sentences.named(spot["id"], LANGUAGE) if spot else "",
        "who": who,
        "is_wrong": is_wrong,
        "is_declaration": one.declares_error,
        "roles": list(dict.fromkeys(str(ROLES.get(role, "")) for role in one.roles)),
    }


def word(event: Any, member: str, words: vocabulary.Vocabulary, table: Any) -> str:
    """A standard word of an event in the reader's language."""
    return labels.said(table, words.to_short(event.get(member, "")))


def thing(text: str) -> dict[str, str]:
    """An identifier as it is said and written, with the page of all that happened to it."""
    return {
        "said": sentences.named(text, LANGUAGE),
        "text": text,
        "href": thing_href(text),
    }


def thing_href(text: str) -> str:
    return f"{reverse('trace:thing')}?{urlencode({'of': text})}"


def place_href(text: str, member: str) -> str:
    """What happened at a place: a query, since places are no things."""
    name = "read_point" if member == "readPoint" else "biz_location"
    return f"{reverse('trace:find')}?{urlencode({name: text})}"


def place_in(text: str, *readers: Callable[[str], Any]) -> list[Any] | None:
    """What a page's cursor says; None on the first page. A cursor that somebody made up begins at
    the beginning, too."""
    try:
        found = paging.place(text) if text else []
        return [read(one) for read, one in zip(readers, found, strict=True)] if found else None
    except (Refusal, AttributeError, TypeError, ValueError):
        return None
