"""Classing 信用分类: the class of every firm of a day, set-wise; what is as it was writes nothing.

Firms are reckoned monthly, and at once where a list is entered or left. What a class rests on is
kept with it, so that each answers by itself why.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import connection, transaction

from mingchu.base import clock
from mingchu.ledger.services import record
from mingchu.risk import credit_rules, credit_sql, events
from mingchu.risk.credit_rules import Basis
from mingchu.risk.models import CreditRun
from mingchu.rulebook.scoring import digest as sheet_digest

# What one line of `gained` says of a class: every item with its points, whatever was measured.
GAINED = """(SELECT string_agg(one ->> 'item' || ':' || (one ->> 'points'), ',')
  FROM jsonb_array_elements({reasons}) one)"""
MOVE = """
WITH {reckoned},
compared AS MATERIALIZED (
 SELECT n.*, c.id AS held, c.credit AS before, c.since AS began
   FROM reckoned n
   LEFT JOIN risk_creditclass c ON c.business_id = n.id AND c.until IS NULL
),
fresh AS MATERIALIZED (
 SELECT n.* FROM compared n LEFT JOIN risk_creditclass c ON c.id = n.held
  WHERE n.held IS NULL OR n.letter <> c.credit OR n.points <> c.points
     OR n.lifted_by <> c.lifted_by OR {gained_now} IS DISTINCT FROM {gained_then}
),
-- Who has no class any more: closed, merged, no firm; only where all were looked at.
lost AS MATERIALIZED (
 SELECT c.id AS held, c.since AS began FROM risk_creditclass c
  WHERE c.until IS NULL AND (%(only)s::bigint[] IS NULL OR c.business_id = ANY(%(only)s))
    AND NOT EXISTS (SELECT FROM reckoned n WHERE n.id = c.business_id)
),
over AS MATERIALIZED (
 SELECT held, began FROM fresh WHERE held IS NOT NULL UNION ALL SELECT held, began FROM lost
),
-- What began today has no past to keep.
gone AS (
 DELETE FROM risk_creditclass WHERE id IN (SELECT held FROM over WHERE began >= %(day)s)
 RETURNING id
),
ended AS (
 UPDATE risk_creditclass SET until = %(before)s
  WHERE id IN (SELECT held FROM over WHERE began < %(day)s) RETURNING id
),
-- Counting them first makes room: at most one class of a firm is present.
made AS (
 INSERT INTO risk_creditclass
        (business_id, credit, points, lifted_by, answers, reasons, since, run_id)
 SELECT id, letter, points, lifted_by, answers, reasons, %(day)s, %(run)s FROM fresh
  WHERE (SELECT count(*) FROM gone) + (SELECT count(*) FROM ended) >= 0
 RETURNING id
)
SELECT (SELECT count(*) FROM compared), (SELECT count(*) FROM made),
       (SELECT count(*) FROM compared WHERE before IS NOT NULL AND before <> letter)
"""
COUNTS = """
SELECT credit, count(*) FROM risk_creditclass WHERE until IS NULL GROUP BY credit ORDER BY credit
"""
DIGEST = """
SELECT encode(sha256(convert_to(%(salt)s || coalesce(string_agg(
         business_id || ' ' || credit || ' ' || points, E'\n' ORDER BY business_id), ''), 'UTF8')),
         'hex')
  FROM risk_creditclass
 WHERE until IS NULL AND (%(only)s::bigint[] IS NULL OR business_id = ANY(%(only)s))
"""
# Only one reckoning at a time: a number of this file's own.
LOCK = 20_220_113


@transaction.atomic
def reckon(*, only: Collection[int] | None = None) -> CreditRun:
    """The classes of today; of all firms, or of these."""
    day, chosen = clock.today(), sorted(set(only)) if only is not None else None
    basis = credit_rules.basis(day)
    with connection.cursor() as db:
        db.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    run = CreditRun.objects.create(
        day=day, whole=chosen is None, firms=0, moved=0, rules=basis.plain(),
        sheet_digest=sheet_digest(basis.sheet.value), salt=secrets.token_hex(16), digest="",
    )  # fmt: skip
    run.firms, run.moved = _move(basis, run, chosen)
    run.counts, run.digest = _counts(), _digest(run.salt, chosen)
    entry = record(
        events.CreditReckoned(
            subject=f"credit:{run.pk}",
            run_id=run.pk,
            day=day,
            whole=run.whole,
            firms=run.firms,
            rules=run.rules,
            digest=run.digest,
        )
    )
    run.entry = entry.pk
    run.save(update_fields=["firms", "moved", "counts", "digest", "entry"])
    return run


def _move(basis: Basis, run: CreditRun, only: list[int] | None) -> tuple[int, int]:
    """Writes what changed; how many firms there are, and of how many the letter changed."""
    sql = MOVE.format(
        reckoned=credit_sql.reckoned(basis),
        gained_now=GAINED.format(reasons="n.reasons"),
        gained_then=GAINED.format(reasons="c.reasons"),
    )
    asked = {
        **credit_sql.params(basis, run.day, only),
        "run": run.pk,
        "before": run.day - timedelta(days=1),
    }
    with connection.cursor() as db:
        db.execute(credit_sql.NESTED, ["off" if only is None else "on"])
        db.execute(sql, asked)
        firms, _made, moved = db.fetchone()
        db.execute(credit_sql.NESTED, ["on"])
    return firms, moved


def _counts() -> dict[str, int]:
    with connection.cursor() as db:
        db.execute(COUNTS)
        return dict(db.fetchall())


def _digest(salt: str, only: list[int] | None) -> str:
    with connection.cursor() as db:
        db.execute(DIGEST, {"salt": salt, "only": only})
        return str(db.fetchone()[0])


def is_as_reckoned(run: CreditRun) -> bool:
    """Whether the classes that stand are still those that the run of the whole city left."""
    return run.whole and _digest(run.salt, None) == run.digest
