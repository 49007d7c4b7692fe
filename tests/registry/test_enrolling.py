"""Enrolling one business or many: what goes in, what stays out, and why."""

from datetime import date

import pytest
from build import a_restaurant
from django.db import IntegrityError, transaction

from mingchu.base.errors import Refusal
from mingchu.registry import services
from mingchu.registry.models import Business, Licence, Person, Premises
from mingchu.registry.services import NewLicence, NewPerson

pytestmark = pytest.mark.django_db
DAY = date(2024, 1, 2)


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
    odd = NewLicence(number="JY21501050000016", issued=date(2024, 1, 2), expires=date(2024, 1, 1))

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


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"code": "91110000600037342L"}, "credit_code_mistyped"),
        ({"code": "91350203M0001QAY9B"}, "credit_code_check"),
        ({"licences": (NewLicence(number="JY123", issued=DAY),)}, "licence_shape"),
        (
            {"licences": (NewLicence(number="SC10515012300014", issued=DAY),)},
            "licence_other_series",
        ),
        ({"licences": (NewLicence(number="JY21501050000017", issued=DAY),)}, "licence_check"),
        ({"people": (NewPerson(name="甲", identity="150121197802300016"),)}, "resident_id_birth"),
    ],
)
def test_a_number_that_is_wrong_or_unproven_is_refused(facts, code):
    with pytest.raises(Refusal, match=code):
        services.enrol(a_restaurant(**facts))


def test_a_number_that_fails_its_check_comes_in_with_the_document_that_was_seen():
    licence = NewLicence(number="JY21501050000017", issued=DAY, evidence="看过原件")

    made = services.enrol(
        a_restaurant(code="91350203M0001QAY9B", evidence="看过执照", licences=(licence,))
    )

    assert (made.code_check, made.code_evidence) == ("needs_evidence", "看过执照")
    held = made.licences.get()
    assert (held.number_check, held.number_evidence) == ("needs_evidence", "看过原件")


def test_evidence_nobody_needed_is_not_kept_and_numbers_are_stored_clean():
    made = services.enrol(a_restaurant(code="92150105-ma0bbbbu2x", evidence="看过执照"))

    assert (made.code, made.code_check, made.code_evidence) == ("92150105MA0BBBBU2X", "ok", "")
