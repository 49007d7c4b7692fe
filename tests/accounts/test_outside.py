"""Sign-in through an identity provider, against a real one on loopback."""

from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from django.test import Client
from django.urls import reverse

from mingchu.accounts.models import User

# Of the provider's own libraries.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")


@pytest.fixture(scope="module")
def provider():
    people = [
        oidc_provider_mock.User(sub=sub, claims={"preferred_username": name})
        for sub, name in (("s-1", "known"), ("s-2", "stranger"), ("s-3", "gone"))
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def outside(provider, settings):
    app = {
        "provider_id": "city",
        "name": "统一身份认证",
        "client_id": "mingchu",
        "secret": "s",
        "settings": {"server_url": provider},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }


def come_in(client: Client, sub: str):
    """Walks to the provider, signs in there, and comes back."""
    there = client.post(reverse("openid_connect_login", args=["city"]))["Location"]
    assert parse_qs(urlsplit(there).query)["code_challenge_method"] == ["S256"]
    back = httpx.post(there, data={"sub": sub}).headers["location"]
    return client.get(back.removeprefix("http://testserver"))


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:account")).status_code == 200


def a_person(someone, username: str) -> User:
    user = someone("city")
    User.objects.filter(pk=user.pk).update(username=username)
    return user


@pytest.mark.usefixtures("outside")
def test_a_known_person_comes_in_and_stays_known_under_another_name(client, someone):
    user = a_person(someone, "known")

    answer = come_in(client, "s-1")

    assert answer.status_code == 302
    assert is_signed_in(client)
    User.objects.filter(pk=user.pk).update(username="renamed")
    later = Client()
    come_in(later, "s-1")
    assert is_signed_in(later)


@pytest.mark.usefixtures("outside")
def test_a_stranger_stays_outside_and_gets_no_account(client, someone):
    a_person(someone, "known")

    answer = come_in(client, "s-2")

    assert answer.status_code == 403
    assert "没有开户" in answer.content.decode()
    assert not is_signed_in(client)
    assert User.objects.count() == 1


@pytest.mark.usefixtures("outside")
def test_whoever_was_put_out_of_service_stays_outside(client, someone):
    user = a_person(someone, "gone")
    User.objects.filter(pk=user.pk).update(is_active=False)

    answer = come_in(client, "s-3")

    assert answer.status_code == 403
    assert not is_signed_in(client)


@pytest.mark.usefixtures("outside")
def test_the_sign_in_page_offers_the_provider(client, db):
    assert "用统一身份认证登录" in client.get("/login/").content.decode()


def test_without_a_provider_nothing_is_offered_and_nothing_answers(client, db):
    assert "统一身份认证" not in client.get("/login/").content.decode()
    assert client.get(reverse("openid_connect_login", args=["city"])).status_code == 404


def test_a_provider_out_of_reach_is_said_and_breaks_nothing(db, client, outside, settings):
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"]["server_url"] = "http://localhost:9"

    answer = client.post(reverse("openid_connect_login", args=["city"]))

    assert answer.status_code == 502
    assert "没有回应" in answer.content.decode()
