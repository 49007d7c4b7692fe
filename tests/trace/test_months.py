"""Events in monthly partitions: what stores and finds works the same, and looks where it must."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from capturing import a_document, an_event, events_of, sender
from django.db import DatabaseError, connection, connections, transaction

from mingchu.base import clock
from mingchu.trace import finding, queries, services
from mingchu.trace.domain.asking import ask
from mingchu.trace.services import Behaviour, capture_document, months

MIGRATION = import_module("mingchu.trace.migrations.0001_initial")
EMPTY = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
                  AND relname LIKE 'trace\\_%' LOOP
        EXECUTE format('DROP TABLE %I CASCADE', one.relname);
    END LOOP;
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'trace\\_%' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', one.name);
    END LOOP;
END $$
"""
PARTS = """
SELECT inhrelid::regclass::text FROM pg_inherits
 WHERE inhparent = 'trace_event'::regclass ORDER BY 1
"""


@pytest.fixture(scope="module")
def by_month(shared_house, django_db_blocker) -> None:
    """The tables as they are made where months were asked for."""
    with django_db_blocker.unblock(), connections["owner"].cursor() as db:
        db.execute(EMPTY)
        for one in MIGRATION.operations(by_month=True):
            db.execute(one.sql)
    connections["owner"].close()


pytestmark = [pytest.mark.usefixtures("by_month"), pytest.mark.django_db]


def _again(name: str) -> ModuleType:
    """A module of tests, to run some of them again on these tables."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"{name}_by_month", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


captures, events, storage = map(_again, ("test_capture", "test_events", "test_storage"))
AGAIN = [
    (
        events,
        "test_tables_find_what_each_parameter_finds",
        "test_parameters_together_in_any_order_and_pages",
        "test_order_and_pages_hold_while_events_come_in",
        "test_each_sees_his_own_and_a_district_its_parties",
        "test_a_thing_of_many_events_is_read_in_chunks_and_a_page_ends_after_enough_looking",
        "test_resources_group_events",
        "test_a_link_becomes_the_urn_that_was_told_of_the_same_thing",
        *("some", "asker", "of_many"),  # fixtures
    ),
    (
        captures,
        "test_a_document_sent_again_changes_nothing_and_says_so",
        "test_an_event_of_other_content_under_the_same_id_is_refused_and_a_declaration_is_not",
        "test_rollback_takes_nothing_and_tells_of_every_wrong_event",
        "test_few_at_once_and_a_whole_document_leave_the_same_rows",
        "test_who_sees_a_job_and_an_event_is_its_party_its_district_and_the_city",
    ),
    (
        storage,
        "test_the_tables_are_legal_for_a_cluster",
        "test_links_find_an_item_however_it_is_spelled_and_name_the_other_side",
        "test_a_side_too_large_to_repeat_stands_once_in_the_event",
        "test_what_was_told_once_is_never_changed",
        "test_the_first_length_of_a_prefix_holds_whenever_it_was_told",
    ),
]
for module, *names in AGAIN:
    globals().update({name: getattr(module, name) for name in names})


def asked(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as db:
        db.execute(sql, params)
        return db.fetchall()


def parts() -> set[str]:
    return {name for (name,) in asked(PARTS)}


def month(day: date) -> str:
    return f"trace_event_{day:%Y_%m}"


def test_what_is_captured_lies_in_its_month():
    services.make_months()
    capture_document(a_document(an_event(), an_event()), Behaviour.ROLLBACK, sender())
    where = asked("SELECT tableoid::regclass::text, record_time FROM trace_event")
    assert {(part, month(at.astimezone(UTC))) for part, at in where} == {
        (part, part) for part, _at in where
    }
    links = asked("SELECT DISTINCT tableoid::regclass::text FROM trace_link")
    assert [part.replace("link", "event") for (part,) in links] == [where[0][0]]


def test_months_are_made_ahead_once_and_the_rest_keeps_what_none_is_made_for():
    assert services.make_months() in (0, 2 * (months.AHEAD + 1))
    assert services.make_months() == 0
    assert parts() >= {month(day) for day in months._months(clock.now().astimezone(UTC).date())}
    _put(datetime(2031, 5, 1, tzinfo=UTC))
    [(part,)] = asked("SELECT tableoid::regclass::text FROM trace_event")
    # A month that has events in the rest is not made any more: they stay whole and found.
    [(made,)] = asked("SELECT trace_make_month('2031-05-17')")
    assert (part, made) == ("trace_event_rest", 0)
    assert month(date(2031, 5, 1)) not in parts()


@pytest.mark.parametrize("part", ["trace_event_rest", "trace_link_rest", ""])
@pytest.mark.parametrize("change", ["UPDATE {} SET record_time = now()", "DELETE FROM {}"])
def test_a_month_itself_is_not_changed_either(part, change):
    services.make_months()
    name = part or month(clock.now().astimezone(UTC).date())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as db:
        db.execute(change.format(name))


def _put(at: datetime, many: int = 1) -> None:
    """Events recorded then, each with a link to one thing."""
    key = "md5(no::text || %s::text)::uuid"
    event = "key, record_time, event_time, place, type, action, declares_error, hash, hash_version"
    for table, values in (
        ("trace_key (key, record_time, content)", "md5('x')::uuid"),
        (
            f"trace_event ({event}, party, district, document)",
            "now(), 0, 1, 1, false, '', '', '', '', '{}'",
        ),
        ("trace_link (event, record_time, item, event_time, role)", "md5('x')::uuid, now(), 1"),
    ):
        with connection.cursor() as db:
            db.execute(
                f"INSERT INTO {table} SELECT {key}, %s, {values}"  # noqa: S608 the test's
                "  FROM generate_series(1, %s) AS no",
                [str(at), at, many],
            )


LATER = [datetime(2032, number, 15, tzinfo=UTC) for number in (1, 2, 3, 4)]


def test_a_look_up_reads_the_one_month_that_holds_the_event():
    """The time of recording is known from the key, or from the link: other months stay unread."""
    for at in LATER:
        asked("SELECT trace_make_month(%s)", at.date())
        _put(at, 300)
    [(key,)] = asked("SELECT md5('7' || %s::text)::uuid", str(LATER[1]))
    named = queries.EVENTS_OF_NAME, [[key], True, [], []]
    assert _read(*named) == {"trace_event_2032_02"}
    assert _read(queries.ORIGINALS, [[key]]) == {"trace_event_2032_02"}


def _read(sql: str, params: list[object]) -> set[str]:
    """The partitions of events that a statement really looked into."""
    with connection.cursor() as db:
        db.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, params)
        [(plan,)] = db.fetchall()
    return set(_looked(json.loads(plan) if isinstance(plan, str) else plan))


def _looked(node) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _looked(one)
    elif isinstance(node, dict):
        name = node.get("Relation Name", "")
        if name.startswith("trace_event") and node.get("Actual Loops"):
            yield name
        for one in (*node.get("Plans", ()), *([node["Plan"]] if "Plan" in node else ())):
            yield from _looked(one)


def test_a_query_still_finds_events_of_every_month():
    before = events_of()
    for at in LATER:
        asked("SELECT trace_make_month(%s)", at.date())
        _put(at, 3)
    page = finding.find([events.CITY], ask([]), limit=50, until=datetime(2033, 1, 1, tzinfo=UTC))
    assert len(page.hits) == before + 12
