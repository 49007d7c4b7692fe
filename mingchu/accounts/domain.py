"""Who may do what where 权限: roles are data, scopes are values, one function decides.

An action is `context.verb`; a role grants patterns of actions (`registry.*`, `*.read`); a post
gives a person one role in one scope from a day to a day.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise


class ScopeKind(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    STATION = "station"
    BUSINESS = "business"
    SCHOOL = "school"
    MARKET = "market"
    PERSON = "person"


OFFICES = frozenset({ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.STATION})


@dataclass(frozen=True)
class Scope:
    """A part of the city: a kind and its code, such as district 150105 or business 1024."""

    kind: ScopeKind
    code: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}" if self.code else str(self.kind)


CITY = Scope(ScopeKind.CITY)


@dataclass(frozen=True)
class Place:
    """Where an object lies, said in every kind of scope that could contain it."""

    district: str = ""
    station: str = ""
    business: str = ""
    school: str = ""
    market: str = ""
    person: str = ""


def covers(scope: Scope, place: Place) -> bool:
    """Whether an object at `place` is inside the scope.

    >>> covers(Scope(ScopeKind.DISTRICT, "150105"), Place(district="150105", business="7"))
    True
    >>> covers(Scope(ScopeKind.BUSINESS, "8"), Place(district="150105", business="7"))
    False
    """
    if scope.kind is ScopeKind.CITY:
        return True
    return bool(scope.code) and scope.code == getattr(place, scope.kind.value)


def place_of(scope: Scope) -> Place:
    """A scope seen as a place: what of it is known without asking anybody.

    A station's code begins with its district's, as division codes do.
    """
    if scope.kind is ScopeKind.CITY:
        return Place()
    if scope.kind is ScopeKind.STATION:
        return Place(district=scope.code[:6], station=scope.code)
    return Place(**{scope.kind.value: scope.code})


def matches(pattern: str, action: str) -> bool:
    """`*` stands for any context or any verb.

    >>> matches("registry.*", "registry.read"), matches("*.read", "registry.write")
    (True, False)
    """
    return pattern in ("*", action) or all(
        wanted in ("*", said)
        for wanted, said in zip(pattern.split(".", 1), action.split(".", 1), strict=True)
    )


@lru_cache(8192)
def any_matches(patterns: tuple[str, ...], action: str) -> bool:
    """Remembered: the table of roles is small, and every page asks it dozens of times."""
    return any(matches(pattern, action) for pattern in patterns)


@dataclass(frozen=True)
class Role:
    """What a kind of post may do; `gives` names the roles its holder may give to others."""

    code: str
    zh: str
    en: str
    scopes: tuple[ScopeKind, ...]
    actions: tuple[str, ...]
    certificate: bool = False
    gives: tuple[str, ...] = ()
    light: bool = False
    home: str = "/account/"

    @property
    def is_office(self) -> bool:
        """Whether it looks after a part of the city; other roles speak for one body in it."""
        return not OFFICES.isdisjoint(self.scopes)


@dataclass(frozen=True)
class Roles:
    """The table of roles with what holds for all of them."""

    by_code: Mapping[str, Role]
    everyone: tuple[str, ...]
    certificate_actions: tuple[str, ...]
    never_certified: tuple[str, ...]
    body_actions: tuple[str, ...]
    api_scopes: Mapping[str, tuple[str, ...]]

    def __iter__(self) -> Iterator[Role]:
        return iter(self.by_code.values())

    def grants(self, role: Role, action: str, *, certified: bool) -> bool:
        """Inspection actions need a role that is meant for them and a certificate in force.

        What a body does for itself is no office's, however wide the office's patterns are.
        """
        if any_matches(self.certificate_actions, action) and not (role.certificate and certified):
            return False
        if role.is_office and any_matches(self.body_actions, action):
            return False
        return any_matches(role.actions, action) or any_matches(self.everyone, action)

    def api_scopes_of(self, role: Role) -> tuple[str, ...]:
        """The API scopes that open something to the role; one with a wildcard always does."""
        return tuple(
            name
            for name, patterns in self.api_scopes.items()
            if any("*" in pattern or any_matches(role.actions, pattern) for pattern in patterns)
        )


@dataclass(frozen=True)
class Post:
    """A role in a scope from one day to another, the last day included."""

    role: str
    scope: Scope
    since: date
    until: date | None = None
    id: int | None = None

    def is_held_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Grant:
    """A post together with its role, as it counts today."""

    post: Post
    role: Role


class PinAnswer(StrEnum):
    """What the check of a signing PIN says; only `ok` counts as true."""

    OK = "ok"
    WRONG = "wrong"
    LOCKED = "locked"
    NONE = "none"

    def __bool__(self) -> bool:
        return self is PinAnswer.OK


def is_guessable(pin: str, known: Sequence[str] = ()) -> bool:
    """A run, a repetition, or part of what is `known` of the person.

    >>> [is_guessable(pin) for pin in ("111111", "123456", "123123", "121212", "204816")]
    [True, True, True, True, False]
    >>> is_guessable("204816", ["13920481699"])
    True
    """
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    is_run = len(steps) == 1 and steps <= {-1, 0, 1}
    # What repeats a shorter piece is found again within itself twice over.
    return is_run or pin in (pin + pin)[1:-1] or any(pin in text for text in known)


@dataclass(frozen=True)
class Actor:
    """Whoever asks: a person with today's grants, a token with fewer, or nobody.

    `within` are the patterns a token is limited to; a session is limited to nothing.
    """

    roles: Roles
    user_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    certified: bool = False
    within: tuple[str, ...] = ("*",)
    token: str = ""
    machine: bool = False

    @property
    def is_known(self) -> bool:
        return self.user_id is not None

    @property
    def label(self) -> str:
        """The actor as the ledger names it: an id, never a name."""
        if self.user_id is None:
            return "nobody"
        return f"user:{self.user_id}" + (f" token:{self.token}" if self.token else "")

    @property
    def rights(self) -> tuple[Hashable, ...]:
        """The same for two who may do the same, each in his own places."""
        return (
            tuple(one.role.code for one in self.grants),
            self.certified,
            self.within,
            self.is_known,
        )

    def grants_for(self, action: str) -> Iterator[Grant]:
        """The grants by which the action is allowed somewhere."""
        if not any_matches(self.within, action):
            return iter(())
        return (
            grant
            for grant in self.grants
            if self.roles.grants(grant.role, action, certified=self.certified)
        )

    def scopes_for(self, action: str) -> tuple[Scope, ...]:
        """Where the action is allowed: what a scoped query is given."""
        posts = dict.fromkeys(grant.post.scope for grant in self.grants_for(action))
        if (
            self.is_known
            and any_matches(self.within, action)
            and any_matches(self.roles.everyone, action)
        ):
            posts[Scope(ScopeKind.PERSON, str(self.user_id))] = None
        return tuple(posts)

    def post_for(self, action: str, place: Place | None = None) -> Post | None:
        """The post in which the act is done, so that the act can keep it."""
        return next(
            (
                grant.post
                for grant in self.grants_for(action)
                if place is None or covers(grant.post.scope, place)
            ),
            None,
        )

    def holds(self, role: str) -> bool:
        return any(grant.role.code == role for grant in self.grants)


def may(actor: Actor, action: str, place: Place | None = None) -> bool:
    """The one deciding function: may the actor do this, there, or (no place) anywhere at all."""
    scopes = actor.scopes_for(action)
    if place is None:
        return bool(scopes)
    return any(covers(scope, place) for scope in scopes)


def grants_on(posts: Sequence[Post], roles: Roles, day: date) -> tuple[Grant, ...]:
    """What a person's posts are worth on a day; one of a role no longer known: nothing."""
    return tuple(
        Grant(post, roles.by_code[post.role])
        for post in posts
        if post.role in roles.by_code and post.is_held_on(day)
    )


def may_give(actor: Actor, role: Role, place: Place) -> bool:
    """Whether the actor may put somebody into this role there, or take it away."""
    return any(
        role.code in grant.role.gives and covers(grant.post.scope, place)
        for grant in actor.grants_for("accounts.people")
    )


def faults(roles: Roles) -> Iterator[str]:
    """What is wrong with a table of roles; nothing, if it may be used."""
    for role in roles:
        yield from _role_faults(role, roles)


def _role_faults(role: Role, roles: Roles) -> Iterator[str]:
    named = [
        pattern
        for pattern in role.actions
        if any(_overlap(pattern, barred) for barred in roles.certificate_actions)
    ]
    if named and not role.certificate:
        yield f"{role.code} has {named[0]} but needs no inspection certificate"
    if role.certificate and role.code in roles.never_certified:
        yield f"{role.code} must never inspect"
    if own := [verb for verb in role.actions if role.is_office and _is_of_bodies(verb, roles)]:
        yield f"{role.code} is an office and has {own[0]}, which only a body does"
    if not role.scopes or ScopeKind.PERSON in role.scopes:
        yield f"{role.code} has no kind of scope a post could have"
    if unknown := set(role.gives) - set(roles.by_code):
        yield f"{role.code} gives unknown roles {sorted(unknown)}"
    if wrong := [pattern for pattern in role.actions if pattern.count(".") != 1]:
        yield f"{role.code} has actions that are no context.verb: {wrong}"


def _is_of_bodies(pattern: str, roles: Roles) -> bool:
    """Whether a pattern names such an action itself; a wildcard merely does not mean it."""
    return "*" not in pattern and any_matches(roles.body_actions, pattern)


def _overlap(one: str, other: str) -> bool:
    """Whether a role's pattern names certificate actions; `*.*` names nothing in particular.

    A wildcard in the context (`*.read`) is not a claim on inspection unless the verb is barred.
    """
    context, verb = one.split(".", 1)
    barred_context, barred_verb = other.split(".", 1)
    return context in ("*", barred_context) and (
        verb == barred_verb or barred_verb == "*" or (verb == "*" and context == barred_context)
    )
