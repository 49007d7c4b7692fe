"""Files of events are split into the same events as documents that are read whole."""

from __future__ import annotations

import io
import json
from functools import partial

import pytest
from capturing import an_event
from epcis import CONTEXT, Events, document, examples, query_document, sent
from hypothesis import given, settings
from hypothesis import strategies as st

from mingchu.trace.domain import reading, splitting
from mingchu.trace.domain.faults import Fault, Kind
from mingchu.trace.domain.reading import Limits
from mingchu.trace.domain.splitting import Torn, split

SMALL = Limits(bytes=20_000, events=10)


def pieces(data: bytes, limits: Limits = reading.USUAL, **said: bool):
    return list(split(partial(io.BytesIO, data), limits, **said))


def judged(data: bytes, limits: Limits = reading.USUAL):
    return [piece.judge() for piece in pieces(data, limits)]


def laid_out(tree: object) -> bytes:
    return json.dumps(tree, indent=2, ensure_ascii=False).encode()


@settings(max_examples=60)
@given(st.lists(Events().any, max_size=3), st.sampled_from([7, 64, 1 << 18]), st.booleans())
def test_a_document_is_split_into_what_reading_finds(events, chunk, context_first):
    tree = document(*events)
    if not context_first:
        tree = {**{k: v for k, v in tree.items() if k != "@context"}, "@context": CONTEXT}
    data = laid_out(tree)
    before, splitting.CHUNK_BYTES = splitting.CHUNK_BYTES, chunk
    try:
        found = [piece.judge() for piece in splitting.document(partial(io.BytesIO, data), Limits())]
    finally:
        splitting.CHUNK_BYTES = before
    whole = list(reading.read(data).judged())
    assert [one.raw for one in found] == [one.raw for one in whole]
    assert [one.members for one in found] == [one.members for one in whole]
    assert [one.names.prefixes for one in found] == [one.names.prefixes for one in whole]
    assert [one.context for one in found] == [one.context for one in whole]


def test_the_official_examples_are_split_as_they_are_read():
    for path in examples():
        data = path.read_bytes()
        assert [one.raw for one in judged(data)] == [o.raw for o in reading.read(data).judged()]


def test_lines_are_events_and_documents():
    alone = sent({"@context": CONTEXT, **an_event()})
    data = b"\n".join([alone, b"  ", sent(document(an_event(), an_event())), b"", alone, b""])
    found = pieces(data)
    assert [piece.line for piece in found] == [1, 3, 3, 5]
    assert all(piece.judge() for piece in found)


def test_a_line_that_is_wrong_costs_itself_alone():
    good = sent({"@context": CONTEXT, **an_event()})
    data = b"\n".join([good, b"{broken", b"[1]", sent(document()), good[:-1], b"\xff", good])
    found = pieces(data, is_lines=True)
    faults = []
    for piece in found:
        try:
            piece.judge()
        except Fault as fault:
            faults.append((piece.line, fault.kind))
    assert [piece.line for piece in found] == [1, 2, 3, 5, 6, 7]
    assert faults == [
        (2, Kind.MALFORMED),
        (3, Kind.WRONG_TYPE),
        (5, Kind.MALFORMED),
        (6, Kind.BAD_UTF8),
    ]


def test_a_line_beyond_the_limit_is_passed_over():
    good = sent({"@context": CONTEXT, **an_event()})
    data = b"\n".join([good, b'{"a":"' + b"x" * 30_000 + b'"}', good])
    found = pieces(data, SMALL)
    assert [piece.line for piece in found] == [1, 2, 3]
    with pytest.raises(Fault, match="too_large"):
        found[1].judge()


def test_lines_of_a_document_are_counted():
    data = laid_out(document(an_event(), an_event()))
    rows = data.decode().split("\n")
    assert [rows[piece.line - 1].strip() for piece in pieces(data)] == ["{", "{"]
    assert next(piece.line for piece in pieces(data)) > 10


def test_a_query_document_and_an_event_by_itself_are_files_too():
    assert len(judged(laid_out(query_document(an_event(), an_event())))) == 2
    assert len(judged(laid_out({"@context": CONTEXT, **an_event()}))) == 1


def replaced(old: bytes, new: bytes):
    return lambda data: data.replace(old, new)


BROKEN = {
    "cut in an event": (2, lambda data: data[: data.rindex(b"action")]),
    "cut behind the events": (3, lambda data: data[: data.rindex(b"]")]),
    "more behind it": (3, lambda data: data + b"{}"),
    "no comma": (1, replaced(b"},\n      {", b"}\n      {")),
    "something else in the list": (0, replaced(b'"eventList": [', b'"eventList": [1,')),
    "an unknown member behind": (3, lambda data: data.rstrip()[:-1] + b',"foo":1}'),
    "a context that is none": (0, replaced(b'"https://ref.gs1.org', b'"h ttps://ref.gs1.org')),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_torn_document_gives_what_came_before_and_says_where(broken):
    before, change = BROKEN[broken]
    data = change(laid_out(document(an_event(), an_event(), an_event())))
    found = []
    with pytest.raises(Torn) as torn:
        found.extend(one.judge() for one in split(partial(io.BytesIO, data), Limits()))
    assert len(found) == before
    assert 1 <= torn.value.line <= data.count(b"\n") + 1


@pytest.mark.parametrize("filling", [b'"' + b"x" * 50_000, b"[" * 50_000, b"{" * 50_000])
def test_what_never_ends_is_refused_within_the_limit(filling):
    head = laid_out(document()).split(b"[]")[0]
    for data in (b"{\n" + filling, head + b"[\n{" + filling):
        with pytest.raises((Torn, Fault)):
            judged(data, SMALL)


class Counting(io.RawIOBase):
    """A file that makes its events as they are read."""

    def __init__(self, events: int):
        head, tail = laid_out(document()).split(b'"eventList": []')
        event = laid_out(an_event())
        self.parts = iter(
            [head + b'"eventList": [', *([event, b","] * (events - 1)), event, b"]" + tail]
        )
        self.waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into) -> int:
        while len(self.waiting) < len(into) and (part := next(self.parts, None)) is not None:
            self.waiting += part
        count = min(len(into), len(self.waiting))
        into[:count], self.waiting = self.waiting[:count], self.waiting[count:]
        return count


def test_a_long_document_is_never_held():
    walk = splitting._Walk(io.BufferedReader(Counting(3000)), Limits())
    walk.to_events()
    most = 0
    count = 0
    for _line, raw in walk.events():
        most, count = max(most, len(walk.waiting)), count + 1
        assert raw.startswith(b"{")
    assert count == 3000
    assert most <= 3 * splitting.CHUNK_BYTES
    assert len(walk.frame) < 2000
