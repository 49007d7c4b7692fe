"""Running 风险评定: one pass over the city, or over a few; only what moved is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from time import monotonic
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record, record_many
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.registry.queries import any_number
from mingchu.risk import events, rules
from mingchu.risk.domain import set_wise
from mingchu.risk.domain.basis import Basis
from mingchu.risk.models import Grade, HygieneGrade, Occasion, Run
from mingchu.risk.queries.grades import digest_of

# Two runs at once would both close and open the grades of the same businesses.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('risk.grade'))"
# A city's reasons are sorted in memory: some 20 MB of 16,108 businesses, a bounded part of more.
MEMORY = "SET LOCAL work_mem = '64MB'"
FOUND, MOVED = "risk_found", "risk_moved"
_KEPT = ", ".join(set_wise.COLUMNS)

_MOVED = f"""
CREATE TEMP TABLE {MOVED} ON COMMIT DROP AS
SELECT f.*, coalesce(g.letter, '') AS before, g.id IS NULL AS first, g.id AS old
FROM {FOUND} f LEFT JOIN risk_grade g ON g.business_id = f.business_id AND g.until IS NULL
WHERE g.id IS NULL OR ({", ".join(f"g.{one}" for one in set_wise.COLUMNS)})
      IS DISTINCT FROM ({", ".join(f"f.{one}" for one in set_wise.COLUMNS)})
"""  # noqa: S608 names of our own columns
_CLOSE = f"UPDATE risk_grade g SET until = %(day)s FROM {MOVED} m WHERE g.id = m.old"  # noqa: S608
_GONE = """
UPDATE risk_grade g SET until = %(day)s
WHERE until IS NULL {only} AND NOT EXISTS (SELECT FROM risk_found f
      WHERE f.business_id = g.business_id)
RETURNING id, business_id, letter, '', '', %(day)s::date
"""
_WRITE = f"""
INSERT INTO risk_grade (business_id, since, run_id, before, first, digest, reasons, {_KEPT})
SELECT f.business_id, %(day)s, %(run)s, f.before, f.first, {{digests}},
       CASE WHEN f.missing = '' THEN {{reasons}} ELSE '[]'::jsonb END,
       {", ".join(f"f.{one}" for one in set_wise.COLUMNS)}
FROM {MOVED} f LEFT JOIN risk_profile p ON p.id = f.profile_id
ORDER BY f.business_id
"""  # noqa: S608
# A city that is graded first is told once, by the digest of its run.
_TO_TELL = """
SELECT id, business_id, before, letter, missing, since FROM risk_grade
WHERE run_id = %(run)s AND before <> letter AND NOT (%(whole)s AND first) ORDER BY id
"""
_HOW_MANY = """
SELECT count(*), count(*) FILTER (WHERE before <> letter) FROM risk_grade WHERE run_id = %(run)s
"""
_COUNT = f"SELECT kind, letter, missing, count(*) FROM {FOUND} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"  # noqa: S608

# New businesses that nothing is known of yet wait for the yearly run.
_TOUCHED = """
SELECT business_id FROM risk_profile WHERE recorded_at > %(since)s
UNION SELECT business_id FROM risk_visit WHERE recorded_at > %(since)s
UNION SELECT business_id FROM risk_ground WHERE recorded_at > %(since)s
UNION SELECT o.business_id FROM risk_override o
      JOIN risk_grade g ON g.override = o.id AND g.until IS NULL WHERE o.until < %(day)s
UNION SELECT l.business_id FROM risk_listing l
      JOIN risk_grade g ON g.business_id = l.business_id AND g.until IS NULL
      WHERE l.roll = 'serious' AND l.struck_at IS NULL
            AND g.serious IS DISTINCT FROM (l.until IS NULL OR l.until >= %(day)s)
"""


class Moved(NamedTuple):
    """A grade of another letter, or one that ended because its business is graded no more."""

    grade: int
    business: int
    before: str
    letter: str
    missing: str
    since: date


def grade_city(
    *, occasion: str = Occasion.ASKED, as_of: date | None = None, by: Actor | None = None
) -> Run:
    """Grades everybody whom the rules name, as of a day: today, or one since the last run."""
    day = as_of or clock.today()
    _check(day)
    found = _run(day, None, occasion, by)
    assert found is not None  # noqa: S101 a run over the city is kept whatever it found
    return found


def regrade(
    businesses: Collection[int], *, occasion: str = Occasion.EVENT, by: Actor | None = None
) -> Run | None:
    """Grades a few anew, since something of them changed; None where nothing moved."""
    return _run(clock.today(), list(businesses), occasion, by) if businesses else None


def follow(businesses: Collection[int]) -> Run | None:
    """Something of them changed elsewhere: those that have a grade are graded anew."""
    rows = Grade.objects.filter(business__in=any_number(businesses), until__isnull=True)
    return regrade(list(rows.values_list("business_id", flat=True)))


def forget(numbers: Collection[int]) -> None:
    """Businesses that should never have been enrolled: what followed from them goes with them."""
    for model in (Grade, HygieneGrade):
        model.objects.filter(business__in=any_number(numbers)).delete()


def grade_touched() -> Run | None:
    """Whoever has facts that came since the last run, whose override is over, or who is new."""
    # A run over one business says nothing of the facts of others.
    rounds = Run.objects.filter(Q(whole=True) | Q(occasion=Occasion.NIGHT))
    last = rounds.order_by("-pk").values_list("at", flat=True).first()
    if last is None:
        return None
    with connection.cursor() as db:
        db.execute(_TOUCHED, {"since": last, "day": clock.today()})
        numbers = [number for (number,) in db.fetchall()]
    return regrade(numbers, occasion=Occasion.NIGHT)


def _check(day: date) -> None:
    if day > clock.today():
        raise Refusal(
            "grade_in_future",
            _noop("不能按{day}评定：这一天还没有到"),
            fix=_noop("请用今天或以前的日期"),
            status=422,
            day=day,
        )
    newest = Grade.objects.order_by("-since").values_list("since", flat=True).first()
    if newest and day < newest:
        raise Refusal(
            "grade_before_last",
            _noop("不能按{day}评定：已有{newest}起的等级"),
            fix=_noop("要看从前某一天的等级，请用“按日重算”，它只算不写"),
            status=409,
            day=day,
            newest=newest,
        )


@transaction.atomic
def _run(day: date, few: list[int] | None, occasion: str, by: Actor | None) -> Run | None:
    begun, basis = monotonic(), rules.basis(day)
    with connection.cursor() as db:
        db.execute(LOCK)
        db.execute(MEMORY)
        _reckon(db, basis, few)
        counts = _counts(db)
        run = Run(
            as_of=day, occasion=occasion, whole=few is None, user_id=by.user_id if by else None,
            subjects=sum(one["n"] for one in counts),
            graded=sum(one["n"] for one in counts if one["letter"]),
            moved=0, written=0, rules=basis.plain(), counts=counts if few is None else [],
        )  # fmt: skip
        db.execute(f"SELECT EXISTS (SELECT FROM {MOVED})")  # noqa: S608
        something = db.fetchone()[0]
        gone = _gone(db, day, few)
        if not something and not gone and few is not None:
            return None
        run.save()
        if something:
            _write(db, basis, run)
        written, moved = _how_many(db, run)
        left = [one for one in gone if one.before]
        told = [*left, *_to_tell(db, run)]
        run.digest = digest_of(run)
    run.written = len(gone) + written
    run.moved = len(left) + moved
    run.ms = round((monotonic() - begun) * 1000)
    run.save(update_fields=["written", "moved", "ms", "digest"])
    record_many(_told(told, run))
    record(_run_told(run))
    return run


def _reckon(db: Any, basis: Basis, few: list[int] | None) -> None:
    """What each comes to, and beside it what is another than at present."""
    db.execute(f"DROP TABLE IF EXISTS {FOUND}, {MOVED}")
    db.execute(
        f"CREATE TEMP TABLE {FOUND} ON COMMIT DROP AS "
        + set_wise.reckoned(basis, few=few is not None),
        set_wise.parameters(basis, few, _merged(few)),
    )
    if few is None:
        db.execute(f"ANALYZE {FOUND} (business_id)")
    db.execute(_MOVED)


def _merged(few: list[int] | None) -> list[int]:
    if few is None:
        return []
    rows = Business.objects.filter(merged_into__in=any_number(few))
    return list(rows.values_list("pk", flat=True))


def _counts(db: Any) -> list[dict[str, Any]]:
    db.execute(_COUNT)
    names = ("kind", "letter", "missing", "n")
    return [dict(zip(names, row, strict=True)) for row in db.fetchall()]


def _gone(db: Any, day: date, few: list[int] | None) -> list[Moved]:
    """Grades of businesses that are graded no more: closed, merged, of another kind."""
    only = "AND business_id = ANY(%(few)s)" if few is not None else ""
    db.execute(_GONE.format(only=only), {"day": day, "few": few})
    return [Moved(*row) for row in db.fetchall()]


def _write(db: Any, basis: Basis, run: Run) -> None:
    asked = {"day": run.as_of, "run": run.pk}
    db.execute(_CLOSE, asked)
    said = {"digests": set_wise.digests(basis), "reasons": set_wise.reasons(basis)}
    db.execute(_WRITE.format(**said), asked)


def _how_many(db: Any, run: Run) -> tuple[int, int]:
    """Grades the run wrote, and those of them with another letter than before."""
    db.execute(_HOW_MANY, {"run": run.pk})
    written, moved = db.fetchone()
    return written, moved


def _to_tell(db: Any, run: Run) -> list[Moved]:
    db.execute(_TO_TELL, {"run": run.pk, "whole": run.whole})
    return [Moved(*row) for row in db.fetchall()]


def _told(moved: list[Moved], run: Run) -> Iterator[events.Regraded]:
    for one in moved:
        yield events.Regraded(
            subject=registry.subject(one.business),
            business_id=one.business,
            grade_id=one.grade,
            run_id=run.pk,
            before=one.before,
            letter=one.letter,
            missing=one.missing,
            since=one.since,
        )


def _run_told(run: Run) -> events.GradesRun:
    return events.GradesRun(
        subject=f"grades:{run.pk}",
        run_id=run.pk,
        as_of=run.as_of,
        occasion=run.occasion,
        whole=run.whole,
        subjects=run.subjects,
        graded=run.graded,
        moved=run.moved,
        digest=run.digest,
    )
