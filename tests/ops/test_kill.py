"""The kill bench: some kills in every run, more in the long one; its books find what is amiss."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

from mingchu.ops.bench import kill, kill_books
from mingchu.ops.bench.kill import Seen
from mingchu.ops.bench.kill_books import Books, Job
from mingchu.ops.bench.kill_sending import (
    FAULTY,
    PROCEED,
    SHARED,
    SINGLE,
    TURNS,
    Letter,
    Sent,
    Window,
    digest,
    letters,
)
from mingchu.ops.bench.kill_targets import TARGETS

ONE_WEB_PROCESS = {"MINGCHU_WEB_PROCESSES": "1"}


@pytest.mark.parametrize("kills", [len(TARGETS), pytest.param(30, marks=pytest.mark.soak)])
def test_nothing_that_was_acknowledged_is_lost_and_nothing_is_there_twice(kills: int) -> None:
    seen = kill.series(kills, 0.5, ONE_WEB_PROCESS)

    missed = [row.plain() for row in kill.told(seen) if not row.met]
    sent = kill_books.acknowledged(seen.sent)
    assert (missed, seen.refused) == ([], [])
    assert sum(map(len, seen.back.values())) == kills
    assert {letter.kind for letter, _place in seen.sent} == set(TURNS)
    assert sum(sent.values()) > kills
    assert seen.unanswered > 0
    assert len(seen.books.stored) > 0


def drawn(number: int, window: Window) -> Iterator[Letter]:
    return letters(number, window, random.Random(number))  # noqa: S311 no secret


FIRST = list(islice(drawn(1, Window(2)), 9))
BY_KIND = {letter.kind: letter for letter in FIRST}


def a_job(letter: Letter) -> Job:
    good = len(letter.own) + len(letter.shared)
    if letter.kind == FAULTY:
        return Job("failed", good + 1, 0, 0, good + 1, 0)
    if letter.kind == PROCEED:
        return Job("partial", good + 1, good, 0, 1, good)
    return Job("captured", good, good, 0, 0, good)


def place(at: int, letter: Letter) -> str:
    return f"/epcis/events/{at}" if letter.kind == SINGLE else f"/epcis/capture/{at}"


ALL = [Sent(letter, place(at, letter)) for at, letter in enumerate(FIRST)]


def the_books(sent: Sequence[Sent] = ALL) -> Books:
    """Of a house where all went well; events that were shared were first taken by one."""
    stored = {one: 1 for letter, _place in sent for one in letter.expected}
    jobs = {
        where.rsplit("/", 1)[1]: a_job(letter)
        for letter, where in sent
        if where and letter.kind != SINGLE
    }
    return Books(stored, jobs, 0)


def figures(books: Books, sent: Sequence[Sent] = ALL) -> dict[str, float]:
    seen = Seen({}, 1.0, 1.0, sent, [], 0, books, [], 0)
    return {row.id: row.value for row in kill.told(seen) if row.bar and row.value}


def test_letters_are_of_every_kind_and_senders_share_stretches_that_overlap() -> None:
    window = Window(2)
    both = [list(islice(drawn(number, window), 18)) for number in (1, 2)]
    mine, theirs = ([one for letter in some for one in letter.own] for some in both)
    stretches = [set(letter.shared) for some in both for letter in some if letter.kind == SHARED]

    assert {letter.kind for letter in FIRST} == set(TURNS)
    assert len({*mine, *theirs}) == len(mine) + len(theirs)
    assert stretches[0] == stretches[1]
    assert len(stretches[1] & stretches[2]) == len(stretches[1]) // 2


def test_good_books_have_nothing_to_tell() -> None:
    assert figures(the_books()) == {}


def test_an_acknowledged_event_that_is_not_there_is_lost_and_one_without_answer_is_not() -> None:
    single = BY_KIND[SINGLE]
    without = the_books([one for one in ALL if one.letter is not single])
    silent = [one if one.letter is not single else Sent(single, "") for one in ALL]

    assert figures(without) == {"kill.lost": 1}
    assert figures(without, silent) == {}


def test_an_event_twice_and_an_event_that_nobody_sent() -> None:
    books = the_books()
    again = books._replace(stored={**books.stored, digest(b"x"): 1, FIRST[0].own[0]: 3})

    assert figures(again) == {"kill.twice": 2, "kill.strange": 1}


@pytest.mark.parametrize("is_told", [True, False])
def test_half_a_document_is_found_whether_it_was_acknowledged_or_not(is_told: bool) -> None:
    whole = next(sent for sent in ALL if sent.letter.kind == "whole")
    sent = [one if one is not whole or is_told else Sent(one.letter, "") for one in ALL]
    books = the_books()
    stored = {one: n for one, n in books.stored.items() if one not in whole.letter.own[:3]}

    found = figures(books._replace(stored=stored), sent)

    assert found == {"kill.half": 1} | ({"kill.lost": 3} if is_told else {})


def test_a_good_event_of_a_faulty_document_is_strange_and_half() -> None:
    books, faulty = the_books(), BY_KIND[FAULTY]

    found = figures(books._replace(stored={**books.stored, faulty.own[0]: 1}))

    assert found == {"kill.half": 1, "kill.strange": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "failed"},
        {"captured": 19},
        {"stored": 19},
        {"rejected": 1},
        {"events": 21, "rejected": 1, "state": "partial"},
    ],
)
def test_a_job_that_says_what_is_not_so_is_untrue(wrong: dict) -> None:
    books = the_books()
    name = next(
        name for name, job in books.jobs.items() if job == Job("captured", 20, 20, 0, 0, 20)
    )
    jobs = {**books.jobs, name: books.jobs[name]._replace(**wrong)}

    assert figures(books._replace(jobs=jobs)) == {"kill.untrue": 1}


def test_a_job_that_was_told_of_and_is_not_there_is_untrue() -> None:
    assert figures(the_books()._replace(jobs={})) == {"kill.untrue": 6}


def test_what_the_interface_tells_is_held_against_the_table() -> None:
    body = {"running": False, "finishedAt": "x", "success": True}
    numbers = {"events": 20, "captured": 20, "duplicate": 0, "rejected": 0}
    books = Books({}, {"1": Job("captured", 20, 20, 0, 0, 20)}, 0)

    assert kill_books.told_otherwise([("1", {**body, **numbers})], books) == 0
    for wrong in ({"running": True}, {"success": False}, {"captured": 3}, {"finishedAt": None}):
        assert kill_books.told_otherwise([("1", {**body, **numbers, **wrong})], books) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_nothing_is_killed_where_no_house_runs(tmp_path) -> None:
    assert {name: find(tmp_path) for name, find in TARGETS.items()} == {
        name: [] for name in TARGETS
    }
