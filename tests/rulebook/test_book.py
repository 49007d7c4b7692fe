"""Which words hold on a day: the nearest that says something speaks, and a repeal gives way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingchu.base.clock import CITY_ZONE
from mingchu.base.errors import Refusal
from mingchu.base.workdays import Calendar
from mingchu.rulebook import store
from mingchu.rulebook.domain import Citation, Rule, Rulebook, Title, Version, chain
from mingchu.rulebook.kinds import Shape, Status, Unit

CITE = Citation("某法", "第1号", "第一条", date(2020, 1, 1))
PLACES = chain("cn-1501")
DAYS = st.dates(date(2020, 1, 1), date(2020, 3, 1))


def a_rule(place: str, versions: dict[date, int | None]) -> Rule:
    return Rule(
        "example.days",
        Title("期限", "Days"),
        Unit.CALENDAR_DAY,
        Shape.PLAIN,
        place,
        tuple(
            Version(since, value, CITE, Status.VERIFIED, date(2026, 1, 1))
            for since, value in sorted(versions.items())
        ),
    )


VERSIONS = st.dictionaries(DAYS, st.none() | st.integers(0, 3), min_size=1, max_size=5)
BOOKS = st.dictionaries(st.sampled_from(PLACES), VERSIONS, min_size=1).map(
    lambda said: [a_rule(place, versions) for place, versions in said.items()]
)


def scanned(rules: list[Rule], day: date) -> tuple[str, date, int | None] | None:
    """The naive twin: go from the nearest to the farthest and look at every version."""
    silent = None
    for place in PLACES:
        for rule in (rule for rule in rules if rule.jurisdiction == place):
            past = [version for version in rule.versions if version.since <= day]
            if past and past[-1].value is not None:
                return place, past[-1].since, past[-1].value
            if past and silent is None:
                silent = place, past[-1].since, None
    return silent


@given(BOOKS, DAYS)
def test_on_a_day_the_nearest_that_says_something_speaks(rules, day):
    expected = scanned(rules, day)
    resolved = Rulebook(rules).rule("example.days", "cn-1501")

    if expected is None or expected[2] is None:
        with pytest.raises(Refusal) as refused:
            resolved.on(day)
        assert refused.value.code == ("rule_repealed" if expected else "rule_not_in_force")
    else:
        ruling = resolved.on(day)
        assert (ruling.jurisdiction, ruling.since, ruling.value) == expected


@given(BOOKS, DAYS)
def test_the_last_day_of_a_ruling_is_the_day_before_another_speaks(rules, day):
    resolved = Rulebook(rules).rule("example.days", "cn-1501")
    try:
        ruling = resolved.on(day)
    except Refusal:
        return
    if ruling.until is None:
        assert scanned(rules, date(2030, 1, 1)) == scanned(rules, day)
        return

    assert scanned(rules, ruling.until) == scanned(rules, day)
    assert scanned(rules, ruling.until + timedelta(days=1)) != scanned(rules, day)


@given(BOOKS)
def test_what_a_farther_place_says_is_not_heard_where_only_it_is_asked_otherwise(rules):
    nation = [rule for rule in rules if rule.jurisdiction == "cn"]
    for rule in nation:
        assert Rulebook(rules).rule(rule.id, "cn").rules == (rule,)


def test_a_city_without_words_of_its_own_hears_the_region_and_the_nation():
    assert chain("cn-1501") == ("cn-1501", "cn-15", "cn")
    assert chain("cn") == ("cn",)
    with pytest.raises(Refusal) as refused:
        chain("1501")
    assert refused.value.code == "unknown_jurisdiction"


def test_a_repeal_by_the_city_lets_the_nation_speak_again(book):
    days = store.load(*book()).rule("example.days", "cn-1501")

    said = [days.on(date(year, 6, 1)) for year in (2022, 2023, 2024, 2025)]

    assert [one.value for one in said] == [20, 5, 5, 7]
    assert [one.jurisdiction for one in said] == ["cn", "cn-1501", "cn-1501", "cn"]
    assert [one.until for one in said] == [date(2022, 12, 31), *[date(2024, 12, 31)] * 2, None]
    assert said[3].since == date(2024, 1, 1)


def test_asking_before_the_first_day_says_when_it_begins(book):
    days = store.load(*book()).rule("example.days", "cn-1501")

    with pytest.raises(Refusal) as refused:
        days.on(date(2021, 8, 31))

    assert refused.value.code == "rule_not_in_force"
    assert "2021-09-01" in refused.value.fix


def test_an_unknown_rule_is_not_found(book):
    with pytest.raises(Refusal) as refused:
        store.load(*book()).rule("example.nothing", "cn-1501")

    assert (refused.value.code, refused.value.status) == ("unknown_rule", 404)


def test_a_version_knows_how_many_cases_fall_into_it(book):
    days = store.load(*book()).rule("example.days", "cn-1501")

    assert [days.on(date(year, 6, 1)).tested for year in (2022, 2023, 2025)] == [1, 1, 1]


def test_what_was_read_cannot_be_changed(book):
    rules = store.load(*book())
    ruling = rules.rule("example.visits", "cn-1501").on(date(2022, 5, 5))

    with pytest.raises(TypeError):
        ruling.value["first"] = 1
    assert rules.families() == ("calendar", "example")
    assert rules.jurisdictions() == ("cn", "cn-1501")


def test_numbers_are_exact_and_words_of_yaml_1_2(book):
    ruling = store.load(*book()).rule("example.grades", "cn").on(date(2022, 5, 5))

    assert ruling.value["bands"][1]["to"] == Decimal("45.5")
    assert isinstance(ruling.value["bands"][1]["to"], Decimal)


def test_a_ruling_is_asked_in_its_own_shape_only(book):
    rules = store.load(*book())
    on = date(2022, 5, 5)
    days, grades, visits = (
        rules.rule(f"example.{name}", "cn").on(on) for name in ("days", "grades", "visits")
    )
    weekdays = Calendar.of([], [], [2022])

    assert (days.number(), grades.band(30), grades.band(31), visits.choice("first")) == (
        20,
        "A",
        "B",
        30,
    )
    assert visits.due(on, weekdays, "first").day == date(2022, 6, 4)
    for ask in (
        grades.number,
        lambda: days.band(3),
        lambda: days.choice("first"),
        lambda: grades.due(on, weekdays),
        lambda: visits.due(on, weekdays),
        lambda: days.due_at(datetime(2022, 5, 5, tzinfo=CITY_ZONE)),
    ):
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.code == "rule_misasked"
    with pytest.raises(Refusal) as refused:
        visits.choice("never")
    assert refused.value.code == "unknown_choice"


@pytest.mark.parametrize(
    ("unit", "count", "due"),
    [
        (Unit.WORKING_DAY, 1, date(2024, 2, 1)),
        (Unit.CALENDAR_DAY, 30, date(2024, 3, 1)),
        (Unit.MONTH, 1, date(2024, 2, 29)),
        (Unit.YEAR, 1, date(2025, 1, 31)),
    ],
)
def test_a_term_is_counted_in_its_own_unit(unit, count, due):
    rule = replace(a_rule("cn", {date(2020, 1, 1): count}), unit=unit)
    ruling = Rulebook([rule]).rule(rule.id, "cn").on(date(2024, 1, 31))

    assert ruling.due(date(2024, 1, 31), Calendar.of([], [], [2024])).day == due


def test_a_term_of_hours_ends_at_a_moment():
    rule = replace(a_rule("cn", {date(2020, 1, 1): 2}), unit=Unit.HOUR)
    ruling = Rulebook([rule]).rule(rule.id, "cn").on(date(2024, 1, 31))

    start = datetime(2024, 1, 31, 23, 30, tzinfo=CITY_ZONE)

    assert ruling.due_at(start) == datetime(2024, 2, 1, 1, 30, tzinfo=CITY_ZONE)
