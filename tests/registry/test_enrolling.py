"""Enrolling one business or many: what goes in, what stays out, and why."""

from datetime import date

import pytest
from build import a_restaurant
from django.db import IntegrityError, transaction

from mingchu.base.errors import Refusal
from mingchu.registry import services
from mingchu.registry.models import Business, Licence, Person, Premises
from mingchu.registry.services import NewLicence

pytestmark = pytest.mark.django_db


def test_a_business_is_enrolled_with_its_place_licence_and_people():
    made = services.enrol(a_restaurant())

    assert made.premises.get().address == made.address
    assert made.licences.get().number == "JY21501050000016"
    person = made.people.get()
    assert person.identity_tail == "0018"
    assert "19900101" not in str(vars(person))


def test_a_list_enrols_the_good_and_tells_the_faulty_by_their_place():
    twin = a_restaurant(name="同码者", licences=())
    late = a_restaurant(code="", name="后来者", opened=date(2999, 1, 1), licences=())
    other = a_restaurant(code="", name="无码者", licences=())

    done = services.enrol_many([a_restaurant(), twin, late, other])

    assert [(place, refusal.code) for place, refusal in done.refused] == [
        (1, "business_known"),
        (2, "day_ahead"),
    ]
    assert [number is not None for number in done.numbers] == [True, False, False, True]
    assert Business.objects.count() == 2


def test_a_licence_on_two_subjects_is_refused():
    services.enrol(a_restaurant())

    with pytest.raises(Refusal, match="licence_known"):
        services.enrol(a_restaurant(code="", name="别人"))

    assert (Business.objects.count(), Licence.objects.count()) == (1, 1)


def test_a_licence_that_ends_before_it_begins_is_refused():
    odd = NewLicence(number="JY1", issued=date(2024, 1, 2), expires=date(2024, 1, 1))

    with pytest.raises(Refusal, match="dates_out_of_order"):
        services.enrol(a_restaurant(licences=(odd,)))


def test_the_database_itself_refuses_what_no_service_would_write(restaurant):
    with pytest.raises(IntegrityError), transaction.atomic():
        Business.objects.filter(pk=restaurant.pk).update(state="closed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Premises.objects.create(business=restaurant, address="x", district="150105", is_main=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(
            business=restaurant, name="x", since=date(2024, 1, 2), until=date(2024, 1, 1)
        )
