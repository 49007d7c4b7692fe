"""What every page of somebody signed in knows of his inbox: where it is, how much is unread."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor
from mingchu.kit.messages import queries

OFFICERS_HOME = "/w/"


@dataclass(frozen=True)
class Inbox:
    """`unread` is as it is shown: nothing for none, 99+ for more than that."""

    href: str
    unread: str
    here: bool = False


def inbox(request: HttpRequest) -> dict[str, object]:
    """The context processor; a visitor without a session costs no query."""
    visited = settings.SESSION_COOKIE_NAME in request.COOKIES
    return {"inbox": SimpleLazyObject(lambda: of_request(request)) if visited else None}


def of_request(request: HttpRequest) -> Inbox | None:
    actor = actor_of(request)
    if actor.user_id is None:
        return None
    href = address(actor)
    return Inbox(href, shown(queries.unread(actor.user_id)), request.path == href)


def shown(unread: int) -> str:
    """
    >>> shown(0), shown(7), shown(100)
    ('', '7', '99+')
    """
    return f"{queries.UNREAD_TOP - 1}+" if unread >= queries.UNREAD_TOP else str(unread or "")


def address(actor: Actor) -> str:
    """Officers read at their desk, everybody else among their own pages."""
    home = next((grant.role.home for grant in actor.grants), "")
    return reverse("kit:inbox" if home == OFFICERS_HOME else "kit:own_inbox")
