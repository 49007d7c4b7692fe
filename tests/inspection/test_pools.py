"""The pool of a batch: who is on the list, who is left out and why, what goes into the draw."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from build import SAIHAN, XINCHENG
from planning import (
    DECEMBER,
    DICE,
    FELL,
    NOVEMBER,
    TODAY,
    actor,
    at,
    checked,
    drawn,
    inspectors,
    november,
    opened,
    published,
    shops,
    somebody,
    standing,
    the_batch,
    visited,
)

from mingchu.base.errors import Refusal
from mingchu.draw import services as draws
from mingchu.draw.domain.frame import Frame
from mingchu.draw.models import Draw
from mingchu.draw.opened import names_inside, names_of
from mingchu.inspection import services
from mingchu.inspection.models import BatchState, PoolRow, Task
from mingchu.inspection.services import NewBatch
from mingchu.inspection.services.regional import Brought
from mingchu.ledger.services import seal
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.registry.services.withdrawing import withdraw_many
from mingchu.risk.models import CreditClass, CreditRun, Grade, Run

pytestmark = pytest.mark.django_db


def frame(draw: Draw) -> Frame:
    return Frame.read({one.name: bytes(one.data) for one in draw.files.all()})


def clashes(batch) -> dict[str, int]:
    return {one["clash"]: one["count"] for one in batch.found["clashes"]}


def graded(one: Business, letter: str) -> None:
    """A grade as a run would leave it."""
    run = Run.objects.create(
        as_of=TODAY, occasion="asked", subjects=1, graded=1, moved=0, written=1, rules={}, counts=[]
    )
    Grade.objects.create(
        business=one, since=date(2026, 1, 5), letter=letter, by_points=letter, points=10, run=run
    )


def classed(one: Business, letter: str) -> None:
    run = CreditRun.objects.create(day=TODAY, firms=1, moved=0, rules={}, digest="", salt="")
    CreditClass.objects.create(
        business=one, credit=letter, points=1, since=date(2026, 1, 5), run=run
    )


def test_who_is_on_the_list_and_who_is_left_out_is_kept_with_its_reason():
    open_one, dormant, gone, elsewhere = shops(4)
    registry.change_state(number=dormant.pk, state="dormant", since=TODAY, why="歇业")
    registry.close(number=gone.pk, closed=TODAY, why="注销")
    Business.objects.filter(pk=elsewhere.pk).update(district=XINCHENG)
    [seller] = shops(1, "seller")

    batch = checked(published(november()))

    assert standing(batch) == {open_one.pk: "", dormant.pk: "not_open"}
    assert seller.pk not in standing(batch)
    assert batch.found["subjects"] == 2


def test_two_years_without_a_full_visit_make_certain_and_a_visit_unmakes_it():
    old, seen, new = shops(3, opened=date(2020, 1, 1))
    visited(seen, date(2026, 3, 1))
    Business.objects.filter(pk=new.pk).update(opened=date(2026, 2, 1))

    batch = checked(published(november()))

    assert standing(batch) == {old.pk: "cover", seen.pk: "", new.pk: ""}


def test_the_ceiling_holds_back_what_a_year_has_used_up():
    [one] = shops(1)
    graded(one, "A")
    visited(one, date(2026, 4, 1))

    assert standing(checked(published(november()))) == {one.pk: "ceiling"}


def test_cover_against_ceiling_is_shown_with_both_rules_and_decided_by_a_person():
    [one] = shops(1, opened=date(2020, 1, 1))
    graded(one, "A")
    visited(one, date(2026, 4, 1), full_list=False)
    plan = published(november())

    batch = checked(plan)
    [clash] = batch.found["clashes"][:1]
    assert clash["rules"] == ["inspection.full_cover_years", "draw.visits_cap"]
    assert standing(batch) == {one.pk: "cover"}

    assert standing(checked(plan, cover_first=False)) == {one.pk: "ceiling"}
    assert not the_batch(plan).cover_first


def test_a_grade_that_asks_for_more_than_the_draw_gives_stands_in_the_plan_beside_it():
    [one] = shops(1)
    graded(one, "C")
    visited(one, date(2026, 3, 1))

    batch = checked(published(november()))

    assert standing(batch) == {one.pk: ""}
    assert clashes(batch)["floor_beyond"] == 1
    assert batch.found["beside"] == 1


def test_key_supervision_is_looked_after_beside_the_draw():
    [one] = shops(1)
    graded(one, "D")

    batch = checked(published(november()))

    assert standing(batch) == {one.pk: "key_supervision"}
    assert batch.pool.get().grounds == ["operator_D"]
    assert batch.found["beside"] == 1


def test_no_matter_draws_twice_and_another_task_of_the_month_is_one_visit():
    shops(60)
    inspectors()
    plan = published(november(), november(month=DECEMBER), november("display", districts=(SAIHAN,)))
    drawn(plan)
    taken = set(Task.objects.values_list("business_id", flat=True))
    assert taken

    found = {number: why for number, why in standing(checked(plan, 3)).items() if why}
    assert found == dict.fromkeys(taken, "joint_task")
    with at(DECEMBER):
        again = {number for number, why in standing(checked(plan, 2)).items() if why}
    assert again == taken


def bring(one: Business, **more) -> None:
    task = {
        "title": "自治区抽查", "issuer": "自治区局", "departments": "", "matter": "餐饮",
        "first": NOVEMBER, "last": date(2026, 11, 30),
    }  # fmt: skip
    own = {"code": "x", "name": one.name, "inspectors": "", "done_on": None, "results": ""}
    services.bring_regional([Brought(number="R1", business=one.pk, task=task, own={**own, **more})])


def test_a_regional_task_takes_the_visit_and_bars_another_for_three_months():
    waiting, lately, long_ago = shops(3)
    bring(waiting)
    bring(lately, done_on=date(2026, 9, 15))
    bring(long_ago, done_on=date(2026, 7, 31))

    found = standing(checked(published(november())))

    assert found == {waiting.pk: "regional_task", lately.pk: "three_months", long_ago.pk: ""}


def test_a_district_leaves_alone_whom_the_city_drew_within_three_months():
    shops(40)
    inspectors()
    drawn(published(november("display", districts=())))
    taken = set(Task.objects.values_list("business_id", flat=True))
    assert taken

    with at(DECEMBER):
        plan = published(november(month=DECEMBER), district=SAIHAN)
        found = {number for number, why in standing(checked(plan)).items() if why}
    assert found == taken


def test_a_place_without_two_inspectors_is_told_before_the_draw_is_opened():
    shops(3)
    inspectors(1)

    batch = checked(published(november()))

    [clash] = [one for one in batch.found["clashes"] if one["clash"] == "no_pair"]
    assert clash["places"] == [[SAIHAN, "caterer"]]
    assert clash["rules"] == ["inspection.inspectors_min", "draw.who_may_inspect"]


def test_a_general_matter_draws_no_more_than_its_list_allows():
    one, _other = shops(2)
    graded(one, "C")

    batch = checked(published(november("display")))

    assert {row.rate for row in batch.pool.all()} == {30_000}
    assert clashes(batch)["matter_ratio"] == 2


def test_rates_follow_grade_and_class_and_neither_reaches_a_byte_of_the_draw():
    low, high = shops(40), shops(12, "caterer", address="另一条街")
    for one in low:
        graded(one, "A")
        classed(one, "B")
    for one in high:
        graded(one, "C")
        classed(one, "D")
    inspectors(6)
    plan = published(november())
    batch = checked(plan)

    # The year's share of the table of measures: 2 per cent and 30.
    assert set(batch.pool.values_list("rate", flat=True)) == {20_000, 300_000}
    draw = services.open_batch(batch=batch, announced=[DICE])
    told = frame(draw)
    assert {row.tier for row in told.subjects} == {"t1", "t2"}
    for row in told.subjects:
        line = f"{row.district}{row.kind}{row.tier}{row.balls}{row.standing}"
        assert not any(letter in line for letter in "ABCD")
    about = json.dumps(told.plan.about, ensure_ascii=False)
    assert not any(word in about for word in ("风险", "信用", "grade", "credit", "class"))
    assert {one.name for one in Business.objects.all()}.isdisjoint(about)


def test_what_goes_into_the_draw_is_the_pool_with_reasons_said_coarsely():
    plain, *others, key, away = shops(20)
    graded(key, "D")
    bring(away)
    inspectors()
    plan = published(november())

    draw = opened(plan)

    told = {row.id: row.standing for row in frame(draw).subjects}
    ids = dict(PoolRow.objects.values_list("business_id", "pseudonym"))
    assert {told[ids[key.pk]], told[ids[away.pk]]} == {"other_plan"}
    assert {told[ids[one.pk]] for one in (plain, *others)} == {""}
    assert {row.tier for row in frame(draw).subjects if row.standing} == {"t0"}


def some_certain(count: int = 6) -> list[Business]:
    """Businesses that the two years make certain, so that each is drawn."""
    return shops(count, opened=date(2020, 1, 1))


def test_inspectors_go_in_with_certificate_field_leave_and_load_and_without_names():
    some_certain()
    first, second, third, fourth = inspectors()
    services.set_expertise(user=second, kinds=["producer"], leads=True)
    services.note_leave(user=third, why="training", first=TODAY, last=TODAY + timedelta(days=3))
    fourth.certificate_until = TODAY - timedelta(days=1)
    fourth.save()
    somebody("inspector", SAIHAN, certificate="NM9", name="不在名录库")

    draw = opened(published(november()))

    told = frame(draw).inspectors
    who = {draws.pseudonyms_of(draw, [f"inspector:{one.pk}"])[f"inspector:{one.pk}"]: one
           for one in (first, second, third, fourth)}  # fmt: skip
    assert {who[row.id].name: (row.kinds, row.leads, row.absent) for row in told} == {
        first.name: (("caterer",), True, ""),
        second.name: (("producer",), True, ""),
        third.name: (("caterer",), False, "training"),
        fourth.name: (("caterer",), False, "certificate"),
    }
    assert all(row.districts == (SAIHAN,) for row in told)
    assert "检查员" not in json.dumps(frame(draw).plan.about, ensure_ascii=False)


def test_recusals_and_last_times_pair_go_in_under_pseudonyms():
    [one] = some_certain(1)
    *_others, fourth = inspectors()
    services.recuse(user=fourth, business=one, ground="kin", note="兄弟", by=actor())
    plan = published(november(), november(month=DECEMBER))
    before = drawn(plan)
    pair = before.tasks.get()

    # As if it had been a year ago: nobody is drawn twice by the same matter in a year.
    Task.objects.filter(pk=pair.pk).update(batch=_earlier(plan))
    with at(DECEMBER):
        told = frame(opened(plan, 2)).recusals
    assert {(row.reason, bool(row.with_whom)) for row in told} == {
        ("kin", False), ("same_pair", True),
    }  # fmt: skip


def _earlier(plan) -> object:
    """A batch of the year before."""
    other = services.draft_plan(year=2025, title="去年", by=None)
    made = services.add_batch(
        plan=other, batch=NewBatch(month=date(2025, 11, 1), matter="catering")
    )
    made.drawn_on, made.state = date(2025, 11, 3), BatchState.REVEALED
    made.save()
    return made


def test_a_result_becomes_tasks_and_a_revealed_draw_names_whom_it_met():
    firms = some_certain(4)
    [nameless] = shops(1, opened=date(2020, 1, 1), legal_form="person", address="夜市")
    users = inspectors()
    plan = published(november())
    batch = drawn(plan)

    rows = list(batch.tasks.order_by("place"))
    assert {row.business_id for row in rows} == {one.pk for one in [*firms, nameless]}
    assert all(row.certain for row in rows)
    assert {row.lead_id for row in rows} <= {one.pk for one in users[:2]}

    ids = [row.pseudonym for row in rows]
    inside = names_inside(batch.draw.number, [*ids, *batch.inspectors])
    assert {inside[one].name for one in ids} == {one.name for one in [*firms, nameless]}
    assert {inside[one].name for one in batch.inspectors} == {one.name for one in users}

    draws.reveal(draw=batch.draw)
    told = names_of(batch.draw.number, [*ids, *batch.inspectors])
    assert {one.name for one in told.values()} == {one.name for one in firms}
    assert the_batch(plan).state == BatchState.REVEALED


def test_a_name_that_is_told_can_be_proved_by_its_salt():
    from mingchu.draw.domain.pseudonyms import pseudonym

    some_certain(2)
    inspectors()
    batch = drawn(published(november()))
    draws.reveal(draw=batch.draw)

    ids = [row.pseudonym for row in batch.tasks.all()]
    for one, name in names_of(batch.draw.number, ids).items():
        assert pseudonym(name.code, bytes.fromhex(name.salt)) == one


def test_who_stands_in_takes_pair_and_place():
    shops(30)
    inspectors()
    batch = drawn(published(november()))
    out = batch.tasks.filter(certain=False).order_by("place").first()

    draws.stand_in(draw=batch.draw, out=out.pseudonym, reason="closed")

    new = batch.tasks.get(stands_for=out.business_id)
    assert (new.place, new.lead_id) == (out.place, out.lead_id)
    assert batch.tasks.get(pk=out.pk).replaced


def test_a_second_draw_of_a_joint_campaign_shares_the_seed_of_the_first_that_waits():
    some_certain(3)
    inspectors()
    inspectors(kinds=("canteen",))
    shops(2, "canteen", opened=date(2020, 1, 1))
    joint = {"campaign": "秋季联合抽查", "departments": "教育部门"}
    plan = published(november(**joint), november("canteens", **joint))
    lead = draws.commit(draw=opened(plan))
    seal()

    second = opened(plan, 2)

    assert second.lead == lead
    draws.commit(draw=second)
    draws.conclude(draw=lead, found=[FELL])
    assert {the_batch(plan, n).state for n in (1, 2)} == {BatchState.DRAWN}
    assert the_batch(plan, 2).tasks.count() == 2


def test_a_void_draw_stays_in_the_register_and_its_batch_is_drawn_again():
    some_certain(3)
    inspectors()
    plan = published(november())
    first = opened(plan)
    draws.void(draw=first, reason="见证人没有到场")

    batch = the_batch(plan)
    assert (batch.state, batch.draw, batch.pool.count()) == (BatchState.PLANNED, None, 0)
    second = opened(plan)
    assert second.number > first.number


def test_a_thawed_draw_is_frozen_again_with_the_lists_of_the_day_under_its_number():
    some_certain(3)
    inspectors()
    plan = published(november())
    draw = opened(plan)
    draws.thaw(draw=draw, reason="漏了一户")
    shops(1, opened=date(2020, 1, 1), address="漏掉的")

    again = opened(plan)

    assert again.number == draw.number
    assert len(frame(again).subjects) == 4


def test_lists_that_were_not_checked_today_are_not_frozen():
    some_certain(2)
    inspectors()
    batch = checked(published(november()))

    with at(TODAY + timedelta(days=1)), pytest.raises(Refusal) as known:
        services.open_batch(batch=batch, announced=[DICE])
    assert known.value.code == "check_first"


def test_a_draw_that_goes_on_lets_nobody_check_or_change_its_batch():
    some_certain(2)
    inspectors()
    plan = published(november())
    draw = draws.commit(draw=opened(plan))
    seal()

    for act in (
        lambda: services.check(batch=the_batch(plan)),
        lambda: services.change_batch(batch=the_batch(plan), to=None, reason="不查了", by=None),
    ):
        with pytest.raises(Refusal) as known:
            act()
        assert known.value.code == "batch_is_in_a_draw"
    draws.conclude(draw=draw, found=[FELL])


def test_a_business_that_was_entered_by_mistake_leaves_a_pool_nobody_drew_from():
    one, other = shops(2)
    batch = checked(published(november()))

    withdraw_many([one.pk], why="录入错误")

    assert standing(batch) == {other.pk: ""}
