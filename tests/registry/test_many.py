"""What is done to many at once is what is done to each alone: files, versions, events."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from build import a_restaurant
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.identifiers import credit_code, licences
from mingchu.identifiers.licences import Series
from mingchu.ledger.models import Entry
from mingchu.registry import history, services
from mingchu.registry.models import Business, Licence, Past, Person, Premises, Training
from mingchu.registry.services import Correction, NewLicence, NewPerson, NewTraining

pytestmark = pytest.mark.django_db
MOMENT = clock.midnight(date(2026, 11, 20))
COUNT = 3
ONCE = effort(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])

changes = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["甲店", "乙店", "绿野家常菜馆"]),
        "address": st.sampled_from(["新街9号", "旧街1号"]),
        "phone": st.sampled_from(["", "0471-1"]),
        "district": st.sampled_from(["150105", "150102"]),
        "station": st.sampled_from(["", "150105002"]),
        "kind": st.sampled_from(["caterer", "seller", "nonsense"]),
        "diners": st.none() | st.integers(1, 99),
    },
)
grants = st.builds(
    lambda place, number, year, items: (
        place,
        NewLicence(
            number=licences.build(Series.OPERATION, "2", "150105", 100 + number),
            issued=date(year, 3, 5),
            expires=date(year + 5, 3, 4),
            items=items,
        ),
    ),
    st.integers(0, COUNT - 1),
    st.integers(0, 3),
    st.integers(2022, 2027),
    st.sampled_from([(), ("热食类食品制售",)]),
)
people = st.builds(
    lambda place, name, identity: (place, NewPerson(name=name, identity=identity)),
    st.integers(0, COUNT - 1),
    st.sampled_from(["测试甲", "测试乙", ""]),
    st.sampled_from(["", "150105199001010018", "150964198209080006"]),
)


@pytest.fixture
def three(db: None) -> list[int]:
    with clock.at(MOMENT):
        made = [
            services.enrol(
                a_restaurant(
                    code=credit_code.synthetic(number, prefix="92"),
                    licences=(
                        replace(
                            a_restaurant().licences[0],
                            number=licences.build(Series.OPERATION, "2", "150105", 900 + number),
                        ),
                    ),
                )
            )
            for number in range(COUNT)
        ]
    return [one.pk for one in made]


def outcome(act: Callable[[], object]) -> Any:
    """What an act leaves of everything it may touch, or that it was refused; then all is undone.

    Of several things that are wrong, many are told another first than each.
    """
    before = set(Entry.objects.values_list("id", flat=True))
    with transaction.atomic():
        try:
            with transaction.atomic(), clock.at(MOMENT):
                act()
        except Refusal:
            return "refused"
        found = _state(before)
        transaction.set_rollback(True)
    return found


def _state(before: set[Any]) -> dict[str, Any]:
    """All of it by what it is, never by the key it was given."""
    called = {
        **{("licence", pk): number for pk, number in Licence.objects.values_list("pk", "number")},
        **{("person", one.pk): f"{one.business_id} {one.name} {one.identity_tail}"
           for one in Person.objects.all()},
    }  # fmt: skip
    return {
        "files": [
            (_named(history.snapshot(one)), one.sources, one.expires, one.search_text,
             one.sort_key, one.revision, one.changed_at)
            for one in Business.objects.order_by("pk")
        ],
        "past": [
            (one.business_id, one.revision, [_field(name, called) for name in one.fields],
             one.why, one.channel, one.actor, _named(one.file))
            for one in Past.objects.order_by("business", "revision")
        ],
        "people": sorted(
            (one.business_id, one.name, one.duties, one.identity_tail, one.phone, one.revision)
            for one in Person.objects.all()
        ),
        "training": sorted(
            Training.objects.values_list("person_id", "day", "hours", "topic")
        ),
        "places": list(Premises.objects.order_by("pk").values_list("district", "station")),
        "events": sorted(
            (one.kind, one.subject, _told(json.loads(one.data), called))
            for one in Entry.objects.exclude(id__in=before)
        ),
    }  # fmt: skip


def _named(file: dict[str, Any]) -> dict[str, Any]:
    return {**file, "licences": {one["number"]: one for one in file["licences"].values()}}


def _field(name: str, called: dict[tuple[str, int], str]) -> str:
    part, _, rest = name.partition(".")
    key, _, field = rest.partition(".")
    return f"{part} {called['licence', int(key)]} {field}" if part == "licences" else name


def _told(data: dict[str, Any], called: dict[tuple[str, int], str]) -> str:
    for name in ("licence", "person"):
        if f"{name}_id" in data:
            data[f"{name}_id"] = called[name, data[f"{name}_id"]]
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


@ONCE
@given(said=st.lists(changes, min_size=COUNT, max_size=COUNT))
def test_corrections_of_many_are_those_of_each(three: list[int], said: list[dict[str, Any]]):
    pairs = list(zip(three, said, strict=True))

    alone = outcome(
        lambda: [services.correct(number=pk, changes=it, why="核对") for pk, it in pairs]
    )
    at_once = outcome(
        lambda: services.correct_many(
            [Correction(number=pk, changes=it) for pk, it in pairs], why="核对"
        )
    )

    assert alone == at_once


@ONCE
@given(said=st.lists(grants, max_size=6))
def test_licences_of_many_are_those_of_each(three: list[int], said: list[tuple[int, NewLicence]]):
    pairs = [(three[place], new) for place, new in said]

    alone = outcome(lambda: [services.grant_licence(number=pk, new=new) for pk, new in pairs])
    at_once = outcome(lambda: services.grant_licences(pairs))

    assert alone == at_once


@ONCE
@given(said=st.lists(people, max_size=4))
def test_posts_of_many_are_those_of_each(three: list[int], said: list[tuple[int, NewPerson]]):
    pairs = [(three[place], new) for place, new in said]

    alone = outcome(lambda: [services.post_person(number=pk, new=new) for pk, new in pairs])
    at_once = outcome(lambda: services.post_people(pairs))

    assert alone == at_once


courses = st.tuples(
    st.integers(0, COUNT - 1),
    st.dates(date(2026, 1, 5), MOMENT.date() + timedelta(days=1)),
    st.sampled_from([Decimal(0), Decimal("4.5"), Decimal(8), Decimal(25)]),
    st.sampled_from(["食品安全培训", "长" * 130]),
)


@ONCE
@given(said=st.lists(courses, max_size=4))
def test_courses_of_many_are_those_of_each(
    three: list[int], said: list[tuple[int, date, Decimal, str]]
):
    people = [Person.objects.filter(business=pk).first() for pk in three]
    assert all(people)
    news = [
        NewTraining(
            business=three[place], person=people[place].pk, day=day, hours=hours, topic=topic
        )
        for place, day, hours, topic in said
    ]

    alone = outcome(
        lambda: [
            services.record_training(person=people[place], day=day, hours=hours, topic=topic)
            for place, day, hours, topic in said
        ]
    )
    at_once = outcome(lambda: services.record_trainings(news))

    assert alone == at_once


def test_a_file_that_changed_since_is_refused_to_many_as_to_one(three: list[int]):
    services.correct(number=three[1], changes={"phone": "1"}, why="来电")

    with pytest.raises(Refusal, match="changed_meanwhile"):
        services.correct_many(
            [Correction(number=pk, changes={"phone": "2"}, revision=1) for pk in three], why="核对"
        )

    assert not Business.objects.filter(phone="2").exists()


def test_licences_withdrawn_together_leave_the_files_as_they_were(three: list[int]):
    before = [history.snapshot(one) for one in Business.objects.order_by("pk")]
    number = licences.build(Series.OPERATION, "2", "150105", 7)
    new = NewLicence(number=number, issued=date(2026, 1, 1))
    services.grant_licences([(three[0], new)])

    services.withdraw_licences(Licence.objects.filter(number=number), why="误录")

    assert [history.snapshot(one) for one in Business.objects.order_by("pk")] == before
    assert Business.objects.get(pk=three[0]).revision == 3


@pytest.mark.parametrize("heads", [(1, 2, None), (None, 0, 1), (1, 0, None)])
def test_head_offices_of_many_are_those_of_each(three: list[int], heads: tuple[int | None, ...]):
    """A circle is refused either way; the events are the same."""
    pairs = [
        (pk, None if head is None else three[head]) for pk, head in zip(three, heads, strict=True)
    ]

    alone = outcome(
        lambda: [services.set_head(number=pk, head=head, why="核对") for pk, head in pairs]
    )
    at_once = outcome(
        lambda: services.correct_many(
            [Correction(number=pk, changes={"head_id": head}) for pk, head in pairs], why="核对"
        )
    )

    assert (alone == "refused") == (at_once == "refused")
    if alone != "refused":
        assert alone["files"] == at_once["files"]
        assert alone["events"] == at_once["events"]
