"""Signing PINs and the key that phones seal for: what is counted, what is kept, who may set one."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from mingchu.accounts import queries, services
from mingchu.accounts.domain import PinAnswer
from mingchu.accounts.keys import SIGNING, Letterbox
from mingchu.accounts.models import SigningPin, User
from mingchu.accounts.queries import actor_for
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.models import Entry

PIN, OTHER = "204816", "973150"
PASSWORD = "明厨-sound-7261"


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def inspector(someone) -> User:
    user = someone("inspector", password=PASSWORD)
    services.set_signing_pin(user, PIN, by=actor_for(user))
    return user


def test_a_pin_is_told_from_another(inspector, someone):
    answers = [services.check_signing_pin(inspector, pin) for pin in (PIN, OTHER)]

    assert answers == [PinAnswer.OK, PinAnswer.WRONG]
    assert [bool(answer) for answer in answers] == [True, False]
    assert services.check_signing_pin(someone("inspector"), PIN) is PinAnswer.NONE


def test_after_five_wrong_ones_the_right_one_waits(inspector):
    for _ in range(services.SIGNING_TRIES):
        assert services.check_signing_pin(inspector, OTHER) is PinAnswer.WRONG

    assert services.check_signing_pin(inspector, PIN) is PinAnswer.LOCKED
    # A demo clock set forward unlocks nothing.
    with clock.stopped(clock.now() + timedelta(days=30)):
        assert services.check_signing_pin(inspector, PIN) is PinAnswer.LOCKED


def test_a_lock_passes_and_the_count_begins_anew(inspector):
    for _ in range(services.SIGNING_TRIES):
        services.check_signing_pin(inspector, OTHER)
    SigningPin.objects.update(locked_until=clock.wall() - timedelta(seconds=1))

    assert services.check_signing_pin(inspector, OTHER) is PinAnswer.WRONG
    assert services.check_signing_pin(inspector, PIN) is PinAnswer.OK


def test_the_right_one_forgets_the_wrong_ones_before_it(inspector):
    for pin in [OTHER] * 4 + [PIN] + [OTHER] * 4:
        services.check_signing_pin(inspector, pin)

    assert services.check_signing_pin(inspector, PIN) is PinAnswer.OK


def test_a_new_pin_lifts_the_lock_and_ends_the_old_one(inspector):
    for _ in range(services.SIGNING_TRIES):
        services.check_signing_pin(inspector, OTHER)

    services.set_signing_pin(inspector, OTHER, by=actor_for(inspector))

    assert services.check_signing_pin(inspector, PIN) is PinAnswer.WRONG
    assert services.check_signing_pin(inspector, OTHER) is PinAnswer.OK


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("12345", "pin_not_digits"),
        ("1234567", "pin_not_digits"),
        ("12345a", "pin_not_digits"),
        ("\uff12\uff10\uff14\uff18\uff11\uff16", "pin_not_digits"),
        ("123456", "pin_guessable"),
        ("987654", "pin_guessable"),
        ("000000", "pin_guessable"),
        ("250250", "pin_guessable"),
        ("131313", "pin_guessable"),
        ("481600", "pin_guessable"),
    ],
)
def test_a_pin_that_is_soon_guessed_is_refused(someone, pin, code):
    user = someone("inspector")
    user.phone = "13948160031"

    with pytest.raises(Refusal) as refused:
        services.set_signing_pin(user, pin, by=actor_for(user))

    assert refused.value.code == code
    assert not SigningPin.objects.exists()


def test_nobody_sets_anothers_pin(someone):
    with pytest.raises(Refusal) as refused:
        services.set_signing_pin(someone("inspector"), PIN, by=actor_for(someone("admin")))

    assert refused.value.code == "not_your_pin"


def test_a_pin_is_for_holders_of_a_certificate_in_force(someone, inspector):
    User.objects.filter(pk=inspector.pk).update(certificate_until=clock.today() - timedelta(days=1))
    inspector.refresh_from_db()

    for user in (inspector, someone("city")):
        with pytest.raises(Refusal) as refused:
            services.set_signing_pin(user, OTHER, by=actor_for(user))
        assert refused.value.code == "certificate_lapsed"


def test_neither_database_nor_ledger_has_the_pin(inspector):
    kept = SigningPin.objects.get()
    entry = Entry.objects.filter(kind="accounts.signing_pin_set").get()

    # Not even its hash, against which six digits would soon be tried.
    assert PIN not in kept.sealed_hash
    assert "md5" not in kept.sealed_hash
    assert entry.subject == f"user:{inspector.pk}"
    assert json.loads(entry.data) == {}


def test_who_has_a_pin_is_asked_for_many_at_once(inspector, someone):
    other = someone("inspector")

    assert queries.has_signing_pin([inspector.pk, other.pk]) == {inspector.pk}


def test_a_try_is_not_taken_inside_a_transaction_that_may_forget_it(committed):
    user = services.enrol_person(username="i", name="测试", certificate="XZ-1")
    services.set_signing_pin(user, PIN)

    with pytest.raises(RuntimeError), transaction.atomic():
        services.check_signing_pin(user, OTHER)
    assert services.check_signing_pin(user, OTHER) is PinAnswer.WRONG
    assert SigningPin.objects.get().wrong == 1


def test_guesses_at_once_are_all_counted(committed):
    user = services.enrol_person(username="i", name="测试", certificate="XZ-1")
    services.set_signing_pin(user, PIN)

    def guess(_: int) -> PinAnswer:
        try:
            return services.check_signing_pin(user, OTHER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(guess, range(12)))

    assert answers.count(PinAnswer.WRONG) == services.SIGNING_TRIES
    assert answers.count(PinAnswer.LOCKED) == 12 - services.SIGNING_TRIES


# The page


def page_of(client: Client) -> str:
    return client.get(reverse("accounts:signing_pin")).content.decode()


def confirmed(signed_in, user: User) -> Client:
    browser = signed_in(user=user)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return browser


def test_an_officer_sets_the_pin_after_the_password(signed_in, someone):
    user = someone("inspector", password=PASSWORD)
    browser = signed_in(user=user)
    where = reverse("accounts:signing_pin")

    assert where in browser.get(reverse("accounts:account")).content.decode()
    assert browser.get(where)["Location"].startswith(reverse("account_reauthenticate"))
    browser = confirmed(signed_in, user)
    assert "还没有设置" in page_of(browser)
    assert browser.post(where, {"pin": PIN, "again": PIN})["Location"] == reverse(
        "accounts:account"
    )
    assert services.check_signing_pin(user, PIN) is PinAnswer.OK
    assert "已设置" in page_of(browser)


def test_a_pin_sent_too_late_is_kept_nowhere(signed_in, someone):
    user = someone("inspector", password=PASSWORD)
    browser = signed_in(user=user)
    where = reverse("accounts:signing_pin")

    answer = browser.post(where, {"pin": PIN, "again": PIN})

    assert answer["Location"] == where
    assert PIN not in str(dict(browser.session))
    assert not SigningPin.objects.exists()


@pytest.mark.parametrize(
    ("pin", "again", "told"),
    [
        (PIN, OTHER, "两次输入的口令不一样"),
        ("123456", "123456", "太容易猜到"),
        ("1", "1", "6位数字"),
    ],
)
def test_the_page_says_what_is_wrong_with_a_pin(signed_in, someone, pin, again, told):
    browser = confirmed(signed_in, someone("inspector", password=PASSWORD))

    page = browser.post(reverse("accounts:signing_pin"), {"pin": pin, "again": again})

    assert told in page.content.decode()
    assert not SigningPin.objects.exists()


def test_whoever_does_not_inspect_finds_no_such_page(signed_in):
    browser = signed_in("city")
    where = reverse("accounts:signing_pin")

    assert where not in browser.get(reverse("accounts:account")).content.decode()
    assert browser.get(where).status_code == 404


# The key that phones seal for


def sealed(said: dict, text: bytes) -> bytes:
    """As a browser does it, from the JWK alone."""
    n, e = (
        int.from_bytes(base64.urlsafe_b64decode(said["jwk"][name] + "=="), "big")
        for name in ("n", "e")
    )
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return rsa.RSAPublicNumbers(e, n).public_key().encrypt(text, oaep)


def test_what_a_phone_seals_only_the_house_opens():
    said = SIGNING.public_jwk()
    text = json.dumps({"pin": PIN, "client_id": "018f0000-0000-7000-8000-000000000000"}).encode()

    assert SIGNING.unseal(said["kid"], sealed(said, text)) == text
    assert said["jwk"]["alg"] == "RSA-OAEP-256"
    assert len(base64.urlsafe_b64decode(said["jwk"]["n"] + "==")) * 8 == 3072
    assert set(said["jwk"]) == {"alg", "e", "kid", "kty", "n", "use"}


@pytest.mark.parametrize("bad", [b"", b"x", bytes(384), bytes(10_000)])
def test_what_is_not_sealed_for_it_opens_to_nothing(bad):
    assert SIGNING.unseal(SIGNING.public_jwk()["kid"], bad) is None
    assert SIGNING.unseal("no such key", bad) is None


def test_after_a_rotation_the_old_key_still_opens():
    old = SIGNING.public_jwk()
    letter = sealed(old, b"offline for a day")

    kid = SIGNING.rotate()

    assert SIGNING.public_jwk()["kid"] == kid != old["kid"]
    assert SIGNING.unseal(old["kid"], letter) == b"offline for a day"
    assert SIGNING.unseal(kid, letter) is None


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path):
    box = Letterbox("race.key")
    with ThreadPoolExecutor(4) as pool:
        kids = set(pool.map(lambda _: box.public_jwk()["kid"], range(4)))

    assert len(kids) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["race.key"]
    assert (tmp_path / "keys" / "race.key").stat().st_mode & 0o777 == 0o600
