"""Allotting 分配: the acts by which a party gets, and loses, the right to speak for identifiers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.places import located
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.base.ids import new_id
from mingchu.identifiers.epc import EpcError
from mingchu.ledger.services import current_actor, record
from mingchu.trace import allotments, events
from mingchu.trace.allotments import Kept
from mingchu.trace.domain.allotting import Role, number_of

NEW = """
INSERT INTO trace_allotment
       (id, number, party, role, since, until, entered_at, entered_by, changed_at, is_void)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, false)
"""
END = "UPDATE trace_allotment SET until = %s, is_void = %s, changed_at = %s WHERE id = %s"
LOCK = "SELECT id FROM trace_allotment WHERE id = %s FOR UPDATE"
PARTIES = (ScopeKind.BUSINESS, ScopeKind.MARKET, ScopeKind.SCHOOL, ScopeKind.DISTRICT)


@transaction.atomic
def allot(
    *, number: str, party: str, role: Role, since: date | None = None, until: date | None = None
) -> Kept:
    """The party speaks for a company prefix, or for one class, place or party number.

    The same once more changes nothing. Raises Refusal `not_allottable`, `no_such_party`,
    `bad_days`.
    """
    known, scope = _number(number), _party(party)
    _check_days(since, until)
    for old in allotments.listed(known, str(scope)):
        if (old.role, old.since, old.until) == (role, since, until):
            return old
    now = clock.now()
    kept = Kept(new_id(), known, str(scope), role, since, until, now, current_actor().actor, False)
    with connection.cursor() as db:
        db.execute(NEW, [*kept[:8], now])
    record(
        events.NumberAllotted(
            subject=f"allotment:{kept.id}",
            number=known,
            party=kept.party,
            role=role.value,
            since=since,
            until=until,
        )
    )
    transaction.on_commit(allotments.forget)
    return kept


@transaction.atomic
def unallot(*, number: UUID, until: date | None = None) -> Kept:
    """It ends after a day; without a day it was a mistake, and never held.

    Raises Refusal `no_such_allotment`, `bad_days`.
    """
    with connection.cursor() as db:
        db.execute(LOCK, [number])
    kept = allotments.one(number)
    if kept is None or kept.is_void:
        raise Refusal(
            "no_such_allotment",
            _noop("没有这一条分配登记"),
            fix=_noop("编号见 mingchu trace allotments"),
            status=404,
        )
    _check_days(kept.since, until)
    ended = kept._replace(until=until or kept.until, is_void=until is None)
    if ended == kept:
        return kept
    with connection.cursor() as db:
        db.execute(END, [ended.until, ended.is_void, clock.now(), number])
    subject = f"allotment:{kept.id}"
    record(
        events.AllotmentEnded(subject=subject, number=kept.number, party=kept.party, until=until)
    )
    transaction.on_commit(allotments.forget)
    return ended


def _number(text: str) -> str:
    try:
        return number_of(text.strip())
    except (EpcError, ValueError):
        raise Refusal(
            "not_allottable",
            _noop("“{number}”不是能登记的编码"),
            fix=_noop("请给6至12位厂商识别代码，或一个标识，如 01/06901234567892"),
            status=400,
            number=text[:80],
        ) from None


def _party(text: str) -> Scope:
    kind, _, code = text.strip().partition(":")
    scope = Scope(ScopeKind(kind), code) if kind in set(ScopeKind) else None
    if scope is None or scope.kind not in PARTIES or located(scope) is None:
        raise Refusal(
            "no_such_party",
            _noop("没有“{party}”这个主体"),
            fix=_noop("写法如 business:1024，编号以登记册为准"),
            status=400,
            party=text[:80],
        )
    return scope


def _check_days(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise Refusal(
            "bad_days",
            _noop("止日{until}早于起日{since}"),
            fix=_noop("请改正起止日"),
            status=400,
            since=since,
            until=until,
        )
