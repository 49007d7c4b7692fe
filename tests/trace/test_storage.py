"""The tables of events: each event once, exactly, never changed, legal for a cluster."""

from __future__ import annotations

import pytest
from capturing import a_document, an_event, as_sent, sender
from django.db import DatabaseError, connection, connections, transaction

from mingchu.base import meters
from mingchu.trace import rows
from mingchu.trace.services import Behaviour, capture_document, capture_event, storing

pytestmark = pytest.mark.django_db
TABLES = ("capture", "key", "event", "context", "item", "prefix", "link")
# The column a cluster would spread each table by.
DISTRIBUTED_BY = {
    "trace_capture": "id",
    "trace_key": "key",
    "trace_event": "key",
    "trace_context": "id",
    "trace_item": "id",
    "trace_prefix": "item",
    "trace_allotment": "id",
    "trace_link": "item",
    "trace_import": "file",
}
# Of these a copy stands on every node of a cluster.
REFERENCE = {"trace_query", "trace_subscription"}
# A partition stands for the table it is a part of.
UNIQUE = """
SELECT coalesce(inhparent::regclass::text, relname), array_agg(attname::text) FROM pg_index
  JOIN pg_class ON pg_class.oid = indrelid JOIN pg_attribute ON attrelid = indrelid
  LEFT JOIN pg_inherits ON inhrelid = indrelid
 WHERE indisunique AND attnum = ANY(indkey) AND relname LIKE 'trace\\_%%'
 GROUP BY inhparent, relname, indexrelid
"""
BARRED = """
SELECT conrelid::regclass::text || ' ' || contype::text FROM pg_constraint
 WHERE conrelid::regclass::text LIKE 'trace\\_%%' AND contype IN ('f', 'x')
UNION ALL
SELECT relname || ' sequence' FROM pg_class WHERE relkind = 'S' AND relname LIKE 'trace\\_%%'
"""


def asked(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as db:
        db.execute(sql, params)
        return db.fetchall()


def test_the_tables_are_legal_for_a_cluster():
    found = [one for one in asked(UNIQUE) if one[0] not in REFERENCE]
    assert {table for table, _columns in found} <= DISTRIBUTED_BY.keys()
    assert [table for table, columns in found if DISTRIBUTED_BY[table] not in columns] == []
    assert asked(BARRED) == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE trace_{} SET {} = {}", "DELETE FROM trace_{}"])
def test_what_was_told_once_is_never_changed(table, change):
    capture_document(a_document(an_event()), Behaviour.ROLLBACK, sender())
    column = DISTRIBUTED_BY[f"trace_{table}"]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as db:
        db.execute(change.format(table, column, column))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.django_db(databases=["default", "owner"])
def test_the_trigger_stands_where_grants_do_not(table):
    column = DISTRIBUTED_BY[f"trace_{table}"]
    for change in ("UPDATE trace_{} SET {} = {}", "TRUNCATE trace_{}"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(using="owner"),
            connections["owner"].cursor() as db,
        ):
            db.execute(change.format(table, column, column))


def test_an_events_bytes_and_its_context_are_kept_as_they_came():
    raw = b'{ "type":"ObjectEvent", "eventTime": "2026-11-28T08:00:00.5+08:00", '
    raw += b'"eventTimeZoneOffset":"+08:00","action":"ADD","bizStep":"shipping",'
    raw += '"epcList":["urn:epc:id:sgtin:4012345.011111.7"],"example:a":"汉",'.encode()
    raw += b' "example:b":1.50}'
    context = b'["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",  '
    context += b'{"example":"http://ns.example.com/epcis/"}]'
    data = b'{"@context":' + context + b',"type":"EPCISDocument","schemaVersion":"2.0",'
    data += b'"creationDate":"2026-11-28T08:00:00Z","epcisBody":{"eventList":[' + raw + b"]}}"
    capture_document(data, Behaviour.ROLLBACK, sender())
    [(document, kept, step, when)] = asked(
        "SELECT document, content, biz_step, event_time FROM trace_event AS event"
        " JOIN trace_context AS context ON context.id = event.context"
    )
    assert (bytes(document), bytes(kept), step) == (raw, context, "shipping")
    assert when.isoformat() == "2026-11-28T00:00:00.500000+00:00"


def test_links_find_an_item_however_it_is_spelled_and_name_the_other_side():
    made, eaten = "urn:epc:class:lgtin:4012345.012345.L1", "urn:epc:id:sgtin:4012345.011111.7"
    event = {
        "type": "TransformationEvent",
        "eventTime": "2026-11-28T08:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "inputEPCList": [eaten],
        "outputQuantityList": [{"epcClass": made, "quantity": 12.5, "uom": "KGM"}],
        "bizLocation": {"id": "urn:epc:id:sgln:4012345.00011.0"},
    }
    capture_event(as_sent(event), sender())
    key = rows.key_of("https://example.org/01/04012345123456/10/L1")
    [(role, quantity, unit, opposite)] = asked(
        "SELECT role, quantity, unit, opposite FROM trace_link WHERE item = %s::uuid",
        rows.digest(key),
    )
    assert (role, str(quantity), unit) == (rows.OUTPUT_CLASS, "12.5", "KGM")
    assert [one.hex for one in opposite] == [rows.digest(rows.key_of(eaten))]
    assert set(asked("SELECT kind, key FROM trace_item")) == {
        ("lot", "01/04012345123456/10/L1"),
        ("instance", rows.key_of(eaten)),
        ("place", "414/4012345000115"),
    }


def test_a_side_too_large_to_repeat_stands_once_in_the_event():
    many = [f"urn:epc:id:sgtin:4012345.011111.{n}" for n in range(rows.REPEATED_TOP + 1)]
    event = {
        "type": "AggregationEvent",
        "eventTime": "2026-11-28T08:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "action": "ADD",
        "parentID": "urn:epc:id:sscc:4012345.1234567890",
        "childEPCs": many,
    }
    capture_event(as_sent(event), sender())
    assert asked(
        "SELECT role, opposite IS NULL, count(*) FROM trace_link GROUP BY 1, 2 ORDER BY 1"
    ) == [
        (rows.PARENT, True, 1),
        (rows.CHILD, False, len(many)),
    ]
    [(inputs, outputs)] = asked("SELECT inputs, outputs FROM trace_event")
    assert (inputs, [one.hex for one in outputs]) == (
        None,
        [rows.digest(rows.key_of(one)) for one in many],
    )


TEXTS = [
    *(
        "urn:x:a,b",
        'urn:x:q"',
        "urn:x:back\\slash",
        "null",
        "NULL",
        "urn:x:{y}",
        "urn:x:\t",
        "urn:汉",
    ),
]


def test_any_text_is_an_item_as_it_is():
    with transaction.atomic(), connection.cursor() as db:
        storing._tell_items(
            db, [rows.Lines("", "", {rows.digest(one): (one, one)}) for one in TEXTS]
        )
    assert {key for (key,) in asked("SELECT key FROM trace_item")} == set(TEXTS)
    assert {rows.kind_of(one) for one in TEXTS} == {"other"}


URNS = ("urn:epc:id:sgtin:4012345.011111.7", "urn:epc:id:sgtin:40123451.01111.7")
LINKED = "https://id.gs1.org/01/04012345111118/21/7"
PREFIX = """
SELECT coalesce(item.prefix, late.prefix) FROM trace_item AS item
  LEFT JOIN trace_prefix AS late ON late.item = item.id WHERE item.id = %s::uuid
"""


def the_prefix() -> int | None:
    return asked(PREFIX, rows.digest(rows.key_of(LINKED)))[0][0]


def conflicts() -> float:
    return meters.take().get(("mingchu_trace_prefix_conflicts_total", ""), 0)


@pytest.mark.parametrize("way", ["document", "single"])
@pytest.mark.parametrize("forgets", [False, True])
def test_the_first_length_of_a_prefix_holds_whenever_it_was_told(way, forgets):
    """Also where this process forgot, or another one told what it does not know."""
    meters.take()
    seen = []
    for text in (LINKED, URNS[0], LINKED, URNS[1], URNS[0]):
        if forgets:
            storing._known_items.forget()
        event = an_event(epcList=[text], **{"example:told": len(seen)})
        if way == "single":
            capture_event(as_sent(event), sender())
        else:
            capture_document(a_document(event), Behaviour.ROLLBACK, sender())
        seen.append((the_prefix(), conflicts()))
    assert rows.key_of(URNS[1]) == rows.key_of(URNS[0]) == rows.key_of(LINKED)
    assert seen == [(None, 0), (7, 0), (7, 0), (7, 1), (7, 0)]


def test_within_a_document_one_length_holds_and_the_other_is_counted():
    meters.take()
    told = (LINKED, *URNS)
    events = [an_event(epcList=[text], **{"example:no": at}) for at, text in enumerate(told)]
    capture_document(a_document(*events), Behaviour.ROLLBACK, sender())
    assert the_prefix() in (7, 8)
    assert conflicts() == 1
