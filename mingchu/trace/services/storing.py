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
    inputs, outputs, document, form, original) FROM STDIN
"""
LINKS = """
COPY trace_link (item, event, record_time, event_time, role, quantity, unit, opposite) FROM STDIN
"""
# Few events at once: one statement, which is its own transaction, instead of eight rounds. The same
# lines; a place that is `\\N` is none. Keys are taken first, whatever the planner would rather do.
FEW_LINKS = 2000
ALL_AT_ONCE = r"""
WITH sent AS MATERIALIZED (
    SELECT string_to_array(line, E'\t', '\N') AS f FROM string_to_table(%s, E'\n') AS line
), fresh AS (
    INSERT INTO trace_key (key, content, record_time)
    SELECT key, content, %s FROM unnest(%s::text::uuid[], %s::text::uuid[]) AS named (key, content)
    ON CONFLICT DO NOTHING RETURNING key
), items AS (
    INSERT INTO trace_item (id, kind, key)
    SELECT id, kind, key
      FROM unnest(%s::text::uuid[], %s::text::text[], %s::text::text[]) AS named (id, kind, key)
     WHERE (SELECT count(*) FROM fresh) > 0
    ON CONFLICT DO NOTHING
), events AS (
    INSERT INTO trace_event (key, record_time, event_time, capture, context, read_point,
        biz_location, place, type, action, declares_error, hash, hash_version, biz_step,
        disposition, party, district, inputs, outputs, document, form, original)
    SELECT f[1]::uuid, f[2]::timestamptz, f[3]::timestamptz, f[4]::uuid, f[5]::uuid, f[6]::uuid,
           f[7]::uuid, f[8]::integer, f[9]::smallint, f[10]::smallint, f[11]::boolean,
           decode(substr(f[12], 4), 'hex'), f[13], replace(f[14], '\\', '\'),
           replace(f[15], '\\', '\'), f[16], f[17], f[18]::uuid[], f[19]::uuid[],
           decode(substr(f[20], 4), 'hex'), f[21]::smallint, decode(substr(f[22], 4), 'hex')
      FROM sent JOIN fresh ON fresh.key = f[1]::uuid
), links AS (
    INSERT INTO trace_link (item, event, record_time, event_time, role, quantity, unit, opposite)
    SELECT f[1]::uuid, f[2]::uuid, f[3]::timestamptz, f[4]::timestamptz, f[5]::smallint,
           f[6]::numeric, f[7], f[8]::uuid[]
      FROM (SELECT string_to_array(line, E'\t', '\N') AS f
              FROM string_to_table(%s, E'\n') AS line) AS link
      JOIN fresh ON fresh.key = f[2]::uuid
)
SELECT key FROM fresh
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
    first = _by_key(sent)
    known: dict[str, bytes] = {}
    if first:
        with connection.cursor() as db:
            known = _known(db, first, record_time)
            _write(db, [one for key, one in first.items() if key not in known], record_time)
    return [_outcome(one, first, known) for one in sent]


def store_few(sent: Sequence[Sent], record_time: datetime) -> list[Outcome]:
    """The same for few events without a document: its own transaction where there is none."""
    first = _by_key(sent)
    lines = _lines(first.values(), record_time)
    if sum(one.links.count("\n") for one in lines) > FEW_LINKS:
        with transaction.atomic():
            return store(sent, record_time)
    with connection.cursor() as db:
        known = _at_once(db, first, lines, record_time)
    return [_outcome(one, first, known) for one in sent]


def _by_key(sent: Sequence[Sent]) -> dict[str, Sent]:
    """The first of each key, keys ascending."""
    first: dict[str, Sent] = {}
    for one in sent:
        first.setdefault(one.identity.key.hex(), one)
    return dict(sorted(first.items()))


def _at_once(
    db: Any, first: dict[str, Sent], lines: Sequence[Lines], record_time: datetime
) -> dict[str, bytes]:
    items, keys = _new_items(lines), list(first)
    db.execute(
        ALL_AT_ONCE,
        [
            "".join([one.event for one in lines]).removesuffix("\n"),
            record_time,
            _array(keys),
            _contents(first),
            *_columns(items),
            "".join([one.links for one in lines]).removesuffix("\n"),
        ],
    )
    _remember(list(items))
    return _old(db, keys)


def _known(db: Any, first: dict[str, Sent], record_time: datetime) -> dict[str, bytes]:
    """Of events that were there before, the content; the keys of the others are taken now."""
    keys = list(first)
    db.execute(NEW_KEYS, [record_time, _array(keys), _contents(first)])
    return _old(db, keys)


def _old(db: Any, keys: Sequence[str]) -> dict[str, bytes]:
    """What is there under those keys that were not taken just now."""
    if db.rowcount == len(keys):
        return {}
    fresh = {key.hex for (key,) in db.fetchall()}
    db.execute(CONTENTS, [_array(key for key in keys if key not in fresh)])
    return {key.hex: content.bytes for key, content in db.fetchall()}


def _contents(first: dict[str, Sent]) -> str:
    return _array(one.identity.content.hex() for one in first.values())


def _outcome(one: Sent, first: dict[str, Sent], known: dict[str, bytes]) -> Outcome:
    key, content = one.identity.key.hex(), one.identity.content
    if key in known:
        return Outcome.DUPLICATE if known[key] == content else Outcome.CONFLICT
    if first[key] is one:
        return Outcome.CAPTURED
    return Outcome.DUPLICATE if first[key].identity.content == content else Outcome.CONFLICT


def _write(db: Any, sent: Sequence[Sent], record_time: datetime) -> None:
    if not sent:
        return
    lines = _lines(sent, record_time)
    _tell_contexts(db, sent)
    _tell_items(db, lines)
    _copy(db, EVENTS, (one.event for one in lines))
    _copy(db, LINKS, (one.links for one in lines))


def _lines(sent: Iterable[Sent], record_time: datetime) -> list[Lines]:
    at = rows.instant(record_time)
    return [rows.lines(one, at) for one in sent]


def _tell_contexts(db: Any, sent: Sequence[Sent]) -> None:
    contexts = {one.judged.context for one in sent if one.judged.context}
    named = {rows.context_digest(context): context for context in contexts}
    new = sorted(_told.new(named))
    for name in new:
        db.execute(NEW_CONTEXT, [name, named[name]])
    _remember(new)


def _tell_items(db: Any, lines: Sequence[Lines]) -> None:
    if items := _new_items(lines):
        db.execute(NEW_ITEMS, _columns(items))
        _remember(list(items))


def _new_items(lines: Sequence[Lines]) -> dict[str, str]:
    items: dict[str, str] = {}
    for one in lines:
        items.update(one.items)
    return {name: items[name] for name in sorted(_told.new(items))}


def _columns(items: dict[str, str]) -> list[str]:
    """Digests, kinds and keys, each as an array."""
    kinds = map(rows.kind_of, items.values())
    return [_array(items), _array(kinds), _array(map(_quoted, items.values()))]


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
