"""Pages of orders: found, moved, reported, answered; in both languages and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from build import a_pdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from orderly import MORNING, later

from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.alerts.models import Order
from mingchu.alerts.queries import orders as queries
from mingchu.alerts.queries.orders import Wanted
from mingchu.alerts.services import orders
from mingchu.registry.models import Business
from mingchu.site.catalogue import MARKED

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:500]
    return str(answer.content.decode())


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("现场.pdf", a_pdf(), content_type="application/pdf")


def post(client: Client, order: Order, move: str, **said: Any) -> Any:
    revision = Order.objects.get(pk=order.pk).revision
    where = reverse("alerts:order_act", args=[order.pk, move])
    return client.post(where, {"revision": revision, **said})


@pytest.fixture
def owner(someone: Callable[..., User], business: Business) -> User:
    return someone("enterprise", business.public_id)


def test_an_order_goes_from_the_list_to_its_end_by_plain_forms(
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    officer: User,
    chief: User,
    owner: User,
    business: Business,
) -> None:
    order = an_order(kind="licence_number_bad")
    desk, above, at_home = signed_in(officer), signed_in(chief), signed_in(owner)
    listed = text(desk.get(reverse("alerts:orders"), {"whose": "mine"}))
    page = text(desk.get(reverse("alerts:order", args=[order.pk])))

    assert order.number in listed
    assert "证件编号可疑" in listed
    assert "2026-11-27 截止" in page
    assert "5个工作日" in page
    assert "alert.orange_days" in page
    assert "签收" in page
    assert "办结</button>" not in page

    assert post(desk, order, "accept").status_code == 302
    assert post(desk, order, "begin").status_code == 302
    told = post(desk, order, "await_business", day="2026-11-24", note="更换标签")
    assert told.status_code == 302
    home = text(at_home.get(reverse("registry:desk", args=[business.pk])))
    assert "更换标签" in home
    assert "请在 2026-11-24 前整改并提交" in home
    where = reverse("alerts:answer_order", args=[order.pk])
    assert "更换标签" in text(at_home.get(where))
    sent = {
        "revision": Order.objects.get(pk=order.pk).revision,
        "note": "换好了",
        "papers": paper(),
    }
    assert at_home.post(where, sent).status_code == 302
    assert "换好了" in text(at_home.get(where))
    assert "只能提交一次" not in text(at_home.get(where))

    assert post(above, order, "review").status_code == 302
    assert post(above, order, "close", note="核对无误").status_code == 302
    ended = text(above.get(reverse("alerts:order", args=[order.pk])))
    assert "已处置办结" in ended
    assert "换好了" in ended
    assert "按期完成" in ended
    story = text(above.get(reverse("registry:business", args=[business.pk])))
    assert f"工单{order.number}了结：已处置办结" in story


def test_a_page_speaks_english_whole(
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    officer: User,
    chief: User,
) -> None:
    order = an_order(kind="licence_number_bad", severity=1)
    orders.begin(order=order, by=actor_for(officer))
    orders.pause(order=order, ground="testing", note="sent", by=actor_for(officer))
    client = signed_in(officer)
    for where in (
        reverse("alerts:orders"),
        reverse("alerts:order", args=[order.pk]),
        reverse("alerts:order_act", args=[order.pk, "talk"]),
        reverse("alerts:hand_over_desk"),
    ):
        page = text(client.get(where, headers={"Accept-Language": "en"}))
        main = page[page.index("<main") : page.index("</main")]
        main = MARKED.sub("", main)  # words of the law, which are marked as such
        for name in ("绿野家常菜馆", "测试", "赛罕", "《", "市场监督管理投诉举报处理暂行办法"):
            main = main.replace(name, "")
        han = [letter for letter in main if "\u4e00" <= letter <= "\u9fff"]
        assert "".join(han).strip("0123456789第二十条") == "", where


def test_only_what_is_possible_is_offered_and_the_rest_is_refused_in_words(
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    someone: Callable[..., User],
    officer: User,
) -> None:
    order = an_order()
    mine, other = signed_in(officer), signed_in(someone("inspector"))

    page = text(other.get(reverse("alerts:order", args=[order.pk])))
    refused = post(other, order, "accept")
    told = text(other.get(refused["Location"]))
    no_state = text(mine.get(reverse("alerts:order_act", args=[order.pk, "close"]), follow=True))

    assert f"/w/orders/{order.pk}/begin" not in page
    assert "这张工单已派给他人" in told
    assert "工单现在是“已派单”，不能“办结”" in no_state
    assert mine.get(reverse("alerts:order_act", args=[order.pk, "delete"])).status_code == 404


def test_who_opened_the_form_before_somebody_else_moved_is_told(
    an_order: Callable[..., Order], signed_in: Callable[[User], Client], officer: User, chief: User
) -> None:
    order = an_order()
    client = signed_in(officer)
    orders.begin(order=order, by=actor_for(officer))

    where = reverse("alerts:order_act", args=[order.pk, "submit"])
    answer = client.post(where, {"revision": 1, "note": "办了", "papers": paper()})

    assert "已有新的办理" in text(answer)
    assert "办了" in text(answer)


def test_evidence_is_seen_by_whom_the_order_is_shown_to(
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    someone: Callable[..., User],
    officer: User,
    owner: User,
) -> None:
    order = an_order()
    desk = signed_in(officer)
    orders.begin(order=order, by=actor_for(officer))
    post(desk, order, "submit", note="办了", papers=paper())
    [pk] = order.steps.latest("number").files
    where = reverse("kit:attachment", args=[pk])

    seen = [signed_in(one).get(where).status_code for one in (officer, owner)]
    stranger = signed_in(someone("inspector", "150102"))

    assert seen == [200, 404]
    assert stranger.get(where).status_code == 404


def test_the_list_asks_by_everything_it_offers(
    an_order: Callable[..., Order], signed_in: Callable[[User], Client], officer: User, chief: User
) -> None:
    late, today, paused = (
        an_order(severity=1, kind="illness_cluster"),
        an_order(),
        an_order(severity=3),
    )
    ended = an_order()
    orders.begin(order=paused, by=actor_for(officer))
    orders.pause(order=paused, ground="testing", note="送检", by=actor_for(officer))
    orders.gone([ended])
    client = signed_in(chief)
    expected = {
        "due=overdue": {late},
        "due=today": {today},
        "due=untaken": {late, today},
        "due=paused": {paused},
        "due=ended": {ended},
        "severity=1": {late},
        "state=handling": {paused},
        "whose=nobody": set(),
        "district=150102": set(),
        "station=150105001": {late, today, paused},
        "level=station": {late, today, paused},
        "kind=illness_cluster": {late},
    }

    with later(days=7):
        shown = {
            asked: text(client.get(f"{reverse('alerts:orders')}?{asked}")) for asked in expected
        }
        page = text(client.get(reverse("alerts:orders")))
        sheet = client.get(reverse("alerts:export_orders") + "?format=csv").content.decode("utf-8")

    found = {
        asked: {one for one in (late, today, paused, ended) if one.number in answer}
        for asked, answer in shown.items()
    }
    assert found == expected
    assert page.index(late.number) < page.index(today.number) < page.index(paused.number)
    assert all(one.number in sheet for one in (late, today, paused))


def test_pages_go_on_from_where_they_ended_paused_ones_last(
    an_order: Callable[..., Order], officer: User, chief: User
) -> None:
    made = [an_order(severity=n % 3 + 1) for n in range(7)]
    for order in made[:2]:
        orders.begin(order=order, by=actor_for(officer))
        orders.pause(order=order, ground="testing", note="送检", by=actor_for(officer))
    actor, cursor, walked = actor_for(chief), "", []
    while True:
        page = queries.page(actor, Wanted(), cursor=cursor, limit=2)
        walked += [one.pk for one in page.rows]
        cursor = page.next
        if not cursor:
            break

    assert walked == sorted(walked, key=lambda pk: _order_key(Order.objects.get(pk=pk)))
    assert len(walked) == len(set(walked)) == 7


def test_pages_of_what_has_ended_go_on_too_however_many_ended_at_once(
    an_order: Callable[..., Order], chief: User
) -> None:
    made = [an_order().pk for _number in range(7)]
    for place, pk in enumerate(made):
        Order.objects.filter(pk=pk).update(ended_at=MORNING - timedelta(days=place // 4))
    actor, cursor, walked = actor_for(chief), "", []
    while True:
        page = queries.page(actor, Wanted(due="ended"), cursor=cursor, limit=2)
        walked += [one.pk for one in page.rows]
        cursor = page.next
        if not cursor:
            break

    assert walked == [*made[3::-1], *made[:3:-1]]


def _order_key(one: Order) -> tuple[bool, Any, int]:
    return (one.due_at is None, one.due_at or one.opened_at, one.pk)


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_page_stays_within_its_questions(
    rows: int,
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    chief: User,
    officer: User,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(rows):
        an_order()
    client = signed_in(chief)
    client.get(reverse("alerts:orders"))

    with django_assert_max_num_queries(9):
        text(client.get(reverse("alerts:orders")))


def test_the_duty_desk_counts_and_every_number_leads_to_its_rows(
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    officer: User,
    django_assert_max_num_queries: Any,
) -> None:
    for severity in (1, 2, 3):
        an_order(severity=severity)
    client = signed_in(officer)

    with later(days=3), django_assert_max_num_queries(6):
        page = text(client.get("/w/"))

    assert "逾期工单" in page
    assert "我承办的工单" in page
    assert 'href="/w/orders/?due=overdue">1</a>' in page
    assert 'href="/w/orders/?whose=mine">3</a>' in page


def test_many_are_assigned_and_a_desk_handed_over_on_a_page(
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    someone: Callable[..., User],
    officer: User,
    chief: User,
) -> None:
    held = [an_order() for _ in range(3)]
    taker, client = someone("inspector"), signed_in(chief)
    ticked = {"chosen": [one.pk for one in held[:2]]}

    form = text(client.get(reverse("alerts:assign_orders"), ticked))
    given = text(client.post(reverse("alerts:assign_orders"), {**ticked, "taker": taker.pk}))
    desk = text(
        client.post(reverse("alerts:hand_over_desk"), {"giver": officer.pk, "taker": taker.pk})
    )

    assert taker.name in form
    assert "2 张工单" in given
    assert "1 张工单" in desk
    assert set(Order.objects.values_list("assignee", flat=True)) == {taker.pk}


def test_an_officer_hands_over_only_his_own_desk(
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    someone: Callable[..., User],
    officer: User,
) -> None:
    an_order()
    other = someone("inspector")
    where = reverse("alerts:hand_over_desk")

    refused = text(signed_in(other).post(where, {"giver": officer.pk, "taker": other.pk}))
    allowed = text(signed_in(officer).post(where, {"giver": officer.pk, "taker": other.pk}))

    assert "请先改正" in refused
    assert other.name in allowed
    assert Order.objects.get().assignee == other


def test_a_grid_assistant_reports_and_sees_what_became_of_it(
    signed_in: Callable[[User], Client],
    someone: Callable[..., User],
    business: Business,
    officer: User,
    chief: User,
) -> None:
    grid = signed_in(someone("grid"))
    where = reverse("alerts:report")

    said = {"business": business.public_id, "station": "150105001", "note": "后厨地面积水"}
    sent = grid.post(where, said)
    wrong = text(grid.post(where, {**said, "business": "没有这家"}))
    order = Order.objects.get()
    orders.false_alarm(order=order, note="现场没有", by=actor_for(chief))
    mine = text(grid.get(where))

    assert sent.status_code == 302
    assert "没有找到这一户" in wrong
    assert (order.business, order.state, order.station) == (business, "new", "150105001")
    assert order.number in mine
    assert "误报" in mine
    assert grid.get(reverse("alerts:orders")).status_code == 403


def test_a_business_answers_once(
    an_order: Callable[..., Order],
    signed_in: Callable[[User], Client],
    officer: User,
    owner: User,
) -> None:
    order = an_order(severity=3)
    orders.begin(order=order, by=actor_for(officer))
    orders.await_business(
        order=order, note="改", correct_by=date(2026, 11, 24), by=actor_for(officer)
    )
    client, where = signed_in(owner), reverse("alerts:answer_order", args=[order.pk])
    revision = Order.objects.get(pk=order.pk).revision

    first = client.post(where, {"revision": revision, "note": "改好了"})
    again = client.post(where, {"revision": revision, "note": "再说一次"})

    assert first.status_code == 302
    assert again.status_code == 200
    assert order.steps.filter(move="answer").count() == 1


def test_a_file_that_breaks_off_is_a_sentence_and_no_step(
    an_order: Callable[..., Order], signed_in: Callable[[User], Client], officer: User
) -> None:
    order = an_order()
    orders.begin(order=order, by=actor_for(officer))
    broken = SimpleUploadedFile("现场.jpg", b"\xff\xd8\xff\xe0broken", content_type="image/jpeg")
    before = order.steps.count()

    answer = post(signed_in(officer), order, "submit", note="办了", papers=broken)

    assert "error-summary" in text(answer)
    assert order.steps.count() == before
