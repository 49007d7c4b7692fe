"""Storing 入库: judged events into the tables, each once, in the transaction around.

Whatever two transactions may both insert goes in by ascending key, events before items, so that
none waits for another in a circle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from threading import Lock
from typing import Any

from django.db import connection, transaction

from mingchu.base import meters
from mingchu.base.remembered import Remembered
from mingchu.trace import recording, rows
from mingchu.trace.rows import Item, Lines, Sent


class Outcome(StrEnum):
    """What became of an event that breaks no rule."""

    CAPTURED = "captured"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"  # another event has its id


NEW_KEYS = f"""
WITH moment AS MATERIALIZED ({recording.MOMENT})
INSERT INTO trace_key (key, content, record_time)
SELECT key, content, moment.at
  FROM unnest(%s::text::uuid[], %s::text::uuid[]) AS sent (key, content), moment
ON CONFLICT DO NOTHING RETURNING key, record_time
"""  # noqa: S608 no value
CONTENTS = "SELECT key, content FROM trace_key WHERE key = ANY(%s::text::uuid[])"
NEW_ITEMS = """
INSERT INTO trace_item (id, kind, key, prefix)
SELECT id, kind, key, nullif(prefix, 0)
  FROM unnest(%s::text::uuid[], %s::text::text[], %s::text::text[], %s::text::smallint[])
       AS sent (id, kind, key, prefix)
ON CONFLICT DO NOTHING
"""
# Of items that were there before: a length that nobody had told is told now, and once; it answers
# how many were told differently.
NEW_PREFIXES = """
WITH sent AS MATERIALIZED (
    SELECT said.id, said.prefix, item.prefix AS known
      FROM unnest(%s::text::uuid[], %s::text::smallint[]) AS said (id, prefix)
      JOIN trace_item AS item ON item.id = said.id
), told AS (
    INSERT INTO trace_prefix (item, prefix) SELECT id, prefix FROM sent WHERE known IS NULL
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM sent LEFT JOIN trace_prefix AS late ON late.item = sent.id
 WHERE coalesce(sent.known, late.prefix) <> sent.prefix
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
# When that was only the database knows: what the lines say there is passed over.
FEW_LINKS = 2000
ALL_AT_ONCE = rf"""
WITH moment AS MATERIALIZED ({recording.MOMENT}), sent AS MATERIALIZED (
    SELECT string_to_array(line, E'\t', '\N') AS f FROM string_to_table(%s, E'\n') AS line
), fresh AS (
    INSERT INTO trace_key (key, content, record_time)
    SELECT key, content, moment.at
      FROM unnest(%s::text::uuid[], %s::text::uuid[]) AS named (key, content), moment
    ON CONFLICT DO NOTHING RETURNING key, record_time
), items AS (
    INSERT INTO trace_item (id, kind, key, prefix)
    SELECT id, kind, key, nullif(prefix, 0)
      FROM unnest(%s::text::uuid[], %s::text::text[], %s::text::text[], %s::text::smallint[])
           AS named (id, kind, key, prefix)
     WHERE (SELECT count(*) FROM fresh) > 0
    ON CONFLICT DO NOTHING RETURNING id
), events AS (
    INSERT INTO trace_event (key, record_time, event_time, capture, context, read_point,
        biz_location, place, type, action, declares_error, hash, hash_version, biz_step,
        disposition, party, district, inputs, outputs, document, form, original)
    SELECT f[1]::uuid, fresh.record_time, f[3]::timestamptz, f[4]::uuid, f[5]::uuid, f[6]::uuid,
           f[7]::uuid, f[8]::integer, f[9]::smallint, f[10]::smallint, f[11]::boolean,
           decode(substr(f[12], 4), 'hex'), f[13], replace(f[14], '\\', '\'),
           replace(f[15], '\\', '\'), f[16], f[17], f[18]::uuid[], f[19]::uuid[],
           decode(substr(f[20], 4), 'hex'), f[21]::smallint, decode(substr(f[22], 4), 'hex')
      FROM sent JOIN fresh ON fresh.key = f[1]::uuid
), links AS (
    INSERT INTO trace_link (item, event, record_time, event_time, role, quantity, unit, opposite)
    SELECT f[1]::uuid, f[2]::uuid, fresh.record_time, f[4]::timestamptz, f[5]::smallint,
           f[6]::numeric, f[7], f[8]::uuid[]
      FROM (SELECT string_to_array(line, E'\t', '\N') AS f
              FROM string_to_table(%s, E'\n') AS line) AS link
      JOIN fresh ON fresh.key = f[2]::uuid
)
SELECT key, (SELECT count(*) FROM items) FROM fresh
"""  # noqa: S608 no value
CHUNK_ROWS = 4096


class Known:
    """Digests whose meaning the database has been told for certain, so many of the latest, each
    with the length of its company prefix, 0 where nobody told it."""

    def __init__(self, top: int):
        self._top, self._lock = top, Lock()
        self.prefixes: dict[str, int] = {}

    def add(self, items: Mapping[str, int]) -> None:
        """Call it once they are committed."""
        with self._lock:
            if len(self.prefixes) > self._top:
                self.prefixes = {}
            self.prefixes.update(items)

    def forget(self) -> None:
        self.prefixes = {}


# Places, parties, products and lots come again; serials seldom do.
_known_items = Known(50_000)
Remembered.everything.append(_known_items)  # type: ignore[arg-type]  # forgotten like all of these


def store(sent: Sequence[Sent]) -> list[Outcome]:
    """What became of each; a conflict is told and the others go in. Inside a transaction."""
    first = _by_key(sent)
    known: dict[str, bytes] = {}
    if first:
        with connection.cursor() as db:
            known, at = _known(db, first)
            _write(db, [one for key, one in first.items() if key not in known], at)
    return [_outcome(one, first, known) for one in sent]


def store_few(sent: Sequence[Sent]) -> list[Outcome]:
    """The same for few events without a document: its own transaction where there is none."""
    first = _by_key(sent)
    lines = _lines(first.values(), "")
    if sum(one.links.count("\n") for one in lines) > FEW_LINKS:
        with transaction.atomic():
            return store(sent)
    with connection.cursor() as db:
        known = _at_once(db, first, lines)
    return [_outcome(one, first, known) for one in sent]


def _by_key(sent: Sequence[Sent]) -> dict[str, Sent]:
    """The first of each key, keys ascending."""
    first: dict[str, Sent] = {}
    for one in sent:
        first.setdefault(one.identity.key.hex(), one)
    return dict(sorted(first.items()))


def _at_once(db: Any, first: dict[str, Sent], lines: Sequence[Lines]) -> dict[str, bytes]:
    items, keys = _new_items(lines), list(first)
    told = _prefixes(items)
    db.execute(
        ALL_AT_ONCE,
        [
            *recording.moment(),
            "".join([one.event for one in lines]).removesuffix("\n"),
            _array(keys),
            _contents(first),
            *_columns(items, told),
            "".join([one.links for one in lines]).removesuffix("\n"),
        ],
    )
    taken = db.rowcount
    found = db.fetchone() if taken else None
    fresh = [found, *db.fetchall()] if found and taken < len(keys) else []
    if found:
        _items_told(db, found[1], told)
    return {} if taken == len(keys) else _old(db, keys, fresh)


def _known(db: Any, first: dict[str, Sent]) -> tuple[dict[str, bytes], str]:
    """Of events that were there before, the content; the keys of the others are taken now, at the
    moment that is told."""
    keys = list(first)
    db.execute(NEW_KEYS, [*recording.moment(), _array(keys), _contents(first)])
    taken = db.fetchall()
    at = rows.instant(taken[0][1]) if taken else ""
    return _old(db, keys, taken), at


def _old(db: Any, keys: Sequence[str], taken: Iterable[Sequence[Any]]) -> dict[str, bytes]:
    """What is there under those keys that were not taken just now; rows begin with the key."""
    fresh = {key.hex for key, *_more in taken}
    if len(fresh) == len(keys):
        return {}
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


def _write(db: Any, sent: Sequence[Sent], at: str) -> None:
    if not sent:
        return
    lines = _lines(sent, at)
    _tell_contexts(db, sent)
    _tell_items(db, lines)
    _copy(db, EVENTS, (one.event for one in lines))
    _copy(db, LINKS, (one.links for one in lines))


def _lines(sent: Iterable[Sent], at: str) -> list[Lines]:
    return [rows.lines(one, at) for one in sent]


def _tell_contexts(db: Any, sent: Sequence[Sent]) -> None:
    contexts = {one.judged.context for one in sent if one.judged.context}
    named = {rows.context_digest(context): context for context in contexts}
    new = sorted(name for name in named if name not in _known_items.prefixes)
    for name in new:
        db.execute(NEW_CONTEXT, [name, named[name]])
    _remember(dict.fromkeys(new, 0))


def _tell_items(db: Any, lines: Sequence[Lines]) -> None:
    items = _new_items(lines)
    if not items:
        return
    told = _prefixes(items)
    db.execute(NEW_ITEMS, _columns(items, told))
    _items_told(db, db.rowcount, told)


def _prefixes(items: Mapping[str, Item]) -> dict[str, int]:
    return dict(zip(items, map(rows.prefix_of, items.values()), strict=True))


def _items_told(db: Any, new: int, told: Mapping[str, int]) -> None:
    """Where not all of them were new, some may be there without what is known of them now."""
    said = {name: prefix for name, prefix in told.items() if prefix} if new < len(told) else {}
    if said:
        db.execute(NEW_PREFIXES, [_array(said), _array(map(str, said.values()))])
        _count_conflicts(db.fetchone()[0])
    _remember(told)


def _new_items(lines: Sequence[Lines]) -> dict[str, Item]:
    """What the database is not known to know: items, and lengths of their prefixes."""
    found: dict[str, Item] = {}
    known = _known_items.prefixes
    for one in lines:
        for name, item in one.items.items():
            if name not in known and name not in found:
                found[name] = item
            elif item[1][:8] == rows.URN:
                _told_again(name, item, found)
    return {name: found[name] for name in sorted(found)}


def _told_again(name: str, item: Item, found: dict[str, Item]) -> None:
    """The first telling of a length holds; another one is counted."""
    before = rows.prefix_of(found[name]) if name in found else _known_items.prefixes.get(name, 0)
    now = rows.prefix_of(item)
    if now and not before:
        found[name] = item
    elif now != before:
        _count_conflicts(1)


def _count_conflicts(many: int) -> None:
    if many:
        meters.count("mingchu_trace_prefix_conflicts_total", many)


def _columns(items: Mapping[str, Item], told: Mapping[str, int]) -> list[str]:
    """Digests, kinds, keys and lengths of prefixes, each as an array."""
    keys = [key for key, _text in items.values()]
    kinds = map(rows.kind_of, keys)
    said = map(str, told.values())
    return [_array(items), _array(kinds), _array(map(_quoted, keys)), _array(said)]


def _remember(new: Mapping[str, int]) -> None:
    if new:
        transaction.on_commit(lambda: _known_items.add(new))


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
