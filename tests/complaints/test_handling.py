"""What is done with letters: taken, parted, merged and back, bound, handed over, answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from build import a_pdf, a_restaurant, an_attachment
from letters import Officer, a_letter, on, taken

from mingchu.accounts import services as people
from mingchu.accounts.domain import CITY
from mingchu.accounts.models import Viewing
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.alerts.services.folding import fold
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.complaints import queries, rules, services
from mingchu.complaints.acts import offered
from mingchu.complaints.domain.states import WAYS, State
from mingchu.complaints.models import Complaint, Reporter
from mingchu.complaints.values import Contact, NewComplaint
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.signals.models import Noticed

pytestmark = pytest.mark.django_db


def signals(kind: str) -> list[Noticed]:
    return list(Noticed.objects.filter(kind=kind).order_by("pk"))


def test_a_complaint_goes_from_receipt_to_a_visit(letter, handler):
    by = handler.actor
    services.accept(complaint=taken(letter, handler), by=by)
    services.end_mediation(complaint=letter, ground="no_agreement", by=by)
    services.reply(complaint=letter, text="双方未达成协议，可向法院起诉。", by=by)
    done = services.follow_up(complaint=letter, note="来信人表示已知晓", by=by)

    assert done.state == State.FOLLOWED_UP
    steps = queries.steps_of(done)
    assert [one.move for one in steps] == [
        "take", "accept", "end_mediation", "reply", "follow_up",
    ]  # fmt: skip
    assert {one.user_id for one in steps} == {handler.user.pk}
    assert Entry.objects.filter(subject=f"complaint:{letter.pk}").count() == 6


def test_a_report_ends_with_a_case_or_none(report, handler):
    by = handler.actor
    services.begin_check(complaint=taken(report, handler), by=by)
    services.extend_check(complaint=report, why="案情复杂", by=by)
    with pytest.raises(Refusal, match="extended_already"):
        services.extend_check(complaint=report, why="案情复杂", by=by)

    done = services.file_no_case(complaint=report, note="现场未见问题", by=by)

    assert done.state == State.NOT_FILED


def test_only_what_the_table_says_can_be_done(letter, handler):
    taken(letter, handler)

    with pytest.raises(Refusal, match="complaint_moved_on"):
        services.reply(complaint=letter, text="好", by=handler.actor)
    with pytest.raises(Refusal, match="complaint_moved_on"):
        services.begin_check(complaint=letter, by=handler.actor)
    letter.refresh_from_db()
    assert letter.state == State.RECEIVED


def test_what_a_page_offers_is_what_a_service_takes(letter, report, handler):
    taken(letter, handler)
    taken(report, handler)

    complaint = [act.key for act in offered(Complaint.objects.get(pk=letter.pk), handler.actor)]
    other = [act.key for act in offered(Complaint.objects.get(pk=report.pk), handler.actor)]

    assert complaint[:2] == ["accept", "refuse"]
    assert "begin_check" in other
    assert "accept" not in other


def test_a_colleague_has_to_take_it_first(letter, handler, at_desk):
    colleague = at_desk()
    taken(letter, handler)

    with pytest.raises(Refusal, match="not_the_handler"):
        services.accept(complaint=letter, by=colleague.actor)
    with pytest.raises(Refusal, match="has_a_handler"):
        services.take(complaint=letter, by=colleague.actor)
    services.hand_over(complaint=letter, to=colleague.user, by=handler.actor)
    services.accept(complaint=letter, by=colleague.actor)


def test_a_chief_assigns_but_does_not_see_who_wrote(letter, chief, handler):
    services.hand_over(complaint=letter, to=handler.user, by=chief.actor)

    with pytest.raises(Refusal, match="reporter_hidden"):
        services.see_reporter(complaint=Complaint.objects.get(pk=letter.pk), by=chief.actor)
    assert not Viewing.objects.exists()


def test_nobody_is_given_a_letter_who_may_not_handle_it_there(letter, chief, at_desk):
    stranger = at_desk("150102001")

    with pytest.raises(Refusal, match="cannot_handle_there"):
        services.hand_over(complaint=letter, to=stranger.user, by=chief.actor)


def test_whoever_steps_aside_does_not_get_it_back(letter, handler, chief):
    services.recuse(complaint=taken(letter, handler), why="与经营者有亲属关系", by=handler.actor)

    for act in (
        lambda: services.take(complaint=letter, by=handler.actor),
        lambda: services.hand_over(complaint=letter, to=handler.user, by=chief.actor),
    ):
        with pytest.raises(Refusal, match="recused"):
            act()


def test_refusing_names_a_ground_of_the_law_and_answers(letter, handler):
    taken(letter, handler)

    for ground, reply, code in (
        ("", "不予受理", "missing"),
        ("because", "不予受理", "unknown_choice"),
        ("too_old", " ", "missing"),
    ):
        with pytest.raises(Refusal, match=code):
            services.refuse(complaint=letter, ground=ground, reply=reply, by=handler.actor)
    done = services.refuse(complaint=letter, ground="too_old", reply="已超过三年", by=handler.actor)
    assert (done.state, done.ended_at) == (State.REFUSED, clock.now())


def test_what_is_not_ours_goes_back_to_intake(letter, handler):
    services.dispute(complaint=taken(letter, handler), note="应由卫健部门处理", by=handler.actor)
    done = services.return_to_intake(
        complaint=letter, why="协商后确认", reply="请向卫生健康部门反映", by=handler.actor
    )

    assert done.state == State.RETURNED


def test_an_end_by_mistake_is_taken_back(letter, handler):
    by = handler.actor
    services.accept(complaint=taken(letter, handler), by=by)
    services.end_mediation(complaint=letter, ground="time_over", by=by)
    services.reply(complaint=letter, text="已终止", by=by)
    services.follow_up(complaint=letter, note="来信人说还没有办", by=by)

    back = services.reopen(complaint=letter, why="答复有误", by=by)

    assert (back.state, back.ended_at) == (State.ENDED, None)
    assert back.due_term == "end_notice"


# Together and apart


def test_a_letter_that_is_both_is_two(restaurant):
    complaint, report = services.register(
        new=a_letter(business=restaurant.pk, kinds=("report", "complaint"))
    )

    assert [one.kind for one in (complaint, report)] == ["complaint", "report"]
    assert report.part_of_id == complaint.pk
    assert len({complaint.number, report.number}) == 2
    assert Reporter.objects.filter(complaint__in=[complaint, report]).count() == 2


def test_a_complaint_is_parted_by_a_person(letter, handler):
    part = services.split(complaint=taken(letter, handler), what="使用过期原料", by=handler.actor)

    assert (part.kind, part.part_of_id) == ("report", letter.pk)
    assert part.received_at == letter.received_at
    assert part.due_term == "check"
    assert services.see_reporter(complaint=part, by=handler.actor).is_named


def test_a_breach_found_in_mediation_is_checked_from_then_on(letter, handler):
    services.accept(complaint=taken(letter, handler), by=handler.actor)
    with on("2026-11-25"):
        part = services.find_breach(complaint=letter, what="后厨有过期原料", by=handler.actor)

    assert clock.city(part.received_at).date().isoformat() == "2026-11-25"
    assert part.due_on.isoformat() == "2026-12-16"
    assert services.see_reporter(complaint=part, by=handler.actor).is_empty


def test_a_merge_and_the_way_back(restaurant, letter, handler):
    [again] = services.register(new=a_letter(business=restaurant.pk, what="又是馊包子。"))
    services.accept(complaint=taken(again, handler), by=handler.actor)
    taken(letter, handler)

    merged = services.merge(complaint=again, into=letter, why="同一人同一事", by=handler.actor)
    assert (merged.state, merged.merged_into_id) == (State.MERGED, letter.pk)

    back = services.unmerge(complaint=again, why="是另一次购买", by=handler.actor)
    assert (back.state, back.merged_into) == (State.ACCEPTED, None)
    assert back.due_term == "mediate"
    received = signals("complaint_received")
    assert [one.over for one in received] == [False, True, False]


def test_what_cannot_be_merged(letter, report, handler, restaurant):
    for one in (letter, report):
        taken(one, handler)
    [other] = services.register(new=a_letter(business=restaurant.pk))
    [third] = services.register(new=a_letter(business=restaurant.pk))
    taken(other, handler)

    for into in (report, letter):
        with pytest.raises(Refusal, match="cannot_merge_there"):
            services.merge(complaint=letter, into=into, why="同", by=handler.actor)
    services.merge(complaint=other, into=letter, why="同", by=handler.actor)
    with pytest.raises(Refusal, match="has_merged_letters"):
        services.merge(complaint=letter, into=third, why="同", by=handler.actor)


def test_what_may_be_the_same_is_suggested_and_nothing_more(restaurant, letter, handler):
    [same] = services.register(new=a_letter(business=restaurant.pk, what="价格没有标。"))
    [alike] = services.register(
        new=a_letter(category="service", what="昨天买的包子馊了，要求退钱给我。")
    )
    services.register(new=a_letter(category="label", what="饮料没有中文标签。"))
    services.register(new=a_letter(district="150102", what=letter.what))
    with on("2026-12-20"):
        services.register(new=a_letter(business=restaurant.pk))

    found = queries.similar(handler.actor.scopes_for("complaints.handle"), letter)
    assert [one.letter.pk for one in found] == [same.pk]  # what is unplaced is no station's
    everywhere = queries.similar([CITY], letter)
    assert [one.letter.pk for one in everywhere] == [same.pk, alike.pk]
    assert everywhere[0].same_subject
    assert not Complaint.objects.exclude(merged_into=None).exists()


# Where it belongs


def test_a_place_in_words_is_bound_to_a_business(restaurant, chief):
    [made] = services.register(new=a_letter())
    assert (made.business_id, made.station) == (None, "")

    bound = services.bind(
        complaint=services.take(complaint=made, by=chief.actor), business=restaurant, by=chief.actor
    )

    assert (bound.business_id, bound.station) == (restaurant.pk, restaurant.station)


def test_a_letter_goes_to_whose_it_is(letter, handler, at_desk):
    there = at_desk("150102001")
    moved = services.forward(
        complaint=taken(letter, handler),
        district="150102",
        station="150102001",
        note="店在新城区",
        by=handler.actor,
    )

    assert moved.handler_id is None
    services.take(complaint=moved, by=there.actor)
    assert queries.one(handler.actor.scopes_for("complaints.read"), letter.pk) is None


def handed_over(giver: Officer, taker: Officer, since: date, by: Officer) -> None:
    people.hand_over(giver=giver.user, taker=taker.user, since=since, by=by.actor)


def test_a_desk_that_is_handed_over_takes_its_letters_along(letter, report, handler, at_desk):
    taker, city = at_desk("150105", "inspector"), at_desk("", "city")
    for one in (letter, report):
        taken(one, handler)

    with on("2026-11-21"):
        handed_over(handler, taker, date(2026, 11, 21), city)

    assert set(Complaint.objects.values_list("handler", flat=True)) == {taker.user.pk}


def test_a_desk_that_changes_hands_later_is_found_at_night(letter, handler, at_desk):
    taker, city = at_desk("150105", "inspector"), at_desk("", "city")
    taken(letter, handler)
    handed_over(handler, taker, date(2026, 11, 25), city)

    for day, owner in (("2026-11-24", handler), ("2026-11-25", taker)):
        with on(day):
            services.leave_no_orphan()
        letter.refresh_from_db()
        assert letter.handler_id == owner.user.pk


def test_letters_of_whoever_left_without_a_successor_are_nobodys(letter, handler, at_desk):
    taken(letter, handler)
    city = at_desk("", "city")
    people.end_post(post=handler.user.posts.get(), until=date(2026, 11, 20), by=city.actor)

    with on("2026-11-21"):
        assert services.leave_no_orphan() == 1
        assert services.leave_no_orphan() == 0
    letter.refresh_from_db()
    assert letter.handler_id is None


def test_letters_go_where_their_business_lies(letter, restaurant, handler):
    taken(letter, handler)
    changes = {"district": "150102", "station": "150102001"}
    registry.correct(number=restaurant.pk, changes=changes, why="辖区调整")

    letter.refresh_from_db()
    assert (letter.district, letter.station) == ("150102", "150102001")
    assert services.leave_no_orphan() == 1


def test_the_end_of_an_order_reminds_of_the_answer(letter, handler):
    services.accept(complaint=taken(letter, handler), by=handler.actor)

    assert services.order_ended(subject=f"complaint:{letter.pk}", outcome="closed")
    letter.refresh_from_db()
    assert letter.order_ended_at == clock.now()
    assert services.order_ended(subject="licence:5", outcome="closed") is None
    services.end_mediation(complaint=letter, ground="time_over", by=handler.actor)
    services.reply(complaint=letter, text="好", by=handler.actor)
    assert services.order_ended(subject=f"complaint:{letter.pk}", outcome="closed") is None


def test_an_order_about_a_letter_shows_by_when_its_writer_is_to_be_told(letter, handler, chief):
    services.accept(complaint=taken(letter, handler), by=handler.actor)
    fold()
    order = Order.objects.get()
    where = f"/w/orders/{order.pk}"
    _accepted, mediation = rules.clocks_of(letter, queries.steps_of(letter))

    before = handler.client.get(where).content.decode()
    services.end_mediation(complaint=letter, ground="time_over", by=handler.actor)
    orders.begin(order=order, by=handler.actor)
    orders.submit(order=order, note="查过", by=handler.actor)
    orders.close(order=order, note="属实", by=chief.actor)
    after = handler.client.get(where).content.decode()
    told = handler.client.get(f"/api/v1/orders/{order.pk}").json()["kept_clocks"]
    services.reply(complaint=letter, text="好", by=handler.actor)
    at_last = handler.client.get(where).content.decode()

    link = f'<a href="/w/complaints/{letter.pk}">'
    assert f"{link}受理或者不予受理并告知" in before
    assert f"{link}调解：{mediation.due} 截止" in before
    assert "complaint.mediate_days" in before
    assert "告知终止调解：2026-12-01 截止" in after  # it runs on when the order has ended
    assert [one["standing"] for one in told] == ["met", "met", "running"]
    assert told[-1]["key"] == f"complaint:{letter.pk}/end_notice"
    assert told[-1]["rule"]["id"] == "complaint.end_notice_days"
    assert at_last.count("按期完成") == after.count("按期完成") + 1
    assert "乌兰其其格" not in before + after + at_last


# Signals


def test_a_letter_in_hand_is_a_signal_until_it_is_over(letter, handler):
    assert signals("complaint_received") == []
    by = handler.actor
    services.accept(complaint=taken(letter, handler), by=by)
    services.agree(complaint=letter, note="退款20元", by=by)
    services.reply(complaint=letter, text="已退款", by=by)

    begun, over = signals("complaint_received")
    assert (begun.subject, begun.over, over.over) == (f"complaint:{letter.pk}", False, True)
    assert begun.business_id == letter.business_id
    assert begun.labels == {"letter": "complaint", "category": "spoiled", "channel": "form"}
    assert Entry.objects.get(pk=begun.cause).kind == "complaints.complaint_moved"


def test_letters_that_gather_on_one_business_are_a_signal(restaurant):
    for number in range(2):
        services.register(new=a_letter(business=restaurant.pk, what=f"第{number}次"))
    assert signals("complaint_cluster") == []

    services.register(new=a_letter(business=restaurant.pk, kinds=("complaint", "report")))

    [found] = signals("complaint_cluster")
    assert (found.subject, found.labels) == (f"business:{restaurant.public_id}", {"count": "3"})


def a_sick_letter(hours: int, **facts) -> NewComplaint:
    ate_at = clock.now() - timedelta(hours=hours)
    return a_letter(**{"kinds": ("report",), "ill": 3, "ate_at": ate_at, **facts})


def test_two_households_after_one_meal_are_a_signal_at_once(restaurant):
    def sick(hours: int, phone: str = "") -> None:
        contact = Contact(name="甲" if phone else "", phone=phone)
        services.register(new=a_sick_letter(hours, business=restaurant.pk, contact=contact))

    sick(80, "13900000001")
    sick(2, "13900000002")
    assert signals("illness_cluster") == []
    sick(1, "139-0000-0002")  # the same household, written otherwise
    assert signals("illness_cluster") == []
    sick(5)

    [found] = signals("illness_cluster")
    assert found.labels == {"households": "2", "people": "6"}
    assert found.subject == f"business:{restaurant.public_id}"


def test_a_place_bound_later_is_looked_at_then(restaurant, chief):
    [made] = services.register(new=a_sick_letter(1, households=2))
    assert signals("illness_cluster") == []

    services.bind(
        complaint=services.take(complaint=made, by=chief.actor),
        business=restaurant,
        by=chief.actor,
    )
    assert len(signals("illness_cluster")) == 1


# Who wrote


def test_a_look_at_who_wrote_is_logged(letter, handler):
    contact = services.see_reporter(complaint=taken(letter, handler), by=handler.actor)

    assert contact.phone == "13947112233"
    [seen] = Viewing.objects.all()
    assert (seen.subject, seen.purpose) == (f"complaint:{letter.pk}", "complaints.reporter")


def test_who_wrote_is_sealed_and_forgotten_in_time(letter, handler):
    sealed = Reporter.objects.get(complaint=letter).sealed
    assert "13947112233" not in sealed
    by = handler.actor
    services.refuse(complaint=taken(letter, handler), ground="other", reply="不", by=by)

    with on("2027-11-20"):
        assert services.forget_reporters() == 0
    with on("2027-11-22"):
        assert services.forget_reporters() == 1
        assert services.see_reporter(complaint=Complaint.objects.get(pk=letter.pk), by=by).is_empty
    letter.refresh_from_db()
    assert letter.household == ""
    assert Entry.objects.filter(kind="complaints.reporters_forgotten").count() == 1


def test_every_move_of_the_table_has_its_act_and_its_word():
    from mingchu.complaints.acts import ACTS
    from mingchu.complaints.words import MOVES

    moves = {way.move for way in WAYS}
    assert set(MOVES) == moves
    assert moves - set(ACTS) == {"bind", "note_order_ended"}
    assert all(callable(getattr(services, move)) for move in moves)


def test_a_business_of_another_file_shows_its_letters_too(restaurant, letter, chief):
    kept = registry.enrol(a_restaurant(code="", licences=(), people=(), name="绿野"))
    registry.merge(kept=kept.pk, gone=restaurant.pk, why="同一家")

    found = queries.about_business(chief.actor.scopes_for("complaints.read"), kept.pk)

    assert [one.pk for one in found] == [letter.pk]


def test_a_letter_is_forgotten_in_time_and_not_before_what_refers_to_it(
    restaurant, letter, handler
):
    by = handler.actor
    [again] = services.register(new=a_letter(business=restaurant.pk, what="又是馊包子。"))
    services.accept(complaint=taken(again, handler), by=by)
    services.merge(complaint=again, into=taken(letter, handler), why="同一件事", by=by)
    services.refuse(complaint=letter, ground="other", reply="不予受理", by=by)

    with on("2031-11-20"):
        assert services.forget_letters() == 0
    with on("2031-11-22"):
        assert services.forget_letters() == 2
    assert not Complaint.objects.exists()
    told = Entry.objects.filter(kind="kit.records_forgotten", subject="complaints:letters")
    assert [one.told["count"] for one in told] == [1, 1]


def test_a_letter_with_files_waits_for_the_term_of_these(letter, handler):
    an_attachment(f"complaint:{letter.pk}", "photo", a_pdf("照片"))
    by = handler.actor
    services.refuse(complaint=taken(letter, handler), ground="other", reply="不予受理", by=by)

    with on("2031-11-22"):
        assert services.forget_letters() == 0
