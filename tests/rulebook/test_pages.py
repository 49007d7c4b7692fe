"""The public pages and the API of the rulebook, read by somebody nobody knows."""

from __future__ import annotations

from datetime import date, datetime
from html import unescape
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from mingchu.base import clock
from mingchu.base.clock import CITY_ZONE
from mingchu.rulebook import pages, queries, store
from mingchu.rulebook.kinds import Shape, Status
from mingchu.rulebook.marks import rule_badge

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=CITY_ZONE)
PENALTY = "disclosure.penalty_publish_days"
OPEN = [one for one in store.rulebook().ids() if not store.rule(one).is_internal]
WEIGHT = 60_000  # bytes of a public page with its sheet
SHEET = Path(finders.find("site/mingchu.css") or "").stat().st_size


@pytest.fixture(autouse=True)
def today():
    with clock.stopped(NOW):
        yield


def text(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "zh-CN", **headers})
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())


def test_the_directory_shows_every_family_and_counts_every_footing(client):
    page = text(client, "/rules/")

    for family in store.rulebook().families():
        assert f'href="?family={family}"' in page
    counts = queries.statuses(queries.entries(NOW.date()))
    for status, count in counts.items():
        assert f'href="?status={status}"' in page
        assert f'<span class="num">{count}</span>' in page
    assert sum(counts.values()) == len(OPEN)


def test_a_search_finds_by_name_law_and_id_and_nothing_else(client):
    for asked in (PENALTY, "行政处罚信息公示规定", "第45号"):
        page = text(client, f"/rules/?q={asked}")
        assert f'href="{PENALTY}"' in page, asked
        assert 'href="calendar.working_days"' not in page
    assert "没有查到" in text(client, "/rules/?q=没有这样的规则")


@pytest.mark.parametrize("status", Status)
def test_a_filter_by_footing_shows_that_footing_alone(client, status):
    page = text(client, f"/rules/?status={status}&page=1").split("<table", 1)[1]

    assert f"tag--{status}" in page
    assert [other for other in Status if other != status and f"tag--{other}" in page] == []


def test_a_filter_by_who_set_it_shows_what_the_city_set(client):
    page = text(client, "/rules/?in=cn-1501")

    own = [e.id for e in queries.entries(NOW.date()) if e.rule.jurisdiction == "cn-1501"]
    assert own
    assert [rule_id for rule_id in own if f'href="{rule_id}"' not in page] == []
    assert f'href="{PENALTY}"' not in page


def test_a_long_find_goes_on_on_the_next_page(client):
    first, second = (text(client, f"/rules/?q=.&page={n}") for n in (1, 2))

    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert first != second


@pytest.mark.parametrize("rule_id", OPEN)
def test_each_rule_has_its_page_and_the_page_is_light(client, rule_id):
    page = text(client, f"/rules/{rule_id}")

    entry = queries.entry(rule_id, NOW.date())
    assert entry.title.zh in page
    assert entry.version.cite.law in page
    assert f"/api/v1/rules/{rule_id}" in page
    assert len(page.encode()) <= WEIGHT - SHEET


@pytest.mark.parametrize("shape", Shape)
def test_a_rule_of_each_shape_reads_in_english(client, shape):
    rule = next(one for one in store.rulebook() if one.shape is shape)

    page = text(client, f"/rules/{rule.id}", **{"Accept-Language": "en"})

    assert rule.title.en in page
    assert "All versions" in page or "Year by year" in page


@pytest.mark.parametrize("path", ["/rules/", "/rules/?q=."])
def test_the_directory_is_light(client, path):
    assert len(client.get(path).content) <= WEIGHT - SHEET


def test_a_day_of_the_past_shows_the_words_of_that_day(client):
    rule_id, old, new = next(
        (one, segments[0], segments[1])
        for one in store.rulebook().ids_in("cn-1501")
        if len(segments := store.rule(one).segments) > 1
        and store.rule(one).nearest.shape is Shape.PLAIN
        and segments[0].version.cite.article != segments[1].version.cite.article
    )

    page = text(client, f"/rules/{rule_id}?on={old.begins}")
    summary = page.split('class="summary card"')[1].split("</dl>")[0]

    assert old.version.cite.article in summary
    assert new.version.cite.article not in summary
    assert f"?on={old.begins}" in page.split("JSON")[0]


def test_a_day_before_the_rule_is_told_and_the_history_still_shown(client):
    page = text(client, f"/rules/{PENALTY}?on=1990-01-01")

    assert "还没有施行" in page
    assert 'id="history"' in page


def test_a_day_that_is_none_and_a_rule_that_is_none_are_refused(client):
    assert client.get(f"/rules/{PENALTY}?on=yesterday").status_code == 400
    assert client.get("/rules/no.such_rule").status_code == 404


def test_where_the_city_overrides_the_nation_both_are_shown(book):
    days = store.load(*book()).rule("example.days", "cn-1501")

    said = {
        year: render_to_string("rulebook/rule.html", pages.told(days, date(year, 6, 1)))
        for year in (2022, 2024, 2025)
    }

    assert "谁说了算" not in said[2022]
    city, nation = said[2024].split('id="speakers"')[1].split("<tr>")[2:4]
    assert ("呼和浩特市" in city, "适用" in city) == (True, True)
    assert ("国家" in nation, "被代替" in nation) == (True, True)
    repealed, again = said[2025].split('id="speakers"')[1].split("<tr>")[2:4]
    assert ("已废止" in repealed, "适用" in again) == (True, True)


def test_the_calendar_shows_its_years(client):
    page = text(client, "/rules/calendar.working_days")

    assert "2026-02-15 – 2026-02-23" in page
    assert "2025-01-01" in page


def test_a_rule_shows_its_cases(client):
    page = text(client, f"/rules/{PENALTY}")

    assert all(case.id in page for case in store.cases_of(PENALTY))
    assert store.cases_of(PENALTY)


def test_what_has_not_changed_is_not_sent_again(client):
    for path in ("/rules/", f"/rules/{PENALTY}", "/api/v1/rules", f"/api/v1/rules/{PENALTY}"):
        tag = client.get(path)["ETag"]

        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert (
            client.get(f"{path}?on=2026-01-01", headers={"If-None-Match": tag}).status_code == 200
        )


def test_another_language_is_another_page(client):
    tag = client.get("/rules/", headers={"Accept-Language": "zh-CN"})["ETag"]

    again = client.get("/rules/", headers={"Accept-Language": "en", "If-None-Match": tag})

    assert again.status_code == 200


def test_the_api_gives_value_and_citation_of_a_day(client):
    found = client.get(f"/api/v1/rules/{PENALTY}?on=2026-02-10").json()

    assert (found["id"], found["value"], found["unit"]) == (PENALTY, 20, "working_day")
    assert {"law", "number", "article", "published"} == found["cite"].keys()
    assert found["jurisdiction"] == "cn"
    assert {"status", "since", "until", "title", "checked", "tested"} <= found.keys()


def test_the_api_refuses_with_a_code(client):
    before = client.get(f"/api/v1/rules/{PENALTY}?on=1990-01-01")
    unknown = client.get("/api/v1/rules/no.such_rule")
    no_day = client.get(f"/api/v1/rules/{PENALTY}?on=soon")

    assert (before.status_code, before.json()["code"]) == (409, "rule_not_in_force")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_rule")
    assert no_day.status_code == 422


def test_the_api_lists_every_rule_once_page_by_page(client):
    seen, cursor = [], ""
    while True:
        found = client.get(f"/api/v1/rules?limit=100&cursor={cursor}").json()
        seen += [one["id"] for one in found["items"]]
        cursor = found["next"]
        if not cursor:
            break

    assert seen == OPEN


def test_the_api_says_of_a_rule_that_is_not_in_force_that_it_has_no_value(client):
    found = client.get("/api/v1/rules?on=1949-01-01&limit=500").json()["items"]

    assert {one["state"] for one in found} == {"ahead"}
    assert {one["value"] for one in found} == {None}


def test_the_badge_stands_beside_a_figure_that_was_not_compared_with_its_source():
    rulings = [queries.ruling(store.rule(one), NOW.date())[0] for one in store.rulebook().ids()]
    known = {ruling.status: ruling for ruling in rulings if ruling}

    shown = {status: rule_badge(one) for status, one in known.items()}

    assert shown.pop(Status.VERIFIED).strip() == ""
    assert shown.keys() == {Status.SECONDARY, Status.RECALLED, Status.DEMO}
    for status, html in shown.items():
        assert f"tag--{status}" in html
        assert f"/rules/{known[status].id}" in html


# ── What a city keeps to its officers ──

INTERNAL = [one for one in store.rulebook().ids() if store.rule(one).is_internal]


def test_what_would_tell_a_drawn_firm_its_class_is_internal():
    assert {"credit.measures", "credit.draw_ratio", "credit.quiet"} <= set(INTERNAL)


@pytest.mark.parametrize("rule_id", INTERNAL)
@pytest.mark.parametrize("path", ["/rules/{}", "/rules/{}?on=2026-01-01", "/api/v1/rules/{}"])
def test_an_internal_rule_is_as_unknown_to_the_public_as_one_that_is_not(client, rule_id, path):
    hidden = client.get(path.format(rule_id))
    nothing = client.get(path.format("credit.no_such_rule"))

    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert store.rule(rule_id).nearest.title.zh not in hidden.content.decode()


def test_no_list_of_rules_names_an_internal_one(client):
    listed = [
        text(client, path)
        for path in ("/rules/?family=credit", "/rules/?q=credit", "/api/v1/rules?limit=500")
    ]

    assert all("credit.bands" in page for page in listed)
    assert [one for one in INTERNAL for page in listed if one in page] == []


def test_the_badge_of_an_internal_rule_leads_nowhere():
    badge = str(rule_badge(store.rule("credit.measures").on(NOW.date())))

    assert "tag--demo" in badge
    assert "href" not in badge
