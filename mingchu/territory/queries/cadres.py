"""The roster: cadres in office, their ranges, their accounts, how much each has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.accounts.queries import holders, open_posts, scope_filter
from mingchu.base.remembered import Remembered
from mingchu.ledger.rows import Rows
from mingchu.territory.models import Assignment, Beat, Cadre

ROLE = "duty_cadre"


def in_office(scopes: Iterable[Scope]) -> QuerySet[Cadre]:
    """Cadres on the roster; those of the whole city are the city's alone."""
    return _inside(Cadre.objects.filter(until__isnull=True), scopes)


def _inside(rows: QuerySet[Cadre], scopes: Iterable[Scope]) -> QuerySet[Cadre]:
    """A station sees whoever has something in it."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        if scope.kind is ScopeKind.CITY:
            return rows
        if scope.kind is ScopeKind.DISTRICT:
            wanted |= Q(district=scope.code)
        elif scope.kind is ScopeKind.STATION:
            here = Assignment.objects.filter(until__isnull=True, business__station=scope.code)
            wanted |= Q(pk__in=here.exclude(cadre=None).values("cadre"))
            wanted |= Q(pk__in=Beat.objects.filter(area__startswith=scope.code).values("cadre"))
    return rows.filter(wanted)


def cadre(scopes: Iterable[Scope], pk: int) -> Cadre | None:
    """One cadre, also after he left."""
    return _inside(Cadre.objects.select_related("user", "heir"), scopes).filter(pk=pk).first()


def cadre_name(pk: int) -> str:
    """As the roster has it today, or some seconds ago; "" of a number that nobody has."""
    known = _names.get("all", lambda: {one.pk: one.name for one in _all()})
    if pk in known:
        return known[pk]
    return next((one.name for one in _named(pk)), "")  # newer than what is remembered


_named = Rows(Cadre, "WHERE id = %s", ("name",))
# Every second file's timeline names one, each another; a city has some hundreds.
_names = Remembered[dict[int, str]](seconds=10)
_all = Rows(Cadre, "", ("name",))


def cadres(
    scopes: Iterable[Scope], *, query: str = "", district: str = "", rank: str = ""
) -> QuerySet[Cadre]:
    """Those in office, by district, rank and name."""
    rows = in_office(scopes).select_related("user")
    if query:
        rows = rows.filter(Q(name__contains=query) | Q(unit__contains=query) | Q(phone=query))
    asked = {"district": district, "rank": rank}
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    return rows.order_by("district", "rank", "name", "pk")


@dataclass(frozen=True)
class Load:
    """What a cadre has: businesses that fall to him, visits open."""

    businesses: int = 0
    visits: int = 0


def loads(cadres: Collection[int]) -> dict[int, Load]:
    rows = Cadre.objects.filter(pk__in=cadres).order_by()
    present = Count("assignments", filter=Q(assignments__until__isnull=True), distinct=True)
    waiting = Count("visits", filter=Q(visits__state="open"), distinct=True)
    counted = rows.annotate(n=present, waiting=waiting).values_list("pk", "n", "waiting")
    return {pk: Load(n, waiting) for pk, n, waiting in counted}


def ranges(cadres: Collection[int]) -> dict[int, list[Beat]]:
    """What each answers for: areas by code first, then businesses that are named."""
    found: dict[int, list[Beat]] = {pk: [] for pk in cadres}
    rows = Beat.objects.filter(cadre__in=cadres).select_related("business")
    for beat in rows.order_by("cadre", "area", "business__sort_key", "pk"):
        found[beat.cadre_id].append(beat)
    return found


def cadre_of_user(user: int) -> Cadre | None:
    """Whom an account belongs to."""
    return Cadre.objects.filter(user=user, until__isnull=True).first()


@dataclass(frozen=True)
class AccountOf:
    """The account of a cadre as the roster shows it; `works` says that it has the post today."""

    username: str
    works: bool


def account_of(cadres: Collection[Cadre]) -> dict[int, AccountOf]:
    """Of cadres with an account."""
    users = {one.user_id for one in cadres if one.user_id}
    working = set(
        open_posts()
        .filter(role=ROLE, user__in=users, user__is_active=True)
        .values_list("user", flat=True)
    )
    return {
        one.pk: AccountOf(one.user.username, one.user_id in working) for one in cadres if one.user
    }


def accounts_free(scopes: Iterable[Scope]) -> list[User]:
    """People in the post of a duty cadre in the scopes whom no entry of the roster is linked to."""
    taken = Cadre.objects.filter(until__isnull=True, user__isnull=False).values("user")
    held = holders(ROLE).filter(scope_filter(scopes)).exclude(user__in=taken)
    return list({post.user_id: post.user for post in held}.values())
