"""Bench 测速: figures of this machine, each beside the limit met in the same run.

A bench is a module of this folder with `rows(scale) -> Iterator[Row]` and, if it has more to say
about how it measured, `setup(scale) -> dict`. A figure is never compared with another machine's:
its limit (an empty page, a raw COPY, hashing alone) is measured beside it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from math import ceil
from typing import Any, Literal

from mingchu.base.errors import Refusal

NAMES = (
    *("start", "pages", "search", "import", "ledger", "alerts", "grade", "draw", "phone", "trace"),
    *("kill", "publicity", "log", "coldchain", "labels", "media", "probe", "schools", "markets"),
    *("production", "report"),
)
RESERVED = {"import": "importing"}  # names of modules that Python keeps for itself
SECONDS: ContextVar[float] = ContextVar("seconds", default=30.0)  # of one measurement, warm
KEEP: ContextVar[str] = ContextVar("keep", default="")  # a folder whose house is built once

OPERATORS: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Bar:
    """What a figure has to reach; design §8."""

    op: Literal["<=", ">="]
    value: float


@dataclass(frozen=True)
class Limit:
    """What the same machine does at best, measured in the same run."""

    what: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure; `n` observations stand behind it, percentiles in the same unit as the value."""

    id: str
    what: str
    value: float
    unit: str
    n: int = 1
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    bar: Bar | None = None
    limit: Limit | None = None

    @property
    def met(self) -> bool:
        """Judged on the unrounded figure.

        >>> Row(id="B8.list.16k", what="", value=60.0001, unit="ms", bar=Bar("<=", 60)).met
        False
        """
        return self.bar is None or OPERATORS[self.bar.op](self.value, self.bar.value)

    def plain(self) -> dict[str, Any]:
        """As the contract has it, in its order of keys."""
        shown = ("value", "p50", "p95", "p99")
        figures = {name: _rounded(getattr(self, name)) for name in shown}
        return {
            "id": self.id,
            "what": str(self.what),
            "value": figures["value"],
            "unit": self.unit,
            "n": self.n,
            **{name: figures[name] for name in shown[1:]},
            "bar": {"op": self.bar.op, "value": self.bar.value} if self.bar else None,
            "limit": {"what": str(self.limit.what), "value": _rounded(self.limit.value)}
            if self.limit
            else None,
            "met": self.met,
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One run of one bench, with the machine it ran on."""

    bench: str
    version: str
    at: str
    machine: dict[str, Any]
    setup: dict[str, Any]
    rows: Sequence[Row] = field(default_factory=tuple)

    @property
    def met(self) -> bool:
        return all(row.met for row in self.rows)

    def plain(self) -> dict[str, Any]:
        return {
            "bench": self.bench,
            "version": self.version,
            "at": self.at,
            "machine": self.machine,
            "setup": self.setup,
            "rows": [row.plain() for row in self.rows],
        }


@dataclass(frozen=True)
class Bench:
    """A named bench that has its code."""

    name: str
    rows: Callable[[int | None], Iterator[Row]]
    setup: Callable[[int | None], dict[str, Any]]


def module_of(name: str) -> str:
    return f"{__name__}.{RESERVED.get(name, name)}"


def present() -> list[str]:
    """Names that can be run today."""
    return [name for name in NAMES if find_spec(module_of(name))]


def find(name: str) -> Bench:
    """The bench of that name; what is promised for later is refused, never imitated."""
    if name not in present():
        raise Refusal(
            "bench_comes_later",
            "测速“{bench}”随它所属的功能一起到来，现在还没有",
            fix="现在可以运行：{names}",
            bench=name,
            names=" ".join(present()),
        )
    module = import_module(module_of(name))
    return Bench(name, module.rows, getattr(module, "setup", lambda scale: {}))


def percentile(ranked: Sequence[float], share: float) -> float:
    """Nearest rank of an ascending sequence: an observation that happened, nothing in between.

    >>> percentile([1, 2, 3, 4], 0.5), percentile([1, 2, 3, 4], 0.95)
    (2, 4)
    """
    return ranked[max(0, ceil(share * len(ranked)) - 1)]


def spread(observed: Sequence[float]) -> dict[str, Any]:
    """`n`, `p50`, `p95`, `p99` of observations, ready for a Row.

    >>> spread([3.0, 1.0, 2.0])
    {'n': 3, 'p50': 2.0, 'p95': 3.0, 'p99': 3.0}
    """
    ranked = sorted(observed)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {"n": len(ranked), **{name: percentile(ranked, at) for name, at in shares.items()}}
