"""The duty desk: its one question says what many plain ones would, for whoever asks, all day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from alerting import a_signal, alerted
from build import a_restaurant
from django.test import Client
from letters import a_letter
from orderly import MORNING
from walk_examples import _rule_version

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind, may
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.domain.states import OrderState
from mingchu.alerts.models import Alert, Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.slots import TASKS
from mingchu.complaints import services as complaints
from mingchu.complaints.models import Complaint
from mingchu.ledger.composing import counted
from mingchu.registry import services as registry
from mingchu.registry.models import Business
from mingchu.registry.queries import COUNTED
from mingchu.risk import services as risk
from mingchu.risk.services.listing import NewListing, ask_exit, enter_list
from mingchu.risk.values import NewGround, NewProfile, NewVisit
from mingchu.signals.models import Noticed
from mingchu.site.desk import Desk
from mingchu.territory import services as territory

pytestmark = pytest.mark.django_db

XINCHENG, SAIHAN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150105")
STATION = Scope(ScopeKind.STATION, "150105001")
QUERIES = 6  # session, person with posts, desk, unread, names of the posts' places
Numbers = dict[str, tuple[int, bool]]


@pytest.fixture(autouse=True)
def friday(tmp_path: Any, settings: Any) -> Iterator[None]:
    settings.HOME = tmp_path
    with clock.at(MORNING):
        yield


@pytest.fixture
def somebody() -> Callable[..., User]:
    """`somebody("city", "admin", at=XINCHENG)`: a person in these posts there."""

    def make(*roles: str, at: Scope = CITY) -> User:
        number = User.objects.count()
        user = accounts.enrol_person(username=f"d{number}", name=f"测试{number}", certificate="X-1")
        for role in roles:
            accounts.give_post(user=user, role=role, scope=at)
        return user

    return make


@pytest.fixture
def inspector(somebody: Callable[..., User]) -> User:
    return somebody("inspector", at=STATION)


@pytest.fixture
def shop() -> Business:
    """In 赛罕区, graded, on a list, with an answer of its own to be looked at."""
    made = registry.enrol(a_restaurant())
    inquiry = registry.ask(number=made.pk, title="测试", asks="测试", due=date(2099, 1, 1))
    registry.answer(inquiry=inquiry, text="测试")
    day = clock.today()
    answers = {"area": 90}
    risk.record_profile(
        new=NewProfile(business=made.pk, sheet="restaurant", answers=answers, since=day)
    )
    risk.record_visit(new=NewVisit(business=made.pk, day=day, applicable_general=10))
    risk.record_ground(new=NewGround(business=made.pk, direction="raise", ground="other", day=day))
    entered = NewListing(
        business_id=made.pk,
        roll="abnormal",
        ground="unreachable",
        found=day,
        since=day,
        decision="1",
    )
    ask_exit(listing=enter_list(entered), day=day)
    return made


@pytest.fixture
def mixed(shop: Business, inspector: User, somebody: Callable[..., User]) -> None:
    """Something of nearly every task, in two districts; orders due at different hours."""
    by, chief = actor_for(inspector), actor_for(somebody("district", at=SAIHAN))
    made = [
        orders.report(
            note="测试", by=chief, business_id=shop.pk, district=SAIHAN.code, station=STATION.code
        )
        for _number in range(6)
    ]
    for number, order in enumerate(made):
        due = MORNING + timedelta(hours=4 * number - 4)
        Order.objects.filter(pk=order.pk).update(due_at=due)
    for order in (made[0], made[5]):
        orders.accept(order=order, by=by)
    Order.objects.filter(pk=made[1].pk).update(state=OrderState.SUBMITTED)
    alerted(*(a_signal(subject=f"device:{n}", district=XINCHENG.code) for n in range(3)))
    Alert.objects.update(due_at=MORNING + timedelta(hours=2))
    Alert.objects.filter(subject="device:2").update(kind="early_warning")
    letter = complaints.register(new=a_letter(business=shop.pk, district=shop.district))[0]
    complaints.register(new=a_letter(business=None, district=XINCHENG.code))
    Complaint.objects.filter(pk=letter.pk).update(due_on=clock.today(), handler=inspector)
    territory.nightly()
    _rule_version("in_review")


def shown(actor: Actor) -> Numbers:
    return {
        str(one.title): (int(one.value.value), one.value.is_capped) for one in Desk(actor).waiting()
    }


def counted_plainly(actor: Actor) -> Numbers:
    """One question for each number, composed for this person now."""
    counts = {
        str(task.title): task.rows(actor).order_by().count()
        for task in TASKS
        if may(actor, task.action)
    }
    return {title: (min(n, COUNTED), n > COUNTED) for title, n in counts.items() if n}


POSTS = (
    (("city",), CITY),
    (("city", "admin"), CITY),
    (("district",), XINCHENG),
    (("district",), SAIHAN),
    (("station",), STATION),
    (("inspector", "grid"), STATION),
    (("auditor",), CITY),
    (("duty_cadre",), SAIHAN),
)


def test_the_desk_says_what_plain_counts_say_all_day_and_on_the_next(
    mixed: None, somebody: Callable[..., User]
) -> None:
    actors = {(posts, at): actor_for(somebody(*posts, at=at)) for posts, at in POSTS}

    for moment in moments_of_two_days():
        with clock.at(moment):
            for post, actor in actors.items():
                assert shown(actor) == counted_plainly(actor), (post, moment)


def moments_of_two_days() -> Iterator[datetime]:
    """At the very due of an order, a second to either side, at noon, at midnight, a day later."""
    due, second = MORNING + timedelta(hours=4), timedelta(seconds=1)
    yield from (MORNING, due - second, due, due + second, MORNING.replace(hour=12))
    yield from (MORNING.replace(hour=0) + timedelta(days=1), MORNING + timedelta(days=1))


def test_nearly_every_task_has_something_to_be_compared(
    mixed: None, somebody: Callable[..., User]
) -> None:
    everything = shown(actor_for(somebody("city", "admin")))

    assert len(everything) >= 12
    assert everything["逾期工单"][0] < everything["辖区在办工单"][0]


def test_two_of_one_post_share_the_question_and_each_sees_his_own(
    mixed: None, inspector: User, somebody: Callable[..., User]
) -> None:
    other = somebody("inspector", at=STATION)

    his, theirs = shown(actor_for(inspector)), shown(actor_for(other))

    assert his["我承办的工单"] == (2, False)
    assert his["我承办的投诉举报"] == (1, False)
    assert "我承办的工单" not in theirs
    assert theirs == counted_plainly(actor_for(other))


def test_the_whole_page_asks_a_handful_of_questions(
    mixed: None, somebody: Callable[..., User], django_assert_max_num_queries: Any
) -> None:
    client = Client()
    client.force_login(somebody("city", "admin"), backend="mingchu.accounts.backends.Backend")
    client.get("/w/")

    with django_assert_max_num_queries(QUERIES):
        page = client.get("/w/").content.decode()

    assert '<a href="/w/orders/?due=overdue">' in page


def test_to_compose_the_questions_asks_the_database_nothing(
    somebody: Callable[..., User], django_assert_num_queries: Any
) -> None:
    people = [actor_for(somebody(role, at=STATION)) for role in ("inspector", "station")]

    with django_assert_num_queries(0):
        for actor in people:
            Desk(actor)


def test_what_is_too_many_to_count_is_not_counted_again_within_the_minute(
    somebody: Callable[..., User],
) -> None:
    actor = actor_for(somebody("city"))
    now = clock.now()
    aside = Noticed(kind="x", subject="y", fingerprint=b"", at=now, received=now, fault="测试")
    Noticed.objects.bulk_create((copy(aside) for _number in range(COUNTED + 1)), batch_size=4000)

    first = shown(actor)
    [question] = Desk(actor).asked
    again = shown(actor)

    assert first["搁置的信号"] == again["搁置的信号"] == (COUNTED, True)
    assert "signals_noticed" not in question.sql


def test_whoever_has_no_place_has_nothing_waiting(somebody: Callable[..., User]) -> None:
    assert shown(actor_for(somebody())) == {}


def test_a_question_that_would_go_stale_within_the_day_is_refused() -> None:
    def lately() -> Any:
        return Order.objects.filter(due_at__gt=clock.now() - timedelta(minutes=30))

    with pytest.raises(ValueError, match="would stay as it is all day"):
        counted(lately, 10)
