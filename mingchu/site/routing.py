"""Ways of a context: only those are tried whose text begins as the path does, where Django would
match every pattern before the right one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, include
from django.urls.resolvers import RoutePattern


class Ways(URLResolver):
    """As `path("", include(...))`."""

    def __init__(self, module: str):
        urls, app_name, namespace = include(module)
        super().__init__(RoutePattern(""), urls, {}, app_name=app_name, namespace=namespace)

    def resolve(self, path: Any) -> ResolverMatch:
        """Raises Resolver404 where no way of this context is meant."""
        said = str(path)
        for head, one in self._heads:
            if said.startswith(head) and (found := _met(one, said)):
                return self._led(found)
        raise Resolver404({"path": said})

    def _led(self, found: ResolverMatch) -> ResolverMatch:
        """The match, found through this context."""
        return ResolverMatch(
            found.func,
            found.args,
            found.kwargs,
            found.url_name,
            [*([self.app_name] if self.app_name else ()), *found.app_names],
            [*([self.namespace] if self.namespace else ()), *found.namespaces],
            found.route,
            extra_kwargs=found.extra_kwargs,  # type: ignore[attr-defined]  # not in the stubs
        )

    @cached_property
    def _heads(self) -> list[tuple[str, URLPattern | URLResolver]]:
        """What stands before the first place of each route."""
        return [(_head(one.pattern), one) for one in self.url_patterns]


def _head(pattern: Any) -> str:
    return str(pattern).partition("<")[0] if isinstance(pattern, RoutePattern) else ""


def _met(one: URLPattern | URLResolver, path: str) -> ResolverMatch | None:
    try:
        return one.resolve(path)
    except Resolver404:  # a resolver inside has no way for it
        return None
