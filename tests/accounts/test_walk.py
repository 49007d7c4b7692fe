"""The walk: every URL as every role, and every foreign object; contexts to come included."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from walk_examples import EXAMPLES, HERE, THERE

from mingchu.accounts import services
from mingchu.accounts.access import PUBLIC
from mingchu.accounts.docs import access_table
from mingchu.accounts.domain import CITY, Scope, ScopeKind, any_matches, may
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.accounts.roles import roles
from mingchu.accounts.routes import Route, routes

DOCUMENT = Path(__file__).parents[2] / "docs" / "access.md"
ROUTES = routes()
GUARDED = [route for route in ROUTES if route.action != PUBLIC]
SHOWN_TAGS = re.compile(rb"&lt;(div|p|ul|ol|table|section|form|a|span)\b")
# Stand-ins for arguments: the guard answers before anything is looked up.
A_UUID = "018f0000-0000-7000-8000-000000000000"
DUMMIES = {
    "UUIDConverter": A_UUID, "NinjaUUIDConverter": A_UUID, "UUIDStrConverter": A_UUID
}  # fmt: skip
SCOPES = {
    ScopeKind.CITY: CITY,
    ScopeKind.DISTRICT: HERE,
    ScopeKind.STATION: Scope(ScopeKind.STATION, "150102001"),
    ScopeKind.BUSINESS: Scope(ScopeKind.BUSINESS, "1"),
    ScopeKind.SCHOOL: Scope(ScopeKind.SCHOOL, "1"),
    ScopeKind.MARKET: Scope(ScopeKind.MARKET, "1"),
}


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    """Examples may keep files."""
    settings.HOME = tmp_path


def a_browser(role: str, scope: Scope | None = None) -> tuple[Client, User]:
    user = services.enrol_person(
        username=f"w{User.objects.count()}",
        name="测试",
        password="x",
        certificate="XZ-1" if roles().by_code[role].certificate else "",
    )
    scope = scope or SCOPES[roles().by_code[role].scopes[0]]
    # Directly, since bodies of a walk need not exist.
    user.posts.create(
        role=role,
        scope_kind=scope.kind,
        scope_code=scope.code,
        district=scope.code[:6] if scope.kind in ("district", "station") else "",
        since="2020-01-01",
    )
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client, user


def address(route: Route) -> str:
    return reverse(
        route.name, kwargs={name: DUMMIES.get(how, "1") for name, how in route.arguments}
    )


def ask(client: Client, route: Route) -> Any:
    return client.generic(route.method or "GET", address(route))


def is_sent_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/login/?next=")


def test_every_url_has_a_name_and_says_who_may_use_it():
    silent = [route for route in ROUTES if not route.name or not route.action]

    assert silent == []


def test_every_action_is_somebodys():
    granted = tuple(p for role in roles() for p in (*role.actions, *roles().everyone))

    assert {r.action for r in GUARDED if not any_matches(granted, r.action)} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(roles().by_code))
def test_a_role_reaches_exactly_what_the_table_says(role):
    client, user = a_browser(role)
    actor = actor_for(user)

    answers = {route: ask(client, route) for route in GUARDED}

    wrong = {
        f"{route.method} {route.path}": answer.status_code
        for route, answer in answers.items()
        if (answer.status_code == 403) == may(actor, route.action)
        or answer.status_code in (401, 500)
        or is_sent_to_sign_in(answer)
    }
    assert wrong == {}


@pytest.mark.django_db
def test_nobody_gets_past_a_guard():
    client = Client(raise_request_exception=False)

    let_in = [
        route
        for route in GUARDED
        if not is_sent_to_sign_in(answer := ask(client, route)) and answer.status_code != 401
    ]

    assert let_in == []


@pytest.mark.django_db
def test_what_is_public_asks_nobody_to_sign_in():
    client = Client(raise_request_exception=False)

    closed = {
        route.path: answer.status_code
        for route in ROUTES
        if route.action == PUBLIC
        and (
            (answer := ask(client, route)).status_code == 500
            or (answer.status_code == 401 and route.method)
            or is_sent_to_sign_in(answer)
            or '"mono">forbidden<' in answer.content.decode(errors="ignore")
        )
    }

    assert closed == {}


def test_every_url_that_shows_an_object_has_an_example():
    missing = {r.name for r in GUARDED if r.arguments and r.name not in EXAMPLES}

    assert missing == set(), "add a line to tests/walk_examples.py"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(n for n, e in EXAMPLES.items() if not e.everywhere))
def test_an_object_of_another_scope_does_not_exist(name):
    example = EXAMPLES[name]
    where = reverse(name, kwargs=example.make())
    stranger, _user = a_browser(example.role, THERE)
    _confirm(stranger)

    assert example.ask(stranger, where).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(n for n, e in EXAMPLES.items() if not e.owned))
def test_the_same_object_exists_where_it_lies(name):
    example = EXAMPLES[name]
    where = reverse(name, kwargs=example.make())
    neighbour, _user = a_browser(example.role, HERE)

    answer = example.ask(neighbour, where)
    assert answer.status_code in (200, 302), answer.content
    # A piece that another context drew is set as it is, not shown with its tags.
    assert not SHOWN_TAGS.search(b"" if answer.streaming else answer.content)


def test_the_documented_table_is_the_one_in_force():
    assert DOCUMENT.read_text(encoding="utf-8") == access_table()


def _confirm(client: Client) -> None:
    """Second-factor pages ask who one is before they look for the object."""
    client.post(reverse("account_reauthenticate"), {"password": "x"})
