"""The intake: signals in the order they arrived; what cannot be folded is laid aside and shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection

from mingchu.alerts import rules
from mingchu.alerts.domain.folding import Noticed
from mingchu.base import clock
from mingchu.registry import queries as registry
from mingchu.registry.queries import Whereabouts
from mingchu.signals.domain import misshapen

UNKNOWN_KIND, UNKNOWN_BUSINESS = "unknown_kind", "unknown_business"

_TAKE = """
SELECT id, kind, fingerprint, subject, key, business_id, district, station, labels, over, cause,
       at, received
  FROM signals_noticed WHERE fault = '' ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_AGAIN = """
UPDATE signals_noticed SET fault = '' WHERE fault = %s AND kind = ANY(%s)
"""
_ASIDE = """
UPDATE signals_noticed n SET fault = u.fault
  FROM unnest(%s::bigint[], %s::text[]) AS u (id, fault) WHERE n.id = u.id
"""


@dataclass(frozen=True)
class Taken:
    """A batch: what is sound, the numbers of it, and what is wrong with the rest."""

    sound: Sequence[Noticed]
    numbers: Sequence[int]
    faulty: Mapping[int, str]

    @property
    def count(self) -> int:
        return len(self.numbers) + len(self.faulty)


def is_waiting() -> bool:
    with connection.cursor() as db:
        db.execute("SELECT EXISTS (SELECT FROM signals_noticed WHERE fault = '')")
        return bool(db.fetchone()[0])


def look_again() -> None:
    """What was laid aside because nobody knew its kind comes back once somebody does."""
    known = list(rules.live(clock.today()))
    with connection.cursor() as db:
        db.execute(_AGAIN, [UNKNOWN_KIND, known])


def take(size: int) -> Taken:
    """The oldest that wait, locked until the end of the transaction."""
    with connection.cursor() as db:
        db.execute(_TAKE, [size])
        found = [(row[0], _noticed(row[1:])) for row in db.fetchall()]
    known = registry.whereabouts({one.business for _, one in found if one.business})
    tables = rules.Tables()
    faulty = {number: fault for number, one in found if (fault := _fault(one, tables, known))}
    sound = [(number, _placed(one, known)) for number, one in found if number not in faulty]
    return Taken([one for _, one in sound], [number for number, _ in sound], faulty)


def _noticed(row: Sequence[object]) -> Noticed:
    kind, fingerprint, *rest = row
    rest[5] = json.loads(str(rest[5]))
    return Noticed(kind, bytes(fingerprint), *rest)  # type: ignore[arg-type, call-overload]


def _fault(one: Noticed, tables: rules.Tables, known: Mapping[int, Whereabouts]) -> str:
    """Why no alert can be made of it; "" if one can."""
    if wrong := misshapen(one):
        return wrong
    kind = tables(one.received).get(one.kind)
    if kind is None:
        return UNKNOWN_KIND
    if one.business and one.business not in known:
        return UNKNOWN_BUSINESS
    if kind.term.label and not one.over and not _is_day(one.labels.get(kind.term.label, "")):
        return "labels"
    return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _placed(one: Noticed, known: Mapping[int, Whereabouts]) -> Noticed:
    """Where its business is, under the file that is kept of it."""
    if not one.business:
        return one
    here = known[one.business]
    if (one.business, one.district, one.station) == here:
        return one
    return replace(one, business=here.number, district=here.district, station=here.station)


def put_away(taken: Taken) -> None:
    """What was folded leaves; what could not be stays with the reason."""
    with connection.cursor() as db:
        if taken.numbers:
            numbers = "{" + ",".join(map(str, taken.numbers)) + "}"
            db.execute("DELETE FROM signals_noticed WHERE id = ANY(%s::bigint[])", [numbers])
        if taken.faulty:
            db.execute(_ASIDE, [list(taken.faulty), list(taken.faulty.values())])
