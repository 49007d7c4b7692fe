"""Visits: opened by the quarter, made on a phone, handed to the station, never an inspection."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from duty import OTHER_STATION, STATION, YES, at, browser, form_of, the_visit
from photos import a_photo

from mingchu.accounts.roles import roles
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.alerts.services.folding import fold
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.models import Attachment
from mingchu.ledger.models import Entry
from mingchu.registry import services as registry
from mingchu.signals.models import Noticed
from mingchu.territory import queries, services
from mingchu.territory.domain.quarters import Quarter
from mingchu.territory.models import Visit

pytestmark = pytest.mark.django_db
FIRST_DAY, LAST_DAY = date(2026, 10, 1), date(2026, 12, 31)


@pytest.fixture
def phone(account, cadre):
    """The phone of a cadre who answers for a station."""
    user = account()
    services.link(cadre=cadre("village", areas=(STATION,)), user=user)
    return browser(user)


class _Undone(Exception):
    """Ends a block whose writing is to be taken back."""


def _written(pk: int) -> tuple[object, ...]:
    """All of a visit but for the entry, which is another each time; and what was entered of it."""
    visit = Visit.objects.get(pk=pk)
    entry = Entry.objects.get(pk=visit.entry)
    said = (visit.state, visit.done_at, visit.late, visit.answers, visit.problem, visit.note)
    return (*said, visit.sheet_since, visit.user_id, entry.kind, entry.subject, entry.data)


def send(phone: Client, shop, answers=YES, **more):
    return phone.post(f"/w/visits/{the_visit(shop).pk}", form_of(answers, **more), follow=True)


def test_a_quarter_s_visits_are_due_on_its_last_day(business, phone):
    shop = business()

    services.nightly()

    visit = the_visit(shop)
    assert (visit.quarter, visit.due, visit.state) == (FIRST_DAY, LAST_DAY, "open")


@pytest.mark.parametrize(
    ("moment", "quarters"),
    [
        (at(2026, 12, 31), [FIRST_DAY]),
        (at(2027, 1, 1), [FIRST_DAY, date(2027, 1, 1)]),
    ],
)
def test_the_next_quarter_opens_on_its_first_day(business, phone, moment, quarters):
    shop = business()
    services.nightly()

    with clock.stopped(moment):
        services.nightly()

    found = Visit.objects.filter(business=shop).order_by("quarter")
    assert list(found.values_list("quarter", flat=True)) == quarters


def test_a_visit_can_be_made_up_for_a_while_and_is_missed_then(business, phone):
    late, missed = business(), business()
    services.nightly()

    with clock.stopped(at(2027, 1, 15)):
        services.nightly()
        old = Visit.objects.get(business=late, quarter=FIRST_DAY)
        answer = phone.post(f"/w/visits/{old.pk}", form_of(YES), follow=True)
        assert "已提交" in answer.content.decode()
    with clock.stopped(at(2027, 1, 16)):
        services.nightly()

    old.refresh_from_db()
    assert (old.state, old.late) == ("done", True)
    assert Visit.objects.get(business=missed, quarter=FIRST_DAY).state == "missed"
    assert Visit.objects.get(business=missed, quarter=date(2027, 1, 1)).state == "open"


@pytest.mark.parametrize(
    ("day", "quarters"), [(1, [FIRST_DAY, date(2027, 1, 1)]), (2, [date(2027, 1, 1)])]
)
def test_who_opened_just_before_the_end_is_visited_from_the_next_quarter_on(
    business, phone, day, quarters
):
    with clock.stopped(at(2026, 12, day)):
        shop = registry.enrol(a_restaurant(code="", licences=(), people=()))
        services.nightly()
    with clock.stopped(at(2027, 1, 1)):
        services.nightly()

    found = Visit.objects.filter(business=shop).order_by("quarter")
    assert list(found.values_list("quarter", flat=True)) == quarters


def test_everything_in_order_takes_eight_taps_and_no_photo(business, phone):
    shop = business()
    services.nightly()

    answer = send(phone, shop)

    visit = the_visit(shop)
    assert (visit.state, visit.answers, visit.problem, visit.late) == ("done", YES, "", False)
    assert answer.redirect_chain == [("/w/visits/", 302)]
    assert Noticed.objects.count() == 0
    assert Attachment.objects.count() == 0


def test_the_form_knows_what_the_registry_knows_and_asks_for_none_of_it(business, phone):
    shop = business(phone="0471-1234567")
    services.nightly()

    page = phone.get(f"/w/visits/{the_visit(shop).pk}").content.decode()

    assert all(known in page for known in (shop.name, shop.address, "tel:0471-1234567"))
    assert "samples_kept" not in page
    fields = {"problem", "note", "photos", "csrfmiddlewaretoken", *(f"item-{key}" for key in YES)}
    assert {name for name in fields if f'name="{name}"' not in page} == set()


def test_a_canteen_is_asked_for_its_samples(business, phone, cadre):
    canteen = business(kind="canteen", serves="school", diners=200)
    town = cadre("township", areas=(SAIHAN,))
    services.nightly()

    assert the_visit(canteen).cadre_id == town.pk
    with pytest.raises(Refusal, match="items_unanswered"):
        services.finish(visit=the_visit(canteen), answers=YES)


def test_a_problem_goes_to_the_station_as_one_signal(business, phone):
    shop = business()
    services.nightly()

    answer = send(
        phone, shop, {**YES, "nothing_expired": "no"}, problem="expired_food", note="两袋过期面粉"
    )

    assert "转监管所" in answer.content.decode()
    visit, [signal] = the_visit(shop), Noticed.objects.all()
    assert (signal.kind, signal.subject, signal.over) == (
        "duty_problem",
        f"visit:{visit.pk}",
        False,
    )
    assert (signal.business_id, signal.district, signal.station) == (shop.pk, SAIHAN, STATION)
    assert signal.labels == {"problem": "expired_food", "level": "D"}
    assert signal.cause == Entry.objects.get(kind="territory.visit_done").pk == visit.entry


def test_a_visit_shows_what_became_of_its_problem(business, phone, desk):
    shop = business()
    services.nightly()
    send(phone, shop, {**YES, "nothing_expired": "no"}, problem="expired_food", note="过期面粉")
    number = the_visit(shop).pk
    where, own = f"/w/territory/visits/{number}", f"/w/visits/{number}"
    bureau = desk(SAIHAN)
    assert "已转监管所" in bureau.get(where).content.decode()

    fold()
    order = Order.objects.get()
    opened = bureau.get(where).content.decode()
    orders.gone([order])
    order.refresh_from_db()
    ended = phone.get(own).content.decode()

    assert f'href="/w/orders/{order.pk}">{order.number}</a>' in opened
    assert "前办结" in opened
    assert order.number in ended
    assert "情形已消除" in ended
    assert f"/w/orders/{order.pk}" not in ended  # orders are no cadre's


def test_a_day_s_visits_written_together_are_what_they_are_one_by_one(business, cadre, account):
    services.link(cadre=cadre("village", areas=(STATION,)), user=account())
    shops = [business() for _n in range(4)]
    services.nightly()
    seen = [(YES, "", ""), ({**YES, "clean": "no"}, "dirty", "地面积水"), ({}, "not_there", "")]
    visits, single = [the_visit(shop) for shop in shops], []

    for visit, (answers, problem, note) in zip(visits[:3], seen, strict=True):
        with contextlib.suppress(_Undone), transaction.atomic():
            services.finish(visit=visit, answers=answers, problem=problem, note=note)
            single.append(_written(visit.pk))
            raise _Undone
    services.finish_many(
        [
            services.Made(visit=visit, answers=answers, problem=problem, note=note)
            for visit, (answers, problem, note) in zip(visits[:3], seen, strict=True)
        ]
    )

    assert [_written(visit.pk) for visit in visits[:3]] == single
    assert the_visit(shops[3]).state == "open"
    assert Noticed.objects.filter(kind="duty_problem").count() == 2
    with pytest.raises(Refusal) as no:
        services.finish_many([services.Made(visit=one, answers=YES) for one in visits[2:]])
    assert no.value.code == "visit_over"
    assert the_visit(shops[3]).state == "open"


def test_what_the_cadre_wrote_stays_out_of_the_ledger(business, phone):
    shop = business()
    services.nightly()

    send(phone, shop, problem="other", note="老板李某不配合")

    data = "".join(Entry.objects.values_list("data", flat=True))
    assert "李某" not in data


@pytest.mark.parametrize(
    ("answers", "more", "said"),
    [
        ({"clean": "yes"}, {}, "还有6项没有选"),
        (YES, {"problem": "expired_food"}, "还没有写看到了什么"),
        (YES, {"problem": "made_up"}, "made_up"),
        ({**YES, "clean": "perhaps"}, {}, "perhaps"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(business, phone, answers, more, said):
    shop = business()
    services.nightly()

    answer = send(phone, shop, answers, **{"note": "", **more})

    page = answer.content.decode()
    assert said in page
    assert the_visit(shop).state == "open"
    assert Noticed.objects.count() == 0
    if answers is YES:
        assert page.count(" checked") >= len(YES)


def test_a_shut_door_needs_no_answers(business, phone):
    shop = business()
    services.nightly()

    send(phone, shop, {}, problem="not_there")

    assert (the_visit(shop).state, the_visit(shop).problem) == ("done", "not_there")


def test_photos_are_kept_with_the_visit_and_shown_to_whom_it_concerns(business, phone, desk):
    shop = business()
    services.nightly()
    picture = SimpleUploadedFile("a.jpg", a_photo(), "image/jpeg")

    send(phone, shop, problem="dirty", note="地面有积水", photos=picture)

    [kept] = Attachment.objects.all()
    assert kept.subject == f"visit:{the_visit(shop).pk}"
    seen = {
        "cadre": phone.get(f"/files/{kept.pk}").status_code,
        "station": desk(STATION).get(f"/files/{kept.pk}").status_code,
        "other station": desk(OTHER_STATION).get(f"/files/{kept.pk}").status_code,
        "other cadre": desk(SAIHAN, "duty_cadre").get(f"/files/{kept.pk}").status_code,
    }
    assert seen == {"cadre": 200, "station": 200, "other station": 404, "other cadre": 404}


def test_a_visit_is_made_once(business, phone):
    shop = business()
    services.nightly()
    send(phone, shop)

    answer = send(phone, shop, {}, problem="not_there")

    assert (the_visit(shop).problem, Noticed.objects.count()) == ("", 0)
    assert "走访记录" in answer.content.decode()
    with pytest.raises(Refusal, match="visit_over"):
        services.finish(visit=the_visit(shop), answers=YES)


def test_a_cadre_sees_his_own_visits_and_nobody_else_s(business, phone, desk, cadre, account):
    shop, elsewhere = business(), business(station=OTHER_STATION)
    other = account(name="别人")
    services.link(cadre=cadre("village", areas=(OTHER_STATION,)), user=other)
    services.nightly()

    page = phone.get("/w/visits/").content.decode()

    assert (shop.name in page, elsewhere.name in page) == (True, False)
    assert phone.get(f"/w/visits/{the_visit(elsewhere).pk}").status_code == 404
    assert phone.post(f"/w/visits/{the_visit(elsewhere).pk}", form_of(YES)).status_code == 404
    assert browser(other).get(f"/w/visits/{the_visit(elsewhere).pk}").status_code == 200
    for path in ("/w/territory/", "/w/territory/visits/", "/w/territory/cadres/"):
        assert phone.get(path).status_code == 403


def test_whose_post_has_ended_sees_nothing_of_it_any_more(business, account, cadre):
    user = account(code=XINCHENG)  # in a post elsewhere: the visits of 赛罕 are not his to see
    neighbour = account(code=SAIHAN)
    services.link(cadre=cadre("village", areas=(STATION,)), user=user)
    shop = business()
    services.nightly()

    assert browser(user).get(f"/w/visits/{the_visit(shop).pk}").status_code == 404
    assert browser(neighbour).get(f"/w/visits/{the_visit(shop).pk}").status_code == 404


def test_a_cadre_can_do_nothing_of_an_inspection():
    """Neither by his role nor by what visits are called and where they are counted."""
    table = roles()
    role = table.by_code["duty_cadre"]

    assert "duty_cadre" in table.never_certified
    assert [a for a in table.certificate_actions if table.grants(role, a, certified=True)] == []
    assert not any(action.startswith(("inspection.", "enforcement.")) for action in role.actions)


def test_nothing_of_a_visit_is_public(business, phone):
    shop = business()
    services.nightly()
    send(phone, shop, problem="dirty", note="地面有积水")

    public = Client(headers={"Accept-Language": "zh-CN"})
    pages = [public.get(path).content.decode() for path in (f"/p/{shop.public_id}", "/", "/p/")]

    assert not any(word in page for page in pages for word in ("包保", "走访", "积水"))
    assert public.get(f"/w/territory/visits/{the_visit(shop).pk}").status_code == 302


def test_the_list_takes_the_same_questions_however_long_it_is(business, phone):
    business()
    services.nightly()
    phone.get("/w/visits/")
    with CaptureQueriesContext(connection) as few:
        phone.get("/w/visits/")
    for _ in range(12):
        business()
    services.nightly()

    with CaptureQueriesContext(connection) as many:
        phone.get("/w/visits/")

    assert len(many) == len(few)
    assert queries.quarters_known() == [Quarter(2026, 4)]
