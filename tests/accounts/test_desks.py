"""Desks of the command line: whom it signs in, what a program's key stands on."""

from datetime import timedelta

import pytest
from build import a_restaurant

from mingchu.accounts import services
from mingchu.accounts.domain import CITY, Scope, ScopeKind, may
from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.registry import services as registry

XINCHENG, YUQUAN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")


def test_the_command_line_signs_in_whoever_is_longest_in_office(someone):
    first, second = someone("city"), someone("city")
    Post.objects.filter(user=first).update(since=clock.today() - timedelta(days=9))

    assert services.desk("city").user == first
    User.objects.filter(pk=first.pk).update(is_active=False)
    assert services.desk("city").user == second


def test_a_district_narrows_the_choice(someone):
    someone("district", XINCHENG)
    wanted = someone("district", YUQUAN)

    assert services.desk("district", "150104").user == wanted
    with pytest.raises(Refusal, match="nobody_in_post"):
        services.desk("district", "150103")


def test_only_a_house_without_any_administrator_makes_its_first_one(someone):
    made = services.desk("admin")

    assert services.desk("admin") == made
    assert not made.user.has_usable_password()
    Post.objects.update(since=clock.today() - timedelta(days=2))
    Post.objects.update(until=clock.today() - timedelta(days=1))
    with pytest.raises(Refusal, match="nobody_in_post"):
        services.desk("admin")


def test_a_role_nobody_knows_is_refused(db):
    with pytest.raises(Refusal, match="unknown_role"):
        services.desk("mayor")


def test_a_program_gets_an_account_of_its_own(someone):
    person = someone("city")

    post = services.machine_desk("city")

    assert post.user != person
    assert post.user.is_machine
    assert services.desk("city").user == person


def test_a_key_for_inspecting_stands_on_a_person_with_a_certificate(someone):
    inspector = someone("inspector", CITY)

    post = services.machine_desk("inspector")

    assert post.user == inspector
    assert may(actor_for(post.user), "inspection.conduct")


def test_a_key_for_a_business_stands_on_the_post_of_its_person(someone):
    business = registry.enrol(a_restaurant())
    manager = someone("enterprise", Scope(ScopeKind.BUSINESS, business.public_id))

    assert services.machine_desk("enterprise").user == manager
