"""Collecting 汇列: a page of a resource's members, with the token of the next page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from mingchu.accounts.domain import Scope
from mingchu.base import clock
from mingchu.trace import listing, problems, turning
from mingchu.trace.domain import extending, vocabulary
from mingchu.trace.finding import Place
from mingchu.trace.listing import Spot

# Members that are the standard's own words; those of the other resources are what events name.
WORDS = {
    "eventTypes": sorted(extending.EVENTS),
    "bizSteps": sorted(vocabulary.BIZ_STEPS.words),
    "dispositions": sorted(vocabulary.DISPOSITIONS.words),
}
VOCABULARIES = {"bizSteps": vocabulary.BIZ_STEPS, "dispositions": vocabulary.DISPOSITIONS}


class Page(NamedTuple):
    members: Sequence[str]
    token: str | None


class Turner(NamedTuple):
    """Who turns the pages of which list, and the token of the page that is asked for."""

    asker: str
    name: str
    token: str

    def here(self) -> list[object]:
        return turning.place_of(self.token, self.asker, self.name) if self.token else []

    def following(self, *place: object) -> str:
        return turning.token_of(self.asker, self.name, *place)


def page(kind: str, scopes: Iterable[Scope], turner: Turner, limit: int) -> Page:
    """Raises Refusal `bad_page`."""
    if kind in WORDS:
        return _words(kind, turner, limit)
    if kind == "epcs":
        return _things(scopes, turner, limit)
    [after] = turner.here() or [listing.FIRST.hex]
    found = listing.places(scopes, kind, UUID(str(after)), limit)
    token = None if found.following is None else turner.following(found.following.hex)
    return Page(found.names, token)


def _words(kind: str, turner: Turner, limit: int) -> Page:
    [last] = turner.here() or [""]
    left = [word for word in WORDS[kind] if word > str(last)]
    token = turner.following(left[limit - 1]) if len(left) > limit else None
    return Page(left[:limit], token)


def _things(scopes: Iterable[Scope], turner: Turner, limit: int) -> Page:
    until, at, key, skipped = turner.here() or (clock.now().isoformat(), None, "", 0)
    after = Place(datetime.fromisoformat(str(at)), UUID(str(key))) if at else None
    spot = Spot(after, int(str(skipped)))
    found = listing.things(scopes, spot, datetime.fromisoformat(str(until)), limit)
    if found.following is None:
        return Page(found.names, None)
    after, skipped = found.following
    place = (after.at.isoformat(), after.key.hex) if after else (None, "")
    return Page(found.names, turner.following(until, *place, skipped))


def check_member(kind: str, name: str) -> None:
    """Raises Refusal `not_found` for a word that neither the standard nor anybody's own vocabulary
    has. Of things and places each is a member: whether it has events is told by its events."""
    if kind == "eventTypes":
        is_known = name in extending.EVENTS or ":" in name
    elif kind in VOCABULARIES:
        words = VOCABULARIES[kind]
        is_known = words.to_short(name) in words.words or ":" in name
    else:
        is_known = True
    if not is_known:
        raise problems.NOT_FOUND
