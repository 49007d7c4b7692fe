"""Storing 入库: judged events into the tables, each once, in the transaction around.

Whatever two transactions may both insert goes in by ascending key, events before items, so that
none waits for another in a circle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import Any

from django.db import connection, transaction

from mingchu.base.remembered import Remembered
from mingchu.trace import rows
from mingchu.trace.rows import Lines, Sent


class Outcome(StrEnum):
    """What became of an event that breaks no rule."""

    CAPTURED = "captured"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"  # another event has its id


NEW_KEYS = """
INSERT INTO trace_key (key, content, record_time)
SELECT key, content, %s FROM unnest(%s::text::uuid[], %s::text::uuid[]) AS sent (key, content)
ON CONFLICT DO NOTHING RETURNING key
"""
CONTENTS = "SELECT key, content FROM trace_key WHERE key = ANY(%s::text::uuid[])"
NEW_ITEMS = """
INSERT INTO trace_item (id, kind, key)
SELECT id, kind, key
  FROM unnest(%s::text::uuid[], %s::text::text[], %s::text::text[]) AS sent (id, kind, key)
ON CONFLICT DO NOTHING
"""
NEW_CONTEXT = """
INSERT INTO trace_context (id, content) VALUES (%s::uuid, %s) ON CONFLICT DO NOTHING
"""
EVENTS = """
COPY trace_event (key, record_time, event_time, capture, context, read_point, biz_location, place,
    type, action, declares_error, hash, hash_version, biz_step, disposition, party, district,
    inputs, outputs, document) FROM STDIN
"""
LINKS = """
COPY trace_link (item, event, record_time, event_time, role, quantity, unit, opposite) FROM STDIN
"""
CHUNK_ROWS = 4096


class Told:
    """Digests whose meaning the database has been told for certain, so many of the latest."""

    def __init__(self, top: int):
        self._top, self._known, self._lock = top, dict[str, None](), Lock()

    def new(self, items: Iterable[str]) -> list[str]:
        known = self._known
        return [item for item in items if item not in known]

    def add(self, items: Iterable[str]) -> None:
        """Call it once they are committed."""
        with self._lock:
            if len(self._known) > self._top:
                self._known = {}
            self._known.update(dict.fromkeys(items))

    def forget(self) -> None:
        self._known = {}


# Places, parties, products and lots come again; serials seldom do.
_told = Told(50_000)
Remembered.everything.append(_told)  # type: ignore[arg-type]  # forgotten like all of these


def store(sent: Sequence[Sent], record_time: datetime) -> list[Outcome]:
    """What became of each; a conflict is told and the others go in. Inside a transaction."""
    first: dict[str, Sent] = {}
    for one in sent:
        first.setdefault(one.identity.key.hex(), one)
    known = _known(first, record_time)
    outcomes = [_outcome(one, first, known) for one in sent]
    _write([one for key, one in first.items() if key not in known], record_time)
    return outcomes


def _known(first: dict[str, Sent], record_time: datetime) -> dict[str, bytes]:
    """Of events that were there before, the content; the keys of the others are taken now."""
    if not first:
        return {}
    keys = sorted(first)
    contents = [first[key].identity.content.hex() for key in keys]
    with connection.cursor() as db:
        db.execute(NEW_KEYS, [record_time, _array(keys), _array(contents)])
        if db.rowcount == len(keys):
            return {}
        fresh = {key.hex for (key,) in db.fetchall()}
        db.execute(CONTENTS, [_array(key for key in keys if key not in fresh)])
        return {key.hex: content.bytes for key, content in db.fetchall()}


def _outcome(one: Sent, first: dict[str, Sent], known: dict[str, bytes]) -> Outcome:
    key, content = one.identity.key.hex(), one.identity.content
    if key in known:
        return Outcome.DUPLICATE if known[key] == content else Outcome.CONFLICT
    if first[key] is one:
        return Outcome.CAPTURED
    return Outcome.DUPLICATE if first[key].identity.content == content else Outcome.CONFLICT


def _write(sent: Sequence[Sent], record_time: datetime) -> None:
    if not sent:
        return
    at = rows.instant(record_time)
    lines = [rows.lines(one, at) for one in sent]
    with connection.cursor() as db:
        _tell_contexts(db, sent)
        _tell_items(db, lines)
        _copy(db, EVENTS, (one.event for one in lines))
        _copy(db, LINKS, (one.links for one in lines))


def _tell_contexts(db: Any, sent: Sequence[Sent]) -> None:
    contexts = {one.judged.context for one in sent if one.judged.context}
    named = {rows.context_digest(context): context for context in contexts}
    new = sorted(_told.new(named))
    for name in new:
        db.execute(NEW_CONTEXT, [name, named[name]])
    _remember(new)


def _tell_items(db: Any, lines: Sequence[Lines]) -> None:
    items: dict[str, str] = {}
    for one in lines:
        items.update(one.items)
    new = sorted(_told.new(items))
    if new:
        keys = [items[name] for name in new]
        kinds = [rows.kind_of(key) for key in keys]
        db.execute(NEW_ITEMS, [_array(new), _array(kinds), _array(map(_quoted, keys))])
        _remember(new)


def _remember(new: list[str]) -> None:
    if new:
        transaction.on_commit(lambda: _told.add(new))


def _copy(db: Any, statement: str, lines: Iterable[str]) -> None:
    with db.copy(statement) as out:
        waiting: list[str] = []
        for line in lines:
            waiting.append(line)
            if len(waiting) >= CHUNK_ROWS:
                out.write("".join(waiting))
                waiting.clear()
        out.write("".join(waiting))


def _array(texts: Iterable[str]) -> str:
    return "{" + ",".join(texts) + "}"


_PLAIN = re.compile(r"[A-Za-z0-9/._-]+").fullmatch


def _quoted(text: str) -> str:
    """A text inside an array that is itself written as text; `null` would be none."""
    if _PLAIN(text) and text.lower() != "null":
        return text
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
