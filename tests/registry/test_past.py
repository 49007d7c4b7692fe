"""The past of a file: any day is shown as it was, whatever has been done since."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from build import SAIHAN, XINCHENG, a_restaurant
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.registry import history, services
from mingchu.registry.models import Business, Merge
from mingchu.registry.queries import past
from mingchu.registry.services import NewLicence, NewPerson, NewPremises

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 5)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), clock.CITY_ZONE)


def _renew(one: Business, day: date, n: int) -> None:
    number = ("JY21501050000016", "JY21501050000024", "JY21501050000032")[n % 3]
    until = day + timedelta(days=n % 900)
    services.grant_licence(
        number=one.pk, new=NewLicence(number=number, issued=day, expires=until, evidence="见证件")
    )


def _nth(rows, n: int):
    """One of the rows; a file that a merge has emptied refuses like any act on it."""
    found = list(rows.order_by("pk"))
    if not found:
        raise Refusal("none", "", "")
    return found[n % len(found)]


def _end_place(one: Business, day: date, n: int) -> None:
    place = _nth(one.premises, n)
    services.change_premises(premises=place, changes={"until": day}, why="停用")


def _make_main(one: Business, n: int) -> None:
    services.make_main(premises=_nth(one.premises, n), why="换主")


def _leave(one: Business, day: date) -> None:
    if person := one.people.filter(until=None).order_by("pk").first():
        services.person_leaves(person=person, until=day)


def _undo(day: date) -> None:
    if merge := Merge.objects.filter(undone_at=None).first():
        services.undo_merge(merge=merge, why="看错了")


Act = Callable[[Business, Business, date, int], object]
ACTS: dict[str, Act] = {
    "rename": lambda a, b, day, n: services.correct(
        number=a.pk, changes={"name": f"青山{n % 5}馆"}, why="更名"
    ),
    "phone": lambda a, b, day, n: services.correct(
        number=a.pk, changes={"phone": f"0471-{n:07d}"}, why="换号", channel="desk"
    ),
    "district": lambda a, b, day, n: services.correct(
        number=a.pk, changes={"district": (SAIHAN, XINCHENG)[n % 2], "station": ""}, why="区划"
    ),
    "state": lambda a, b, day, n: services.change_state(
        number=a.pk, state=("open", "dormant", "suspended")[n % 3], since=day, why="核实"
    ),
    "head": lambda a, b, day, n: services.set_head(
        number=a.pk, head=(None, b.pk)[n % 2], why="连锁"
    ),
    "move": lambda a, b, day, n: services.move(
        number=a.pk,
        new=NewPremises(address=f"通道街{n % 9}号", district=(SAIHAN, XINCHENG)[n % 2]),
        day=day,
        why="迁址",
    ),
    "place": lambda a, b, day, n: services.add_premises(
        number=a.pk, new=NewPremises(use="kitchen", address=f"{n}号", since=day), why="增设"
    ),
    "rent": lambda a, b, day, n: services.add_premises(
        number=a.pk, new=NewPremises(use="cold_store"), landlord=b.pk, why="租用"
    ),
    "end place": lambda a, b, day, n: _end_place(a, day, n),
    "main": lambda a, b, day, n: _make_main(a, n),
    "renew": lambda a, b, day, n: _renew(a, day, n),
    "change": lambda a, b, day, n: services.change_licence(
        licence=_nth(a.licences, n), changes={"items": [f"项目{n % 4}"]}, why="增项"
    ),
    "suspend": lambda a, b, day, n: services.set_licence_state(
        licence=_nth(a.licences, n), state=("suspended", "valid", "cancelled")[n % 3], why="处理"
    ),
    "for places": lambda a, b, day, n: services.place_licence(
        licence=_nth(a.licences, n), premises=list(a.premises.order_by("pk")[: n % 3]), why="场所"
    ),
    "withdraw": lambda a, b, day, n: services.withdraw_licence(
        licence=_nth(a.licences, n), why="误登"
    ),
    "post": lambda a, b, day, n: services.post_person(
        number=a.pk, new=NewPerson(name=f"测试{n}", since=day)
    ),
    "leave": lambda a, b, day, n: _leave(a, day),
    "merge": lambda a, b, day, n: services.merge(kept=a.pk, gone=b.pk, why="同一家"),
    "undo": lambda a, b, day, n: _undo(day),
}
STEPS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(sorted(ACTS)), st.booleans(), st.integers(0, 10_000)
    ),
    min_size=1,
    max_size=14,
)
View = tuple[history.Snapshot, list[int]]


def as_it_stands(one: Business, day: date) -> View:
    """The file and who is there, written down on the day itself."""
    now = Business.objects.get(pk=one.pk)
    there = [
        p.pk
        for p in now.people.order_by("name", "pk")
        if (p.since is None or p.since <= day) and (p.until is None or p.until >= day)
    ]
    return history.snapshot(now), there


def looked_back(one: Business, day: date) -> View:
    dated = past.file_on(one.pk, day)
    assert dated is not None
    return dated.file, [person.pk for person in dated.people]


@pytest.fixture
def two():
    """Enrolled once; every series of acts is thought away again."""
    with clock.at(at(FIRST)):
        return (
            services.enrol(a_restaurant()),
            services.enrol(a_restaurant(name="绿野菜馆", code="", licences=(), people=())),
        )


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[(0, "merge", True, 0), (1, "undo", False, 0), (0, "merge", True, 0)])
def test_the_file_of_a_past_day_is_what_was_written_down_on_that_day(two, steps):
    with transaction.atomic():
        written, day = {}, FIRST
        for gap, act, swapped, n in steps:
            for missed in range(gap):
                written |= {
                    (one.pk, day + timedelta(days=missed)): as_it_stands(
                        one, day + timedelta(days=missed)
                    )
                    for one in two
                }
            day += timedelta(days=gap)
            with clock.at(at(day, 11)), suppress(Refusal), transaction.atomic():
                ACTS[act](*(reversed(two) if swapped else two), day, n)
        with clock.at(at(day + timedelta(days=1))):
            shown = {
                (one.pk, when): looked_back(one, when)
                for one in two
                for when in {when for _pk, when in written}
            }
        transaction.set_rollback(True)
    assert shown == written


def test_before_it_was_enrolled_there_was_no_file():
    with clock.at(at(FIRST)):
        one = services.enrol(a_restaurant())

    assert past.file_on(one.pk, FIRST - timedelta(days=1)) is None
    assert past.file_on(one.pk, FIRST) is not None
    assert past.file_on(one.pk + 1, FIRST) is None


def test_a_change_at_midnight_belongs_to_the_day_that_begins():
    with clock.at(at(FIRST)):
        one = services.enrol(a_restaurant())
    with clock.at(clock.midnight(FIRST + timedelta(days=1))):
        services.correct(number=one.pk, changes={"sign": "绿野"}, why="招牌")

    signs = [looked_back(one, FIRST + timedelta(days=n))[0]["sign"] for n in (0, 1)]

    assert signs == ["", "绿野"]


def test_versions_tell_both_sides_of_each_change(restaurant):
    for phone in ("1", "2", "3"):
        services.correct(number=restaurant.pk, changes={"phone": phone}, why="换号")

    restaurant.refresh_from_db()
    first_page = past.versions(restaurant, limit=2)
    rest = past.versions(restaurant, before=first_page[-1].past.revision, limit=2)

    pairs = [(one.before["phone"], one.after["phone"]) for one in (*first_page, *rest)]
    assert pairs == [("2", "3"), ("1", "2"), ("", "1")]
