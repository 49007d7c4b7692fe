"""Standing queries 常设查询: queries under names, and who is told of their events."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from mingchu.base import clock
from mingchu.base.ids import new_id
from mingchu.trace import following, problems, words
from mingchu.trace.domain import standing as domain
from mingchu.trace.domain.asking import AskedWrong, ask_by_body
from mingchu.trace.domain.faults import Fault
from mingchu.trace.domain.standing import Controls, Definition, StandingWrong
from mingchu.trace.services import hooks
from mingchu.trace.standing import SECRETS, NamedQuery, Subscription

QUERIES_TOP, SUBSCRIPTIONS_TOP = 500, 500  # of one party
COUNT = {
    table: f"SELECT count(*) FROM {table} WHERE party = %s"  # noqa: S608 no value
    for table in ("trace_query", "trace_subscription")
}
NEW_QUERY = """
INSERT INTO trace_query (id, name, created_at, party, district, creator, extensions, query)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (name) DO NOTHING
"""
HOLD = "SELECT FROM trace_query WHERE id = %s FOR SHARE"
END_QUERY = "DELETE FROM trace_query WHERE id = %s"
END_ALL = "DELETE FROM trace_subscription WHERE query = %s"
END = "DELETE FROM trace_subscription WHERE id = %s"
NEW = """
INSERT INTO trace_subscription (id, query, created_at, party, district, creator, post, dest, token,
    schedule, reports_if_empty, initial, epc_format, state, cursor_time, cursor_key, due_at,
    page_events)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::text::json, %s, %s, %s, 'active', %s, %s, %s, %s)
"""
RESUME = """
UPDATE trace_subscription
   SET state = 'active', failures = 0, failing_since = NULL, due_at = %s
 WHERE id = %s AND state = 'paused'
"""


class Author(NamedTuple):
    """Who asks: the actor as the ledger writes him, the party he speaks for, its district, and the
    post in which he does."""

    label: str
    party: str
    district: str
    post: int

    def check_own(self, party: str) -> None:
        """Raises Refusal `forbidden`: who supervises a party does not act for it."""
        if party != self.party:
            raise problems.FORBIDDEN


def create_query(data: bytes, extensions: str, author: Author) -> Definition:
    """Raises Refusal `query_exists`, `query_many`, and what is wrong with the query."""
    try:
        made = domain.definition(data)
        ask_by_body(made.query, extensions)
    except Fault as fault:
        raise words.of_fault(fault) from None
    except StandingWrong as wrong:
        raise problems.of_standing(wrong) from None
    except AskedWrong as wrong:
        raise problems.of_query(wrong) from None
    _check_room("trace_query", author, QUERIES_TOP)
    query = json.dumps(made.query, ensure_ascii=False)
    row = [new_id(), made.name, clock.now(), *author[1:3], author.label, extensions, query]
    if made.name == domain.BUILT_IN or _execute(NEW_QUERY, row) == 0:
        raise problems.NAME_TAKEN
    return made


def delete_query(query: NamedQuery, author: Author) -> None:
    """With its subscriptions, as the standard says. Raises Refusal `forbidden`, `not_found`."""
    author.check_own(query.party)
    with transaction.atomic():
        if _execute(END_QUERY, [query.id]) == 0:
            raise problems.NOT_FOUND
        _execute(END_ALL, [query.id])


def subscribe(
    data: bytes, query: NamedQuery, spelled: str, author: Author
) -> tuple[UUID, Controls]:
    """Who subscribes is told what he himself may see, whoever named the query.

    Raises Refusal `not_found`, `query_many`, `subscription_limited`, and what is wrong with the
    controls.
    """
    try:
        said = domain.controls(data)
    except Fault as fault:
        raise words.of_fault(fault) from None
    except StandingWrong as wrong:
        raise problems.of_standing(wrong) from None
    asked = query.asked()
    if (asked.limit, asked.most) != (None, None):
        raise problems.LIMITED
    hooks.check(said.dest)
    _check_room("trace_subscription", author, SUBSCRIPTIONS_TOP)
    number, now, place = new_id(), clock.now(), following.begin(said.initial)
    due = now if said.times is None else said.times.after(now)
    row = [
        number, query.id, now, *author[1:3], author.label, author.post,
        SECRETS.seal(said.dest), SECRETS.seal(said.token) if said.token else "",
        None if said.schedule is None else json.dumps(said.schedule),
        said.reports_if_empty, said.initial, spelled, *place, due, following.PAGE_EVENTS,
    ]  # fmt: skip
    with transaction.atomic():
        if _execute(HOLD, [query.id]) == 0:
            raise problems.NOT_FOUND
        _execute(NEW, row)
    return number, said


def unsubscribe(one: Subscription, author: Author) -> None:
    """Raises Refusal `forbidden`, `not_found`."""
    author.check_own(one.party)
    if _execute(END, [one.id]) == 0:
        raise problems.NOT_FOUND


def resume(one: Subscription, author: Author) -> None:
    """A paused subscription goes on where it stopped. Raises Refusal `forbidden`, `not_found`."""
    author.check_own(one.party)
    if _execute(RESUME, [clock.now(), one.id]) == 0:
        raise problems.NOT_FOUND


def _check_room(table: str, author: Author, top: int) -> None:
    with connection.cursor() as db:
        db.execute(COUNT[table], [author.party])
        if db.fetchone()[0] >= top:
            raise problems.MANY_QUERIES


def _execute(sql: str, params: list[Any]) -> int:
    with connection.cursor() as db:
        db.execute(sql, params)
        return int(db.rowcount)
