"""People of the demo city: an account for every role that has a page, enough to sign in as each."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import Resolver404, resolve

from mingchu.accounts.domain import CITY, Role, Scope, ScopeKind
from mingchu.accounts.roles import roles
from mingchu.accounts.services import enrol_person, give_post
from mingchu.demo.plan import plan
from mingchu.registry.domain import State, public_id
from mingchu.registry.models import Business

# Whose desk a role of a single business sits at; any open one where nothing is said.
DESK_KINDS = {"enterprise": "producer", "canteen": "canteen", "first_station": "seller"}


def give_accounts() -> None:
    """One person a role and scope; where a role may be the whole city's, that one comes first."""
    for role in with_page():
        for scope in _scopes(role):
            place = f"-{scope.code}" if scope.code else ""
            user = enrol_person(
                username=f"demo-{role.code}{place}",
                name=f"演示{role.zh}{scope.code}",
                certificate=f"演示{scope.code or '150100'}" if role.certificate else "",
            )
            give_post(user=user, role=role.code, scope=scope)


def with_page() -> list[Role]:
    """Roles whose first page has been built and is for them; others come with their contexts."""
    return [role for role in roles() if _opens(role)]


def _opens(role: Role) -> bool:
    """Whether the role's home answers, and by a page that it may see."""
    try:
        view = resolve(role.home).func
    except Resolver404:
        return False
    return roles().grants(role, getattr(view, "action", ""), certified=role.certificate)


def _scopes(role: Role) -> Iterator[Scope]:
    """Every scope in which the demo has somebody in the role."""
    if ScopeKind.CITY in role.scopes:
        yield CITY
    if ScopeKind.DISTRICT in role.scopes:
        yield from (Scope(ScopeKind.DISTRICT, code) for code in plan().districts)
    elif ScopeKind.STATION in role.scopes:
        yield from (Scope(ScopeKind.STATION, f"{code}001") for code in plan().districts)
    if ScopeKind.BUSINESS in role.scopes and (number := _desk(role.code)):
        yield Scope(ScopeKind.BUSINESS, public_id(number))


def _desk(role: str) -> int | None:
    found = Business.objects.filter(state=State.OPEN).order_by("pk")
    if kind := DESK_KINDS.get(role):
        found = found.filter(kind=kind)
    return found.values_list("pk", flat=True).first()
