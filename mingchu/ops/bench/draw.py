"""The draw: tickets and choice beside hashing alone, a replay from outside, any length in bounds.

Times are of the process, so that what else runs on the machine stays out of them; the smallest of
several runs, draw and hashing taking turns.
"""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from django.utils.translation import gettext as _

from mingchu.draw.domain import bundle
from mingchu.draw.domain.assigning import Terms
from mingchu.draw.domain.choosing import choose
from mingchu.draw.domain.frame import Frame, Plan
from mingchu.draw.domain.hashing import BALLS, Hashing
from mingchu.draw.domain.lists import Inspector, Subject
from mingchu.ledger.merkle import Growing
from mingchu.ledger.merkle import Hashing as Tree
from mingchu.ops.bench import Bar, Limit, Row
from mingchu.ops.bench.house import ROOT, clean_environment

CITY, MILLION, MANY = 16_108, 1_000_000, 10_000_000
RUNS = {CITY: 20, MILLION: 3}
SECONDS_BAR = {CITY: Bar("<=", 0.1), MILLION: Bar("<=", 4)}
RATIO_BAR = Bar("<=", 1.5)
PPM = 50_000
HASHING = Hashing()
SEED = HASHING.digest(b"bench")
DISTRICTS, KINDS, TIERS = tuple(f"1501{n:02}" for n in range(1, 11)), ("a", "b", "c"), ("1", "2")
STREAM = "mingchu.ops.bench.draw"


@dataclass(frozen=True)
class Numbered:
    """So many subjects, made anew whenever the list is gone through: never held."""

    count: int

    def __iter__(self) -> Iterator[Subject]:
        for number in range(self.count):
            yield Subject(
                f"{number:032x}",
                DISTRICTS[number % len(DISTRICTS)],
                KINDS[number % len(KINDS)],
                TIERS[number % len(TIERS)],
            )


def rates() -> dict[tuple[str, str, str], int]:
    return {(d, k, t): PPM for d in DISTRICTS for k in KINDS for t in TIERS}


def setup(scale: int | None) -> dict[str, Any]:
    return {"ppm": PPM, "balls": 1, "streamed": scale or MANY}


def rows(scale: int | None) -> Iterator[Row]:
    for count, name in ((CITY, "16k"), (MILLION, "1m")):
        yield from _beside_hashing(list(Numbered(count)), name)
    yield from _replayed()
    yield from _streamed(scale or MANY)


def _beside_hashing(subjects: list[Subject], name: str) -> Iterator[Row]:
    count, known = len(subjects), rates()
    draw, alone = _fastest(
        RUNS[count],
        lambda: choose(subjects, known, SEED, HASHING),
        lambda: _hashing_alone(subjects),
    )
    limit = Limit(_("只算摘要，秒"), alone)
    what = _("{n}户抽取").format(n=count)
    yield Row(
        id=f"B6.{name}", what=what, value=draw, unit="s", n=RUNS[count],
        bar=SECONDS_BAR[count], limit=limit,
    )  # fmt: skip
    what = _("{n}户抽取是只算摘要的几倍").format(n=count)
    yield Row(
        id=f"B6.{name}.ratio", what=what, value=draw / alone, unit="x", bar=RATIO_BAR, limit=limit
    )


def _hashing_alone(subjects: list[Subject]) -> None:
    """The hash of every subject's one ball, and nothing else."""
    new, begin, first = hashlib.sha256, SEED + b"S", BALLS[0]
    for row in subjects:
        new(begin + row.id.encode() + first).digest()


def _fastest(runs: int, *what: Callable[[], object]) -> list[float]:
    best = [float("inf")] * len(what)
    for _run in range(runs):
        for place, one in enumerate(what):
            begun = process_time()
            one()
            best[place] = min(best[place], process_time() - begun)
    return best


def _replayed() -> Iterator[Row]:
    """A bundle of the whole city, judged by the program that outsiders run."""
    with TemporaryDirectory(prefix="bench-draw-") as folder:
        for name, data in _bundle().items():
            (Path(folder) / name).write_bytes(data)
        begun = perf_counter()
        done = subprocess.run(
            [sys.executable, "-I", str(Path(folder) / "verify.py")],
            capture_output=True,
            check=False,
        )
        seconds = perf_counter() - begun
    yield Row(
        id="draw.replay", what=_("外部程序重抽全市，与结果逐字节相同"), value=seconds, unit="s"
    )
    yield Row(
        id="draw.replay.fits",
        what=_("外部程序判定相符"),
        value=float(done.returncode == 0),
        unit="",
        bar=Bar(">=", 1),
    )


def _bundle() -> dict[str, bytes]:
    dice = {"kind": "dice", "throws": 20}
    plan = Plan("2026-0001", rates(), [dice], Terms(3, 0))
    people = [Inspector(f"i{n:03}", (d,), KINDS, n % 2 == 0) for n, d in enumerate(DISTRICTS * 16)]
    frame = Frame(plan, list(Numbered(CITY)), people, [])
    nonce, at, found = bytes(32), "2026-11-20T08:30:00+08:00", [{**dice, "throws": "1" * 20}]
    leaf = bundle.leaf(plan.number, frame.commitment(nonce), at)
    growing = Growing(Tree())
    list(growing.extend([Tree().leaf(HASHING.digest(leaf))]))
    entry = bundle.Entry(leaf, 0, 1, [], growing.root())
    drawn = frame.draw(nonce, found)
    return bundle.files(frame, drawn, nonce=nonce, found=found, committed_at=at, entry=entry)


def _streamed(count: int) -> Iterator[Row]:
    """In a process of its own, whose memory is then known."""
    done = subprocess.run(
        [sys.executable, "-m", STREAM, str(count)],
        cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds, memory = map(float, done.stdout.split())
    what = _("{n}户逐户读入抽取").format(n=count)
    yield Row(id="draw.stream", what=what, value=seconds, unit="s", n=count)
    what = _("其间最大内存")
    yield Row(id="draw.stream.memory", what=what, value=memory, unit="MiB")


def _stream(count: int) -> None:
    begun = process_time()
    choose(Numbered(count), rates(), SEED, HASHING)
    seconds = process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{seconds} {peak}{os.linesep}")


if __name__ == "__main__":
    _stream(int(sys.argv[1]))
