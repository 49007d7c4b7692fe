"""Made-up requests: whatever is sent or asked, the house answers or refuses, and scans nothing."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest
import schemathesis
from asking import BOX, CASES, HEADER, MADE, SGLN, SGTIN, THING
from capturing import a_document, an_event, as_sent, sender
from django.db import connection
from edge import Program
from epcis import reference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live import served

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.trace import finding, listing
from mingchu.trace.domain.asking import FIXED, Asked, AskedWrong, ask
from mingchu.trace.services import Behaviour, Sender, capture_document
from mingchu.trace.taking import DOCUMENTS, EVENTS, take

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
         HealthCheck.filter_too_much]  # fmt: skip
soak = pytest.mark.soak


def tries(few: int):
    """The same property for a moment, and for long under `--soak`."""
    return pytest.mark.parametrize("many", [few, pytest.param(20 * few, marks=soak)])


@pytest.fixture
def some(db):
    data = a_document(THING, BOX, MADE, *[an_event() for _ in range(300)])
    capture_document(data, Behaviour.ROLLBACK, sender())


NAMES = [*FIXED, *(case[0] for case in CASES)]
PAIRS = [(name, one) for name, finds, leaves in CASES for one in (*finds, *leaves)]
VALUES = [value for _name, finds, leaves in CASES for value in (*finds, *leaves)]
ODD = [
    *("*", "|", "urn:epc:idpat:sgtin:*.*.*", "urn:epc:idpat:sgtin:4012345.*.*"),
    *("https://id.gs1.org/01/*", f"{SGLN}|{SGTIN}", "ex:note", "9" * 400, "1e99"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60Z"),
]
PREFIXES = ["EQ_", "GT_", "EXISTS_INNER_ILMD_", "MATCH_", "WD_", "HASATTR_"]
MADE_UP = st.tuples(
    st.one_of(
        st.sampled_from(NAMES),
        st.text(max_size=30),
        st.tuples(st.sampled_from(PREFIXES), st.text(max_size=12)).map("".join),
    ),
    st.one_of(st.sampled_from(VALUES), st.text(max_size=30), st.sampled_from(ODD)),
)
PARAMETERS = st.lists(
    st.one_of(st.sampled_from(PAIRS), MADE_UP), max_size=5, unique_by=lambda one: one[0]
)
SCOPES = st.sampled_from(
    [[CITY], [], [Scope(ScopeKind.BUSINESS, "17")], [Scope(ScopeKind.DISTRICT, "150105")]]
)


@contextmanager
def statements():
    """What was asked of the database, as (sql, params)."""
    seen = []

    def note(execute, sql, params, many, context):
        if sql.lstrip().startswith(("SELECT", "WITH")):
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def scans(asked_for) -> list[str]:
    """The plans that would go through a whole table, however large it were."""
    found = []
    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off")
        for sql, params in asked_for:
            db.execute("EXPLAIN " + sql, params)
            plan = "\n".join(line for (line,) in db.fetchall())
            if "Seq Scan on trace" in plan or "Limit" not in plan:
                found.append(plan)
        db.execute("SET LOCAL enable_seqscan = on")
    return found


MOST_STATEMENTS = 40  # chunks of a page, and patterns that are looked up


@tries(150)
def test_any_query_is_answered_by_bounded_looks_at_an_index_or_refused(some, many):
    @settings(max_examples=many, deadline=None, suppress_health_check=QUIET)
    @given(PARAMETERS, SCOPES, st.integers(1, 40))
    def holds(said, scopes, limit):
        try:
            asked = ask(said, HEADER)
        except AskedWrong:
            return
        until = clock.now() + timedelta(hours=1)
        with statements() as seen:
            if isinstance(asked.order_by, str):
                page = finding.find(scopes, asked, limit=limit, until=until)
                assert len(page.hits) <= limit
            else:
                finding.find_ordered(scopes, asked, asked.order_by, until)
        assert len(seen) <= MOST_STATEMENTS
        assert scans(seen) == []

    holds()


def test_lists_are_bounded_looks_at_an_index(some):
    until = clock.now() + timedelta(hours=1)
    for scopes in ([CITY], [Scope(ScopeKind.BUSINESS, "18")]):
        with statements() as seen:
            listing.things(scopes, listing.Spot(), until, 30)
            listing.places(scopes, "readPoints", listing.FIRST, 30)
            finding.find(scopes, Asked(()), limit=30, until=until)
        assert scans(seen) == []
        assert len(seen) < 100


WHOLE = [a_document(THING, BOX), as_sent(MADE), as_sent(an_event(eventID="urn:uuid:1"))]
PIECES = st.sampled_from(
    [b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"1e999", b"\\u0000", b"\\ud800", b"\xff",
     b"\xef\xbb\xbf", b"\x00", b"-", b"\xe6\xb1", b'"@context":', b'"type":"EPCISDocument"', b" "]
)  # fmt: skip


@st.composite
def spoiled(draw) -> bytes:
    """A document or event with some bytes cut out, doubled or put in."""
    data = draw(st.sampled_from(WHOLE))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        to = draw(st.integers(at, min(len(data), at + 40)))
        put = draw(st.one_of(PIECES, st.binary(max_size=6), st.just(data[at:to] * 2)))
        data = data[:at] + put + data[to:]
    return data


SOUP = st.lists(PIECES, max_size=30).map(b"".join)
SENT = st.one_of(spoiled(), SOUP, st.binary(max_size=60))
HEADERS = st.fixed_dictionaries(
    {"Content-Type": st.sampled_from(["application/json", "application/ld+json; charset=utf-8"])},
    optional={
        "GS1-Capture-Error-Behaviour": st.sampled_from(["proceed", "rollback", "all", ""]),
        "GS1-EPCIS-Version": st.one_of(st.sampled_from(["2.0", "2.0.0"]), st.text(max_size=4)),
        "Accept": st.one_of(st.just("*/*"), st.text(max_size=12)),
    },
)


@tries(120)
def test_any_bytes_are_captured_or_refused(db, many):
    by = Sender("user:1", "business:17", "150105")

    @settings(max_examples=many, deadline=None, suppress_health_check=QUIET)
    @given(st.sampled_from([DOCUMENTS, EVENTS]), HEADERS, SENT)
    def holds(path, headers, data):
        answer = take(path, headers, data, by)
        assert answer.status in (200, 201, 202) or 400 <= answer.status < 500
        if answer.status >= 400:
            assert json.loads(answer.body)["status"] == answer.status

    holds()


@pytest.fixture(scope="module")
def house(shared_house):
    with served() as url:
        yield url


# What the standard's own description says is still no harm: a name of anything may be asked for.
ADDRESS = "/epcis"


@tries(100)
def test_requests_made_up_from_the_standards_description_never_break_the_edge(house, many):
    program = Program(house)
    described = schemathesis.openapi.from_dict(json.loads(reference("openapi.json").read_bytes()))
    cases = [one.ok().as_strategy() for one in described.get_all_operations()]

    @settings(max_examples=many, deadline=None, suppress_health_check=QUIET)
    @given(st.one_of(cases))
    def holds(case):
        answer = case.call(base_url=house + ADDRESS, headers=program.headers, timeout=30)
        assert answer.status_code < 500 or answer.status_code == 501, answer.text

    holds()
