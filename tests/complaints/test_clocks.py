"""Clocks, held against a counter that walks day by day, and on the days where law changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import a_letter, on, taken

from mingchu.base import clock
from mingchu.base.workdays import Calendar
from mingchu.complaints import queries, rules, services
from mingchu.complaints.domain.clocks import (
    Clock,
    Letter,
    Span,
    Standing,
    Step,
    Term,
    clocks,
    is_too_old,
    next_due,
)
from mingchu.complaints.models import NEVER, Complaint
from mingchu.rulebook.store import calendar
from mingchu.signals.models import Noticed

DAYS = st.dates(date(2024, 1, 1), date(2026, 10, 1))
GAPS = st.tuples(*[st.integers(1, 40)] * 4)


def counted(start: date, count: int, held: list[Span], known: Calendar) -> date | None:
    """By hand: one day after the other, and none that did not count."""
    day = start
    while count:
        day += timedelta(days=1)
        if any(span.until is None and day > span.since for span in held):
            return None
        if any(span.until and span.since < day <= span.until for span in held):
            continue
        if day in known.makeup or (day.weekday() < 5 and day not in known.off):
            count -= 1
    return day


def the(term: Term, found: tuple[Clock, ...]) -> Clock:
    [one] = [each for each in found if each.term is term]
    return one


@given(DAYS, GAPS, st.booleans(), st.booleans())
def test_mediation_ends_on_the_day_that_a_counter_finds(received, gaps, has_testing, has_result):
    accepted, sent, back, end = (received + timedelta(days=sum(gaps[: n + 1])) for n in range(4))
    steps = [Step("accept", accepted, "accepted")]
    held = []
    if has_testing:
        steps.append(Step("begin_testing", sent, "accepted"))
        held = [Span(sent, back if has_result else None)]
    if has_testing and has_result:
        steps.append(Step("end_testing", back, "accepted"))
    letter = Letter("complaint", received, named=True, steps=tuple(steps))

    found = the(Term.MEDIATE, clocks(letter, rules.norm, calendar()))

    assert found.began == accepted
    assert found.due == counted(accepted, 45, held, calendar())
    assert found.met is None
    ended = Letter("complaint", received, True, (*steps, Step("end_mediation", end, "ended")))
    assert the(Term.MEDIATE, clocks(ended, rules.norm, calendar())).met == end


@given(DAYS, st.integers(0, 30), st.booleans())
def test_a_check_and_its_extension_end_where_a_counter_ends(received, after, has_extension):
    steps = [Step("begin_check", received, "checking")]
    if has_extension:
        steps.append(Step("extend_check", received + timedelta(days=after), "checking"))
    letter = Letter("report", received, named=False, steps=tuple(steps))

    found = the(Term.CHECK, clocks(letter, rules.norm, calendar()))

    first = counted(received, 15, [], calendar())
    last = counted(first, 15, [], calendar()) if has_extension else first
    assert (found.due, found.extended) == (last, first if has_extension else None)


@given(DAYS, GAPS)
def test_a_day_more_of_testing_never_ends_a_term_earlier(received, gaps):
    accepted, sent, back, _end = (received + timedelta(days=sum(gaps[: n + 1])) for n in range(4))

    def due(until: date) -> date:
        steps = (
            Step("accept", accepted, "accepted"),
            Step("begin_testing", sent, "accepted"),
            Step("end_testing", until, "accepted"),
        )
        found = clocks(Letter("complaint", received, True, steps), rules.norm, calendar())
        return the(Term.MEDIATE, found).due or date.max

    assert due(back) <= due(back + timedelta(days=1))


@pytest.mark.parametrize(
    ("received", "law", "status"),
    [
        (date(2026, 4, 14), "国家市场监督管理总局令第20号", "verified"),
        (date(2026, 4, 15), "国家市场监督管理总局令第121号", "recalled"),
    ],
)
def test_a_letter_is_under_the_order_of_the_day_it_came(received, law, status):
    found = the(Term.ACCEPT, clocks(Letter("complaint", received, True), rules.norm, calendar()))

    assert (found.ruling.cite.number, found.ruling.status) == (law, status)
    assert found.ruling.value == 7


def test_a_letter_accepted_after_the_change_is_mediated_under_the_new_order():
    steps = (Step("accept", date(2026, 4, 20), "accepted"),)
    found = clocks(Letter("complaint", date(2026, 4, 10), True, steps), rules.norm, calendar())

    assert the(Term.ACCEPT, found).ruling.since == date(2020, 1, 1)
    assert the(Term.MEDIATE, found).ruling.since == date(2026, 4, 15)


def test_a_term_that_runs_into_a_year_not_announced_is_provisional():
    steps = (Step("accept", date(2026, 11, 20), "accepted"),)
    found = clocks(Letter("complaint", date(2026, 11, 20), True, steps), rules.norm, calendar())

    assert not the(Term.ACCEPT, found).provisional
    assert the(Term.MEDIATE, found).provisional


def test_acts_on_both_sides_of_a_holiday():
    """Made-up Saturdays count: the seventh working day after 22 September 2026 is 9 October."""
    found = clocks(Letter("complaint", date(2026, 9, 22), True), rules.norm, calendar())

    assert next_due(found).due == date(2026, 10, 9)


def test_only_a_named_reporter_has_to_be_told():
    steps = (
        Step("begin_check", date(2026, 11, 2), "checking"),
        Step("file_case", date(2026, 11, 3), "filed"),
    )

    told = clocks(Letter("report", date(2026, 11, 2), True, steps), rules.norm, calendar())
    untold = clocks(Letter("report", date(2026, 11, 2), False, steps), rules.norm, calendar())

    assert the(Term.REPORTER_NOTICE, told).due == date(2026, 11, 10)
    assert [one.term for one in untold] == [Term.CHECK]


def test_a_refusal_that_is_taken_back_lets_the_first_term_run_on():
    steps = (
        Step("refuse", date(2026, 11, 4), "refused"),
        Step("reopen", date(2026, 11, 20), "received"),
    )
    found = the(
        Term.ACCEPT,
        clocks(Letter("complaint", date(2026, 11, 2), True, steps), rules.norm, calendar()),
    )

    assert found.met is None
    assert found.standing(date(2026, 11, 20)) is Standing.OVERDUE


def test_harm_of_three_years_and_a_day_is_too_old():
    received = date(2026, 11, 20)

    assert not is_too_old(date(2023, 11, 20), received, rules.norm, calendar())
    assert is_too_old(date(2023, 11, 19), received, rules.norm, calendar())


@pytest.mark.django_db
def test_the_index_of_the_list_follows_every_step(letter, handler):
    assert (letter.due_on, letter.due_term) == (date(2026, 12, 1), "accept")

    accepted = services.accept(complaint=taken(letter, handler), by=handler.actor)
    assert (accepted.due_term, accepted.provisional) == ("mediate", True)
    testing = services.begin_testing(complaint=accepted, note="送检", by=handler.actor)
    assert testing.due_on == NEVER
    with on("2026-11-30"):
        back = services.end_testing(complaint=testing, note="合格", by=handler.actor)
    assert back.due_on == counted(
        date(2026, 11, 20), 45, [Span(date(2026, 11, 20), date(2026, 11, 30))], calendar()
    )


@pytest.mark.django_db
def test_a_calendar_that_is_announced_moves_the_index(letter):
    Complaint.objects.update(due_on=date(2027, 1, 1))  # as an older calendar had it

    assert services.rebuild_index() == 1
    letter.refresh_from_db()
    assert letter.due_on == date(2026, 12, 1)
    assert services.rebuild_index() == 0


@pytest.mark.django_db
def test_what_runs_out_is_said_once_and_once_more_when_it_has(letter, handler):
    def warned_on(day: str) -> int:
        with on(day):
            return services.warn_due()

    assert [warned_on(day) for day in ("2026-11-26", "2026-11-27", "2026-11-30")] == [0, 1, 0]
    assert [warned_on(day) for day in ("2026-12-01", "2026-12-02", "2026-12-03")] == [0, 1, 0]
    told = Noticed.objects.filter(kind="complaint_due").order_by("pk")
    assert [one.labels["step"] for one in told] == ["near", "overdue"]
    assert {one.labels["until"] for one in told} == {"2026-12-01"}

    with on("2026-12-03"):
        services.accept(complaint=taken(letter, handler), by=handler.actor)
    last = Noticed.objects.filter(kind="complaint_due").latest("pk")
    assert (last.over, last.key, last.subject) == (True, "accept", f"complaint:{letter.pk}")


@pytest.mark.django_db
def test_clocks_of_a_letter_say_how_they_went(letter, handler):
    with on("2026-12-02"):
        accepted = services.accept(complaint=taken(letter, handler), by=handler.actor)
        found = rules.clocks_of(accepted, queries.steps_of(accepted))
        today = clock.today()

    assert the(Term.ACCEPT, found).standing(today) is Standing.LATE
    assert the(Term.MEDIATE, found).standing(today) is Standing.RUNNING


@pytest.mark.django_db
def test_old_letters_are_told_to_be_old(restaurant):
    [made] = services.register(new=a_letter(business=restaurant.pk, happened_on=date(2023, 11, 19)))

    assert rules.too_old(made)
