"""What is in the house after the kills, read from its tables, beside what was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import psycopg

from mingchu.ops.bench.kill_sending import FAULTY, PROCEED, SINGLE, Letter, Sent

STORED = "SELECT sha256(document), count(*) FROM trace_event GROUP BY 1"
JOBS = """
SELECT id::text, state, events, captured, duplicate, rejected,
       (SELECT count(*) FROM trace_event WHERE capture = job.id)
  FROM trace_capture AS job
"""
# An event without its key, its links or its job; a key or a link without its event.
LOOSE = """
SELECT (SELECT count(*) FROM trace_event AS e
         WHERE NOT EXISTS (SELECT FROM trace_link AS l WHERE l.event = e.key)
            OR NOT EXISTS (SELECT FROM trace_key AS k
                            WHERE k.key = e.key AND k.record_time = e.record_time)
            OR e.capture IS NOT NULL
           AND NOT EXISTS (SELECT FROM trace_capture AS c WHERE c.id = e.capture))
     + (SELECT count(*) FROM trace_link AS l
         WHERE NOT EXISTS (SELECT FROM trace_event AS e WHERE e.key = l.event)
            OR NOT EXISTS (SELECT FROM trace_item AS i WHERE i.id = l.item))
     + (SELECT count(*) FROM trace_key AS k
         WHERE NOT EXISTS (SELECT FROM trace_event AS e WHERE e.key = k.key))
"""


class Job(NamedTuple):
    """A row of captures, and how many events name it."""

    state: str
    events: int
    captured: int
    duplicate: int
    rejected: int
    stored: int

    @property
    def is_true(self) -> bool:
        """It says of itself what the events say."""
        taken = self.captured + self.duplicate
        state = "captured" if not self.rejected else "partial" if taken else "failed"
        told = taken + self.rejected == self.events and self.state == state
        return told and self.stored == self.captured


class Books(NamedTuple):
    """How often each event stands there, the jobs, and rows that lack another."""

    stored: Mapping[bytes, int]
    jobs: Mapping[str, Job]
    loose: int


def read(url: str) -> Books:
    with psycopg.connect(url, autocommit=True) as db:
        stored = {bytes(digest): number for digest, number in db.execute(STORED)}
        jobs = {name: Job(*rest) for name, *rest in db.execute(JOBS)}
        loose: tuple[Any, ...] = db.execute(LOOSE).fetchone() or (0,)
    return Books(stored, jobs, int(loose[0]))


def lost(sent: Iterable[Sent], books: Books) -> int:
    """Events that were acknowledged and are not there."""
    told = {one for letter, location in sent if location for one in letter.expected}
    return sum(one not in books.stored for one in told)


def twice(books: Books) -> int:
    return sum(number - 1 for number in books.stored.values())


def strange(sent: Iterable[Sent], books: Books) -> int:
    """Events that are there and should not be: nobody sent them, or their document was wrong."""
    good = {one for letter, _location in sent for one in letter.expected}
    return sum(one not in good for one in books.stored)


def halves(sent: Iterable[Sent], books: Books) -> int:
    """Documents, acknowledged or not, of which a part is there."""
    return sum(_is_half(letter, books) for letter, _location in sent)


def _is_half(letter: Letter, books: Books) -> bool:
    there = sum(one in books.stored for one in letter.own)
    whole = 0 if letter.kind == FAULTY else len(letter.own)
    return there not in (0, whole)


def untrue(sent: Iterable[Sent], books: Books) -> int:
    """Jobs that say what is not so, or that their sender was told of and are not there."""
    wrong = {name for name, job in books.jobs.items() if not job.is_true}
    for letter, location in _documents(sent):
        name = location.rsplit("/", 1)[1]
        if name not in books.jobs or not _fits(letter, books.jobs[name]):
            wrong.add(name)
    return len(wrong)


def _documents(sent: Iterable[Sent]) -> Iterator[Sent]:
    return (one for one in sent if one.location and one.letter.kind != SINGLE)


def _fits(letter: Letter, job: Job) -> bool:
    """The job that an answer named tells of that letter."""
    good = len(letter.own) + len(letter.shared)
    wrong = int(letter.kind in (FAULTY, PROCEED))
    return (job.events, job.rejected) == (good + wrong, letter.rejected)


def acknowledged(sent: Iterable[Sent]) -> Counter[str]:
    """Letters by kind."""
    return Counter(letter.kind for letter, location in sent if location)


def told_otherwise(told: Sequence[tuple[str, Mapping[str, Any]]], books: Books) -> int:
    """Jobs that the interface tells otherwise than the table."""
    return sum(not _same(body, books.jobs[name]) for name, body in told)


def _same(body: Mapping[str, Any], job: Job) -> bool:
    numbers = job.events, job.captured, job.duplicate, job.rejected
    said = tuple(body.get(name) for name in ("events", "captured", "duplicate", "rejected"))
    ended = body.get("running") is False and bool(body.get("finishedAt"))
    return ended and said == numbers and body.get("success") == (job.state == "captured")
