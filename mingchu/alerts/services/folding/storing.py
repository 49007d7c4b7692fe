"""What a batch reads and writes, set by set: the alerts that stand, changes of them, new ones."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from datetime import datetime

from django.db import connection
from psycopg.types.json import Jsonb

from mingchu.alerts.domain.deadlines import Deadline
from mingchu.alerts.domain.folding import Line, Minute
from mingchu.alerts.models import AlertEnd

_STANDING = """
SELECT id, kind, fingerprint, subject, key, business_id, district, station, labels, severity, count,
       first_at, last_at, opened_at, gone_at, entry, due_at, rule, rule_since, due_from, provisional
  FROM alerts_alert WHERE ended_at IS NULL AND fingerprint = ANY(%s::bytea[]) ORDER BY id FOR UPDATE
"""
# One JSON text is made and read sooner than sixteen arrays.
_CHANGE = """
UPDATE alerts_alert a SET
    labels = u.labels, severity = u.severity, count = u.count, first_at = u.first_at,
    last_at = u.last_at, due_at = u.due_at, rule = u.rule, rule_since = u.rule_since,
    due_from = u.due_from, provisional = u.provisional, gone_at = u.gone_at, ended_at = u.ended_at,
    "end" = CASE WHEN u.ended_at IS NULL THEN '' ELSE %s END,
    business_id = u.business_id, district = u.district, station = u.station
  FROM jsonb_to_recordset(%s::jsonb) AS u (
        id bigint, labels jsonb, severity int, count int, first_at timestamptz, last_at timestamptz,
        due_at timestamptz, rule text, rule_since date, due_from timestamptz, provisional bool,
        gone_at timestamptz, ended_at timestamptz, business_id bigint, district text, station text)
 WHERE a.id = u.id
"""
_NUMBERS = """
SELECT nextval(pg_get_serial_sequence('alerts_alert', 'id')) FROM generate_series(1, %s)
"""
_COPY = """
COPY alerts_alert (id, kind, fingerprint, subject, key, business_id, district, station, labels,
    severity, count, first_at, last_at, opened_at, due_at, rule, rule_since, due_from, provisional,
    calls, covered_by_id, silence_id, gone_at, ended_at, "end", later) FROM STDIN
"""
_TALLIES = """
SELECT source, minute, count FROM alerts_tally
 WHERE (source, minute) IN (SELECT * FROM unnest(%s::text[], %s::timestamptz[]))
"""
_COUNT = """
INSERT INTO alerts_tally (source, minute, count)
SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::int[])
    ON CONFLICT (source, minute) DO UPDATE SET count = excluded.count
"""


def standing(fingerprints: Collection[bytes]) -> dict[bytes, Line]:
    """The open alerts with these fingerprints, locked: alerts before their orders, as everybody
    does who takes both."""
    with connection.cursor() as db:
        db.execute(_STANDING, [_bytes(fingerprints)])
        return {bytes(row[2]): _line(row) for row in db.fetchall()}


def _bytes(fingerprints: Collection[bytes]) -> str:
    """An array as its own text: thousands of values one by one take longer than the question."""
    return "{" + ",".join(f'"\\\\x{one.hex()}"' for one in fingerprints) + "}"


def _line(row: Sequence[object]) -> Line:
    number, kind, fingerprint, *known, gone_at, entry, due_at, rule, since, start, provisional = row
    known[5] = json.loads(str(known[5]))
    line = Line(kind, bytes(fingerprint), *known)  # type: ignore[arg-type, call-overload]
    line.id, line.gone_at, line.cause, line.first = number, gone_at, entry, line.severity  # type: ignore[assignment]
    line.deadline = Deadline(due_at, rule, since, start, provisional)  # type: ignore[arg-type]
    return line


def change(lines: Collection[Line]) -> None:
    if lines:
        rows = json.dumps([_changed(one) for one in lines], default=datetime.isoformat)
        with connection.cursor() as db:
            db.execute(_CHANGE, [AlertEnd.GONE, rows])


def _changed(one: Line) -> dict[str, object]:
    due = one.deadline
    assert due is not None  # noqa: S101 every line is dated before it is written
    return {
        "id": one.id,
        "labels": dict(one.labels),
        "severity": one.severity,
        "count": one.count,
        "first_at": one.first_at,
        "last_at": one.last_at,
        "due_at": due.at,
        "rule": due.rule,
        "rule_since": due.since.isoformat(),
        "due_from": due.start,
        "provisional": due.provisional,
        "gone_at": one.gone_at,
        "ended_at": one.ended_at,
        "business_id": one.business,
        "district": one.district,
        "station": one.station,
    }


def number(lines: Sequence[Line]) -> None:
    """Gives new lines their numbers, so that they can name one another before they are written."""
    with connection.cursor() as db:
        db.execute(_NUMBERS, [len(lines)])
        for line, (pk,) in zip(lines, db.fetchall(), strict=True):
            line.id = pk


def insert(
    lines: Collection[Line],
    calls: Mapping[int, bool],
    covered: Mapping[int, int],
    silenced: Mapping[int, int],
) -> None:
    with connection.cursor() as db, db.copy(_COPY) as rows:
        for one in lines:
            due, pk = one.deadline, one.id or 0
            assert due is not None  # noqa: S101 every line is dated before it is written
            rows.write_row(
                (pk, one.kind, one.fingerprint, one.subject, one.key, one.business, one.district,
                 one.station, Jsonb(dict(one.labels)), one.severity, one.count, one.first_at,
                 one.last_at, one.opened_at, due.at, due.rule, due.since, due.start,
                 due.provisional, calls[pk], covered.get(pk), silenced.get(pk), one.gone_at,
                 one.ended_at, AlertEnd.GONE if one.ended_at else "", [])
            )  # fmt: skip


def tallies(minutes: Collection[Minute]) -> dict[Minute, int]:
    """How many signals these sources have sent in these minutes before the batch."""
    if not minutes:
        return {}
    sources, moments = zip(*minutes, strict=True)
    with connection.cursor() as db:
        db.execute(_TALLIES, [list(sources), list(moments)])
        return {(source, minute): count for source, minute, count in db.fetchall()}


def count(tally: MutableMapping[Minute, int]) -> None:
    if not tally:
        return
    rows = [(source, minute, sent) for (source, minute), sent in tally.items()]
    with connection.cursor() as db:
        db.execute(_COUNT, list(map(list, zip(*rows, strict=True))))
