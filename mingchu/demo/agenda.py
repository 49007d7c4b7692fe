"""The agenda of a played day: what is done at which moment, by whom, on which days.

Each context of the demo says what it does on a day; the driver puts all of it into the order of
its moments. What is chosen by how things stand is chosen when its moment has come.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from functools import cached_property
from typing import NamedTuple

from mingchu.accounts.domain import Actor, ScopeKind
from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import actor_for, open_posts
from mingchu.base import clock
from mingchu.ledger.services import acting
from mingchu.rulebook.store import calendar


class Act(NamedTuple):
    """Something that is done at a moment."""

    at: datetime
    does: Callable[[], object]


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), clock.CITY_ZONE)


def is_office_day(day: date) -> bool:
    """Holidays are off, and a Saturday that makes up for one is not."""
    return calendar().is_working(day)


class Cast:
    """The people of the demo by their desks, as they are on the day: asked when first needed, an
    actor made when he first acts."""

    def __init__(self) -> None:
        self._actors: dict[int, Actor] = {}

    @cached_property
    def _held(self) -> list[Post]:
        held = open_posts().filter(user__is_active=True, user__is_machine=False)
        wanted = (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.STATION)
        return list(held.filter(scope_kind__in=wanted).select_related("user").order_by("-id"))

    @cached_property
    def _posts(self) -> dict[tuple[str, str], Post]:
        return {(post.role, post.scope_code): post for post in self._held}

    @cached_property
    def _users(self) -> dict[int, User]:
        return {post.user_id: post.user for post in self._held}

    def at(self, role: str, code: str = "") -> Actor | None:
        """Who has been longest at the desk of exactly that place; "" is the whole city."""
        post = self._posts.get((role, code))
        return self.of(post.user_id) if post else None

    def of(self, user: int | None) -> Actor | None:
        """A person by number, if he has a desk today."""
        if user is None or user not in self._users:
            return None
        if user not in self._actors:
            self._actors[user] = actor_for(self._users[user])
        return self._actors[user]

    def user(self, role: str, code: str = "") -> User | None:
        post = self._posts.get((role, code))
        return post.user if post else None


def done_by(actor: Actor | None, act: Callable[[], object]) -> None:
    """What a post's holder does; where nobody holds it, the demo does it itself."""
    with as_(actor) if actor else acting("system:demo"):
        act()


def as_(actor: Actor) -> AbstractContextManager[None]:
    """Inside the block acts are the person's, at his first desk."""
    return acting(actor.label, f"post:{actor.grants[0].post.id}")
