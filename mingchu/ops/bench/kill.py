"""Kill: a house is killed part by part while programs capture, and its books are read afterwards.

A running house as it is shipped, in an empty home. What is killed comes back by itself; nobody
helps. SIGKILL takes a process and not the machine: what a power cut leaves is PostgreSQL's promise.
"""

from __future__ import annotations

import http.client
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from time import monotonic, sleep
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.ops.bench import SECONDS, Bar, Limit, Row, kill_books, spread
from mingchu.ops.bench.house import House, folder, token, up
from mingchu.ops.bench.kill_books import Books
from mingchu.ops.bench.kill_sending import SINGLE, Sender, Sent, Window, job_of
from mingchu.ops.bench.kill_targets import TARGETS, kill
from mingchu.ops.postgres import OWNER, Server

KILLS, SENDERS = 100, 4
NONE = Bar("<=", 0)
BACK_SECONDS, LOOK_SECONDS = 180, 0.02
LONGEST_WAIT = 1.0  # until the next kill, at a moment nobody chose
ASKED_JOBS = 200
SEED = 8
DEADLOCK = "deadlock detected"


def setup(scale: int | None) -> dict[str, Any]:
    return {"kills": scale or KILLS, "senders": SENDERS, "killed": list(TARGETS), "fsync": True}


class Seen(NamedTuple):
    """What a series of kills showed: seconds until captures were taken again, by what was killed;
    rates of acknowledged events; what was sent; what is there; jobs as the house tells them."""

    back: dict[str, list[float]]
    undisturbed: float
    disturbed: float
    sent: Sequence[Sent]
    refused: Sequence[str]
    unanswered: int
    books: Books
    told: Sequence[tuple[str, dict[str, Any]]]
    deadlocks: int


def rows(scale: int | None) -> Iterator[Row]:
    yield from told(series(scale or KILLS, SECONDS.get()))


def series(kills: int, seconds: float, settings: Mapping[str, str] = MappingProxyType({})) -> Seen:
    """So many kills after so many seconds of peace; the home is gone afterwards."""
    home = folder("mingchu-bench-kill-")
    try:
        with up(home, settings) as running:
            key = token(running, "epcis")
            window = Window(SENDERS)
            senders = [
                Sender(running.url, key, number, window, SEED) for number in range(1, SENDERS + 1)
            ]
            for one in senders:
                one.start()
            undisturbed = _rate(senders, lambda: sleep(seconds))
            back: dict[str, list[float]] = {name: [] for name in TARGETS}
            disturbed = _rate(senders, lambda: _kill_all(running, senders, kills, back))
            _stop(senders)
            return _seen(running, key, senders, back, undisturbed, disturbed)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _rate(senders: Sequence[Sender], during: Any) -> float:
    """Acknowledged events a second."""
    begun, before = monotonic(), sum(one.events for one in senders)
    during()
    return (sum(one.events for one in senders) - before) / (monotonic() - begun)


def _kill_all(
    running: House, senders: Sequence[Sender], kills: int, back: dict[str, list[float]]
) -> None:
    """Each in its turn, all of them before the first comes again."""
    chance = random.Random(SEED)  # noqa: S311 no secret
    turns = [name for _round in range(-(-kills // len(TARGETS))) for name in TARGETS]
    for name in turns[:kills]:
        sleep(chance.uniform(0, LONGEST_WAIT))
        _kill(running, name)
        back[name].append(_back(senders, name))


def _kill(running: House, name: str) -> None:
    """Waits for it to be there: what was killed before may still be on its way back."""
    end = monotonic() + BACK_SECONDS
    while not kill(TARGETS[name](running.home)):
        if monotonic() > end:
            raise _not_back(name)
        sleep(LOOK_SECONDS)


def _back(senders: Sequence[Sender], name: str) -> float:
    """Seconds until a letter sent after the kill was acknowledged."""
    killed = monotonic()
    while max(one.last_begun for one in senders) < killed:
        if monotonic() > killed + BACK_SECONDS:
            raise _not_back(name)
        sleep(LOOK_SECONDS)
    return monotonic() - killed


def _not_back(name: str) -> Refusal:
    return Refusal(
        "bench_not_back",
        "{part}被强行终止后，{seconds}秒内没有恢复采集",
        fix="请查看家目录 logs 里的日志",
        part=name,
        seconds=BACK_SECONDS,
    )


def _stop(senders: Sequence[Sender]) -> None:
    for one in senders:
        one.stopping.set()
    for one in senders:
        one.join(BACK_SECONDS)
        if one.is_alive():
            raise _not_back(one.name)


def _seen(
    running: House,
    key: str,
    senders: Sequence[Sender],
    back: dict[str, list[float]],
    undisturbed: float,
    disturbed: float,
) -> Seen:
    server = Server(running.home)
    sent = [sent for one in senders for sent in one.sent]
    return Seen(
        back=back,
        undisturbed=undisturbed,
        disturbed=disturbed,
        sent=sent,
        refused=[said for one in senders for said in one.refused],
        unanswered=sum(one.unanswered for one in senders),
        books=kill_books.read(server.url(OWNER)),
        told=_asked(running.url, key, sent),
        deadlocks=server.log.read_text(errors="replace").count(DEADLOCK),
    )


def _asked(url: str, key: str, sent: Sequence[Sent]) -> list[tuple[str, dict[str, Any]]]:
    """The latest jobs as the house tells them."""
    there = urlsplit(url)
    line = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
    documents = (o.location for o in reversed(sent) if o.location and o.letter.kind != SINGLE)
    try:
        return [
            (location.rsplit("/", 1)[1], job_of(line, key, location))
            for location in islice(documents, ASKED_JOBS)
        ]
    finally:
        line.close()


def told(seen: Seen) -> Iterator[Row]:
    """The figures; each that must be nothing has its bar."""
    letters = kill_books.acknowledged(seen.sent)
    events = len({one for letter, place in seen.sent if place for one in letter.expected})
    kills = sum(map(len, seen.back.values()))
    what = _("采集中强行终止：{parts}").format(parts="、".join(TARGETS))
    yield Row(id="kill.kills", what=what, value=kills, unit="kills", n=kills)
    yield Row(id="kill.acknowledged", what=_("应答过的事件"), value=events, unit="events", n=events)
    for name, what, value, unit, n in _nothing(seen, events, letters):
        yield Row(id=f"kill.{name}", what=what, value=value, unit=unit, n=n, bar=NONE)
    given_up = sum(not one.location for one in seen.sent)
    yield Row(
        id="kill.unanswered", what=_("没有应答的请求"), value=seen.unanswered, unit="requests",
        n=seen.unanswered, limit=Limit(_("其中不再发送的"), given_up),
    )  # fmt: skip
    yield Row(
        id="kill.rate", what=_("其间每秒应答的事件"), value=seen.disturbed, unit="/s", n=events,
        limit=Limit(_("不受干扰时"), seen.undisturbed),
    )  # fmt: skip
    yield from _backs(seen)


def _nothing(
    seen: Seen, events: int, letters: Counter[str]
) -> Iterator[tuple[str, str, int, str, int]]:
    """What there must be none of, and among how many it was looked for."""
    sent, books = seen.sent, seen.books
    every, jobs = sum(letters.values()), len(books.jobs)
    documents = every - letters[SINGLE]
    yield "lost", _("其中不在库里的"), kill_books.lost(sent, books), "events", events
    stored = len(books.stored)
    yield "twice", _("入库两次的事件"), kill_books.twice(books), "events", stored
    what = _("不该有而有的事件")
    yield "strange", what, kill_books.strange(sent, books), "events", stored
    yield "half", _("只入库一半的文件"), kill_books.halves(sent, books), "documents", documents
    yield "untrue", _("与事实不符的采集任务"), kill_books.untrue(sent, books), "jobs", jobs
    otherwise = kill_books.told_otherwise(seen.told, books)
    yield "told", _("接口所说与库里不同的采集任务"), otherwise, "jobs", len(seen.told)
    yield "loose", _("缺了另一半的行"), books.loose, "rows", stored
    yield "refused", _("被拒收的好文件"), len(seen.refused), "documents", every
    yield "deadlocks", _("死锁"), seen.deadlocks, "deadlocks", every


def _backs(seen: Seen) -> Iterator[Row]:
    for name, seconds in seen.back.items():
        if seconds:
            what = _("终止 {part} 后多久又能采集（p50）").format(part=name)
            shares = spread(seconds)
            value = shares["p50"]
            yield Row(id=f"kill.back.{name.replace(' ', '_')}", what=what, value=value, unit="s",
                      **shares)  # fmt: skip
