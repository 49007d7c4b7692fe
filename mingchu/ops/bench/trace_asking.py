"""The repository asked: each family of queries over HTTP, one look-up without it, pages through.

`python -m mingchu.ops.bench.trace_asking` times look-ups inside a process of its own: it reads the
numbers of events from standard input and writes the milliseconds of each.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.ops.bench import SECONDS, Bar, Limit, Row, spread
from mingchu.ops.bench.house import ROOT, House, clean_environment
from mingchu.ops.bench.load import Target, drive
from mingchu.ops.bench.trace_events import MARK, MARKED_EVERY, MARKS, TEMPLATES, time_of
from mingchu.ops.bench.trace_loading import FIRST, load
from mingchu.ops.postgres import OWNER, Server

EVENTS = 100_000  # where no scale is asked for
ASKED = 400  # different queries of a family
LOOKED_UP = 2000
LOOK_UP_BAR, FLAT_BAR = Bar("<=", 2), Bar("<=", 1.1)
PER_PAGE, STREAMED = 500, 1_000_000
KEPT = {"GS1-EPC-Format": "Never_Translates"}
FOUND = '"eventList":[{'
TABLES = ("trace_key", "trace_event", "trace_item", "trace_link")
MIB = 2**20
SERVER = b"granian"


def rows(running: House, token: str, events: int) -> Iterator[Row]:
    spent = load(running, events)
    _settle(running)
    what = _("不经HTTP装入{n}条事件").format(n=f"{events:,}")
    yield Row(id="trace.load", what=what, value=events / spent, unit="/s", n=events)
    yield from _families(running, token, events)
    yield _look_up(running, events)
    yield from _streams(running, token, events)


def _settle(running: House) -> None:
    """What the database does by itself within minutes after so much was written."""
    with psycopg.connect(Server(running.home).url(OWNER), autocommit=True) as db:
        for table in TABLES:
            db.execute(f"VACUUM (ANALYZE) {table}".encode())


Said = Mapping[str, str]


def _of(template: int, random: Random, events: int) -> int:
    """A number of a loaded event that was made by a template."""
    number = FIRST + random.randrange(events)
    found = number - (number - template) % len(TEMPLATES)
    return found if found >= FIRST else found + len(TEMPLATES)


def _class_of(number: int) -> str:
    return f"urn:epc:class:lgtin:6901234.0{number % 200:05d}"


def _thing(number: int) -> str:
    return f"urn:epc:id:sgtin:6901234.0{number % 200:05d}.{number}0"


def _window(number: int, seconds: float) -> Said:
    begin = time_of(number)
    end = begin + timedelta(seconds=seconds)
    return {"GE_eventTime": begin.isoformat(), "LT_eventTime": end.isoformat()}


def _queries(events: int, recorded: Sequence[datetime]) -> dict[str, tuple[str, list[Said]]]:
    """Each family: what it is, and its queries."""
    random = Random(8)  # noqa: S311 the same queries in every run

    def of(template: int) -> int:
        return _of(template, random, events)

    made: dict[str, tuple[str, Callable[[], Said]]] = {
        "epc": (_("按单件"), lambda: {"MATCH_anyEPC": _thing(of(0))}),
        "lot": (_("按批次"), lambda: {"MATCH_anyEPCClass": f"{_class_of(n := of(3))}.L{n}"}),
        "pattern": (_("按品类（通配）"), lambda: {"MATCH_anyEPCClass": _class_of(of(3)) + ".*"}),
        "document": (
            _("按单据"),
            lambda: {"EQ_bizTransaction_po": f"urn:epcglobal:cbv:bt:6901234000019:{of(2)}"},
        ),
        "place": (
            _("按地点"),
            lambda: {"EQ_bizLocation": f"urn:epc:id:sgln:6901234.{of(0) % 500:05d}.0"},
        ),
        "step": (_("按环节"), lambda: {"EQ_bizStep": random.choice(("packing", "shipping"))}),
        "time": (_("按发生时间"), lambda: _window(of(0), 1)),
        "recorded": (_("按入库时间"), lambda: _since(random.choice(recorded))),
        "extension": (_("按扩展字段，五秒之内"), lambda: _marked(of(0))),
    }
    return {name: (what, [make() for _n in range(ASKED)]) for name, (what, make) in made.items()}


def _since(at: datetime) -> Said:
    end = at + timedelta(seconds=1)
    return {"GE_recordTime": at.isoformat(), "LT_recordTime": end.isoformat()}


def _marked(number: int) -> Said:
    """Five thousand events, of which a few carry the field and one the value."""
    number = max(FIRST, number - number % MARKED_EVERY)
    mark = number // MARKED_EVERY % MARKS
    return {f"EQ_{MARK}": f"m{mark}", **_window(number, 5)}


def _families(running: House, token: str, events: int) -> Iterator[Row]:
    headers = {"Authorization": f"Bearer {token}"}
    seconds = min(SECONDS.get(), 10.0)
    bare = drive(
        running.url, [Target("/epcis/", "queries")], headers=headers, connections=1, seconds=seconds
    ).spread()
    limit = Limit(_("同一接口不查事件的应答（p95）"), bare["p95"])
    for name, (what, queries) in _queries(events, _recorded(running)).items():
        targets = [Target(f"/epcis/events?{urlencode(one)}", FOUND) for one in queries]
        seen = drive(running.url, targets, headers=headers, connections=1, seconds=seconds).spread()
        yield Row(
            id=f"trace.ask.{name}", what=what, value=seen["p95"], unit="ms", limit=limit, **seen
        )


def _recorded(running: House) -> list[datetime]:
    """Moments at which loaded events were recorded."""
    sql = "SELECT record_time FROM trace_event WHERE event_time = %s LIMIT 1"
    with psycopg.connect(Server(running.home).url(OWNER)) as db:
        numbers = range(FIRST, FIRST + 100_000, 500)
        found = [db.execute(sql, [time_of(number)]).fetchone() for number in numbers]
    return [row[0] for row in found if row]


def _look_up(running: House, events: int) -> Row:
    """All events of one thing, as the repository finds them, without HTTP."""
    random = Random(9)  # noqa: S311 the same look-ups in every run
    numbers = [_of(0, random, events) for _n in range(LOOKED_UP)]
    done = subprocess.run(
        [sys.executable, "-m", "mingchu.ops.bench.trace_asking"],
        input=json.dumps(numbers),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**clean_environment(), "MINGCHU_HOME": str(running.home)},
        check=True,
    )
    told: dict[str, list[float]] = json.loads(done.stdout)
    seen, bare = spread(told["found"]), spread(told["bare"])
    limit = Limit(_("同一索引的一条SQL（p95）"), bare["p95"])
    return Row(
        id="trace.lookup", what=_("查一件的全部事件，不经HTTP"), value=seen["p95"], unit="ms",
        bar=LOOK_UP_BAR, limit=limit, **seen,
    )  # fmt: skip


def _timed(act: Callable[[int], Any], numbers: Sequence[int]) -> list[float]:
    """Milliseconds of each; a tenth of them before, to be warm."""
    for number in numbers[: len(numbers) // 10]:
        act(number)
    spent = []
    for number in numbers:
        begun = perf_counter()
        if not act(number):
            raise ValueError(number)
        spent.append((perf_counter() - begun) * 1000)
    return spent


BARE = """
SELECT event, role FROM trace_link WHERE item = %s::uuid
 ORDER BY event_time DESC, event DESC LIMIT 31
"""


def look_up(numbers: Sequence[int]) -> dict[str, list[float]]:
    from mingchu.accounts.domain import CITY
    from mingchu.base import clock
    from mingchu.trace import rows as stored
    from mingchu.trace.domain.asking import ask
    from mingchu.trace.finding import find
    from mingchu.trace.queries import _rows

    until = clock.now() + timedelta(minutes=1)

    def found(number: int) -> bool:
        asked = ask([("MATCH_anyEPC", _thing(number))])
        return bool(find([CITY], asked, limit=31, until=until).hits)

    def bare(number: int) -> bool:
        return bool(_rows(BARE, [stored.digest(stored.key_of(_thing(number)))]))

    return {"found": _timed(found, numbers), "bare": _timed(bare, numbers)}


def _streams(running: House, token: str, events: int) -> Iterator[Row]:
    """Peak memory of a web process while so many results, and a tenth, are paged through."""
    many = min(events, STREAMED)
    _paged(running, token, PER_PAGE * 4)
    few_peak, _few, _spent = _streamed(running, token, many // 10)
    peak, seen, spent = _streamed(running, token, many)
    limit = Limit(_("翻阅{n}条时（MiB）").format(n=f"{many // 10:,}"), few_peak)
    what = _("翻阅{n}条结果时一个网页进程的内存峰值").format(n=f"{seen:,}")
    yield Row(id="trace.stream.peak", what=what, value=peak, unit="MiB", n=seen, limit=limit)
    what = _("与翻阅十分之一时之比")
    yield Row(id="trace.stream.flat", what=what, value=peak / few_peak, unit="x", bar=FLAT_BAR)
    yield Row(id="trace.stream.rate", what=_("翻阅速度"), value=seen / spent, unit="/s", n=seen)


def _streamed(running: House, token: str, many: int) -> tuple[float, int, float]:
    processes = _web_processes(running)
    for process in processes:
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")
    begun = perf_counter()
    seen = _paged(running, token, many)
    return max(map(_peak, processes)), seen, perf_counter() - begun


def _web_processes(running: House) -> list[int]:
    """The house's processes that answer requests: below it, the server's and below that."""
    known = dict(_processes())

    def above(process: int) -> Iterator[int]:
        while process in known:
            yield process
            process = known[process][0]

    lines = {process: list(above(process)) for process in known}
    return [
        process
        for process, line in lines.items()
        if running.process.pid in line and any(SERVER in known[one][1] for one in line)
    ]


def _processes() -> Iterator[tuple[int, tuple[int, bytes]]]:
    """(process, (its parent, its command)) of all there are."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # ended meanwhile
        yield int(folder.name), (int(stat.rpartition(")")[2].split()[1]), command)


def _peak(process: int) -> float:
    """MiB of resident memory at most since it was last asked to forget."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")] or ["VmHWM: 0 kB"]
    return int(line.split()[1]) * 1024 / MIB


def _paged(running: House, token: str, many: int) -> int:
    """Follows the links of an answer until so many events came."""
    there, seen = urlsplit(running.url), 0
    line = http.client.HTTPConnection(there.hostname or "", there.port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", **KEPT}
    path = f"/epcis/events?orderBy=eventTime&perPage={PER_PAGE}"
    while seen < many and path:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Refusal(
                "bench_wrong_answer",
                "{path} 没有给出应有的页面：{told}",
                fix="请先修好这个页面，再测它的速度",
                path=path[:80],
                told=body[:300].decode(errors="replace"),
            )
        seen += body.count(b'"eventTime":')
        path = (answer.headers["Link"] or "").removeprefix("<").partition(">")[0]
    line.close()
    return seen


if __name__ == "__main__":
    from mingchu.ops import home

    home.configure()
    json.dump(look_up(json.load(sys.stdin)), sys.stdout)
