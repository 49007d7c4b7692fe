"""Early warning: EARS C2 with an exact guard, checked against a second telling and on chance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product
from random import Random
from statistics import mean, stdev

import pytest
from alerting import a_signal, alerted
from hypothesis import given
from hypothesis import strategies as some

from mingchu.alerts import rules, services
from mingchu.alerts.domain.clusters import Case, clustered
from mingchu.alerts.domain.warning import Limits, compare, luck
from mingchu.alerts.models import Alert, EarlyWarning
from mingchu.base import clock

SHORT = Limits(baseline=4, lag=2, deviations=3, least_deviation=0.5, chance=0.05)


@given(some.lists(some.integers(0, 9), min_size=7, max_size=12))
def test_a_day_is_compared_as_the_book_says(counts: list[int]) -> None:
    found = compare(counts, SHORT)

    before = counts[:-1][:-2][-4:]  # without the day, without the lag, the last four
    above = (counts[-1] - mean(before)) / max(stdev(before), 0.5)
    assert found.mean == pytest.approx(mean(before))
    assert found.deviations == pytest.approx(above)
    assert found.stands_out == (found.deviations > 3 and found.chance <= 0.05)


@given(some.integers(0, 4), some.integers(0, 4), some.integers(1, 3))
def test_the_chance_is_that_of_all_ways_to_deal_events_out_to_days(
    today: int, before: int, days: int
) -> None:
    ways = list(product(range(days + 1), repeat=today + before))
    as_many = sum(way.count(days) >= today for way in ways)

    assert luck(today, before, days) == pytest.approx(float(Fraction(as_many, len(ways))))


def poisson(random: Random, rate: float) -> int:
    """Arrivals of a day, one waiting time after another."""
    count, passed = 0, random.expovariate(rate)
    while passed < 1:
        count, passed = count + 1, passed + random.expovariate(rate)
    return count


@pytest.mark.parametrize("rate", [0.05, 0.3, 1, 3, 10])
def test_on_mere_chance_the_city_keeps_to_its_budget(rate: float) -> None:
    """27 series over 200 days at any rate: C2 alone would cry wolf up to every other day."""
    watch, series, days, random = rules.watch(date(2026, 11, 20)), 27, 200, Random(7)  # noqa: S311
    limits = Limits(
        watch.baseline, watch.lag, watch.deviations, watch.least_deviation, watch.budget / series
    )
    false = plain = 0
    for _series in range(series):
        counts = [poisson(random, rate) for _day in range(days + limits.days - 1)]
        for day in range(days):
            found = compare(counts[day : day + limits.days], limits)
            false += found.stands_out
            plain += found.deviations > limits.deviations

    assert false / days <= watch.budget
    assert false <= plain


def test_a_real_rise_is_seen_through_the_budget() -> None:
    watch = rules.watch(date(2026, 11, 20))
    limits = Limits(28, 2, watch.deviations, watch.least_deviation, watch.budget / 27)
    quiet = [0, 1, 0, 0, 1, 0, 0] * 4 + [0, 0]

    assert compare([*quiet, 6], limits).stands_out
    assert not compare([*quiet, 2], limits).stands_out


some_cases = some.lists(
    some.tuples(some.integers(0, 12), some.sampled_from(["", "a", "b", "c"])), max_size=8
)


@given(some_cases, some.integers(1, 3), some.integers(0, 6))
def test_a_cluster_is_found_as_by_trying_every_window(
    said: list[tuple[int, str]], count: int, hours: int
) -> None:
    begin, window = datetime(2026, 11, 20, tzinfo=UTC), timedelta(hours=hours)
    cases = [
        Case(begin + timedelta(hours=at), {"business": "5", "household": who}) for at, who in said
    ]

    found = clustered(cases, count=count, window=window, equal=("business",), distinct="household")

    windows = (
        {who for at, who in said if who and first <= at <= first + hours} for first, _ in said
    )
    assert bool(found) == any(len(who) >= count for who in windows)


@pytest.mark.django_db
def test_a_day_that_stands_out_is_kept_and_somebody_is_to_look_into_it() -> None:
    for day in range(1, 32):
        with clock.stopped(datetime(2026, 10, day, 4, 0, tzinfo=UTC)):
            if day % 5 == 0:
                alerted(a_signal(subject=f"device:{day}", district="150105"))
    with clock.stopped(datetime(2026, 11, 1, 4, 0, tzinfo=UTC)):
        alerted(*[a_signal(subject=f"device:1-{n}", district="150105") for n in range(9)])

    with clock.stopped(datetime(2026, 11, 2, 4, 0, tzinfo=UTC)):
        [warned] = services.warn()
        assert services.warn() == []
        services.fold()

    one = EarlyWarning.objects.get()
    assert (one.day, one.district, one.count, one.counts[-1]) == (
        date(2026, 11, 1),
        "150105",
        9,
        9,
    )
    assert one.chance <= one.allowed
    opened = Alert.objects.get(kind="early_warning")
    assert opened.labels["warning"] == str(warned.pk)
