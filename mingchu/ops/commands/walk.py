"""`mingchu walk NN`, which `./x walk NN` becomes: a walk-through taken on the live demo."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.demo.driver import not_a_demo_home
from mingchu.ops import home
from mingchu.ops.commands import Result
from mingchu.ops.walk.script import steps
from mingchu.ops.walk.walker import ROOT, Taken, Walker

FOLDER = ROOT / "docs" / "walk"


def run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NN", help="docs/walk/NN.md, or another page's path")


def run(arguments: argparse.Namespace) -> Result:
    """Takes every step of a walk-through on the live demo of this home, in order."""
    script = steps(page(arguments.name).read_text(encoding="utf-8"))
    url = live_demo()
    teller = Teller(len(script), is_quiet=arguments.json)
    with _scratch() as folder:
        for taken in Walker(url, folder).walk(script):
            teller.tell(taken)
    data = {"walk": arguments.name, "url": url, "ok": teller.ok, "steps": teller.told}
    return Result(data, [teller.last], ok=teller.ok)


def page(name: str) -> Path:
    """Raises Refusal `no_such_walk` with those that there are."""
    found = Path(name) if name.endswith(".md") else FOLDER / f"{name.zfill(2)}.md"
    if not found.is_file():
        raise Refusal(
            "no_such_walk",
            _noop("没有走查稿 {name}"),
            fix=_noop("现有：{known}"),
            status=404,
            name=name,
            known=", ".join(sorted(one.stem for one in FOLDER.glob("*.md"))),
        )
    return found


def live_demo() -> str:
    """Where the demo of this home answers.

    Raises Refusal `not_a_demo_home` (a walk leaves traces), `no_demo_running`.
    """
    url = home.address()
    if url and not settings.DEMO:
        raise not_a_demo_home()
    if not url:
        raise Refusal(
            "no_demo_running",
            _noop("家目录 {place} 里没有正在运行的演示城市"),
            fix=_noop("请先在另一个终端运行 ./x demo，看到 ready 之后再走"),
            place=home.home(),
        )
    return url


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for what the steps write, gone with the walk."""
    made = Path(tempfile.mkdtemp(prefix="mingchu-walk-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@dataclass
class Teller:
    """Says of each step how it went as soon as it is known, unless a program listens."""

    total: int
    is_quiet: bool
    told: list[dict[str, object]] = field(default_factory=list)

    def tell(self, taken: Taken) -> None:
        number = len(self.told) + 1
        self.told.append(
            {
                "n": number,
                "line": taken.step.line,
                "what": taken.step.what,
                "ok": not taken.why,
                "why": taken.why,
            }
        )
        if not self.is_quiet:
            verdict = "NOT OK" if taken.why else "ok"
            why = f"\n           {taken.why}" if taken.why else ""
            print(f"{verdict:6} {number:3} {taken.step.what}{why}", flush=True)

    @property
    def good(self) -> int:
        return sum(1 for one in self.told if one["ok"])

    @property
    def ok(self) -> bool:
        return self.good == self.total

    @property
    def last(self) -> str:
        return _("{good} / {total} 步符合").format(good=self.good, total=self.total)
