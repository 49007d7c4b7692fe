"""fsdraw/1 by its published vector, and by what a draw has to hold for every list."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mingchu.draw.domain import choosing
from mingchu.draw.domain.choosing import choose
from mingchu.draw.domain.hashing import Hashing
from mingchu.draw.domain.lists import (
    CERTAIN,
    Misfit,
    Subject,
    read_subjects,
    subjects_file,
)
from mingchu.draw.domain.quotas import MILLION, quotas

HASHING = Hashing()
FILE = b"".join(
    f"91150102MA0AAAAAA{number}\t{grade}\t{balls}\n".encode()
    for number, grade, balls in ((1, "A", 1), (2, "B", 2), (3, "C", 3), (4, "D", 6), (5, "A", 1))
)
NONCE = bytes(range(32))
BEACON = bytes.fromhex("fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587")
SEED = bytes.fromhex("a95a8f287307fbf590749a0a91be3cddec77bcefc7889c052f8a61658744a250")
# Of chi-square with 199 degrees of freedom, what one fair draw in a thousand exceeds.
FAIR_199 = 266.4


def test_the_vector_of_the_format_is_reproduced():
    commitment = HASHING.commitment([HASHING.digest(FILE)], NONCE)
    assert commitment.hex() == "c2e6fd44a641f7870395c8dbfca20268096d6a93aebd355d2f84fc85e37cadfa"
    assert HASHING.seed(commitment, BEACON, NONCE) == SEED
    balls = {1: 1, 2: 2, 3: 3, 4: 6, 5: 1}
    tickets = {n: HASHING.ticket(SEED, f"91150102MA0AAAAAA{n}", w) for n, w in balls.items()}
    assert sorted(tickets, key=tickets.__getitem__) == [4, 5, 2, 3, 1]
    assert [tickets[n].hex()[:8] for n in (4, 5, 2, 3, 1)] == [
        "04f148c5", "1980315e", "2c201e5f", "4b9b51d5", "f587fb1e",
    ]  # fmt: skip


def test_an_office_may_use_sm3_instead():
    assert Hashing("sm3").digest(b"abc").hex().startswith("66c7f0f462eeedd9")
    with pytest.raises(ValueError, match="algorithm"):
        Hashing("md5")


def frame(count: int, *, tiers: int = 1, standing: str = "") -> list[Subject]:
    return [
        Subject(f"s{number:05}", "150102", "caterer", f"t{number % tiers}", standing=standing)
        for number in range(count)
    ]


def drawn(rows: list[Subject], ppm: int, seed: bytes = SEED) -> set[str]:
    rates = {row.stratum: ppm for row in rows}
    return {one for _ticket, one in choose(rows, rates, seed, HASHING).in_order()}


def test_the_order_of_the_list_changes_nothing():
    rows = frame(300, tiers=3)
    shuffled = sorted(rows, key=lambda row: HASHING.digest(row.id.encode()))
    assert drawn(rows, 100_000) == drawn(shuffled, 100_000)


def test_who_is_drawn_among_few_is_drawn_among_more():
    rows = frame(300)
    assert drawn(rows, 50_000) < drawn(rows, 120_000)


class Streamed:
    """A list that is made anew whenever it is gone through."""

    def __init__(self, rows: list[Subject]):
        self.rows = rows

    def __iter__(self):
        return iter(self.rows)


@pytest.mark.parametrize("kept_at_first", [(4, 8), (0, 1)], ids=["enough", "too few at first"])
def test_a_list_longer_than_memory_is_drawn_alike(monkeypatch, kept_at_first):
    """Also where chance left too few tickets below the first bound."""
    rows = frame(6_000, tiers=5)
    rates = {row.stratum: 30_000 for row in rows}
    monkeypatch.setattr(choosing, "DEVIATIONS", kept_at_first[0])
    monkeypatch.setattr(choosing, "SLACK", kept_at_first[1])
    chosen = choose(Streamed(rows), rates, SEED, HASHING, reserve=2)
    for stratum, taken in chosen.drawn.items():
        order = sorted(
            (HASHING.ticket(SEED, row.id), row.id) for row in rows if row.stratum == stratum
        )
        assert [*taken, *chosen.reserve[stratum]] == order[: len(taken) + 2]


def test_who_leaves_the_list_moves_nobody_but_the_next_up():
    rows = frame(200)
    before = drawn(rows, 100_000)
    gone = min(before)
    rates = {rows[0].stratum: 100_000}
    after = choose([row for row in rows if row.id != gone], rates, SEED, HASHING, total=20)
    ids = {one for _ticket, one in after.in_order()}
    assert len(ids - before) == 1
    assert before - ids == {gone}


def test_the_next_up_is_the_first_in_reserve():
    rows = frame(200)
    rates = {rows[0].stratum: 100_000}
    chosen = choose(rows, rates, SEED, HASHING, reserve=3)
    [taken], [reserve] = chosen.drawn.values(), chosen.reserve.values()
    assert len(taken) == 20
    assert len(reserve) == 3
    assert [*taken, *reserve] == sorted([*taken, *reserve])


def test_who_is_certain_is_taken_and_takes_nobodys_place():
    rows = [
        *frame(100),
        *(Subject(f"x{n}", "150102", "caterer", "t0", standing=CERTAIN) for n in "12"),
    ]
    chosen = choose(rows, {rows[0].stratum: 100_000}, SEED, HASHING)
    assert {one for _ticket, one in chosen.certain} == {"x1", "x2"}
    assert sum(map(len, chosen.drawn.values())) == 10


def test_who_is_left_out_is_never_drawn():
    rows = [
        *frame(50),
        *(Subject(f"x{n:02}", "150102", "caterer", "t0", standing="closed") for n in range(50)),
    ]
    assert not any(one.startswith("x") for one in drawn(rows, MILLION))


def seeds(count: int) -> list[bytes]:
    return [HASHING.digest(b"fair %d" % number) for number in range(count)]


def test_each_is_drawn_as_often_as_any_other():
    rows = frame(200)
    seen: Counter[str] = Counter()
    for seed in seeds(1_500):
        seen.update(drawn(rows, 100_000, seed))
    expected = 1_500 / 10
    variance_left = 1 - 20 / 200  # drawn without replacement
    chi_square = sum((seen[row.id] - expected) ** 2 for row in rows) / expected / variance_left
    assert chi_square < FAIR_199


def test_two_are_drawn_together_as_often_as_any_other_two():
    rows = frame(40)
    seen = sum({"s00003", "s00021"} <= drawn(rows, 250_000, seed) for seed in seeds(3_000))
    expected = 3_000 * (10 * 9) / (40 * 39)
    assert abs(seen - expected) < 4 * expected**0.5


def test_the_first_drawn_is_by_balls():
    rows = [Subject(f"s{n}", "d", "k", "t", balls) for n, balls in enumerate((1, 2, 3, 6))]
    first = Counter(
        min((HASHING.ticket(seed, row.id, row.balls), row.balls) for row in rows)[1]
        for seed in seeds(3_000)
    )
    for balls in (1, 2, 3, 6):
        expected = 3_000 * balls / 12
        assert abs(first[balls] - expected) < 4 * expected**0.5


sizes = some.dictionaries(some.sampled_from("abcdefgh"), some.integers(0, 500), min_size=1)


@given(sizes, some.integers(0, MILLION))
def test_quotas_are_the_exact_share_rounded_and_never_more_than_there_are(sizes, ppm):
    given_ = quotas(sizes, dict.fromkeys(sizes, ppm))
    assert sum(given_.values()) == (sum(sizes.values()) * ppm + MILLION // 2) // MILLION
    for key, count in given_.items():
        assert sizes[key] * ppm // MILLION <= count <= -(-sizes[key] * ppm // MILLION)


def test_a_total_that_rounding_cannot_reach_is_refused():
    with pytest.raises(ValueError, match="total: 2 to 3"):
        quotas({"a": 25}, {"a": 100_000}, total=4)


ids = some.lists(some.text("abcXYZ019.-", min_size=1, max_size=12), unique=True, max_size=30)


@given(ids, some.sampled_from(["", CERTAIN, "three_months"]))
def test_a_list_has_one_form_and_reads_back(ids, standing):
    rows = [Subject(one, "150102", "caterer", "t1", 1 + len(one), standing) for one in ids]
    written = subjects_file(rows)
    assert written == subjects_file(reversed(rows))
    assert read_subjects(written) == sorted(rows, key=lambda row: row.id)


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        (b"a\td\tk\tt\t1\t", "file", "no_end"),
        (b"b\td\tk\tt\t1\t\na\td\tk\tt\t1\t\n", "id", "order"),
        (b"a\td\tk\tt\t1\t\na\td\tk\tt\t1\t\n", "id", "twice"),
        (b"a\td\tk\tt\t0\t\n", "balls", "form"),
        (b"a\td\tk\tt\t65\t\n", "balls", "form"),
        (b"a\td\tk\tt\t01\t\n", "balls", "form"),
        ("\u0430\td\tk\tt\t1\t\n".encode(), "id", "form"),  # looks like an a
        (b"a\td\tk\tt\t1\n", "row", "form"),
        (b"\xff\td\tk\tt\t1\t\n", "file", "utf8"),
        ("a\td\tk\tt\t1\te\u0301\n".encode(), "file", "nfc"),
        (b"a\td\tk\tt\t1\t\r\n", "standing", "form"),
    ],
)
def test_a_list_in_any_other_form_is_refused_with_its_place(data, field, code):
    with pytest.raises(Misfit) as caught:
        read_subjects(data)
    assert (caught.value.field, caught.value.code) == (field, code)
