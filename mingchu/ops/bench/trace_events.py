"""Events for the trace bench: a chain of dairy lots in all five types, each event another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

CONTEXT = b'["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]'
HEAD = (
    b'{"@context":%s,"type":"EPCISDocument","schemaVersion":"2.0",'
    b'"creationDate":"2026-11-20T08:30:00.000+08:00","epcisBody":{"eventList":['
)
TAIL = b"]}}"
_SAME = (
    '"eventTimeZoneOffset":"+08:00","readPoint":{"id":"urn:epc:id:sgln:6901234.%(site)05d.0"},'
    '"bizLocation":{"id":"urn:epc:id:sgln:6901234.%(site)05d.0"}'
)
_TIME = '"eventTime":"2026-11-20T%(hour)02d:%(minute)02d:%(second)02d.%(milli)03d+08:00",'
_UNIT = '"urn:epc:id:sgtin:6901234.0%(product)05d.%(n)d%(digit)s"'


def _units(*digits: int) -> str:
    return ",".join(_UNIT.replace("%(digit)s", str(digit)) for digit in digits)


_LOT = "urn:epc:class:lgtin:6901234.0%(product)05d.L%(n)d"
_CASE = "urn:epc:id:sscc:6901234.1%(case)09d"
TEMPLATES = tuple(
    "".join(parts)
    for parts in (
        (
            f'{{"type":"ObjectEvent",{_TIME}"action":"ADD","bizStep":"commissioning",',
            f'"disposition":"active","epcList":[{_units(0, 1)}],{_SAME}}}',
        ),
        (
            f'{{"type":"AggregationEvent",{_TIME}"action":"ADD","bizStep":"packing",',
            f'"disposition":"in_progress","parentID":"{_CASE}",',
            f'"childEPCs":[{_units(0, 1, 2)}],{_SAME}}}',
        ),
        (
            f'{{"type":"TransactionEvent",{_TIME}"action":"ADD","bizStep":"receiving",',
            '"disposition":"in_progress","bizTransactionList":[{"type":"po",',
            '"bizTransaction":"urn:epcglobal:cbv:bt:6901234000019:%(n)d"}],',
            f'"epcList":["{_CASE}"],{_SAME}}}',
        ),
        (
            f'{{"type":"TransformationEvent",{_TIME}"bizStep":"creating_class_instance",',
            f'"inputQuantityList":[{{"epcClass":"{_LOT}-1","quantity":120.5,"uom":"KGM"}},',
            f'{{"epcClass":"{_LOT}-2","quantity":80,"uom":"KGM"}}],',
            f'"outputQuantityList":[{{"epcClass":"{_LOT}","quantity":400,"uom":"EA"}}],{_SAME}}}',
        ),
        (
            f'{{"type":"AssociationEvent",{_TIME}"action":"ADD","bizStep":"assembling",',
            '"parentID":"urn:epc:id:grai:6901234.12345.%(n)d",',
            f'"childEPCs":["urn:epc:id:giai:6901234.7%(n)d"],{_SAME}}}',
        ),
        (
            f'{{"type":"ObjectEvent",{_TIME}"action":"OBSERVE","bizStep":"shipping",',
            f'"disposition":"in_transit","epcList":["{_CASE}"],"sourceList":[',
            '{"type":"owning_party","source":"urn:epc:id:pgln:6901234.%(site)05d"}],',
            '"destinationList":[{"type":"owning_party",',
            f'"destination":"urn:epc:id:pgln:6901234.00099"}}],{_SAME}}}',
        ),
    )
)


def event(number: int) -> bytes:
    """The event of a number, its type by turns."""
    seconds, milli = divmod(number, 1000)
    facts = {
        "n": number,
        "digit": "",
        "case": number % 10**9,
        "product": number % 200,
        "site": number % 500,
        "hour": seconds // 3600 % 24,
        "minute": seconds // 60 % 60,
        "second": seconds % 60,
        "milli": milli,
    }
    return (TEMPLATES[number % len(TEMPLATES)] % facts).encode()


MARK, MARKED_EVERY, MARKS = "https://bench.example/mark", 1000, 100


def marked(number: int) -> bytes:
    """The event of a number; one of a thousand carries a field of its sender's own."""
    if number % MARKED_EVERY:
        return event(number)
    mark = number // MARKED_EVERY % MARKS
    return event(number)[:-1] + f',"{MARK}":"m{mark}"}}'.encode()


def time_of(number: int) -> datetime:
    """The eventTime of a number."""
    start = datetime(2026, 11, 20, tzinfo=timezone(timedelta(hours=8)))
    return start + timedelta(milliseconds=number % (86_400 * 1000))


def alone(number: int) -> bytes:
    """The same, sent by itself."""
    return b'{"@context":' + CONTEXT + b"," + event(number)[1:]


def document(first: int, count: int, make: Callable[[int], bytes] = event) -> bytes:
    return HEAD % CONTEXT + b",".join(map(make, range(first, first + count))) + TAIL


def documents(first: int, sizes: tuple[int, ...]) -> Iterator[tuple[int, bytes]]:
    """(events, document) for each size, no event twice."""
    for size in sizes:
        yield size, document(first, size)
        first += size
