"""Fresh 缓存: what a reader's copy of a rules page depends on; unchanged, it is 304 and no work."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from mingchu import __version__
from mingchu.base import clock
from mingchu.base.slots import BANNERS
from mingchu.rulebook import store


def of_data(request: HttpRequest, **given: str) -> str:
    """For programs: the book, the question, and the day where none was asked for."""
    return _tag(request.get_full_path(), clock.today().isoformat())


def of_page(request: HttpRequest, **given: str) -> str | None:
    """For people: the language, their choices and what stands above the page besides.

    None for whoever has a session, whose page names him.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    now = clock.city(clock.now())
    return _tag(
        request.get_full_path(),
        get_language() or "",
        repr(sorted(request.COOKIES.items())),
        now.strftime("%Y-%m-%d %H:%M" if settings.DEMO else "%Y-%m-%d"),
        *(banner() for banner in BANNERS),
    )


def _tag(*parts: str) -> str:
    text = "\0".join((__version__, store.digest(), store.here(), *parts))
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
