"""Public endpoints of the logs for programs; errors are problem documents, whatever is accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mingchu.accounts.access import public
from mingchu.base.errors import Refusal
from mingchu.ledger.domain import LogName
from mingchu.site.answers import problem
from mingchu.site.ledger import proofs

Answer = Callable[[HttpRequest, LogName], Any]


def _told(answer: Answer) -> Callable[[HttpRequest], HttpResponse]:
    """One value as JSON, or why not."""

    @public
    @require_safe
    @never_cache
    @wraps(answer)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            log = proofs.log_named(request.GET.get("log", LogName.JOURNAL))
            return JsonResponse(asdict(answer(request, log)))
        except Refusal as refusal:
            return problem(refusal)

    return view


@_told
def head(request: HttpRequest, log: LogName) -> Any:
    """The newest signed head, or that of `tree_size`."""
    return proofs.head(log, request.GET.get("tree_size", ""))


@_told
def inclusion(request: HttpRequest, log: LogName) -> Any:
    """That the entry `id`, or the leaf `leaf_index`, stands under the head of `tree_size`."""
    asked = request.GET
    return proofs.inclusion(
        log,
        item=asked.get("id", ""),
        index=asked.get("leaf_index", ""),
        size=asked.get("tree_size", ""),
    )


@_told
def consistency(request: HttpRequest, log: LogName) -> Any:
    """That the log of size `second` (the newest) begins with the log of size `first`."""
    asked = request.GET
    return proofs.consistency(log, first=asked.get("first", ""), second=asked.get("second", ""))
