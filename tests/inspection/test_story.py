"""One visit from the draw to the day when what it found is mended, on a phone without a network.

A drawn task is opened at 390 px with the network off, thirty items and more are answered, twenty
photos taken, both officers sign, the record is printed by the browser itself, the tab is killed;
with a network everything arrives once. The grade moves with reasons, the stratum of the next draw
with it; the business sees what it has to mend and answers; another pair's recheck closes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from browsing import a_browser, the_program
from corrections import owner
from inspecting import Sent, chief, officers
from live import served
from onsite import Line
from phone_house import (
    House,
    a_phone,
    a_photo_file,
    all_met,
    begin,
    go,
    measure_all,
    now,
    ready,
    reopened,
    seal,
    show_and_inspect,
    sign_all,
    until_state,
)
from planning import DECEMBER, TODAY, browser, checked, drawn, november, published, shops, visited
from playwright.sync_api import Page, sync_playwright

from mingchu.accounts.domain import CITY
from mingchu.inspection import services
from mingchu.inspection.models import (
    Finding,
    FindingState,
    Instrument,
    PoolRow,
    Record,
    RecordState,
    Visit,
    VisitState,
)
from mingchu.inspection.services import NewBatch
from mingchu.kit.models import Attachment
from mingchu.registry.models import Business
from mingchu.risk import services as risk
from mingchu.risk.queries import grades
from mingchu.risk.values import NewProfile

pytestmark = pytest.mark.peer
PHOTOS = 20
DISHES = ("cold_high", "raw", "pastry_decorated", "hot_high", "low_risk", "drinks")


@pytest.fixture
def story(committed, settings) -> Iterator[tuple[House, Visit]]:
    """A city with a plan: its November batch is drawn, approved and told."""
    settings.ALLOWED_HOSTS = ["*"]
    the_program()
    team = officers(6)
    places = shops(8, opened=date(2024, 1, 5))
    for one in places:
        answers = {"area": 3_500, **dict.fromkeys(DISHES, 30)}
        risk.record_profile(
            new=NewProfile(
                business=one.pk, sheet="restaurant", answers=answers, since=date(2026, 1, 6)
            )
        )
        visited(one, date(2026, 6, 1), full_list=False, applicable_key=1, applicable_general=1)
    risk.grade_city()
    plan = published(november(), NewBatch(month=DECEMBER, matter="catering"))
    drawn(plan)
    visits = list(Visit.objects.exclude(lead_id=None).order_by("pk"))
    approved = services.approve_visits(visits=visits, by=chief())
    services.notify_visits(visits=approved)
    Instrument.objects.create(
        number="T-1", name="温度计", kind="thermometer", calibrated_until="2027-03-01"
    )
    visit = visits[0]
    pair = [next(one for one in team if one.pk == pk) for pk in visit.pair]
    line = Line()
    sessions = {one.pk: browser(one).cookies["sessionid"].value for one in team}
    checked(plan, 2)
    with served(around=line.around) as url, sync_playwright() as play:
        program = a_browser(play)
        yield House(url, program, line, *pair, visits, sessions), visit
        program.close()


def fail(page: Page, record: str, places: list[int], photos: list[str]) -> None:
    """Key items that are not met, without danger to food: a written deadline each."""
    for n, place in enumerate(places):
        go(page, f"r/{record}/item/{place}")
        page.locator("#verdict-unmet").click()
        page.locator("#affects-no").click()
        page.locator("#due").fill((TODAY + timedelta(days=7)).isoformat())
        page.locator("#due").blur()
        page.locator("#text").fill("看到的问题")
        page.locator("#text").blur()
        mine = photos[n :: len(places)]
        page.locator("#photo").set_input_files(mine)
        page.wait_for_function(
            f"() => document.querySelectorAll('.thumbs img').length === {len(mine)}"
        )


def stratum(business: int) -> tuple[int, str]:
    row = PoolRow.objects.get(batch__number=2, business=business)
    return row.rate, row.tier


def test_a_visit_from_the_draw_to_what_is_mended(story, tmp_path):
    house, visit = story
    shop = now(lambda: Business.objects.get(pk=visit.business_id))
    before = now(lambda: grades.one([CITY], shop.pk))
    stood = now(lambda: stratum(shop.pk))
    context = a_phone(house, house.lead)
    page = ready(context)
    context.set_offline(True)

    record = begin(page)
    show_and_inspect(page, record)
    photos = [a_photo_file(tmp_path, n) for n in range(PHOTOS)]
    fail(page, record, [1, 2, 3, 4], photos)
    measure_all(page, record)
    all_met(page, record)
    sign_all(page, record)
    seal(page)
    go(page, f"r/{record}/paper")
    page.locator("text=现场检查笔录").first.wait_for()
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    (tmp_path / "record.pdf").write_bytes(paper)
    page.close(run_before_unload=False)

    context.set_offline(False)
    page = reopened(context, f"#/r/{record}")
    until_state(page, "accepted")

    kept = now(Record.objects.get)
    assert (str(kept.client_id), kept.state) == (record, RecordState.ACCEPTED)
    assert len(kept.body["answers"]) >= 30
    files = now(lambda: list(Attachment.objects.filter(subject=f"inspection:{kept.pk}")))
    assert sum(one.role == "photo" for one in files) == PHOTOS
    assert sum(one.role == "signature" for one in files) == 3
    now(lambda: the_rest(shop, kept, before, stood, house))


def the_rest(shop: Business, kept: Record, before, stood, house: House) -> None:
    """What an office and the business see of it."""
    after = grades.one([CITY], shop.pk)
    assert after.points > before.points
    assert after.letter != before.letter
    services.check(batch=PoolRow.objects.get(batch__number=2, business=shop).batch)
    assert stratum(shop.pk) != stood

    findings = list(Finding.objects.order_by("pk"))
    assert [one.way for one in findings] == ["order"] * 4
    client = browser(owner(shop))
    page = client.get(f"/e/{shop.public_id}/inspections/").content.decode()
    assert "待整改" in page
    for one in findings:
        sent = client.post(f"/e/inspections/findings/{one.pk}", {"text": "已按要求改好"})
        assert sent.status_code == 302
    assert set(Finding.objects.values_list("state", flat=True)) == {FindingState.ANSWERED}

    others = [pk for pk in house.sessions if pk not in kept.visit.pair]
    again = services.plan_recheck(
        record=kept, due=TODAY + timedelta(days=12), lead_id=others[0], second_id=others[1]
    )
    services.approve_visits(visits=[again], by=chief())
    assert Sent(again).send().record.state == RecordState.ACCEPTED
    assert set(Finding.objects.values_list("state", flat=True)) == {FindingState.MENDED}
    assert Visit.objects.get(pk=again.pk).state == VisitState.DONE
