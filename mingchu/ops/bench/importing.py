"""A list of 20,000 businesses in 20 columns, from the command to applied, and what follows.

Measured in a running house by the shipped command, again and again on the same list: new,
unchanged, every row changed, given back with its verdicts, undone. Beside it stands what the
machine does at best: the file read and nothing else, its cells copied into a bare table and nothing
else.

`python -m mingchu.ops.bench.importing BATCH` prints the seconds that the file back takes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from mingchu.base.errors import Refusal
from mingchu.kit.sheets.cells import shown
from mingchu.kit.sheets.read import read
from mingchu.ops.bench import Bar, Limit, Row, city
from mingchu.ops.bench.house import ROOT, House, clean_environment, house
from mingchu.ops.postgres import OWNER, Server

ROWS, COLUMNS = 20_000, 20
BAR = Bar("<=", 30)
BARE_TABLE = "bench_list"
SHOWN_LINES = 3


def setup(scale: int | None) -> dict[str, Any]:
    return {"businesses": city.size(scale), "rows": ROWS, "columns": COLUMNS}


def rows(scale: int | None) -> Iterator[Row]:
    businesses = city.size(scale)
    size = city.label(businesses)
    with house(businesses, keep=True) as running, TemporaryDirectory() as folder:
        first, later = (Path(folder) / name for name in ("list.xlsx", "later.xlsx"))
        _mingchu(running, "demo", "sheet", "--rows", str(ROWS), "--out", str(first))
        _mingchu(running, "demo", "sheet", "--rows", str(ROWS), "--out", str(later), "--later")
        reading, copying = _alone(running, first.read_bytes())
        limit = Limit(_("只读文件加只写入裸表，秒"), reading + copying)
        yield _row(f"import.read.{size}", _("只读文件"), reading)
        yield _row(f"import.copy.{size}", _("只写入裸表"), copying)
        seconds, new = _import(running, first)
        what = _("2万行20列名单，从命令到导入完毕")
        yield _row(f"B.import.{size}", what, seconds, BAR, limit)
        yield _row(f"import.back.{size}", _("退回标好结果的原表"), _back(running, new["batch"]))
        seconds, _again = _import(running, first)
        yield _row(f"import.again.{size}", _("再导入一次，全部未变"), seconds)
        seconds, changed = _import(running, later)
        yield _row(f"import.later.{size}", _("每一行都有变更"), seconds)
        for name, batch in (("changed", changed), ("new", new)):
            seconds = _mingchu(running, "import", "undo", str(batch["batch"]))[0]
            yield _row(f"import.undo.{name}.{size}", _("整批撤销"), seconds)


def _row(
    row_id: str, what: str, seconds: float, bar: Bar | None = None, limit: Limit | None = None
) -> Row:
    return Row(id=row_id, what=what, value=seconds, unit="s", bar=bar, limit=limit)


def _import(running: House, file: Path) -> tuple[float, Mapping[str, Any]]:
    return _mingchu(running, "import", "registry", str(file))


def _mingchu(running: House, *said: str) -> tuple[float, Mapping[str, Any]]:
    """Seconds a command of the house took, and what it answered."""
    return _timed(running, "-m", "mingchu", *said, "--json")


def _back(running: House, batch: int) -> float:
    seconds: float = _timed(running, "-m", __name__, str(batch))[1]["seconds"]
    return seconds


def _timed(running: House, *said: str) -> tuple[float, Mapping[str, Any]]:
    begun = perf_counter()
    done = subprocess.run(
        [sys.executable, *said],
        cwd=ROOT,
        env={**clean_environment(), "MINGCHU_HOME": str(running.home), "MINGCHU_DEMO": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    took = perf_counter() - begun
    if done.returncode:
        told = done.stdout.splitlines()[-1:] or done.stderr.splitlines()[-SHOWN_LINES:]
        raise Refusal(
            "bench_broke_off",
            "测速中的写入中断：{said}",
            fix="请先确认服务正在运行，再重新测速",
            said=" ".join(told),
        )
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return took, answer


def _alone(running: House, content: bytes) -> tuple[float, float]:
    """Seconds to read the file, and to copy its cells into a table without anything to it."""
    begun = perf_counter()
    [grid] = [one for one in read(content) if one.rows][:1]
    reading = perf_counter() - begun
    cells = [[shown(cell) for cell in row] for row in grid.rows if len(row) == COLUMNS]
    names = ", ".join(f"c{at} text" for at in range(COLUMNS))
    with psycopg.connect(Server(running.home).url(OWNER), autocommit=True) as db:
        db.execute(f"DROP TABLE IF EXISTS {BARE_TABLE}".encode())
        db.execute(f"CREATE TABLE {BARE_TABLE} ({names})".encode())
        begun = perf_counter()
        with db.cursor().copy(f"COPY {BARE_TABLE} FROM STDIN".encode()) as out:
            for row in cells:
                out.write_row(row)
        copying = perf_counter() - begun
        db.execute(f"DROP TABLE {BARE_TABLE}".encode())
    return reading, copying


def time_back(number: int) -> float:
    """Seconds from a batch to its file with verdicts."""
    from mingchu.kit.models import ImportBatch
    from mingchu.kit.sheets.importing import file_back

    batch = ImportBatch.objects.get(pk=number)
    begun = perf_counter()
    file_back(batch)
    return perf_counter() - begun


if __name__ == "__main__":
    from mingchu.ops import home

    home.configure()
    print(json.dumps({"seconds": time_back(int(sys.argv[1]))}))
