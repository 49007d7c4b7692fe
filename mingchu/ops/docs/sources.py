"""The project's own Python, read as syntax: for pages and tests about what the code says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source(NamedTuple):
    """A module by its dotted name."""

    module: str
    path: Path
    tree: ast.Module

    @property
    def context(self) -> str:
        return [*self.module.split("."), ""][1]


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the package but its migrations."""
    return tuple(
        Source(_name(path), path, ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
    )


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def called(call: ast.Call) -> str:
    """The last word of what is called: `events.PostGiven(…)` is `PostGiven`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def functions(tree: ast.AST) -> Iterator[Function]:
    """Top-level functions and methods, and those inside them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
