"""What templates know of whoever reads: links of the account, navigation of what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor, may
from mingchu.accounts.queries import NOBODY
from mingchu.base.remembered import Remembered
from mingchu.base.slots import NAVIGATION

LARGE_TEXT_COOKIE = "mingchu_text"


@dataclass(frozen=True)
class Link:
    href: str
    label: object
    here: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Navigation:
    """Links in the bar, those behind its menu, and whether the page is one of these."""

    links: list[Link]
    aside: list[Link]
    here_aside: bool


# Links by what the reader may do and his language: asked on every page for two dozen contexts.
_open_links = Remembered[list[Link]](seconds=60)


def reader(request: HttpRequest) -> dict[str, object]:
    """The context processor; a visitor without a session costs no query."""
    visited = settings.SESSION_COOKIE_NAME in request.COOKIES
    return {
        "actor": SimpleLazyObject(lambda: actor_of(request)) if visited else NOBODY,
        "account_links": SimpleLazyObject(lambda: list(_account_links(request, visited))),
        "navigation": SimpleLazyObject(lambda: _parted(list(_navigation(request)))),
    }


@cache
def _address(name: str) -> str:
    """Empty where the page's context has not come; asked on every page, and the same as we live."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _parted(links: list[Link]) -> Navigation:
    aside = [one for one in links if one.aside]
    return Navigation(
        [one for one in links if not one.aside], aside, any(one.here for one in aside)
    )


def _account_links(request: HttpRequest, visited: bool) -> Iterator[Link]:
    if not visited or not actor_of(request).is_known:
        yield Link(_address("account_login"), _("登录"))
        return
    actor = actor_of(request)
    home = next((grant.role.home for grant in actor.grants), "")
    if home == "/w/" and not request.path.startswith("/w/"):
        yield Link(home, _("工作台"))
    yield Link(_address("accounts:account"), actor.name or _("我的账号"))


def _navigation(request: HttpRequest) -> Iterator[Link]:
    """Only what exists and what the reader may do."""
    actor = actor_of(request)
    known = (actor.rights, get_language())
    for link in _open_links.get(known, lambda: list(_links_for(actor))):
        yield replace(link, here=True) if _is_at(request.path, link.href) else link


def _links_for(actor: Actor) -> Iterator[Link]:
    for item in NAVIGATION:
        if may(actor, item.action) and (href := _address(item.url_name)):
            yield Link(href, str(item.label), aside=item.aside)


def _is_at(path: str, href: str) -> bool:
    return path == href or (href != "/w/" and path.startswith(href))
