"""People who left are forgotten when the term of their data has run, and nobody before."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from build import a_restaurant

from mingchu.base import clock
from mingchu.ledger.models import Entry
from mingchu.registry import services
from mingchu.registry.models import Person
from mingchu.registry.services import NewPerson
from mingchu.rulebook.store import rule

pytestmark = pytest.mark.django_db
LEFT = date(2024, 5, 6)


def test_who_left_is_forgotten_the_day_after_the_term_with_all_papers() -> None:
    days = timedelta(days=int(rule("retention.people").on(LEFT + timedelta(days=900)).number()))
    one = services.enrol(a_restaurant())
    stays = services.post_person(number=one.pk, new=NewPerson(name="测试甲", since=LEFT))
    gone = services.post_person(number=one.pk, new=NewPerson(name="测试乙", since=LEFT))
    services.record_training(person=gone, day=LEFT, hours=Decimal(8), topic="食品安全")
    services.person_leaves(person=gone, until=LEFT)

    with clock.at(clock.midnight(LEFT + days)):
        assert services.forget_people() == 0
    with clock.at(clock.midnight(LEFT + days + timedelta(days=1))):
        assert services.forget_people() == 1
        assert services.forget_people() == 0

    assert set(Person.objects.values_list("pk", flat=True)) >= {stays.pk}
    assert not Person.objects.filter(pk=gone.pk).exists()
    [told] = Entry.objects.filter(kind="kit.records_forgotten")
    assert (told.subject, told.told["count"]) == ("registry:people", 1)
