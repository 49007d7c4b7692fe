"""Who is there to take orders, and how many each has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q

from mingchu.accounts.domain import CITY, Actor, Scope, ScopeKind, any_matches
from mingchu.accounts.models import User
from mingchu.accounts.queries import open_posts
from mingchu.accounts.roles import roles
from mingchu.alerts.domain.desk import Officer
from mingchu.alerts.domain.states import HANDLE, REVIEW
from mingchu.alerts.models import Order
from mingchu.alerts.models.orders import UNDONE
from mingchu.kit.messages import queries as duties

COLLEAGUES = 2_000


def roles_with(action: str) -> list[str]:
    return [role.code for role in roles() if any_matches(role.actions, action)]


def officers_at(stations: Collection[str]) -> dict[str, list[Officer]]:
    """Whoever holds a post of a station today in which orders are handled, with his open orders."""
    posts = open_posts().filter(
        scope_kind=ScopeKind.STATION,
        scope_code__in=set(stations),
        role__in=roles_with(HANDLE),
        user__is_active=True,
        user__is_machine=False,
    )
    reviewing = set(roles_with(REVIEW))
    there: dict[str, dict[int, bool]] = defaultdict(dict)
    for station, user, role in posts.values_list("scope_code", "user_id", "role"):
        there[station][user] = there[station].get(user, False) or role in reviewing
    loads = loads_of({user for people in there.values() for user in people})
    return {
        station: [Officer(user, reviews, loads.get(user, 0)) for user, reviews in people.items()]
        for station, people in there.items()
    }


def on_duty(districts: Collection[str], moment: datetime) -> dict[str, list[User]]:
    """Who is on duty for each district: by its own roster, else by the city's."""
    own = {code: Scope(ScopeKind.DISTRICT, code) for code in districts if code}
    found = duties.on_duty({*own.values(), CITY}, moment)
    of_city = found.get(CITY, [])
    return {code: found.get(own[code], of_city) if code in own else of_city for code in districts}


def posted_under(code: str) -> set[int]:
    """Whoever handles orders at a station, or at any of a district's."""
    posts = open_posts().filter(
        scope_kind=ScopeKind.STATION,
        scope_code__startswith=code,
        role__in=roles_with(HANDLE),
        user__is_active=True,
        user__is_machine=False,
    )
    return set(posts.values_list("user_id", flat=True))


def loads_of(users: Collection[int]) -> dict[int, int]:
    """How many open orders each has."""
    rows = Order.objects.filter(UNDONE, assignee__in=users).order_by().values_list("assignee")
    return {user: count for user, count in rows.annotate(n=Count("pk")) if user} if users else {}


def holds_orders(user: int) -> bool:
    return Order.objects.filter(UNDONE, assignee=user).exists()


def takers(district: str, station: str) -> list[User]:
    """Who could be given an order of the place: people of the station first, then of the district
    and the city, by name."""
    posts = open_posts().filter(
        role__in=roles_with(HANDLE), user__is_active=True, user__is_machine=False
    )
    of_place = [
        (ScopeKind.STATION, station),
        (ScopeKind.DISTRICT, district),
        (ScopeKind.CITY, ""),
    ]
    found: dict[int, User] = {}
    for kind, code in of_place:
        if kind is not ScopeKind.CITY and not code:
            continue
        held = posts.filter(scope_kind=kind, scope_code=code).select_related("user")
        for post in held.order_by("user__name", "user_id"):
            found.setdefault(post.user_id, post.user)
    return list(found.values())


def colleagues(actor: Actor) -> list[User]:
    """Whoever handles orders in the scopes of the actor, by name."""
    wanted = Q(pk__in=[])
    for scope in actor.scopes_for(HANDLE):
        if scope.kind is ScopeKind.CITY:
            wanted = Q()
            break
        if scope.kind is ScopeKind.DISTRICT:
            wanted |= Q(district=scope.code)
        elif scope.kind is ScopeKind.STATION:
            wanted |= Q(station=scope.code)
    posts = open_posts().filter(
        wanted, role__in=roles_with(HANDLE), user__is_active=True, user__is_machine=False
    )
    there = User.objects.filter(Q(posts__in=posts) | Q(pk=actor.user_id or 0)).distinct()
    return list(there.order_by("name", "pk")[:COLLEAGUES])


def orphans() -> list[int]:
    """People who hold open orders and no post any more in which these are handled."""
    held = Order.objects.filter(UNDONE, assignee__isnull=False).order_by()
    assignees = set(held.values_list("assignee", flat=True).distinct())
    posts = open_posts().filter(role__in=roles_with(HANDLE), user__is_active=True)
    there = set(posts.filter(user__in=assignees).values_list("user_id", flat=True))
    return sorted(assignees - there)
