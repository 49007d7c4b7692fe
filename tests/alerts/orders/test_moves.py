"""Moves of an order against the table of ways: what goes, what does not, and what is said then."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from build import SAIHAN, a_pdf

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.domain.states import ENDS, OPEN_STATES, WAYS, Move, OrderState, Who, way_of
from mingchu.alerts.models import Alert, Order, OrderStep
from mingchu.alerts.performing import Said, perform
from mingchu.alerts.services import orders
from mingchu.base import clock, ids
from mingchu.base.errors import Refusal
from mingchu.base.event import canonical
from mingchu.kit.files import keeping
from mingchu.kit.models import Attachment, Upload
from mingchu.ledger.models import Entry

pytestmark = pytest.mark.django_db
PEOPLES = [move for move in Move if any(w.move is move and w.who is not Who.HOUSE for w in WAYS)]
MOVES = [move for move in PEOPLES if move is not Move.OPEN]


def a_file(user: User, text: str = "1") -> Upload:
    return keeping.keep(file=io.BytesIO(a_pdf(text)), by=actor_for(user))


@pytest.fixture
def cast(
    officer: User, chief: User, someone: Callable[..., User], business: Any
) -> dict[str, User]:
    return {
        "officer": officer,
        "chief": chief,
        "colleague": someone("inspector"),
        "owner": someone("enterprise", business.public_id),
    }


@pytest.fixture
def put(an_order: Callable[..., Order], cast: dict[str, User]) -> Callable[..., Order]:
    """An order as it stands in a state, in the hands of the officer."""

    def make(state: OrderState, *, paused: bool = False) -> Order:
        order = an_order()
        Order.objects.filter(pk=order.pk).update(
            state=state,
            assignee=None if state in (OrderState.NEW, OrderState.TRIAGED) else cast["officer"],
            paused=paused,
            ended_at=clock.now() if state in ENDS else None,
        )
        return Order.objects.get(pk=order.pk)

    return make


def everything(cast: dict[str, User], target: Order) -> Said:
    """All that any move could need."""
    return Said(
        note="现场查看，已整改",
        files=(a_file(cast["officer"]),),
        ground="testing",
        day=clock.today(),
        person=cast["colleague"],
        target=target,
        authority="health",
        receipt="收2026-11",
        severity=1,
    )


def whose(move: Move, state: OrderState, cast: dict[str, User]) -> User:
    """Somebody the table allows it to, were the state right."""
    way = way_of(move, state) or next(w for w in WAYS if w.move is move)
    if move is Move.ANSWER:
        return cast["owner"]
    if way.who is Who.IN_CHARGE and state in (OrderState.NEW, OrderState.TRIAGED):
        return cast["chief"]
    if way.who in (Who.HANDLER, Who.IN_CHARGE) or way.move is Move.ACCEPT:
        return cast["officer"]
    return cast["officer"] if way.action == "alerts.handle" else cast["chief"]


@pytest.mark.parametrize("move", MOVES)
def test_every_move_from_every_state_goes_as_the_table_says_or_is_refused(
    move: Move, put: Callable[..., Order], cast: dict[str, User], an_order: Any
) -> None:
    said = everything(cast, an_order())
    for state in OrderState:
        order = put(state, paused=move is Move.RESUME and state not in ENDS)
        way = way_of(move, state)
        by = actor_for(whose(move, state, cast))

        if way is None:
            with pytest.raises(Refusal) as refusal:
                perform(order, move, said, by=by)
            assert refusal.value.code == "move_not_possible"
            assert Order.objects.get(pk=order.pk).revision == order.revision
            continue

        done = perform(order, move, said, by=by)

        assert done.state == (way.after or state)
        assert (done.ended_at is not None) == (done.state in ENDS)
        assert done.revision == order.revision + 1
        last = done.steps.latest("number")
        assert (last.move, last.before, last.after) == (move, state, done.state)
        assert Entry.objects.filter(pk=last.entry).exists()


@pytest.mark.parametrize("move", MOVES)
def test_who_has_no_right_to_a_move_is_told(
    move: Move, put: Callable[..., Order], cast: dict[str, User], an_order: Any, someone: Any
) -> None:
    state = next(state for state in OrderState if way_of(move, state))
    order = put(state, paused=move is Move.RESUME)
    stranger = someone("education", SAIHAN)

    with pytest.raises(Refusal) as refusal:
        perform(order, move, everything(cast, an_order()), by=actor_for(stranger))

    assert (refusal.value.code, refusal.value.status) == ("not_yours_to_move", 403)


def test_what_a_move_needs_is_asked_for_one_by_one(
    put: Callable[..., Order], cast: dict[str, User]
) -> None:
    lacking = []
    for way in WAYS:
        if way.who is Who.HOUSE or way.move is Move.OPEN or not way.needs:
            continue
        order = put(way.before[0])
        with pytest.raises(Refusal) as refusal:
            perform(order, way.move, Said(), by=actor_for(whose(way.move, way.before[0], cast)))
        lacking.append(refusal.value.code)

    assert set(lacking) == {"order_needs"}


def test_the_way_from_alert_to_closure_is_one_chain(
    an_alert: Callable[..., Alert], cast: dict[str, User]
) -> None:
    officer, chief = actor_for(cast["officer"]), actor_for(cast["chief"])
    alert = an_alert()
    [order] = orders.open_for([alert])
    OrderStep.objects.filter(order=order, move="assign").get()
    Order.objects.filter(pk=order.pk).update(assignee=officer.user_id)
    orders.accept(order=order, by=officer)
    orders.begin(order=order, by=officer)
    orders.await_business(
        order=order, note="更换过期标签", correct_by=date(2026, 11, 24), by=officer
    )
    orders.answer(
        order=order, note="已换", by=actor_for(cast["owner"]), files=[a_file(cast["owner"])]
    )
    orders.review(order=order, by=chief)
    done = orders.close(order=order, note="现场核对无误", by=chief)

    alert.refresh_from_db()
    assert (done.state, done.outcome, alert.end) == ("closed", "handled", "handled")
    states = list(done.steps.order_by("number").values_list("after", flat=True))
    assert states == [
        "new", "triaged", "assigned", "accepted", "handling", "awaiting_business", "submitted",
        "reviewing", "closed",
    ]  # fmt: skip
    entry = Entry.objects.get(kind="alerts.alert_ended")
    chain = []
    while entry is not None:
        chain.append(entry.kind.removeprefix("alerts."))
        last, entry = entry, Entry.objects.filter(pk=entry.cause).first()
    assert chain == ["alert_ended", "order_ended", *["order_moved"] * 5, "order_opened"]
    assert last.cause == alert.entry


def test_whoever_handled_it_cannot_close_it(
    put: Callable[..., Order], someone: Callable[..., User], cast: dict[str, User]
) -> None:
    """Also not after he handed it on, and also not as a false alarm."""
    worked = someone("station")
    order = put(OrderState.TRIAGED)
    orders.accept(order=order, by=actor_for(worked))
    orders.begin(order=order, by=actor_for(worked))
    orders.submit(order=order, note="办了", files=[a_file(worked)], by=actor_for(worked))

    for _ in range(2):
        for act in (orders.close, orders.false_alarm):
            with pytest.raises(Refusal) as refusal:
                act(order=order, note="办结", by=actor_for(worked))
            assert refusal.value.code == "needs_another_person"
        if Order.objects.get(pk=order.pk).assignee_id == worked.pk:
            orders.hand_over(order=order, taker=cast["officer"], by=actor_for(cast["chief"]))

    assert orders.close(order=order, note="办结", by=actor_for(cast["chief"])).state == "closed"


def test_whoever_reported_it_cannot_call_it_a_false_alarm(
    someone: Callable[..., User], chief: User
) -> None:
    reporter, other = someone("station"), someone("station")
    order = orders.report(
        note="后门堆放垃圾", by=actor_for(reporter), district=SAIHAN, station="150105001"
    )

    with pytest.raises(Refusal) as refusal:
        orders.false_alarm(order=order, note="看错了", by=actor_for(reporter))
    done = orders.false_alarm(order=order, note="现场没有", by=actor_for(other))

    assert refusal.value.code == "reporter_cannot"
    assert (done.state, done.outcome) == ("false_alarm", "false")


def test_evidence_is_asked_for_where_the_rule_asks_for_it(
    an_order: Callable[..., Order], officer: User
) -> None:
    red, yellow = an_order(severity=1), an_order(severity=3)
    for order in (red, yellow):
        orders.begin(order=order, by=actor_for(officer))

    with pytest.raises(Refusal) as refusal:
        orders.submit(order=red, note="办了", by=actor_for(officer))
    done = orders.submit(order=yellow, note="办了", by=actor_for(officer))

    assert refusal.value.code == "order_needs"
    assert done.state == "submitted"


def test_what_was_said_and_shown_is_held_by_the_ledger_without_being_in_it(
    an_order: Callable[..., Order], officer: User
) -> None:
    order = an_order()
    orders.begin(order=order, by=actor_for(officer))
    upload = a_file(officer)

    orders.submit(order=order, note="冷柜温度计已更换", files=[upload], by=actor_for(officer))

    step = order.steps.latest("number")
    [paper] = Attachment.objects.filter(subject=f"order:{order.pk}")
    entry = Entry.objects.get(pk=step.entry)
    said = ids.digest(bytes(step.salt) + canonical({"note": step.note, "data": step.data}))
    assert said in entry.data
    assert keeping.commitment_of(paper) in entry.data
    assert "冷柜" not in entry.data
    assert step.files == [str(paper.pk)]
    assert Entry.objects.get(pk=paper.entry).cause == entry.pk


def test_a_form_that_is_old_is_refused(an_order: Callable[..., Order], officer: User) -> None:
    order = an_order()
    orders.accept(order=order, by=actor_for(officer), revision=1)

    with pytest.raises(Refusal) as refusal:
        orders.begin(order=order, by=actor_for(officer), revision=1)

    assert (refusal.value.code, refusal.value.status) == ("changed_meanwhile", 409)


def test_a_pause_needs_a_ground_of_the_law(an_order: Callable[..., Order], officer: User) -> None:
    order = an_order()
    orders.begin(order=order, by=actor_for(officer))

    with pytest.raises(Refusal) as refusal:
        orders.pause(order=order, ground="holiday", note="过节", by=actor_for(officer))
    paused = orders.pause(order=order, ground="testing", note="送检", by=actor_for(officer))
    with pytest.raises(Refusal) as twice:
        orders.submit(order=order, note="办了", files=[a_file(officer)], by=actor_for(officer))
    with clock.at(clock.now() + timedelta(days=5)):
        running = orders.resume(order=order, by=actor_for(officer))

    assert refusal.value.code == "no_legal_ground"
    assert (paused.paused, paused.due_at) == (True, None)
    assert twice.value.code == "order_paused"
    assert clock.city(running.due_at).date() == date(2026, 12, 3)  # type: ignore[arg-type]


def test_merging_takes_the_alerts_along_and_reopening_brings_them_back(
    an_alert: Callable[..., Alert], chief: User, officer: User
) -> None:
    one, other = an_alert(kind="a"), an_alert(kind="b")
    first, second = orders.open_for([one, other])

    merged = orders.merge(order=second, into=first, note="同一件事", by=actor_for(chief))

    other.refresh_from_db()
    assert (merged.state, merged.merged_into_id, other.order_id) == ("merged", first.pk, first.pk)
    assert other.ended_at is None

    again = orders.reopen(order=second, note="其实是两件事", by=actor_for(chief))

    other.refresh_from_db()
    assert (again.state, again.merged_into_id, other.order_id) == ("reopened", None, second.pk)
    with pytest.raises(Refusal) as refusal:
        orders.merge(order=second, into=second, note="自己", by=actor_for(chief))
    assert refusal.value.code == "cannot_merge_into"


def test_a_talk_is_an_event_of_its_own_and_is_not_held_tomorrow(
    an_order: Callable[..., Order], officer: User
) -> None:
    order = an_order()
    orders.begin(order=order, by=actor_for(officer))
    tomorrow = clock.today() + timedelta(days=1)

    with pytest.raises(Refusal) as refusal:
        orders.talk(order=order, day=tomorrow, note="约谈", by=actor_for(officer))
    orders.talk(order=order, day=clock.today(), note="约谈纪要", by=actor_for(officer))

    assert refusal.value.code == "talk_in_future"
    assert Entry.objects.filter(kind="alerts.talk_held").count() == 1


def test_what_goes_to_another_authority_goes_with_a_receipt(
    an_order: Callable[..., Order], officer: User, chief: User
) -> None:
    order, crime = an_order(), an_order()
    orders.begin(order=crime, by=actor_for(officer))

    with pytest.raises(Refusal) as refusal:
        orders.transfer(
            order=order, authority="police", receipt="1", note="移送", by=actor_for(chief)
        )
    done = orders.transfer(
        order=order, authority="health", receipt="收1号", note="移送", by=actor_for(chief)
    )
    police = orders.refer_to_police(
        order=crime, receipt="公收2号", note="涉嫌犯罪", by=actor_for(chief)
    )

    assert refusal.value.code == "unknown_authority"
    assert (done.outcome, police.outcome) == ("transferred", "police")
    told = Entry.objects.filter(kind="alerts.order_transferred").order_by("id")
    assert ['"health"' in one.data for one in told] == [True, False]
    assert {one.cause for one in told} == set(
        OrderStep.objects.filter(move__in=("transfer", "refer_to_police")).values_list(
            "entry", flat=True
        )
    )


def test_what_is_gone_ends_by_itself_once(an_alert: Callable[..., Alert], officer: User) -> None:
    alert = an_alert()
    [order] = orders.open_for([alert])

    done, again = orders.gone([order]), orders.gone([order])

    alert.refresh_from_db()
    assert ([one.outcome for one in done], again) == (["gone"], [])
    assert alert.end == "gone"


def test_the_states_of_the_table_are_all_there_are() -> None:
    assert set(OPEN_STATES) | set(ENDS) == set(OrderState)
    seen = {(way.move, state, way.who is Who.HOUSE) for way in WAYS for state in way.before}
    assert len(seen) == sum(len(way.before) for way in WAYS)
