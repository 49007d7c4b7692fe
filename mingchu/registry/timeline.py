"""Timeline 档案动态: the ledger's entries about a file, read as sentences, newest first."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingchu.accounts.naming import actors_said, posts_said
from mingchu.base.slots import SENTENCES
from mingchu.ledger import queries as ledger
from mingchu.ledger.models import Entry
from mingchu.registry import domain

# What concerns a place rather than the business as such.
OF_PLACES = (
    "registry.business_enrolled",
    "registry.business_closed",
    "registry.business_handed_on",
    "registry.business_taken_over",
    "registry.business_state_changed",
    "registry.licence_granted",
    "registry.licence_placed",
    "registry.licence_state_changed",
    "registry.premises_added",
    "registry.premises_changed",
)


@dataclass(frozen=True)
class Line:
    """An entry as people read it; `number` is the business it is about, `cause` what led to it."""

    id: UUID
    at: datetime
    said: str
    who: str
    post: str
    number: int
    cause: str = ""


@dataclass(frozen=True)
class Told:
    lines: Sequence[Line]
    next: UUID | None


def told(
    numbers: Collection[int],
    *,
    kinds: Collection[str] = (),
    before: UUID | None = None,
    until: datetime | None = None,
    limit: int,
) -> Told:
    """What happened to some businesses; `next` is where the page after this one begins."""
    found = ledger.story(
        [domain.subject(number) for number in numbers],
        kinds=kinds,
        before=before,
        until=until,
        limit=limit + 1,
    )
    shown = found[:limit]
    return Told(_lines(shown), shown[-1].id if len(found) > limit else None)


def _lines(entries: Sequence[Entry]) -> list[Line]:
    """Names of people, posts and causes are asked once a page."""
    who = actors_said({one.actor for one in entries})
    posts = posts_said({one.post for one in entries})
    led = ledger.entries_by_id({one.cause for one in entries if one.cause})
    return [
        Line(
            id=one.id,
            at=one.city_time,
            said=said(one),
            who=who[one.actor],
            post=posts[one.post],
            number=domain.number_of(one.subject.rpartition(":")[2]),
            cause=said(led[one.cause]) if one.cause in led else "",
        )
        for one in entries
    ]


def said(entry: Entry) -> str:
    """The entry's sentence; the kind itself where no context hung one."""
    sentence = SENTENCES.get(entry.kind)
    return sentence.say(json.loads(entry.data)) if sentence else entry.kind
