"""Statistics: rates with their intervals, times, corrections; every figure leads to its rows."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from build import SAIHAN, XINCHENG
from corrections import found
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from inspecting import Sent, a_visit, chief
from planning import NOW, TODAY, actor, browser, shops, somebody

from mingchu.accounts.domain import CITY
from mingchu.base import clock
from mingchu.inspection import services
from mingchu.inspection.domain.rates import Rate, ranked, wilson
from mingchu.inspection.models import Finding
from mingchu.inspection.queries import statistics as queries
from mingchu.inspection.queries.statistics import Asked

YEAR = Asked(since=TODAY - timedelta(days=365), until=TODAY)
counts = st.integers(0, 5_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(counts)
def test_the_interval_holds_the_rate_and_stays_within_nothing_and_all(pair):
    hits, of = pair
    low, high = wilson(hits, of)

    assert 0 <= low <= high <= 1
    if of:
        assert low <= hits / of + 1e-12
        assert hits / of - 1e-12 <= high


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_known_intervals(hits, of, low, high):
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


@given(counts)
def test_what_is_met_has_the_mirrored_interval(pair):
    hits, of = pair
    low, high = wilson(hits, of)
    other_low, other_high = wilson(of - hits, of)

    assert low == pytest.approx(1 - other_high, abs=1e-12)
    assert high == pytest.approx(1 - other_low, abs=1e-12)


@given(st.integers(1, 500), st.integers(2, 20))
def test_more_of_the_same_makes_it_narrower(of, times):
    low, high = wilson(of // 2, of)
    more_low, more_high = wilson(of // 2 * times, of * times)

    assert more_high - more_low <= high - low + 1e-12


@given(st.integers(0, 200), st.integers(1, 200))
def test_one_more_hit_never_lowers_it(hits, more):
    of = hits + more
    assert wilson(hits, of)[0] <= wilson(hits + 1, of)[0] + 1e-12


def test_one_of_one_does_not_stand_above_thirty_of_forty():
    few, many = Rate("few", 1, 1), Rate("many", 30, 40)

    assert [one.key for one in ranked([few, many])] == ["many", "few"]


@pytest.mark.django_db
def test_an_item_is_counted_where_it_applied():
    businesses = shops(3)
    bad = Sent(a_visit(business_id=businesses[0].pk))
    item = bad.an_item(key=True)
    bad.unmet(item).send()
    Sent(a_visit(business_id=businesses[1].pk)).send()
    away = Sent(a_visit(business_id=businesses[2].pk))
    away.body["answers"][item] = {"verdict": "na"}
    away.send()

    rates = {one.key: one for one in queries.items([CITY], YEAR)}

    assert (rates[item].hits, rates[item].of) == (1, 2)
    assert queries.items([CITY], YEAR)[0].key == item
    shares = queries.shares([CITY], YEAR)
    assert [(one.key, one.hits, one.of) for one in shares["kind"]] == [("caterer", 1, 3)]
    assert [(one.key, one.of) for one in shares["quarter"]] == [("2026-4", 3)]
    assert [(one.key, one.of) for one in shares["district"]] == [(SAIHAN, 3)]
    assert shares["all"][0].of == 3
    [spent] = queries.times([CITY], YEAR)
    assert (spent.count, round(spent.median)) == (3, 50)


@pytest.mark.django_db
def test_nobody_counts_what_lies_elsewhere():
    found("order")
    elsewhere = actor("district", XINCHENG).scopes_for("inspection.read")

    assert queries.items(elsewhere, YEAR) == []
    assert queries.items([], YEAR) == []
    assert queries.corrections([], YEAR).of == 0


@pytest.mark.django_db
def test_corrections_are_in_time_late_or_over():
    first, second, third = (found("by", business_id=one.pk) for one in shops(3))
    with clock.stopped(NOW + timedelta(days=2)):
        services.confirm(finding=first, by=chief())
    with clock.stopped(NOW + timedelta(days=9)):
        services.confirm(finding=second, by=chief())

        told = queries.corrections([CITY], YEAR)

    assert (told.in_time, told.of, told.median_days) == (1, 3, 5.5)
    assert Finding.objects.get(pk=third.pk).state == "open"


@pytest.mark.django_db
def test_every_figure_leads_to_its_rows_and_nobody_is_named():
    one = found("order")
    client = browser(somebody("district", SAIHAN))

    shown = client.get("/w/inspections/statistics/").content.decode()

    links = {
        link.replace("&amp;", "&")
        for link in re.findall(r'href="(/w/inspections/[^"]+\?[^"]+)"', shown)
    }
    assert len(links) > 6
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        if "rows" in link:
            assert "1份" in answer.content.decode(), link
    assert "<svg" in shown
    assert "检查员" not in shown
    assert one.item in client.get("/w/inspections/statistics/export?format=csv").content.decode()


@pytest.mark.django_db
def test_a_quarter_is_asked_by_its_days():
    found("order")
    client = browser(somebody("district", SAIHAN))

    shown = client.get("/w/inspections/statistics/").content.decode().replace("&amp;", "&")
    now = re.search(r'href="(\?[^"]+)">2026年第4季度', shown)
    before = re.search(r'href="(\?[^"]+)">2026年第3季度', shown)

    assert "since=2026-10-01&until=2026-12-31" in now[1]
    assert 'aria-current="true">2026年第4季度' in (
        client.get(f"/w/inspections/statistics/{now[1]}").content.decode()
    )
    empty = client.get(f"/w/inspections/statistics/{before[1]}").content.decode()
    assert "这些日子没有检查记录" in empty


@pytest.mark.django_db
def test_an_item_that_the_library_has_no_more_is_called_as_in_its_list():
    record = found("order").record
    body = record.sheet.body
    body["items"].append({**body["items"][0], "id": "gone.item", "zh": "旧项目", "en": "Old item"})
    record.sheet.save()
    type(record).objects.update(unmet=["gone.item"])
    client = browser(somebody("district", SAIHAN))

    shown = client.get("/w/inspections/statistics/").content.decode()
    rows = client.get("/w/inspections/statistics/rows?item=gone.item").content.decode()

    assert "旧项目" in shown
    assert "旧项目" in rows
    assert "1份" in rows


@pytest.mark.django_db
def test_visits_that_found_nobody_are_counted_by_result_though_no_item_was_looked_at():
    Sent(a_visit(), outcome="unreachable", answers={}).send()
    client = browser(somebody("district", SAIHAN))

    shown = client.get("/w/inspections/statistics/").content.decode()

    assert "type=routine" in shown
    assert "这些日子没有检查记录" not in shown


@pytest.mark.django_db
def test_the_sheet_has_rates_and_ends():
    found("order")
    client = browser(somebody("district", SAIHAN))

    answer = client.get("/w/inspections/statistics/export")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    [head] = [n for n, row in enumerate(rows) if "发现率" in row]
    first = rows[head + 1]
    assert [float(value) for value in first[2:5]] == [1, 1, 1]


@pytest.mark.django_db
def test_each_figure_is_one_statement():
    found("order")
    for ask in (
        queries.items, queries.shares, queries.times, queries.results, queries.types,
        queries.corrections,
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            ask([CITY], YEAR)
        assert len(asked) == 1, ask


@pytest.mark.django_db
def test_what_cannot_be_understood_is_not_asked():
    client = browser(somebody("district", SAIHAN))

    for query in (
        "since=x&until=9",
        "quarter=2026-9",
        "quarter=x-1",
        "type=x",
        "result=x",
        "item=x",
    ):
        assert client.get(f"/w/inspections/statistics/rows?{query}").status_code == 200
        assert client.get(f"/w/inspections/statistics/?{query}").status_code == 200
