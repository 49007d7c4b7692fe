"""The city's grades: an old day again, strictness, hygiene, lists of facts, programs, commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from build import XINCHENG
from duty import at
from program import Program

from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.rules.rehearsals import Draft
from mingchu.kit.sheets.importers import IMPORTERS
from mingchu.ops.commands import grades as command
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.risk import rules, services
from mingchu.risk.models import Grade, HygieneGrade, Profile, Run, Source, Visit
from mingchu.risk.queries import again, coverage, grades, strictness
from mingchu.risk.rehearsing import rehearse
from mingchu.risk.services.listing import NewListing, enter_list
from mingchu.risk.values import NewProfile, NewVisit
from mingchu.rulebook import store

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
TODAY = date(2026, 11, 20)
LAST_YEAR = date(2025, 11, 20)
DISTRICT = ScopeKind.DISTRICT


def letter(one: Business) -> str:
    return Grade.objects.get(business=one, until__isnull=True).letter


def test_a_day_of_last_year_gives_the_letters_of_that_day(
    business: Make, profile: Make, visit: Make
) -> None:
    shops = [business() for _ in range(3)]
    for n, one in enumerate(shops):
        profile(one, area=1500 * (n + 1), bulk_chilled=200, suppliers=400)
        visit(one, date(2025, 6, 1), failed_key=5 * n)
    with clock.stopped(at(2025, 11, 20)):
        services.grade_city()
    then = {one.pk: letter(one) for one in shops}
    for one in shops:
        visit(one, date(2026, 6, 1), failed_key=20, failed_general=30)
    # What came to be known later was not known then.
    late = NewVisit(
        business=shops[0].pk, day=date(2025, 6, 2), applicable_key=9, failed_key=9, inspector="9"
    )
    services.record_visits_many([late], source=Source.SHEET)
    # So did a decision of that year that was entered in this one.
    late_listing = NewListing(
        business_id=shops[1].pk,
        roll="serious",
        ground="other",
        found=date(2025, 10, 1),
        since=date(2025, 10, 9),
        decision="严失〔2025〕1号",
    )
    enter_list(late_listing)
    services.grade_city()

    found = again.recomputed(rules.basis(LAST_YEAR))
    told = again.again(rules.basis(LAST_YEAR), (CITY,), 10)

    assert {number: letter_ for number, (letter_, _missing) in found.items()} == then
    assert (told.subjects, told.same, told.other, told.rows) == (3, 3, 0, [])
    assert {one.pk: letter(one) for one in shops} != then
    assert grades.grade_on(shops[0].pk, LAST_YEAR).letter == then[shops[0].pk]


def test_nobody_grades_for_a_day_before_the_last_run_or_before_the_rules(business: Make) -> None:
    business()
    services.grade_city()

    for day in (date(2026, 11, 21), date(2026, 11, 1), date(2015, 1, 1)):
        with pytest.raises(Refusal):
            services.grade_city(as_of=day)
    with pytest.raises(Refusal) as early:
        rules.basis(date(2015, 1, 1))

    assert early.value.code == "rule_not_in_force"


def test_coverage_is_graded_of_registered_in_whole_per_cent(
    business: Make, profile: Make, visit: Make
) -> None:
    for n in range(3):
        one = business("producer")
        if n:
            profile(one, "producer", category=["0101"])
            visit(one)
    business("grocery")
    services.grade_city()
    newcomer = business("producer")

    found = coverage.coverage((CITY,), TODAY).groups

    assert (found["producer"].share, found["producer"].registered) == (50, 4)
    assert found["producer"].missing == {"profile": 1, "never": 1}
    assert found["seller"].registered == 0
    assert not Grade.objects.filter(business=newcomer).exists()


def test_who_is_on_the_serious_list_is_grade_d_as_long_as_it_is_there(
    business: Make, profile: Make, visit: Make
) -> None:
    shop = business()
    profile(shop, area=100)
    visit(shop)
    services.grade_city()

    enter_list(
        NewListing(
            business_id=shop.pk, roll="serious", ground="harmful", found=date(2026, 11, 1),
            since=date(2026, 11, 10), decision="呼市监列〔2026〕1号",
        )
    )  # fmt: skip

    found = Grade.objects.get(business=shop, until__isnull=True)
    assert (found.letter, found.by_points, found.serious) == ("D", "A", True)
    assert found.reasons[-1]["why"] == {"is": "serious", "letter": "D"}


def test_a_business_that_closes_has_no_grade_any_more(
    business: Make, profile: Make, visit: Make
) -> None:
    shop = business()
    profile(shop, area=100)
    visit(shop)
    services.grade_city()

    registry.close(number=shop.pk, why="歇业", closed=TODAY)

    assert not Grade.objects.filter(business=shop, until__isnull=True).exists()


def test_the_strict_inspector_is_found_and_no_grade_knows_of_it(
    business: Make, profile: Make
) -> None:
    shops = [business() for _ in range(30)]
    for one in shops:
        profile(one, area=150)
    found = [
        NewVisit(
            business=one.pk, day=TODAY - timedelta(10 + n), inspector=f"{who}",
            applicable_key=20, applicable_general=30, known_on=TODAY,
            failed_key=(6 if who == 7 else 1) + (n + who) % 2, failed_general=(n * who) % 4,
        )
        for n, one in enumerate(shops)
        for who in (3, 5, 7)
    ]  # fmt: skip
    services.record_visits_many(found, source="history")
    services.grade_city()

    seen = strictness.inspectors((CITY,), TODAY)
    limits = strictness.limits(TODAY)

    assert [one.inspector for one in seen if one.is_flagged(limits) and one.off > 0] == ["7"]
    assert seen[0].visits == 30
    services.grade_city()
    assert Run.objects.latest("pk").written == 0


def test_hygiene_is_a_scale_of_its_own(business: Make, profile: Make, visit: Make) -> None:
    kitchen, shop = business("caterer"), business()
    visit(kitchen, date(2026, 5, 1), failed_key=2)
    visit(kitchen, date(2026, 9, 1), failed_key=10, failed_general=10)
    visit(shop)

    assert services.grade_hygiene() == 1
    assert services.grade_hygiene() == 0

    found = HygieneGrade.objects.get()
    assert found.business_id == kitchen.pk
    # 6 of 90 points lost, then 40 of 90: 93.33 and 55.56 per cent.
    assert (found.letter, str(found.rate), str(found.last_rate)) == ("C", "74.44", "55.56")


def test_lists_of_thousands_are_recorded_as_one_by_one(business: Make) -> None:
    shop = business()
    good = NewVisit(business=shop.pk, day=date(2026, 1, 1), applicable_key=3, inspector="1")
    wrong = [
        good,
        NewVisit(business=shop.pk, day=date(2026, 1, 2), failed_key=1),
        NewVisit(business=0, day=date(2026, 1, 2)),
        NewVisit(business=shop.pk, day=date(2027, 1, 2)),
        NewVisit(business=shop.pk, day=date(2026, 1, 3), department="没有"),
    ]

    done = services.record_visits_many([good, *wrong], source="history")

    assert [refusal.code for _place, refusal in done.refused] == [
        *("visit_known", "visit_counts", "unknown_business", "fact_in_future"),
        "unknown_visit_kind",
    ]
    assert [number is not None for number in done.numbers] == [True] + [False] * 5
    assert Visit.objects.count() == 1


def test_a_profile_that_the_sheet_refuses_stays_out(business: Make) -> None:
    shop = business()
    news = [
        NewProfile(business=shop.pk, sheet="seller", answers=answers, since=TODAY)
        for answers in ({"area": 100}, {"area": "big"}, {"strange": 1, "area": 1})
    ]
    news.append(NewProfile(business=shop.pk, sheet="没有", answers={}, since=TODAY))

    done = services.record_profiles_many(news, source="history")

    assert [refusal.code for _place, refusal in done.refused] == [
        *("bad_answer", "unknown_item", "unknown_static_sheet"),
    ]
    assert Profile.objects.count() == 1


def test_facts_come_from_excel_and_go_again(business: Make, live_rows: Make) -> None:
    shop = business()
    profiles, visits = IMPORTERS.get("risk_profiles"), IMPORTERS.get("risk_visits")
    rows = live_rows(
        profiles,
        {"business": shop.public_id, "sheet": "seller", "item_area": 150, "since": TODAY},
        {"business": "ZZZZZZZZ", "sheet": "seller", "item_area": 150},
    )

    planned = profiles.plan(rows, None, TODAY)

    assert [plan.outcome for plan in planned] == ["created", "unchanged"]
    assert planned[1].fault is not None
    made = profiles.write(planned[:1], None)
    seen = visits.plan(
        live_rows(
            visits,
            {"business": shop.public_id, "day": date(2026, 6, 1), "applicable_key": 20},
        ),
        None,
        TODAY,
    )
    came = visits.write(seen, None)
    assert letter(shop) == "A"
    assert list(visits.restore(dict.fromkeys(came), None)) == []
    assert Grade.objects.get(business=shop, until__isnull=True).missing == "visits"
    assert list(profiles.restore(dict.fromkeys(made), None)) == list(made)


@pytest.fixture
def live_rows() -> Make:
    """Rows of a list as the wizard hands them over."""
    from mingchu.kit.sheets.examine import GoodRow

    def make(importer: Any, *said: dict[str, Any]) -> list[Any]:
        empty = dict.fromkeys(column.key for column in importer.layout.columns)
        return [
            GoodRow(number=n, values={**empty, **values}) for n, values in enumerate(said, start=2)
        ]

    return make


def test_programs_get_grades_inside_their_scope(business: Make, profile: Make, visit: Make) -> None:
    shop = business()
    profile(shop, area=150)
    visit(shop)
    services.grade_city()
    there, elsewhere = Program("city", CITY), Program("district", Scope(DISTRICT, XINCHENG))

    told = there.get(f"businesses/{shop.public_id}/grade").json()
    listed = there.get("grades?group=seller").json()

    assert (told["grade"], told["points"]) == ("A", 1)
    assert told["reasons"][0] == {
        "factor": "area",
        "points": 1,
        "max": 4,
        "why": {"is": "band", "measured": 150, "least": 0, "to": 200},
        "rule": "grade.static_seller",
        "version": "2016-12-01",
    }
    assert [one["business"] for one in listed["items"]] == [shop.public_id]
    assert elsewhere.get(f"businesses/{shop.public_id}/grade").status_code == 404
    assert elsewhere.get("grades").json()["items"] == []


def test_the_command_line_grades_the_city_and_shows_a_grade(
    business: Make, profile: Make, visit: Make
) -> None:
    shop = business()
    profile(shop, area=150)
    visit(shop)

    class Asked:
        code = shop.public_id

    done, shown = command.run(Asked), command.show(Asked)  # type: ignore[arg-type]

    assert done.data == {
        "graded": 1,
        "coverage": {"producer": 0, "seller": 100, "caterer": 0},
        "moves": 1,
    }
    assert shown.data["grade"] == "A"
    assert json.dumps(shown.data)
    assert any("grade.static_seller" in line for line in shown.lines)


def test_the_night_grades_whoever_has_new_facts(business: Make, profile: Make, visit: Make) -> None:
    old, fresh = business(), business()
    profile(old, area=150)
    visit(old)
    services.grade_city()
    with clock.stopped(datetime(2026, 11, 20, 12, tzinfo=clock.CITY_ZONE)):
        profile(fresh, area=150)
        visit(fresh)

        services.grade_touched()

    assert letter(fresh) == "A"
    assert Grade.objects.filter(business=old).count() == 1


def test_a_band_that_changes_shows_who_would_move_before_it_is_approved(
    business: Make, profile: Make, visit: Make
) -> None:
    small, large = business(), business()
    for one, area in ((small, 100), (large, 5000)):
        profile(one, area=area, bulk_chilled=200, prepackaged_chilled=2000, suppliers=400)
        visit(one, failed_key=4, failed_general=6)
    services.grade_city()
    held = rules.rule(rules.BANDS).nearest
    version = replace(
        held.versions[-1],
        since=date(2026, 12, 1),
        value={
            "bands": [{"to": 35, "is": "A"}, {"to": 45, "is": "B"}, {"to": 60, "is": "C"}],
            "above": "D",
        },
    )
    draft = Draft(1, replace(held, jurisdiction="cn-1501", versions=(version,)))

    with store.supposing([draft.rule]):
        found = rehearse(draft)

    moved = [one for one in (small, large) if 30 < Grade.objects.get(business=one).points <= 35]
    assert found.of == len(moved) >= 1
    assert [row.cells[0] for row in found.rows] == [one.name for one in moved]
    assert "由风险B级变为风险A级的" in found.summary
    assert Grade.objects.count() == 2


def test_what_a_merged_file_knows_counts_for_the_kept_one(
    business: Make, profile: Make, visit: Make
) -> None:
    kept, gone = business(), business()
    profile(kept, area=100)
    visit(gone, failed_key=4)
    services.grade_city()
    assert Grade.objects.get(business=kept, until__isnull=True).missing == "visits"

    registry.merge(kept=kept.pk, gone=gone.pk, why="同一家")

    found = Grade.objects.get(business=kept, until__isnull=True)
    assert (found.letter, found.visits) == ("A", 1)
    assert not Grade.objects.filter(business=gone, until__isnull=True).exists()
