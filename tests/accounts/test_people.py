"""People and posts: given, ended, handed over; enrolment by paper; who looked at whom."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from mingchu.accounts import services
from mingchu.accounts.domain import CITY, Place, Scope, ScopeKind, may
from mingchu.accounts.models import Enrolment, Post, User, Viewing
from mingchu.accounts.places import PLACES, Located
from mingchu.accounts.queries import actor_for, posts_in
from mingchu.base import clock
from mingchu.base.errors import Refusal

XINCHENG, YUQUAN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")
SCHOOL = Scope(ScopeKind.SCHOOL, "31")
NEW = {"name": "王新", "username": "13900000000", "password": "204816", "again": "204816"}


def an_invitation(someone, role="parent", scope=SCHOOL):
    return services.issue_enrolment(role=role, scope=scope, by=actor_for(someone("city")))


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:account")).status_code == 200


# Posts


def test_an_ended_post_allows_nothing_from_the_next_day(someone):
    user, chief = someone("district", XINCHENG), actor_for(someone("city"))
    today = clock.today()

    services.end_post(post=user.posts.get(), until=today, by=chief)

    assert may(actor_for(user), "registry.read")
    with clock.stopped(clock.midnight(today + timedelta(days=1))):
        assert not may(actor_for(user), "registry.read")


def test_a_post_is_ended_only_by_whom_may_give_it(someone):
    user, stranger = (
        someone("station", Scope(ScopeKind.STATION, "150102001")),
        someone("district", YUQUAN),
    )

    with pytest.raises(Refusal) as refused:
        services.end_post(post=user.posts.get(), until=clock.today(), by=actor_for(stranger))

    assert refused.value.code == "not_yours_to_give"


def test_a_role_is_given_only_in_a_scope_it_can_have(someone):
    with pytest.raises(Refusal) as refused:
        services.give_post(user=someone(), role="parent", scope=CITY)

    assert refused.value.code == "wrong_scope"


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("district", Scope(ScopeKind.DISTRICT, "15010")),
        ("station", Scope(ScopeKind.STATION, "somewhere")),
        ("parent", Scope(ScopeKind.SCHOOL, "")),
    ],
)
def test_a_scope_that_could_not_exist_is_refused(someone, role, scope):
    with pytest.raises(Refusal, match="no_such_place"):
        services.give_post(user=someone(), role=role, scope=scope)


def test_the_same_post_is_not_given_twice(someone):
    user = someone("city")

    with pytest.raises(Refusal) as refused:
        services.give_post(user=user, role="city", scope=CITY)

    assert refused.value.code == "post_held_already"


def test_a_desk_is_handed_over_whole_and_acts_keep_their_post(someone):
    giver, taker, chief = (
        someone("district", XINCHENG),
        someone("district", YUQUAN),
        someone("city"),
    )
    services.give_post(user=giver, role="publisher", scope=XINCHENG)
    old = set(giver.posts.values_list("pk", flat=True))
    day = clock.today() + timedelta(days=3)

    moved = services.hand_over(giver=giver, taker=taker, since=day, by=actor_for(chief))

    assert {(post.role, post.scope, post.since) for post in moved} == {
        ("district", XINCHENG, day),
        ("publisher", XINCHENG, day),
    }
    assert set(Post.objects.filter(user=giver).values_list("pk", flat=True)) == old
    assert {post.until for post in giver.posts.all()} == {day - timedelta(days=1)}


def test_a_desk_half_out_of_reach_is_not_handed_over_at_all(someone):
    giver, taker = someone("district", XINCHENG), someone()
    services.give_post(user=giver, role="district", scope=YUQUAN)
    chief = actor_for(someone("district", XINCHENG))

    with pytest.raises(Refusal), transaction.atomic():
        services.hand_over(
            giver=giver, taker=taker, since=clock.today() + timedelta(days=1), by=chief
        )

    assert not giver.posts.filter(until__isnull=False).exists()


def test_a_list_of_people_ends_at_the_scope(someone):
    station = Scope(ScopeKind.STATION, "150102001")
    here = {someone("district", XINCHENG).name, someone("grid", station).name}
    someone("district", YUQUAN)

    assert {row.name for row in posts_in((XINCHENG,))} == here
    assert len(posts_in((CITY,))) == 3


def test_the_list_of_people_asks_as_often_for_many_as_for_few(
    signed_in, someone, django_assert_num_queries
):
    client = signed_in("city")
    client.get(reverse("accounts:people"))
    for number in range(60):
        someone("grid", Scope(ScopeKind.STATION, f"150102{number:03}"))
        an_invitation(someone, scope=Scope(ScopeKind.SCHOOL, str(number)))

    with django_assert_num_queries(5):
        page = client.get(reverse("accounts:people")).content.decode()

    assert page.count("/w/people/posts/") == 50
    assert "cursor=" in page


def test_a_body_lies_where_its_context_says(someone, monkeypatch):
    known = {"7": Located("甲店", Place(district="150102", business="7"))}
    monkeypatch.setitem(
        PLACES._items, "business", (1, lambda codes: {c: known[c] for c in codes if c in known})
    )
    business = Scope(ScopeKind.BUSINESS, "7")
    officer = actor_for(someone("district", XINCHENG))

    services.issue_enrolment(role="enterprise", scope=business, by=officer)

    with pytest.raises(Refusal, match="no_such_place"):
        services.issue_enrolment(
            role="enterprise", scope=Scope(ScopeKind.BUSINESS, "8"), by=officer
        )
    with pytest.raises(Refusal, match="not_yours_to_give"):
        services.issue_enrolment(
            role="enterprise", scope=business, by=actor_for(someone("district", YUQUAN))
        )


# Enrolment


def test_link_and_pin_make_an_account_bound_to_its_scope(client, someone):
    invitation = an_invitation(someone)

    answer = client.post(f"/login/{invitation.token}", {"pin": invitation.pin, **NEW})

    assert answer.status_code == 302
    assert is_signed_in(client)
    user = User.objects.get(username="13900000000")
    assert [(post.role, post.scope) for post in user.posts.all()] == [("parent", SCHOOL)]
    assert Client().login(username="13900000000", password="204816")


def test_an_enrolment_is_good_once(client, someone):
    invitation = an_invitation(someone)
    client.post(f"/login/{invitation.token}", {"pin": invitation.pin, **NEW})

    again = Client().post(
        f"/login/{invitation.token}", {"pin": invitation.pin, **NEW, "username": "13911111111"}
    )

    assert again.status_code == 403
    assert not User.objects.filter(username="13911111111").exists()


def test_after_five_wrong_pins_the_right_one_opens_nothing(client, someone):
    invitation = an_invitation(someone)
    wrong = "000000" if invitation.pin != "000000" else "000001"
    for _ in range(5):
        client.post(f"/login/{invitation.token}", {"pin": wrong, **NEW})

    answer = client.post(f"/login/{invitation.token}", {"pin": invitation.pin, **NEW})

    assert answer.status_code == 403
    assert not User.objects.filter(username=NEW["username"]).exists()


def test_a_link_on_paper_only_shows_a_form(client, someone):
    invitation = an_invitation(someone)

    page = client.get(f"/login/{invitation.token}").content.decode()

    assert 'name="pin"' in page
    assert not is_signed_in(client)
    assert Enrolment.objects.get().used_at is None


def test_whoever_has_an_account_gets_the_post_added(signed_in, someone):
    client = signed_in("parent", Scope(ScopeKind.SCHOOL, "30"))
    invitation = an_invitation(someone)

    client.post(f"/login/{invitation.token}", {"pin": invitation.pin})

    assert {post.scope_code for post in client.user.posts.all()} == {"30", "31"}


def test_an_officers_post_is_not_put_behind_a_parents_pin(signed_in, someone):
    parent = signed_in("parent", SCHOOL)
    invitation = an_invitation(someone, "station", Scope(ScopeKind.STATION, "150102001"))

    answer = parent.post(f"/login/{invitation.token}", {"pin": invitation.pin})

    assert "单独的账号" in answer.content.decode()
    assert parent.user.posts.count() == 1


def test_an_enrolment_expires_and_can_be_voided(client, someone):
    officer = someone("city")
    late = services.issue_enrolment(role="parent", scope=SCHOOL, by=actor_for(officer), days=1)
    astray = services.issue_enrolment(role="parent", scope=SCHOOL, by=actor_for(officer))
    services.void_enrolment(enrolment=astray.enrolment, by=actor_for(officer))

    assert client.get(f"/login/{astray.token}").status_code == 403
    with clock.stopped(clock.now() + timedelta(days=2)):
        assert client.get(f"/login/{late.token}").status_code == 403


def test_an_officers_enrolment_asks_for_an_officers_password(client, someone):
    invitation = an_invitation(someone, "station", Scope(ScopeKind.STATION, "150102001"))

    answer = client.post(f"/login/{invitation.token}", {"pin": invitation.pin, **NEW})

    assert answer.status_code == 200
    assert not User.objects.filter(username=NEW["username"]).exists()


def test_two_who_send_the_same_sheet_at_once_are_one_account(committed):
    chief = services.enrol_person(username="chief", name="局")
    services.give_post(user=chief, role="city", scope=CITY)
    invitation = services.issue_enrolment(role="parent", scope=SCHOOL, by=actor_for(chief))

    def send(number: int) -> str:
        person = services.NewPerson(username=f"n{number}", name="新", password="x")
        try:
            services.accept_enrolment(token=invitation.token, pin=invitation.pin, person=person)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(send, range(4)))

    assert outcomes.count("in") == 1
    assert User.objects.filter(username__startswith="n").count() == 1


def test_the_sheet_shows_link_and_pin_once_and_the_pin_stays_off_the_paper(signed_in):
    client = signed_in("city")

    page = client.post(
        reverse("accounts:invite"),
        {"role": "parent", "scope_kind": "school", "scope_code": "31", "days": "7"},
    ).content.decode()

    token = re.search(r"/login/([\w-]+)</p>", page)[1]
    pin = re.search(r'class="pin mono">(\d{6})<', page)[1]
    apart = page[page.index('class="card apart"') :]
    assert "<svg" in page
    assert pin in apart
    assert pin not in page[: page.index('class="card apart"')]
    assert services.accept_enrolment(
        token=token, pin=pin, person=services.NewPerson("n1", "新", "204816")
    )


def test_a_forgotten_password_is_set_anew_by_paper(client, someone):
    user, chief = someone("parent", SCHOOL, password="old-Gate-4711"), someone("city")
    elsewhere = Client()
    elsewhere.login(username=user.username, password="old-Gate-4711")
    sheet = services.issue_reset(post=user.posts.get(), by=actor_for(chief))

    client.post(
        f"/login/{sheet.token}", {"pin": sheet.pin, "password": "731905", "again": "731905"}
    )

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert not Client().login(username=user.username, password="old-Gate-4711")
    assert user.posts.count() == 1


def test_nobody_opens_a_higher_desk_by_a_password_sheet(someone):
    user, officer = someone("district", XINCHENG), someone("district", XINCHENG)
    services.give_post(user=user, role="auditor", scope=CITY)

    with pytest.raises(Refusal, match="not_yours_to_give"):
        services.issue_reset(post=user.posts.get(role="district"), by=actor_for(officer))


# Who looked at whom


def test_looking_at_a_person_is_logged(signed_in, someone):
    client, shown = signed_in("city"), someone("district", XINCHENG)

    client.get(reverse("accounts:post", args=[shown.posts.get().pk]))

    row = Viewing.objects.get()
    assert (row.actor, row.subject) == (f"user:{client.user.pk}", f"user:{shown.pk}")
    assert row.post_id == client.user.posts.get().pk
    assert row.request_id


def test_the_auditor_reads_the_log(signed_in, someone):
    services.log_view(actor_for(someone("city")), "user:99", "accounts.people")

    page = signed_in("auditor").get(reverse("accounts:access_log"), {"subject": "user:99"})

    assert "user:99" in page.content.decode()


@pytest.mark.parametrize(
    "change", ["UPDATE accounts_viewing SET subject = 'x'", "DELETE FROM accounts_viewing"]
)
def test_the_log_cannot_be_altered(someone, change):
    services.log_view(actor_for(someone("city")), "user:99", "accounts.people")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as db:
        db.execute(change)


def test_a_past_day_shows_in_the_posts_of_ones_account(signed_in):
    client = signed_in("city")
    post = client.user.posts.get()
    Post.objects.filter(pk=post.pk).update(since=date(2020, 1, 2), until=date(2020, 2, 3))

    assert "2020-02-03" in client.get(reverse("accounts:account")).content.decode()
