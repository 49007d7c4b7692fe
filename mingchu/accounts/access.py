"""Access 准入: every view says `@public` or `@requires(action)`, and the walk test reads it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext_noop as _noop
from ninja.decorators import decorate_view
from ninja.utils import check_csrf

from mingchu.accounts.domain import Actor, Place, may
from mingchu.accounts.models import User
from mingchu.accounts.queries import NOBODY, actor_for, actor_of_token
from mingchu.accounts.services import note_use
from mingchu.base import doors
from mingchu.base.doors import View
from mingchu.base.errors import Refusal
from mingchu.ledger.services import acting

# Said here for the floors above, kept in base for those below.
PUBLIC, public = doors.PUBLIC, doors.public
Run = Callable[..., HttpResponseBase]


def requires(action: str) -> Callable[[View], View]:
    """The view is for actors who may do `action` somewhere; where, its queries decide.

    What the view records is recorded as done by the actor, in the post that allows the action.

    Works on pages and on ninja operations, as the decorator nearest to the function.
    """

    def bind(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            actor = actor_of(request)
            if not actor.is_known:
                return _sign_in_first(request)
            if not may(actor, action):
                raise PermissionDenied
            post = actor.post_for(action)
            with acting(actor.label, f"post:{post.id}" if post else ""):
                return view(request, *args, **kwargs)

        # Ninja resolves annotations in the wrapper's module, which is this one: hand it types.
        with suppress(NameError, TypeError):
            guarded.__signature__ = _resolved(view)  # type: ignore[attr-defined]
        guarded.action = action  # type: ignore[attr-defined]
        return typing.cast("View", decorate_view(_refuse_first(action))(guarded))

    return bind


def _refuse_first(action: str) -> Callable[[Run], Run]:
    """An operation refuses before ninja reads what was sent; nobody it leaves to ninja's 401."""

    def decorate(run: Run) -> Run:
        @wraps(run)
        def checked(request: HttpRequest, **given: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if actor.is_known and not may(actor, action):
                raise PermissionDenied
            return run(request, **given)

        return checked

    return decorate


def _resolved(view: Callable[..., Any]) -> inspect.Signature:
    known = typing.get_type_hints(view, include_extras=True)
    said = inspect.signature(view)
    return said.replace(
        parameters=[
            parameter.replace(annotation=known.get(name, parameter.annotation))
            for name, parameter in said.parameters.items()
        ],
        return_annotation=known.get("return", said.return_annotation),
    )


def check(request: HttpRequest, action: str, place: Place) -> None:
    """Inside a view, once the object is known: may the actor do this here?"""
    if not may(actor_of(request), action, place):
        raise PermissionDenied


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks, found out once per request."""
    known = getattr(request, "_mingchu_actor", None)
    if known is None:
        known = _find(request)
        remember(request, known)
    return typing.cast("Actor", known)


def remember(request: HttpRequest, actor: Actor) -> None:
    """From here on the request is this actor's; the request log names it by id."""
    request._mingchu_actor = actor  # type: ignore[attr-defined]
    request._mingchu_user = actor.label  # type: ignore[attr-defined]


def _find(request: HttpRequest) -> Actor:
    said = request.headers.get("Authorization", "")
    if said.startswith("Bearer "):
        return _by_token(request, said.removeprefix("Bearer ").strip())
    user = getattr(request, "user", None)
    return actor_for(user) if isinstance(user, User) and user.is_active else NOBODY


def _by_token(request: HttpRequest, text: str) -> Actor:
    """A token whose ground is gone is nobody; why is said where somebody is asked for."""
    try:
        actor = actor_of_token(text)
    except Refusal as gone:
        request._mingchu_gone = gone  # type: ignore[attr-defined]
        return NOBODY
    if actor is None:
        return NOBODY
    note_use(actor.token)
    return actor


def _say_why_gone(request: HttpRequest) -> None:
    gone = getattr(request, "_mingchu_gone", None)
    if gone is not None:
        raise gone


def api_auth(request: HttpRequest) -> Actor | None:
    """For ninja: a bearer token, or a session with its CSRF token; None answers 401."""
    actor = actor_of(request)
    if not actor.is_known:
        _say_why_gone(request)
        return None
    if not actor.token and check_csrf(request) is not None:
        raise PermissionDenied
    return actor


def _sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """People are led to the sign-in page and back; programs are told."""
    _say_why_gone(request)
    accepts = request.headers.get("Accept", "")
    if request.path.startswith("/api/") or "json" in accepts or _bearer(request):
        raise Refusal(
            "unauthenticated",
            _noop("没有登录，或令牌无效、已过期"),
            fix=_noop("请在请求头 Authorization 里给出有效的 Bearer 令牌"),
            status=401,
        )
    back = request.get_full_path() if request.method == "GET" else ""
    there = resolve_url(settings.LOGIN_URL)
    there += f"?{urlencode({'next': back})}" if back else ""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = there
        return answer
    return HttpResponseRedirect(there)


def _bearer(request: HttpRequest) -> bool:
    return request.headers.get("Authorization", "").startswith("Bearer ")
