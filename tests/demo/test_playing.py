"""The played days: acts through the services at their hour, figures that stay exact, and a desk
that somebody could sit down at. One small city is played once for all that look at it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest
from django.db.models import Count, F, Q
from django.test import Client

from mingchu.accounts.domain import CITY
from mingchu.accounts.models import User
from mingchu.alerts.models import Alert, Order
from mingchu.base import clock
from mingchu.complaints.models import Complaint, ComplaintStep
from mingchu.demo import driver
from mingchu.demo.models import City, Phase
from mingchu.demo.plan import plan
from mingchu.draw.models import Draw
from mingchu.draw.opened import names_of
from mingchu.inspection.models import Batch, Plan, Task
from mingchu.inspection.queries import people
from mingchu.kit.messages import queries as messages
from mingchu.kit.models import InboxItem, Message, Reach, Receiver
from mingchu.ledger.models import Entry, Outgoing, Reaction
from mingchu.registry.models import Business, Licence, Person, Training
from mingchu.risk.models import Fact, Grade, Ground, Listing, Objection, Override, Visit
from mingchu.risk.queries.again import again
from mingchu.risk.rules import basis
from mingchu.rulebook.store import calendar
from mingchu.territory import queries as territory
from mingchu.territory.domain.quarters import quarter_of
from mingchu.territory.models import Cadre
from mingchu.territory.models import Visit as DutyVisit

SIZE = 420
TODAY = plan().today


def load(size: int = SIZE, days: int | None = None) -> City:
    return driver.load(seed=7, businesses=size, today=TODAY, days=days)


def counted() -> Counter[tuple[str, str]]:
    found = Business.objects.filter(state="open").values_list("kind", "district")
    return Counter(found)


@pytest.fixture(scope="module")
def standing(shared_house: str) -> Counter[tuple[str, str]]:
    """The open businesses before anything was played; then all days are."""
    with clock.stopped(plan().moment(TODAY)):
        load()
        before = counted()
        driver.play()
    return before


@pytest.fixture
def played(standing: Counter[tuple[str, str]], db: None) -> Counter[tuple[str, str]]:
    return standing


def test_after_all_days_the_figures_are_what_they_were(played: Counter[tuple[str, str]]) -> None:
    city = City.objects.get()

    assert (city.phase, city.done, city.total) == (Phase.COMPLETE, 60, 60)
    assert counted() == played
    assert played.total() == SIZE


def test_every_kind_of_act_happened_at_its_hour_and_by_whose_it_is(
    played: Counter[tuple[str, str]],
) -> None:
    first = clock.midnight(driver.stage_of(City.objects.get()).day(0))
    loaded = plan().begins(TODAY, 60)
    entries = Entry.objects.filter(city_time__gte=first).exclude(city_time=loaded)
    acts = [one for one in entries.order_by("wall_time", "id") if one.actor != "system:demo"]

    kinds = {entry.kind for entry in acts}
    assert kinds >= {
        "registry.business_enrolled",
        "registry.business_closed",
        "registry.licence_state_changed",
        "registry.licence_granted",
        "registry.person_posted",
        "registry.person_left",
        "registry.person_corrected",
        "registry.business_corrected",
        "alerts.order_escalated",
        "alerts.talk_held",
        "complaints.complaint_registered",
        "territory.visit_done",
        "kit.receiver_added",
    }
    times = [clock.city(entry.city_time) for entry in acts]
    assert times == sorted(times)
    assert times[-1].date() < TODAY
    by_people = [one for one in acts if one.actor.startswith("user:")]
    days = {clock.city(one.city_time).date() for one in by_people if "duty_set" not in one.kind}
    at_weekends = {day for day in days if not calendar().is_working(day)}
    assert len(at_weekends) <= 1  # whoever was on duty when households fell ill
    by = {(entry.kind.split(".")[0], entry.actor.split(":")[0]) for entry in acts}
    assert {actor for context, actor in by if context == "registry"} == {"user"}
    assert by >= {("alerts", "system"), ("alerts", "user"), ("complaints", "nobody")}
    assert Reaction.objects.filter(state="failed").count() == 0


def test_what_was_played_is_nobody_s_either_and_stands_once(
    played: Counter[tuple[str, str]],
) -> None:
    fresh = Business.objects.filter(opened__gte=driver.stage_of(City.objects.get()).day(0))

    assert fresh.count() > 0
    assert fresh.exclude(code="").exclude(code__contains="MA0").count() == 0
    assert Licence.objects.filter(business__in=fresh, issued=F("business__opened")).count() == len(
        fresh
    )
    assert Person.objects.exclude(health_number__startswith="演示").count() == 0


def test_the_desk_has_work_of_every_sort_and_most_of_it_was_done_in_time(
    played: Counter[tuple[str, str]],
) -> None:
    now = clock.now()
    states = Counter(Order.objects.values_list("state", flat=True))
    overdue = Order.objects.filter(ended_at=None, due_at__lt=now).count()
    late = Order.objects.filter(due_at__lt=F("ended_at")).count()

    assert set(states) >= {"handling", "closed", "false_alarm"}
    assert states["closed"] > states.total() / 2
    assert 0 < overdue + late < states.total() / 4
    assert Order.objects.filter(steps__move="escalate", level__in=["district", "city"]).exists()
    assert Order.objects.filter(steps__move="send_back", outcome="handled").exists()
    assert Order.objects.filter(Q(opened_at__gt=now) | Q(ended_at__gt=now)).count() == 0
    files = Entry.objects.filter(kind="kit.file_attached", subject__startswith="order:")
    done = Order.objects.filter(severity__lte=2, outcome="handled")
    assert 0 < done.count() <= files.count()


def test_letters_came_by_every_door_and_ended_in_every_way(
    played: Counter[tuple[str, str]],
) -> None:
    states = Counter(Complaint.objects.values_list("state", flat=True))

    assert set(Complaint.objects.values_list("channel", flat=True)) == {"form", "sheet"}
    assert set(states) >= {"followed_up", "merged", "returned"}
    assert set(states) & {"received", "accepted", "checking"}
    assert 0 < Complaint.objects.filter(due_on__lt=TODAY).count() < states.total() / 4
    assert Complaint.objects.filter(received_at__gt=clock.now()).count() == 0
    # A letter that was taken up became an order, whose end its handler heard of.
    moves = set(ComplaintStep.objects.values_list("move", flat=True))
    assert moves >= {"take", "accept", "bind", "begin_check", "note_order_ended", "reply"}
    assert Alert.objects.filter(kind="complaint_received").exclude(order=None).count() > 0


def test_of_four_letters_on_one_dinner_one_story_was_made(
    played: Counter[tuple[str, str]],
) -> None:
    order = Order.objects.get(kind="illness_cluster")
    told = Complaint.objects.filter(business=order.business, ate_at__isnull=False)
    main = told.get(merged_into=None)

    assert (order.severity, order.state, order.outcome) == (1, "closed", "handled")
    assert order.ended_at is not None
    assert Counter(told.values_list("state", flat=True)) == {"followed_up": 1, "merged": 3}
    assert set(told.exclude(pk=main.pk).values_list("merged_into", flat=True)) == {main.pk}
    assert len(set(told.values_list("household", flat=True))) == 4
    moves = list(order.steps.order_by("number").values_list("move", flat=True))
    assert moves[-5:] == ["pause", "resume", "talk", "submit", "close"]
    assert main.ended_at is not None
    assert clock.city(main.ended_at).date() < TODAY


def test_most_of_the_quarter_s_visits_are_made_and_some_found_something(
    played: Counter[tuple[str, str]],
) -> None:
    cells = territory.coverage([CITY], quarter_of(TODAY))
    counts = sum((cell.counts for cell in cells), territory.Counts())

    assert 75 < counts.share < 95
    assert counts.all >= SIZE
    assert 0 < counts.problem < counts.done / 20
    found = DutyVisit.objects.exclude(problem="").count()
    assert Alert.objects.filter(kind="duty_problem").exclude(order=None).count() == found
    assert DutyVisit.objects.filter(state="done").exclude(cadre__user=F("user_id")).count() == 0
    assert set(Cadre.objects.values_list("rank", flat=True)) == {
        "city",
        "county",
        "township",
        "village",
    }


def test_inboxes_are_read_and_somebody_is_on_duty_every_night(
    played: Counter[tuple[str, str]],
) -> None:
    unread = InboxItem.objects.filter(read_at=None).values("user").annotate(n=Count("pk"))

    assert InboxItem.objects.exclude(read_at=None).count() > 0
    assert max((one["n"] for one in unread), default=0) < 40
    assert Reach.objects.get(user__username="demo-city").pace == "digest"
    assert CITY in messages.on_duty([CITY], clock.midnight(TODAY))
    grave = Message.objects.filter(severity=1)
    assert grave.count() > 0
    assert User.objects.filter(pk__in=grave.values("items__user")).count() > 1


def test_what_a_receiver_that_is_away_should_hear_waits_for_it_here(
    played: Counter[tuple[str, str]],
) -> None:
    away = Receiver.objects.get()
    waiting = Outgoing.objects.filter(receiver=f"receiver:{away.pk}")

    assert away.host == "127.0.0.1"
    assert set(Outgoing.objects.values_list("receiver", flat=True)) <= {f"receiver:{away.pk}"}
    assert set(waiting.values_list("state", flat=True)) <= {"pending"}


def test_the_pages_show_it_in_both_languages(played: Counter[tuple[str, str]]) -> None:
    order = Order.objects.get(kind="illness_cluster")
    browser = Client(headers={"Accept-Language": "zh-CN"})
    browser.force_login(
        User.objects.get(username="demo-city"), backend="mingchu.accounts.backends.Backend"
    )
    abroad = Client(headers={"Accept-Language": "en"})
    abroad.force_login(
        User.objects.get(username="demo-city"), backend="mingchu.accounts.backends.Backend"
    )

    for path in ("/w/", "/w/orders/", "/w/complaints/?show=all", "/w/territory/", "/w/receivers/"):
        assert browser.get(path).status_code == abroad.get(path).status_code == 200, path
    story = f"/w/orders/{order.pk}"
    assert "约谈经营者和厨师长" in browser.get(story).content.decode()
    assert "Responsibility talk" in abroad.get(story).content.decode()


PROGRAM = """
import os, signal
import django
django.setup()
from mingchu.demo import driver
days = []
def die(stage, day, cast):
    days.append(day)
    if len(days) > 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return ()
driver.AGENDAS = (*driver.AGENDAS, die)
driver.play()
"""
FEW, DAYS = 120, 6


def test_a_play_that_was_killed_goes_on_without_doubles(committed: str) -> None:
    settings = {
        "DJANGO_SETTINGS_MODULE": "mingchu.site.settings",
        "MINGCHU_DATABASE_URL": committed,
    }
    load(FEW, DAYS)

    killed = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **settings}, check=False
    )
    half = City.objects.get().done
    driver.play()

    assert (killed.returncode, half) == (-9, 3)
    assert City.objects.get().phase == Phase.COMPLETE
    assert Business.objects.filter(state="open").count() == FEW
    kinds = Entry.objects.filter(kind="registry.business_enrolled")
    enrolled = list(kinds.values_list("subject", flat=True))
    assert len(set(enrolled)) == len(enrolled) == Business.objects.count()


def test_most_have_been_trained_and_some_will_be_late(played: Counter[tuple[str, str]]) -> None:
    with clock.stopped(plan().moment(TODAY)):
        waiting = Alert.objects.filter(kind="training_short")
        ended = waiting.filter(ended_at__isnull=False).count()
        trained = Training.objects.values("person").distinct().count()

    assert 0 < waiting.count() - ended < trained
    assert ended


def test_grades_have_their_cases_people_and_a_last_year(played: Counter[tuple[str, str]]) -> None:
    lacking = Grade.objects.filter(until__isnull=True, letter="")
    decided = Ground.objects.filter(source="other", levels__isnull=False)

    # Whoever had no visit for a year may have got one by the draw of the played days.
    missing = set(lacking.values_list("missing", flat=True))
    assert {"profile", "kind"} <= missing <= {"profile", "visits", "kind"}
    assert {one.direction for one in decided} == {"raise", "lower"}
    assert all(one.decided_by and one.reason for one in decided)
    assert Ground.objects.filter(levels__isnull=True).exists()
    assert all(one.user_id and one.why for one in Override.objects.all())
    assert Override.objects.exists()
    states = set(Objection.objects.values_list("state", flat=True))
    assert "open" in states
    assert states & {"upheld", "rejected"}
    blocked = [
        one for one in Grade.objects.exclude(letter="")
        if any(reason["why"]["is"] == "blocked" for reason in one.reasons)
    ]  # fmt: skip
    assert blocked
    found = again(basis(date(2025, 12, 31)), (CITY,), 10)
    assert (found.other, found.rows) == (0, [])
    assert found.same > 0


def test_firms_have_facts_lists_and_visits_of_other_departments(
    played: Counter[tuple[str, str]],
) -> None:
    assert {"abnormal", "serious"} == set(Listing.objects.values_list("roll", flat=True))
    assert Listing.objects.filter(exit="met").exists()
    assert Fact.objects.values("kind").distinct().count() >= 5
    seen = Visit.objects.exclude(department="market")
    assert seen.filter(joint="").exists()
    assert seen.exclude(joint="").exists()


def test_the_plan_of_the_year_was_approved_by_another_filed_and_published_in_january(
    played: Counter[tuple[str, str]],
) -> None:
    one = Plan.objects.get()

    assert (one.year, one.state) == (TODAY.year, "published")
    assert one.approved_by not in (None, one.drafted_by)
    days = [one.drafted_at, one.approved_at, one.published_at]
    assert days == sorted(days)
    assert {clock.city(day).month for day in days} == {1}


def test_earlier_months_are_laid_open_and_this_month_waits_for_the_draw_room(
    played: Counter[tuple[str, str]],
) -> None:
    month = TODAY.replace(day=1)
    rows = list(Batch.objects.select_related("draw").order_by("number"))

    earlier = [one for one in rows if one.month < month]
    # In a city as small as this a matter may have nobody to draw: it was checked, and stays so.
    told = [one for one in earlier if one.found["expected"] or one.found["standing"].get("cover")]
    assert {one.state for one in told} == {"revealed"}
    assert all(one.drawn_on <= one.draw.reveal_by for one in told)
    [ready] = [one for one in rows if one.month == month and one.matter == "catering"]
    assert (ready.state, ready.draw.state) == ("opened", "frozen")
    assert [one.state for one in rows if one.month > month] == ["planned"]
    assert Draw.objects.exclude(state__in=["revealed", "frozen"]).count() == 0


def test_whoever_was_drawn_is_named_and_somebody_qualified_goes(
    played: Counter[tuple[str, str]],
) -> None:
    for batch in Batch.objects.filter(state="revealed").select_related("draw"):
        tasks = list(batch.tasks.all())
        assert tasks
        ids = [one.pseudonym for one in tasks]
        assert set(names_of(batch.draw.number, ids)) == set(ids)
    assert Task.objects.filter(lead_id=None).count() == 0
    assert len(people.pool(list(plan().districts), TODAY)) >= 40
