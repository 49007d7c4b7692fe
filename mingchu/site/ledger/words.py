"""Words for what the ledger holds: logs, kinds of entries, subjects, in the reader's language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor, may
from mingchu.base.event import kinds
from mingchu.base.slots import SENTENCES
from mingchu.ledger.domain import LogName, SignedHead
from mingchu.ledger.queries import Sealed
from mingchu.site.glossary import Term, terms

LOGS = {
    LogName.JOURNAL: _("台账"),
    LogName.DRAWS: _("随机抽查"),
    LogName.PUBLICATIONS: _("公示"),
}
# Subjects with a page of their own: how the subject begins, the page, and who may see it.
PAGES = {"business": ("registry:business", "registry.read")}
LINKED_CHARACTERS = 8


@dataclass(frozen=True)
class HeadRow:
    """A head as a page shows it; `line` is what a reader keeps."""

    head: SignedHead
    name: object
    at: datetime
    line: str


def head_row(head: SignedHead) -> HeadRow:
    return HeadRow(head, LOGS[LogName(head.log)], datetime.fromisoformat(head.time), line_of(head))


def line_of(head: SignedHead) -> str:
    """One line of JSON, as the copies outside of the database hold it."""
    return msgspec.json.encode(head).decode()


@cache
def _kinds() -> dict[str, Term]:
    declared = kinds()
    return {code: term for term in terms() for code in term.codes if code in declared}


def kind_word(kind: str) -> str:
    """The official word of a kind of entry; its code, if it has none."""
    term = _kinds().get(kind)
    if term is None:
        return kind
    return term.zh if get_language() == "zh-hans" else term.en[:1].upper() + term.en[1:]


def kind_choices() -> list[tuple[str, str]]:
    """Every kind with its word, context by context."""
    return [(kind, kind_word(kind)) for kind in sorted(_kinds())]


@dataclass(frozen=True)
class Row:
    """An entry as a list shows it: `said` is a sentence where its context knows one."""

    id: UUID
    seq: int | None
    kind: str
    word: str
    said: str
    subject: str
    href: str
    actor: str
    at: datetime


def row(sealed: Sealed, reader: Actor) -> Row:
    entry = sealed.entry
    return Row(
        entry.id,
        sealed.seq,
        entry.kind,
        kind_word(entry.kind),
        sentence(entry.kind, entry.data),
        entry.subject,
        subject_page(entry.subject, reader),
        entry.actor,
        entry.city_time,
    )


def sentence(kind: str, data: str) -> str:
    known = SENTENCES.get(kind)
    return str(known.say(json.loads(data))) if known else ""


def subject_page(subject: str, reader: Actor) -> str:
    """Where the reader can look at a subject; "" if nowhere."""
    kind, _colon, code = subject.partition(":")
    name, action = PAGES.get(kind, ("", ""))
    sane = code.isascii() and code.isalnum() and len(code) <= LINKED_CHARACTERS
    return reverse(name, args=[code]) if name and sane and may(reader, action) else ""
