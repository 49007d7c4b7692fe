"""Who visits whom: settled from facts and ranges, kept with its past, moving with the business."""

from __future__ import annotations

import json
from datetime import date

import pytest
from build import SAIHAN, XINCHENG
from duty import GRID, OTHER_STATION, STATION, at, cadre_of, the_visit, who

from mingchu.accounts import services as accounts
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry, Reaction
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.registry.services import Correction, NewPremises
from mingchu.territory import services
from mingchu.territory.models import Assignment, Beat, Cadre, Visit

pytestmark = pytest.mark.django_db


def move(one: Business, station: str, district: str = SAIHAN) -> None:
    registry.move(
        number=one.pk,
        new=NewPremises(address="新街9号", district=district, station=station),
        day=clock.today(),
        why="搬迁",
    )


def said(kind: str) -> list[dict]:
    return [json.loads(one.data) for one in Entry.objects.filter(kind=kind).order_by("id")]


def test_each_business_gets_its_level_and_the_cadre_of_its_rank(business, cadre):
    village, town = cadre("village", areas=(GRID,)), cadre("township", areas=(STATION,))
    stall = business(kind="vendor", legal_form="person", grid=GRID)
    factory = business(kind="producer", scale="small", grid=GRID)
    works = business(kind="producer", scale="large")

    services.nightly()

    assert [(who(one).level, cadre_of(one)) for one in (stall, factory, works)] == [
        ("D", village.pk),
        ("C", town.pk),
        ("A", None),
    ]


def test_settling_twice_writes_nothing_the_second_time(business, cadre):
    cadre("village", areas=(SAIHAN,))
    for _ in range(3):
        business()
    services.nightly()
    entries = Entry.objects.count()

    again = services.nightly()

    assert tuple(again) == (0, 0, 0, 0)
    assert Entry.objects.count() == entries


def test_several_cadres_of_an_area_share_it_evenly(business, cadre):
    people = [cadre("village", areas=(STATION,)).pk for _ in range(3)]
    for _ in range(9):
        business()

    services.settle_all()

    counts = [Assignment.objects.filter(cadre=one, until=None).count() for one in people]
    assert counts == [3, 3, 3]


def test_a_cadre_of_the_cell_goes_before_one_of_the_district(business, cadre):
    shop = business(grid=GRID)
    far = cadre("village", areas=(SAIHAN,))
    services.settle_all()
    assert cadre_of(shop) == far.pk

    near = cadre("village", areas=(GRID,))

    assert cadre_of(shop) == near.pk


def test_only_open_businesses_of_the_kinds_are_visited(business, cadre):
    cadre("village", areas=(SAIHAN,))
    market = business(kind="market", legal_form="company")
    resting = business(state="dormant")

    services.nightly()

    assert (who(market), who(resting), Visit.objects.count()) == (None, None, 0)


def test_the_past_of_an_assignment_is_kept_by_day(business, cadre):
    first = cadre("village", areas=(STATION,))
    shop = business()
    services.settle_all()

    with clock.stopped(at(2026, 12, 1)):
        services.take_off(cadre=first)
        second = cadre("village", areas=(STATION,))

    spans = Assignment.objects.filter(business=shop).order_by("since", "pk")
    assert [(one.cadre_id, one.since, one.until) for one in spans] == [
        (first.pk, date(2026, 11, 20), date(2026, 11, 30)),
        (second.pk, date(2026, 12, 1), None),
    ]


def test_another_size_is_another_level_from_the_next_round_on(business, cadre):
    cadre("village", areas=(SAIHAN,))
    town = cadre("township", areas=(SAIHAN,))
    shop = business(scale="micro")
    services.nightly()

    registry.correct(number=shop.pk, changes={"scale": "medium"}, why="划型更正")
    services.nightly()

    assert (who(shop).level, cadre_of(shop)) == ("C", town.pk)
    assert the_visit(shop).cadre_id == town.pk
    assert said("territory.duty_assigned")[-1]["before"] == "D"


def test_a_business_that_moves_takes_its_open_visit_along(business, cadre):
    cadre("village", areas=(STATION,))
    there = cadre("village", areas=(OTHER_STATION,))
    shop = business()
    services.nightly()

    move(shop, OTHER_STATION)

    assert cadre_of(shop) == there.pk
    visit = the_visit(shop)
    assert (visit.cadre_id, visit.station, visit.state) == (there.pk, OTHER_STATION, "open")
    cause = Entry.objects.filter(kind="registry.business_moved").latest("id")
    assert Entry.objects.filter(kind="territory.duty_assigned").latest("id").cause == cause.pk


def test_a_business_in_another_district_waits_for_a_cadre_there(business, cadre):
    cadre("village", areas=(SAIHAN,))
    shop = business()
    services.nightly()

    move(shop, f"{XINCHENG}001", XINCHENG)

    visit = the_visit(shop)
    assert (visit.district, visit.cadre_id) == (XINCHENG, None)


def test_what_was_visited_stays_where_it_was_visited(business, cadre):
    here = cadre("village", areas=(STATION,))
    shop = business()
    services.nightly()
    services.finish(visit=the_visit(shop), answers={}, problem="not_there")

    move(shop, OTHER_STATION)

    visit = the_visit(shop)
    assert (visit.station, visit.cadre_id) == (STATION, here.pk)


def test_many_that_move_at_once_are_settled_as_each_alone(business, cadre):
    cadre("village", areas=(STATION,))
    there = cadre("village", areas=(OTHER_STATION,))
    shops = [business() for _ in range(3)]
    services.nightly()

    registry.correct_many(
        [Correction(number=one.pk, changes={"station": OTHER_STATION}) for one in shops],
        why="辖区调整",
    )

    assert [cadre_of(one) for one in shops] == [there.pk] * 3
    moved = {one.subject: one.pk for one in Entry.objects.filter(kind="registry.business_moved")}
    last = Entry.objects.filter(kind="territory.duty_assigned").order_by("-id")[:3]
    assert {one.subject: one.cause for one in last} == moved


def test_a_closed_business_is_visited_no_more_and_one_that_rests_may_come_back(business, cadre):
    cadre("village", areas=(SAIHAN,))
    gone, rests = business(), business()
    services.nightly()

    registry.close(number=gone.pk, closed=clock.today(), why="注销")
    registry.change_state(number=rests.pk, state="dormant", since=clock.today(), why="歇业")
    assert (the_visit(gone).state, the_visit(rests).state) == ("ended", "ended")
    registry.change_state(number=rests.pk, state="open", since=at(2026, 11, 1).date(), why="恢复")
    services.nightly()

    assert (the_visit(gone).state, the_visit(rests).state) == ("ended", "open")
    assert not Reaction.objects.filter(state="failed").exists()


def test_of_two_files_that_become_one_the_gone_one_is_not_visited(business, cadre):
    cadre("village", areas=(SAIHAN,))
    one, other = business(), business()
    services.nightly()

    merge = registry.merge(kept=one.pk, gone=other.pk, why="同一家")
    assert (the_visit(one).state, the_visit(other).state) == ("open", "ended")

    registry.undo_merge(merge=merge, why="误并")
    assert who(other).level == "D"


def test_an_import_of_businesses_can_still_be_undone_after_a_night(business, cadre):
    cadre("village", areas=(SAIHAN,))
    shop = business()
    services.nightly()
    assert Visit.objects.count() == 1

    registry.withdraw_many([shop.pk], why="导入错误")

    assert (Business.objects.count(), Assignment.objects.count(), Visit.objects.count()) == (0,) * 3


def test_a_business_that_was_visited_or_is_named_cannot_be_withdrawn(business, cadre):
    visited, named = business(), business()
    cadre("village", areas=(SAIHAN,), businesses=(named.pk,))
    services.nightly()
    services.finish(visit=the_visit(visited), answers={}, problem="not_there")

    for one in (visited, named):
        with pytest.raises(Refusal, match="business_in_use"):
            registry.withdraw_many([one.pk], why="导入错误")


def test_a_named_business_is_its_cadre_s_wherever_it_lies(business, cadre):
    cadre("village", areas=(STATION,))
    shop = business()
    named = cadre("village", businesses=(shop.pk,))
    services.nightly()
    assert (cadre_of(shop), who(shop).named) == (named.pk, True)

    move(shop, OTHER_STATION)
    assert cadre_of(shop) == named.pk

    services.name_for(number=shop.pk, cadre=None)
    assert cadre_of(shop) is None


def test_a_whole_desk_goes_to_the_heir_with_what_is_open(business, cadre):
    giver, heir = cadre("village", areas=(STATION,)), cadre("village")
    cadre("village", areas=(STATION,))
    shops = [business() for _ in range(4)]
    named = business(station=OTHER_STATION)
    services.put_cadre(
        services.Listed(
            pk=giver.pk, name=giver.name, phone=giver.phone, unit=giver.unit, rank="village",
            district=SAIHAN, areas=(STATION,), businesses=(named.pk,),
        )
    )  # fmt: skip
    services.nightly()
    had = [one for one in [*shops, named] if cadre_of(one) == giver.pk]
    services.finish(visit=the_visit(had[0]), answers={}, problem="not_there")

    services.hand_over(giver=giver, heir=heir, since=clock.today())

    assert {cadre_of(one) for one in had} == {heir.pk}
    assert the_visit(had[0]).cadre_id == giver.pk
    assert {the_visit(one).cadre_id for one in had[1:]} == {heir.pk}
    assert set(Beat.objects.filter(cadre=heir).values_list("area", "business")) == {
        (STATION, None),
        ("", named.pk),
    }


def test_a_hand_over_said_ahead_happens_on_its_day(business, cadre):
    giver, heir = cadre("village", areas=(STATION,)), cadre("village")
    shop = business()
    services.nightly()

    services.hand_over(giver=giver, heir=heir, since=date(2026, 12, 1))
    assert cadre_of(shop) == giver.pk
    with clock.stopped(at(2026, 12, 1)):
        services.nightly()

    assert cadre_of(shop) == heir.pk
    assert Cadre.objects.get(pk=giver.pk).until == date(2026, 11, 30)


def test_an_heir_is_of_the_same_rank_and_still_there(cadre):
    giver, other = cadre("village"), cadre("county")

    for heir, code in ((giver, "same_person"), (other, "unfit_heir")):
        with pytest.raises(Refusal, match=code):
            services.hand_over(giver=giver, heir=heir, since=clock.today())


def test_a_desk_of_accounts_takes_the_roster_along(business, cadre, account):
    chief = actor_for(account("city", ""))
    leaver, comer = account(), account("grid", f"{SAIHAN}001", "接手人")
    giver = cadre("village", areas=(STATION,))
    services.link(cadre=giver, user=leaver)
    shop = business()
    services.nightly()

    with clock.stopped(at(2026, 11, 23)):
        accounts.hand_over(giver=leaver, taker=comer, since=clock.today(), by=chief)

    heir = Cadre.objects.get(user=comer)
    assert (heir.name, heir.rank, heir.unit) == ("接手人", "village", giver.unit)
    assert cadre_of(shop) == heir.pk


def test_who_is_taken_off_leaves_his_businesses_to_the_others(business, cadre):
    one, other = (cadre("village", areas=(STATION,)) for _ in range(2))
    shops = [business() for _ in range(4)]
    services.nightly()

    services.take_off(cadre=one)
    assert {cadre_of(shop) for shop in shops} == {other.pk}

    services.take_off(cadre=other)
    assert {cadre_of(shop) for shop in shops} == {None}
    with pytest.raises(Refusal, match="cadre_left"):
        services.take_off(cadre=one)
