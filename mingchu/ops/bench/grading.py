"""A city that the bench of grades measures in a process of its own: a database and nothing else.

`python -m mingchu.ops.bench.grading BUSINESSES` fills a home that `MINGCHU_HOME` names, and prints
what it took to grade it first, to grade it again with nothing changed, and with one in a hundred
changed; and what the pure core takes for as many businesses, read into memory before.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

CORE_TOP = 16_108  # of a larger city the core is asked about so many
MOVED_IN = 100

_BUSINESSES = """
INSERT INTO registry_business (name, sort_key, sign, former_names, code, code_check, code_evidence,
    identity_digest, identity_tail, legal_form, kind, scale, serves, district, station, grid,
    address, phone, state, channel, sources, enrolled_at, changed_at, revision, search_text, opened)
SELECT '测速' || n, 'ce su', '', '{{}}', '', 'ok', '', '', '', 'company',
    CASE WHEN n %% 50 = 0 THEN 'producer' WHEN n %% 2 = 0 THEN 'seller'
         WHEN n %% 21 = 0 THEN 'canteen' ELSE 'caterer' END,
    '', '', '1501' || lpad((n %% 9 + 1)::text, 2, '0'), '', '', '', '', 'open', 'form', '{{}}',
    now(), now(), 1, '', %(day)s::date - 2000
FROM generate_series(1, {count}) n
"""
_PROFILES = """
INSERT INTO risk_profile (business_id, sheet, answers, since, known_on, source, note, recorded_at)
SELECT id, CASE kind WHEN 'caterer' THEN 'restaurant' ELSE kind END, CASE kind
    WHEN 'producer' THEN jsonb_build_object('category', jsonb_build_array(
        lpad((id %% 26 + 1)::text, 2, '0'), '0101'))
    WHEN 'seller' THEN jsonb_build_object('area', id %% 4000, 'prepackaged_ambient', id %% 12000,
        'prepackaged_chilled', id %% 1200, 'bulk_chilled', id %% 200, 'suppliers', id %% 350)
    ELSE jsonb_build_object('area', id %% 4000, 'diners', id %% 900, 'cold_high', id %% 30,
        'hot_high', id %% 40, 'drinks', id %% 9) - CASE kind WHEN 'canteen' THEN 'area'
        ELSE 'diners' END
    END, %(day)s::date - 1000, %(day)s::date - 1000, 'history', '', now()
FROM registry_business
"""
_VISITS = """
INSERT INTO risk_visit (business_id, day, known_on, department, purpose, full_list, joint,
    inspector, applicable_key, applicable_general, failed_key, failed_general, failed, source, note,
    recorded_at)
SELECT id, %(day)s::date - (30 * (1 + id %% 10) + 6 * k)::int, %(day)s::date - 10,
    'market', 'routine',
    true, '', (id %% 160)::text, 20, 30, id %% 4, id %% 7, '{{}}', 'history', '', now()
FROM registry_business, generate_series(0, 1) k
"""
_MOVE = """
INSERT INTO risk_visit (business_id, day, known_on, department, purpose, full_list, joint,
    inspector, applicable_key, applicable_general, failed_key, failed_general, failed, source, note,
    recorded_at)
SELECT id, %(day)s, %(day)s, 'market', 'special', true, '', '1', 200, 300, 190, 280, '{{}}',
    'history', '', now()
FROM registry_business WHERE id %% {moved} = 0
"""


def fill(count: int) -> None:
    """Businesses of every kind with a profile and two visits each."""
    from django.db import connection, transaction

    from mingchu.base import clock

    with transaction.atomic(), connection.cursor() as db:
        for statement in (_BUSINESSES, _PROFILES, _VISITS):
            db.execute(statement.format(count=count), {"day": clock.today()})
    with connection.cursor() as db:
        db.execute("SELECT 1")


def settle() -> None:
    """What the server does of itself within minutes: statistics and hint bits."""
    from django.db import connections

    with connections["owner"].cursor() as db:
        for table in ("registry_business", "risk_profile", "risk_visit", "risk_grade"):
            db.execute(f"VACUUM ANALYZE {table}")


def runs() -> Iterator[tuple[str, dict[str, Any]]]:
    """First, again, and with one in a hundred changed."""
    from django.db import connection, transaction

    from mingchu.base import clock
    from mingchu.risk.services import grade_city

    for name in ("first", "again", "moved"):
        if name == "moved":
            with transaction.atomic(), connection.cursor() as db:
                db.execute(_MOVE.format(moved=MOVED_IN), {"day": clock.today()})
        settle()
        begun = perf_counter()
        run = grade_city()
        spent = perf_counter() - begun
        yield name, {"seconds": spent, "graded": run.graded, "moved": run.moved}


def core(count: int) -> dict[str, Any]:
    """The pure core over businesses that lie in memory."""
    from mingchu.base import clock
    from mingchu.risk import rules
    from mingchu.risk.domain.grading import Facts, Findings, grade
    from mingchu.risk.models import Profile

    profiles = Profile.objects.select_related("business").order_by("pk")[: min(count, CORE_TOP)]
    known = [
        Facts(
            kind=one.business.kind, sheet=one.sheet, answers=one.answers,
            findings=Findings(2, 2 * (one.pk % 4), 2 * (one.pk % 7), 40, 60),
        )
        for one in profiles
    ]  # fmt: skip
    basis = rules.basis(clock.today())
    begun = perf_counter()
    graded = sum(bool(grade(one, basis).letter) for one in known)
    return {"seconds": perf_counter() - begun, "graded": graded}


def measure(count: int) -> dict[str, Any]:
    """In a home that is made for it."""
    from mingchu.ops import home, schema
    from mingchu.ops.postgres import Server

    server = Server(home.make())
    server.start()
    try:
        home.configure()
        schema.bring_up_to_date(server)
        fill(count)
        return {"runs": dict(runs()), "core": core(count)}
    finally:
        server.stop()


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
