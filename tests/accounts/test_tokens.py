"""Tokens: keys for programs, no wider than the post behind them."""

import re
from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path, reverse
from ninja import NinjaAPI, Schema

from mingchu.accounts import services
from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.domain import CITY
from mingchu.accounts.models import ApiToken, User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.site.api import refused
from mingchu.site.urls import urlpatterns as house

probe = NinjaAPI(urls_namespace="probe", docs_url=None, auth=api_auth)
probe.add_exception_handler(Refusal, refused)


class Wanted(Schema):
    word: str


@probe.get("read")
@requires("registry.read")
def read(request: HttpRequest, n: int = 1) -> dict[str, object]:
    return {"actor": actor_of(request).label, "n": n}


@probe.post("write")
@requires("registry.write")
def write(request: HttpRequest, wanted: Wanted) -> dict[str, str]:
    return {"word": wanted.word}


urlpatterns = [path("api/probe/", probe.urls), *house]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def a_token(someone, role="city", **options) -> tuple[ApiToken, Client]:
    token, text = services.issue_token(post=someone(role).posts.get(), title="测试", **options)
    return token, Client(headers={"Authorization": f"Bearer {text}", "Accept": "application/json"})


def test_a_token_acts_as_its_post(someone):
    token, program = a_token(someone)

    answer = program.get("/api/probe/read?n=2")

    assert answer.json() == {"actor": f"user:{token.post.user_id} token:{token.pk}", "n": 2}


def test_a_token_needs_no_form_token_to_write(someone):
    _token, program = a_token(someone)

    answer = program.post("/api/probe/write", {"word": "好"}, content_type="application/json")

    assert answer.json() == {"word": "好"}


def test_a_reading_token_does_not_write(someone):
    _token, program = a_token(someone, api_scopes=("read",))

    answer = program.post("/api/probe/write", {"word": "好"}, content_type="application/json")

    assert program.get("/api/probe/read").status_code == 200
    assert answer.status_code == 403


def test_whoever_may_not_is_refused_before_anything_sent_is_read(someone):
    _token, program = a_token(someone, role="lab")

    answer = program.post("/api/probe/write", {"no": "word"}, content_type="application/json")

    assert answer.status_code == 403


def test_without_a_token_a_program_is_told_so():
    answer = Client().get("/api/probe/read")

    assert answer.status_code == 401


@pytest.mark.parametrize("text", ["", "mc_", "mc_ABC_secret", "nonsense", "mc__"])
def test_a_made_up_token_is_nobody(text):
    assert (
        Client(headers={"Authorization": f"Bearer {text}"}).get("/api/probe/read").status_code
        == 401
    )


def test_a_token_with_another_secret_is_nobody(someone):
    token, _program = a_token(someone)

    program = Client(headers={"Authorization": f"Bearer mc_{token.pk}_other"})

    assert program.get("/api/probe/read").status_code == 401


def revoke(token: ApiToken) -> None:
    services.revoke_token(token=token)


def put_out_of_service(token: ApiToken) -> None:
    User.objects.filter(pk=token.post.user_id).update(is_active=False)


def end_post(token: ApiToken) -> None:
    token.post.until = clock.today() - timedelta(days=1)
    token.post.since = token.post.until
    token.post.save()


@pytest.mark.parametrize("end", [revoke, put_out_of_service, end_post])
def test_a_token_ends_with_its_ground(someone, end):
    token, program = a_token(someone)
    assert program.get("/api/probe/read").status_code == 200

    end(token)

    assert program.get("/api/probe/read").status_code in (401, 403)


def test_a_token_expires(someone):
    _token, program = a_token(someone, days=2)

    with clock.stopped(clock.now() + timedelta(days=3)):
        assert program.get("/api/probe/read").status_code == 401


def test_only_a_digest_of_the_secret_is_kept_and_its_use_is_seen(someone):
    token, program = a_token(someone)
    program.get("/api/probe/read")

    token.refresh_from_db()

    assert len(token.secret_digest) == 64
    assert token.last_used_at is not None


def test_a_session_may_use_the_api_but_not_write_without_its_form_token(someone):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(someone("city"), backend="mingchu.accounts.backends.Backend")

    assert browser.get("/api/probe/read").status_code == 200
    sent = browser.post("/api/probe/write", {"word": "好"}, content_type="application/json")
    assert sent.status_code == 403


def test_tokens_are_issued_and_revoked_on_ones_own_page(signed_in):
    browser = signed_in("city")
    post = browser.user.posts.get()

    page = browser.post(
        reverse("accounts:tokens"),
        {"title": "大屏", "post": post.pk, "api_scopes": ["read"], "days": 5},
    ).content.decode()

    text = re.search(r"mc_\w+_[\w-]+", page)[0]
    program = Client(headers={"Authorization": f"Bearer {text}"})
    assert program.get("/api/probe/read").status_code == 200
    browser.post(reverse("accounts:revoke_token", args=[ApiToken.objects.get().pk]))
    assert program.get("/api/probe/read").status_code == 401


def test_nobody_issues_a_token_for_anothers_post(signed_in, someone):
    other = someone("admin").posts.get()

    answer = signed_in("city").post(
        reverse("accounts:tokens"), {"title": "x", "post": other.pk, "days": 5}
    )

    assert answer.status_code == 200
    assert not ApiToken.objects.exists()


def test_nobody_revokes_anothers_token(signed_in, someone):
    token, _program = a_token(someone)

    answer = signed_in("city").post(reverse("accounts:revoke_token", args=[token.pk]))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("options", "code"),
    [({"api_scopes": ("all",)}, "unknown_api_scope"), ({"days": 0}, "bad_days")],
)
def test_a_token_that_could_not_be_kept_is_refused(someone, options, code):
    with pytest.raises(Refusal) as refused_:
        services.issue_token(post=someone("city", CITY).posts.get(), title="x", **options)

    assert refused_.value.code == code
