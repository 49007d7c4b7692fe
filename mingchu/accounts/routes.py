"""Every route of the house and the action it asks for, read from the resolver: none is missed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

# Ninja's own two views describe the API and hold nothing.
DESCRIPTIONS = frozenset({"api:openapi-json", "api:api-root"})


@dataclass(frozen=True)
class Route:
    """One URL, for an API one method of it; `action` is "" where a view forgot to say.

    `arguments` are pairs of a name and its converter's class.
    """

    name: str
    path: str
    method: str
    action: str
    arguments: tuple[tuple[str, str], ...]


def routes() -> list[Route]:
    return [
        route
        for route in _walk(get_resolver().url_patterns, "", "", ())
        if route.name not in DESCRIPTIONS
    ]


def _walk(
    patterns: list[URLPattern | URLResolver],
    prefix: str,
    space: str,
    above: tuple[tuple[str, str], ...],
) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        named = pattern.pattern.converters.items()
        arguments = (*above, *((name, type(how).__name__) for name, how in named))
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, path, inner, arguments)
        else:
            name = f"{space}{pattern.name}" if pattern.name else ""
            for method, action in _methods(pattern.callback):
                yield Route(name, f"/{path}", method, action, arguments)


def _methods(view: Any) -> Iterator[tuple[str, str]]:
    """A page answers under one action; an API path has an operation for each method."""
    # Ninja hands Django a closure over the path's operations.
    owner = inspect.getclosurevars(view).nonlocals.get("self") if inspect.isfunction(view) else None
    if not isinstance(owner, PathView):
        yield "", getattr(view, "action", "")
        return
    for operation in owner.operations:
        for method in operation.methods:
            yield method, getattr(operation.view_func, "action", "")
