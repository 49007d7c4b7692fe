"""The rulebook for programs: every rule and one rule, on any day; nobody has to sign in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.views.decorators.http import condition
from ninja import Router
from ninja.decorators import decorate_view

from mingchu.base import clock, paging
from mingchu.base.doors import public
from mingchu.rulebook import fresh, queries
from mingchu.rulebook.queries import Wanted

router = Router(tags=["rules"])


@router.get("/rules", operation_id="list_rules")
@decorate_view(condition(etag_func=fresh.of_data))
@public
def list_rules(
    request: HttpRequest,
    q: str = "",
    family: str = "",
    status: str = "",
    on: date | None = None,
    cursor: str = "",
    limit: int = paging.LIMIT_DEFAULT,
) -> dict[str, Any]:
    """`state` is `in_force`, `ahead` or `repealed` on the day; only the first has a value."""
    day, wanted = on or clock.today(), Wanted(q=q, family=family, status=status)
    begin = str(paging.place(cursor)[0]) if cursor else ""
    known = [one for one in queries.entries(day) if one.id > begin and wanted.fits(one)]
    shown = known[: paging.limited(limit)]
    following = paging.cursor(shown[-1].id) if len(known) > len(shown) else None
    return paging.page([queries.entry_plain(one, day) for one in shown], following)


@router.get("/rules/{str:rule_id}", operation_id="one_rule")
@decorate_view(condition(etag_func=fresh.of_data))
@public
def one_rule(request: HttpRequest, rule_id: str, on: date | None = None) -> dict[str, Any]:
    """The version that holds on the day, with its citation; a problem where none does."""
    return queries.ruling_plain(queries.open_rule(rule_id).on(on or clock.today()))
