"""Device tokens: one a person and phone, for inspection records alone, ending with their ground."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from mingchu.accounts import queries, services
from mingchu.accounts.access import PUBLIC
from mingchu.accounts.domain import CITY, Scope, ScopeKind
from mingchu.accounts.models import ApiToken, User
from mingchu.accounts.queries import actor_for
from mingchu.accounts.routes import routes
from mingchu.base import clock
from mingchu.base.errors import Refusal

XINCHENG, YUQUAN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")
PHONE = "018f0000-0000-7000-8000-00000000000a"
ASKED = "/api/v1/inspection-matters"
A_UUID = "018f0000-0000-7000-8000-000000000000"
DUMMIES = dict.fromkeys(("UUIDConverter", "NinjaUUIDConverter", "UUIDStrConverter"), A_UUID)


@pytest.fixture
def inspector(someone) -> User:
    return someone("inspector", XINCHENG)


def signed(user: User, device: str = PHONE, name: str = "红米") -> tuple[ApiToken, Client]:
    token, text = services.issue_device_token(user=user, device=device, name=name, days=30)
    return token, phone(text)


def phone(text: str) -> Client:
    return Client(
        headers={"Authorization": f"Bearer {text}", "Accept": "application/json"},
        raise_request_exception=False,
    )


def blob(client: Client):
    return client.put(f"/api/v1/blobs/{'0' * 64}", b"", headers={"Content-Range": "bytes */7"})


def test_a_phone_acts_as_its_inspector(inspector):
    token, client = signed(inspector)

    assert client.get(ASKED).status_code == 200
    assert blob(client).status_code == 202
    assert (token.post.user, token.device, token.title) == (inspector, PHONE, "红米")
    assert token.api_scopes == ["inspect:sync"]


@pytest.mark.django_db
def test_a_phone_reaches_inspections_and_blobs_and_nothing_else(inspector):
    _token, client = signed(inspector)
    guarded = [route for route in routes() if route.action != PUBLIC]

    wrong = {}
    for route in guarded:
        given = {name: DUMMIES.get(how, "1") for name, how in route.arguments}
        where = reverse(route.name, kwargs=given)
        status = client.generic(route.method or "GET", where).status_code
        mine = route.action == "kit.send" or route.action.startswith("inspection.")
        if status in (401, 500) or (not mine and status != 403):
            wrong[f"{route.method} {route.path}"] = status
    assert wrong == {}


def test_signing_in_again_on_the_same_phone_ends_the_older_token(inspector):
    older, first = signed(inspector)
    other, tablet = signed(inspector, device=str(uuid4()))

    newer, second = signed(inspector, device=PHONE.upper())

    older.refresh_from_db()
    assert older.revoked_at is not None
    assert first.get(ASKED).status_code == 401
    assert [client.get(ASKED).status_code for client in (second, tablet)] == [200, 200]
    assert newer.device == PHONE != other.device


def test_two_people_may_share_a_phone(inspector, someone):
    _token, mine = signed(inspector)
    _token, yours = signed(someone("inspector", YUQUAN))

    assert [client.get(ASKED).status_code for client in (mine, yours)] == [200, 200]


def test_signing_in_twice_at_once_leaves_one_token(committed):
    user = services.enrol_person(username="i", name="测试", certificate="XZ-1")
    services.give_post(user=user, role="inspector", scope=XINCHENG)

    def one(_: int) -> str:
        try:
            return signed(user)[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        issued = set(pool.map(one, range(8)))

    assert len(issued) == 8
    assert ApiToken.objects.filter(revoked_at=None).count() == 1


def test_the_token_stands_on_the_widest_post(inspector):
    services.give_post(user=inspector, role="city", scope=CITY)
    services.give_post(
        user=inspector, role="inspector", scope=Scope(ScopeKind.STATION, "150102001")
    )
    narrow, _client = signed(inspector)
    services.give_post(user=inspector, role="inspector", scope=CITY)
    wide, _client = signed(inspector)

    narrow.refresh_from_db()
    assert narrow.post.scope == XINCHENG
    assert wide.post.scope == CITY
    # Another post of the same person, and still one token a phone.
    assert narrow.revoked_at is not None


def lapse(user: User) -> None:
    User.objects.filter(pk=user.pk).update(certificate_until=clock.today() - timedelta(days=1))


def have_none(user: User) -> None:
    User.objects.filter(pk=user.pk).update(certificate_no="")


def end_posts(user: User) -> None:
    yesterday = clock.today() - timedelta(days=1)
    user.posts.update(since=yesterday, until=yesterday)


def put_out_of_service(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("end", "status", "code"),
    [
        (lapse, 403, "certificate_lapsed"),
        (have_none, 403, "certificate_lapsed"),
        (end_posts, 401, "post_ended"),
        (put_out_of_service, 401, "unauthenticated"),
    ],
)
def test_a_device_token_ends_with_its_ground(inspector, end, status, code):
    _token, client = signed(inspector)

    end(inspector)

    for answer in (client.get(ASKED), blob(client), client.get(reverse("inspection:plans"))):
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_renewed_certificate_opens_the_same_token_again(inspector):
    _token, client = signed(inspector)
    lapse(inspector)
    assert client.get(ASKED).status_code == 403

    User.objects.filter(pk=inspector.pk).update(certificate_until=clock.today())

    assert client.get(ASKED).status_code == 200


@pytest.mark.parametrize(
    ("end", "code"), [(lapse, "certificate_lapsed"), (end_posts, "no_inspector_post")]
)
def test_whoever_may_not_inspect_gets_no_token(inspector, end, code):
    end(inspector)

    with pytest.raises(Refusal) as refused:
        signed(inspector)

    assert refused.value.code == code


def test_an_officer_who_does_not_inspect_gets_none(someone):
    user = someone("case_officer")
    User.objects.filter(pk=user.pk).update(certificate_no="XZ-9")

    with pytest.raises(Refusal) as refused:
        signed(user)

    assert refused.value.code == "no_inspector_post"


def test_a_device_says_its_number(inspector):
    with pytest.raises(Refusal) as refused:
        signed(inspector, device="my phone")

    assert refused.value.code == "bad_device"


def test_a_phone_without_a_name_is_called_by_its_number(inspector):
    assert signed(inspector, name=" ")[0].title == PHONE


# Who sees and ends them


def test_devices_are_listed_where_their_posts_lie(inspector):
    token, client = signed(inspector)
    client.get(ASKED)
    services.issue_token(post=inspector.posts.get(), title="no device")

    rows = queries.devices_of([XINCHENG])

    assert [(row.token, row.person, row.device) for row in rows] == [
        (token.pk, inspector.name, "红米")
    ]
    assert rows[0].last_used is not None
    assert rows[0].revoked is None
    assert queries.devices_of([YUQUAN]) == []
    services.revoke_token(token=token)
    assert queries.devices_of([CITY])[0].revoked is not None


def test_the_owner_ends_a_phone_on_his_own_page(signed_in, inspector):
    token, client = signed(inspector)
    browser = signed_in(user=inspector)

    page = browser.get(reverse("accounts:tokens")).content.decode()
    browser.post(reverse("accounts:revoke_token", args=[token.pk]))

    assert "设备令牌" in page
    assert client.get(ASKED).status_code == 401


def test_whoever_looks_after_the_people_ends_a_lost_phone(signed_in, inspector):
    token, client = signed(inspector)
    browser = signed_in("district", XINCHENG)
    where = reverse("accounts:post", args=[token.post_id])

    assert "红米" in browser.get(where).content.decode()
    answer = browser.post(reverse("accounts:revoke_device", args=[token.pk]))

    assert answer["Location"] == where
    assert client.get(ASKED).status_code == 401
    assert "红米" not in browser.get(where).content.decode()


def test_nobody_elsewhere_ends_it(signed_in, inspector):
    token, client = signed(inspector)

    answer = signed_in("district", YUQUAN).post(reverse("accounts:revoke_device", args=[token.pk]))

    assert answer.status_code == 404
    assert client.get(ASKED).status_code == 200


def test_only_phones_are_ended_that_way(signed_in, inspector):
    token, _text = services.issue_token(post=inspector.posts.get(), title="x")

    answer = signed_in("district", XINCHENG).post(
        reverse("accounts:revoke_device", args=[token.pk])
    )

    assert answer.status_code == 404
    assert actor_for(inspector).certified
