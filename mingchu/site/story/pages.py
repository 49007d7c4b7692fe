"""The pieces of pages that tell a case; they are drawn where their context has a place for them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest
from django.utils.safestring import SafeString

from mingchu.accounts.access import actor_of
from mingchu.kit.drawn import drawn
from mingchu.ledger import queries as ledger
from mingchu.ledger.domain import LogName
from mingchu.site.ledger.words import head_row
from mingchu.site.story import chains


def loop(request: HttpRequest, starts: Sequence[UUID]) -> SafeString:
    """The closed loop that some entries stand in; nothing for who may not read entries."""
    found = chains.chain(starts, actor_of(request)) if starts else None
    if not found or not found.steps:
        return SafeString()
    return drawn("site/story/loop.html", {"chain": found, "head": _head()}, request)


def cases(request: HttpRequest, number: int) -> SafeString:
    """The latest cases of a business, each from its first step to its last."""
    before = _entry(request.GET.get("cases", ""))
    found, more = chains.cases(number, actor_of(request), before)
    if not found and not before:
        return SafeString()
    known = {"chains": found, "more": f"?cases={more}" if more else "", "head": _head()}
    return drawn("site/story/cases.html", known, request)


def _head() -> object:
    """The newest published head: whoever keeps it can prove every sealed step."""
    newest = ledger.newest(LogName.JOURNAL)
    return head_row(newest) if newest else None


def _entry(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
