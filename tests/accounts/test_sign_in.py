"""Sign-in: passwords and their lock-out, links, second factors, sessions."""

import base64
import hashlib
import hmac
import re
import struct
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from mingchu.accounts import services
from mingchu.accounts.models import SignInLink, User
from mingchu.base import clock

LOGIN = "/login/"
PASSWORD = "明厨-sound-7261"


def sign_in(client: Client, user: User, password: str = PASSWORD, **more):
    return client.post(LOGIN, {"login": user.username, "password": password, **more})


def totp(secret: str, at: float) -> str:
    """RFC 6238, written here so that the test does not trust what it tests."""
    digest = hmac.new(
        base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1
    ).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:account")).status_code == 200


def test_a_person_signs_in_and_out(client, someone):
    user = someone("city", password=PASSWORD)

    answer = sign_in(client, user, next="/account/")

    assert answer.status_code == 302
    assert answer["Location"] == "/account/"
    assert is_signed_in(client)
    client.post("/logout/")
    assert not is_signed_in(client)


def test_signing_out_needs_a_post(signed_in):
    client = signed_in("city")

    assert client.get("/logout/").status_code == 405
    assert is_signed_in(client)


def test_nobody_is_led_to_another_site_after_sign_in(client, someone):
    answer = sign_in(client, someone("city", password=PASSWORD), next="https://evil.example/")

    assert not answer["Location"].startswith("https://evil")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client, someone):
    answer = sign_in(client, someone("city", password=PASSWORD))

    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_after_five_wrong_passwords_even_the_right_one_waits(client, someone):
    user = someone("city", password=PASSWORD)
    for _ in range(5):
        sign_in(client, user, "wrong")

    answer = sign_in(client, user)

    assert answer.status_code == 200
    assert "尝试次数太多" in answer.content.decode()
    assert not is_signed_in(client)


def test_a_lock_out_holds_only_for_the_address_that_failed(client, someone):
    user = someone("city", password=PASSWORD)
    for _ in range(6):
        sign_in(client, user, "wrong")

    elsewhere = Client(REMOTE_ADDR="203.0.113.7")

    assert sign_in(elsewhere, user).status_code == 302


def test_a_success_forgets_earlier_failures(client, someone):
    user = someone("city", password=PASSWORD)
    for _ in range(4):
        sign_in(client, user, "wrong")
    sign_in(client, user)
    client.post("/logout/")
    for _ in range(4):
        sign_in(client, user, "wrong")

    assert sign_in(client, user).status_code == 302


def test_whoever_was_put_out_of_service_cannot_sign_in(client, someone):
    user = someone("city", password=PASSWORD)
    User.objects.filter(pk=user.pk).update(is_active=False)

    sign_in(client, user)

    assert not is_signed_in(client)


# Links


def test_a_link_signs_in_once(client, someone):
    ticket = services.issue_link(user=someone("city"))

    first = client.get(f"/login/{ticket.secret}")
    second = Client().get(f"/login/{ticket.secret}")

    assert first.status_code == 302
    assert is_signed_in(client)
    assert second.status_code == 403
    assert "已用过" in second.content.decode()


def test_only_a_digest_of_a_link_is_kept(someone):
    ticket = services.issue_link(user=someone("city"))

    kept = SignInLink.objects.get()

    assert ticket.secret not in (kept.token_digest, str(kept.pk))
    assert len(kept.token_digest) == 64


def test_the_request_log_never_holds_a_link(client, someone, caplog):
    caplog.set_level("INFO", "mingchu.request")
    ticket = services.issue_link(user=someone("city"))

    client.get(f"/login/{ticket.secret}")

    assert "path=/login/" in caplog.text
    assert ticket.secret not in caplog.text


def test_a_link_expires(client, someone):
    ticket = services.issue_link(user=someone("city"))

    with clock.stopped(ticket.expires + timedelta(seconds=1)):
        answer = client.get(f"/login/{ticket.secret}")

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "browser", [{"REMOTE_ADDR": "203.0.113.7"}, {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}]
)
def test_a_link_works_only_on_this_machine_and_is_not_burnt_elsewhere(client, someone, browser):
    ticket = services.issue_link(user=someone("city"))

    far = Client(**browser).get(f"/login/{ticket.secret}")

    assert far.status_code == 403
    assert "本机" in far.content.decode()
    assert client.get(f"/login/{ticket.secret}").status_code == 302


def test_a_made_up_link_is_refused(client, db):
    assert client.get("/login/made-up").status_code == 403


def test_whoever_guesses_links_is_stopped_and_nobody_else(client, someone):
    for _ in range(60):
        client.get("/login/made-up")

    assert client.get("/login/made-up").status_code == 429
    good = f"/login/{services.issue_link(user=someone('city')).secret}"
    assert Client(REMOTE_ADDR="127.0.0.2").get(good).status_code == 302


def test_a_preview_that_only_asks_for_the_head_burns_nothing(client, someone):
    ticket = services.issue_link(user=someone("city"))

    assert client.head(f"/login/{ticket.secret}").status_code == 405
    assert client.get(f"/login/{ticket.secret}").status_code == 302


# Second factors


def with_totp(client: Client, user: User, tmp_path, settings) -> tuple[str, list[str]]:
    """Switches TOTP on through the pages; returns its secret and the recovery codes."""
    settings.HOME = tmp_path
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'<code class="mono">([A-Z2-7]+)</code>', page)[1]
    client.post(reverse("mfa_activate_totp"), {"code": totp(secret, time.time())})
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    return secret, re.findall(r"<li>(\d{8})</li>", page)


def test_second_factors_are_changed_only_after_confirming_who_one_is(client, someone):
    sign_in(client, someone("city", password=PASSWORD))

    answer = client.get(reverse("mfa_activate_totp"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_with_totp_a_password_alone_does_not_let_in(client, someone, tmp_path, settings):
    user = someone("city", password=PASSWORD)
    secret, _codes = with_totp(client, user, tmp_path, settings)
    fresh = Client()

    answer = sign_in(fresh, user)

    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(fresh)
    fresh.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not is_signed_in(fresh)
    # The step after: a code that was used once is not taken again.
    fresh.post(reverse("mfa_authenticate"), {"code": totp(secret, time.time() + 30)})
    assert is_signed_in(fresh)


def test_a_link_does_not_get_around_the_second_factor(client, someone, tmp_path, settings):
    user = someone("city", password=PASSWORD)
    with_totp(client, user, tmp_path, settings)
    fresh = Client()

    answer = fresh.get(f"/login/{services.issue_link(user=user).secret}")

    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(fresh)


def test_a_recovery_code_lets_in_once(client, someone, tmp_path, settings):
    user = someone("city", password=PASSWORD)
    _secret, codes = with_totp(client, user, tmp_path, settings)
    assert len(codes) == 10
    in_time, late = Client(), Client()
    for browser in (in_time, late):
        sign_in(browser, user)
        browser.post(reverse("mfa_authenticate"), {"code": codes[0]})

    assert is_signed_in(in_time)
    assert not is_signed_in(late)


def test_second_factor_secrets_are_sealed_at_rest(client, someone, tmp_path, settings):
    secret, codes = with_totp(client, someone("city", password=PASSWORD), tmp_path, settings)

    with connection.cursor() as db:
        db.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        kept = db.fetchone()[0]

    assert secret not in kept
    assert not any(code in kept for code in codes)
    assert (tmp_path / "keys" / "second-factor.key").stat().st_mode & 0o077 == 0


# Passwords and sessions


def test_a_changed_password_is_the_only_one(client, someone):
    user = someone("city", password=PASSWORD)
    sign_in(client, user)

    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another-Gate-88", "password2": "another-Gate-88"},
    )

    assert answer.status_code == 302
    assert sign_in(Client(), user).status_code == 200
    assert sign_in(Client(), user, "another-Gate-88").status_code == 302


@pytest.mark.parametrize("password", ["short", "1111111111", "0123456789", "password123"])
def test_a_weak_password_is_refused(client, someone, password):
    user = someone("city", password=PASSWORD)
    sign_in(client, user)

    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()


def test_other_devices_can_be_signed_out(client, someone):
    user = someone("city", password=PASSWORD)
    other = Client()
    sign_in(other, user)
    sign_in(client, user)

    client.post(reverse("usersessions_list"))

    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_what_a_person_prefers_every_page_knows(signed_in):
    client = signed_in("city")

    client.post(
        reverse("accounts:account"),
        {"name": "新名", "phone": "", "language": "en", "large_text": "on"},
    )

    assert client.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert 'class="large"' in client.get("/").content.decode()
