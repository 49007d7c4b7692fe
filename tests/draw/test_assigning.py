"""Two inspectors for each subject: by chance, within the rules, loads even, nothing hidden."""

from __future__ import annotations

from collections import Counter

from mingchu.draw.domain.assigning import Skip, Terms, assign
from mingchu.draw.domain.hashing import Hashing
from mingchu.draw.domain.lists import Inspector, Recusal, Subject

HASHING = Hashing()
SEED = HASHING.digest(b"assigning")
TERMS = Terms(bucket=3, pair_cap=0)


def subjects(count: int, *, district: str = "150102", kind: str = "caterer") -> list[Subject]:
    return [Subject(f"s{number:04}", district, kind, "t1") for number in range(count)]


def inspectors(count: int, *, leads: int = 99, **more: str) -> list[Inspector]:
    return [
        Inspector(f"i{number:02}", ("150102",), ("caterer",), leads=number < leads, **more)
        for number in range(count)
    ]


def sent(tasks, *, able, recusals=(), terms=TERMS, seed=SEED):
    return assign(tasks, able, recusals, seed, HASHING, terms)


def test_two_different_people_go_to_each_and_one_who_may_leads():
    tasks = sent(subjects(60), able=inspectors(9, leads=4))
    leading = {f"i{number:02}" for number in range(4)}
    assert all(task.lead in leading for task in tasks)
    assert all(task.lead != task.second for task in tasks)
    assert not any(task.is_exception for task in tasks)


def test_loads_stay_within_two_buckets_of_each_other():
    tasks = sent(subjects(300), able=inspectors(12))
    load = Counter(one for task in tasks for one in (task.lead, task.second))
    assert max(load.values()) - min(load.values()) <= 2 * TERMS.bucket


def test_another_seed_sends_others():
    one = sent(subjects(40), able=inspectors(12))
    other = sent(subjects(40), able=inspectors(12), seed=HASHING.digest(b"other"))
    assert [task.lead for task in one] != [task.lead for task in other]


def test_who_is_recused_never_goes_and_is_named_where_he_would_have_come():
    able = inspectors(4)
    recusals = [Recusal(f"s{number:04}", "i01", "kinship") for number in range(30)]
    tasks = sent(subjects(30), able=able, recusals=recusals)
    assert all("i01" not in (task.lead, task.second) for task in tasks)
    passed = [one for task in tasks for one in task.passed if one.why is Skip.RECUSED]
    assert passed
    assert {(one.inspector, one.detail) for one in passed} == {("i01", "kinship")}


def test_who_is_on_leave_stays_at_home():
    able = [*inspectors(3), Inspector("i98", ("150102",), ("caterer",), True, absent="leave")]
    tasks = sent(subjects(30), able=able)
    assert all("i98" not in (task.lead, task.second) for task in tasks)
    assert any(one.why is Skip.ABSENT for task in tasks for one in task.passed)


def test_the_pair_of_the_last_visit_does_not_come_again():
    recusals = [Recusal(f"s{number:04}", "i00", "last_pair", "i01") for number in range(30)]
    tasks = sent(subjects(30), able=inspectors(3), recusals=recusals)
    assert all({task.lead, task.second} != {"i00", "i01"} for task in tasks)
    assert any(one.why is Skip.BARRED_TOGETHER for task in tasks for one in task.passed)


def test_a_pair_goes_together_no_oftener_than_its_cap():
    tasks = sent(subjects(30), able=inspectors(6), terms=Terms(bucket=3, pair_cap=2))
    pairs = Counter(frozenset((task.lead, task.second)) for task in tasks if not task.is_exception)
    assert max(pairs.values()) == 2


def test_where_no_pair_may_go_that_is_said_and_the_rest_goes_on():
    tasks = sent([*subjects(2), *subjects(1, district="150121")], able=inspectors(3))
    assert [task.is_exception for task in tasks] == [False, False, True]
    alone = sent(subjects(1), able=inspectors(3, leads=0))
    assert alone[0].is_exception
    assert {one.why for one in alone[0].passed} == {Skip.NOT_LEADING}


def test_whose_certificate_is_for_another_kind_does_not_come():
    able = [*inspectors(2), Inspector("i50", ("150102",), ("producer",), True)]
    tasks = sent(subjects(20), able=able)
    assert all("i50" not in (task.lead, task.second) for task in tasks)
