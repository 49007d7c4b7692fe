"""Timeline 档案动态: the ledger's entries about a file, read as sentences, newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mingchu.accounts.domain import Actor, Scope
from mingchu.accounts.naming import actors_said, foresee_who, posts_said
from mingchu.base.slots import SENTENCES
from mingchu.kit.files import queries as files
from mingchu.kit.models import Attachment
from mingchu.ledger import queries as ledger
from mingchu.ledger.models import Entry
from mingchu.ledger.rows import Question
from mingchu.registry import domain
from mingchu.registry.dossier.lines import Ref
from mingchu.registry.dossier.refs import ref_to
from mingchu.registry.models import Business
from mingchu.registry.queries.parts import named

# Fields of events that are the number of another business.
OTHERS = ("to_business", "from_business", "gone", "other", "head")
# An act that files show names them itself; its line links to them, so they need none of their own.
ATTACHED = "kit.file_attached"
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
    """An entry as people read it; `number` and `name` are of the business it is about.

    Where the sentence names another file, `said` ends before it, `ref` is it, `rest` follows.
    `files` are the evidence that the entry names, as far as the reader may see it.
    """

    id: UUID
    kind: str
    at: datetime
    said: str
    who: str
    post: str
    number: int
    name: str
    cause: str = ""
    ref: Ref | None = None
    rest: str = ""
    files: Sequence[Attachment] = ()

    @property
    def text(self) -> str:
        """The whole sentence."""
        return f"{self.said}{self.ref.name if self.ref else ''}{self.rest}"


@dataclass(frozen=True)
class Told:
    lines: Sequence[Line]
    next: UUID | None


def told(
    names: Mapping[int, str],
    reader: Actor,
    *,
    kinds: Collection[str] = (),
    before: UUID | None = None,
    until: datetime | None = None,
    limit: int,
) -> Told:
    """What happened to some businesses; `next` is where the page after this one begins.

    `names` are those whose entries are asked, and how a line says that it is theirs. Other files
    that a line names, and its evidence, are linked as far as the reader may open them.
    """
    found = ledger.story(
        [domain.subject(number) for number in names],
        kinds=kinds,
        unless_led=ATTACHED,
        before=before,
        until=until,
        limit=limit + 1,
    )
    shown = found[:limit]
    return Told(lines_of(shown, reader, names), shown[-1].id if len(found) > limit else None)


def told_asked(number: int, limit: int) -> Question:
    """What the newest lines of one file ask."""
    return ledger.story_asked([domain.subject(number)], unless_led=ATTACHED, limit=limit + 1)


def lines_of(
    entries: Sequence[Entry], reader: Actor, names: Mapping[int, str] | None = None
) -> list[Line]:
    """Entries in words; names of people, posts, causes, files and evidence are asked at once."""
    names = names or {}
    scopes = reader.scopes_for("registry.read")
    actors, held = {one.actor for one in entries}, {one.post for one in entries}
    foresee_who(actors, held)
    who, posts = actors_said(actors), posts_said(held)
    led = _causes(entries)
    others = named({number for one in entries for number in _others(one)})
    evidence = _evidence(entries, reader)
    return [
        Line(
            id=one.id,
            kind=one.kind,
            at=one.city_time,
            **_with_ref(one, others, scopes),
            who=who[one.actor],
            post=posts[one.post],
            number=number_in(one.subject),
            name=names.get(number_in(one.subject), ""),
            cause=said(led[one.cause]) if one.cause in led else "",
            files=[evidence[pk] for pk in _shown_by(one) if pk in evidence],
        )
        for one in entries
    ]


def _causes(entries: Sequence[Entry]) -> dict[UUID, Entry]:
    """What led to the entries: read along with them, or asked for."""
    known = {one.led.id: one.led for one in entries if one.led}
    return known | ledger.entries_by_id({one.cause for one in entries if one.cause} - known.keys())


def number_in(subject: str) -> int:
    """The business that an entry is about; 0 where it is about something else."""
    kind, _colon, code = subject.rpartition(":")
    return domain.number_of(code) if kind == "business" else 0


def _others(entry: Entry) -> list[int]:
    return [entry.told[name] for name in OTHERS if entry.told.get(name)]


def _evidence(entries: Sequence[Entry], reader: Actor) -> dict[str, Attachment]:
    """What the entries name as evidence and the reader may see; few entries name any."""
    wanted = {pk for one in entries for pk in _shown_by(one)}
    found = files.of_ids(reader, wanted) if wanted else ()
    return {str(one.pk): one for one in found}


def _shown_by(entry: Entry) -> list[str]:
    if entry.kind == ATTACHED:
        return [entry.told["attachment_id"]]
    named: list[str] = entry.told.get("attachments", [])
    return named


def _with_ref(
    entry: Entry, others: Mapping[int, Business], scopes: Collection[Scope]
) -> dict[str, Any]:
    """The sentence, parted where it names another file by its number."""
    text = said(entry)
    for number in _others(entry):
        before, code, after = text.partition(domain.public_id(number))
        if code and number in others:
            return {"said": before, "ref": ref_to(others[number], scopes), "rest": after}
    return {"said": text}


def said(entry: Entry) -> str:
    """The entry's sentence; the kind itself where no context hung one."""
    sentence = SENTENCES.get(entry.kind)
    return sentence.say(entry.told) if sentence else entry.kind
