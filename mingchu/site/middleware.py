"""Middleware: each request's trail, the reader's choices, headers, and refusals told politely."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.utils.http import escape_leading_slashes

from mingchu.accounts.context import LARGE_TEXT_COOKIE
from mingchu.base import meters, trail
from mingchu.base.errors import Refusal
from mingchu.ledger.rows import foreseen
from mingchu.site import signs
from mingchu.site.answers import FOR_PROGRAMS, WRONG_METHOD, refused

_log = logging.getLogger("mingchu.request")
Answer = Callable[[HttpRequest], HttpResponseBase]

MIB = 2**20
BODY_BYTES = MIB
BODY_BYTES_BY_PREFIX = (
    ("/api/v1/imports", 40 * MIB),
    ("/w/import", 40 * MIB),
    ("/api/v1/draws", 40 * MIB),
    ("/api/v1/blobs/", max(settings.FILE_BYTES.values())),
    ("/api/v1/complaints/photos/", settings.FILE_BYTES["photo"]),
)
A_YEAR = 365 * 24 * 3600


class Trail:
    """Outermost: the request gets its id, the answer carries it, one line of the log tells it."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        with trail.following(request.headers.get("X-Request-Id", "")) as name, foreseen():
            response = self.get_response(request)
            response["X-Request-Id"] = name
            _tell(request, response, time.perf_counter() - begun)
            return response


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Route names, never paths with ids, become labels; the log keeps the path without query."""
    match = request.resolver_match
    route = (match.view_name or "unnamed") if match else "none"
    status = response.status_code
    meters.count("mingchu_requests_total", route=route, status=status)
    meters.observe("mingchu_request_seconds", seconds, route=route)
    _log.info(
        "method=%s path=%s route=%s status=%d ms=%.1f user=%s",
        request.method,
        quote(getattr(request, "_mingchu_path", request.path)),
        route,
        status,
        seconds * 1000,
        getattr(request, "_mingchu_user", "-").replace(" ", ","),
    )


class Limits:
    """A body larger than its route allows is refused before it is read.

    A view says so by its attribute `max_body_bytes`; the others take a form and no more.
    """

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], *args: object
    ) -> HttpResponse | None:
        top = max(getattr(view, "max_body_bytes", BODY_BYTES), _by_prefix(request.path))
        said = request.META.get("CONTENT_LENGTH") or "0"
        if said.isdecimal() and int(said) <= top:
            return None
        return refused(
            request,
            Refusal(
                "too_large",
                "提交的内容超过{mib} MiB",
                fix="请分批提交，或压缩后再传",
                status=413,
                mib=top // MIB,
            ),
        )


def _by_prefix(path: str) -> int:
    return next((top for prefix, top in BODY_BYTES_BY_PREFIX if path.startswith(prefix)), 0)


def content_security_policy() -> str:
    """Nothing inline, nothing from elsewhere.

    Browsers hold a form's redirects to `form-action` too, so the identity provider is named.
    """
    apps: list[dict[str, Any]] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]  # type: ignore[assignment]
    parts = [urlsplit(app["settings"]["server_url"]) for app in apps]
    providers = [f"{part.scheme}://{part.netloc}" for part in parts]
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            " ".join(("form-action 'self'", *providers)),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


class Headers:
    """What a browser is told beside the page."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response
        self.policy = content_security_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", self.policy)
        response.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), usb=()")
        signs.note_connection(request)
        if request.is_secure():
            response.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
        return response


class Choices:
    """`?lang=` and `?text=` set the reader's language and type size, then the page comes again."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET" or request.path.startswith(FOR_PROGRAMS):
            return self.get_response(request)
        chosen = {"lang", "text"} & request.GET.keys()
        if not chosen:
            return self.get_response(request)
        rest = [(k, v) for k, values in request.GET.lists() for v in values]
        kept = urlencode([(k, v) for k, v in rest if k not in {"lang", "text"}])
        # Two leading slashes would name another host.
        there = escape_leading_slashes(request.path) + (f"?{kept}" if kept else "")
        back: HttpResponse = HttpResponseRedirect(there)
        _remember(request, back, settings.LANGUAGE_COOKIE_NAME, "lang", dict(settings.LANGUAGES))
        _remember(request, back, LARGE_TEXT_COOKIE, "text", {"large": "", "normal": ""})
        return back


def _remember(
    request: HttpRequest, back: HttpResponse, cookie: str, key: str, known: dict[str, str]
) -> None:
    if (value := request.GET.get(key)) in known:
        back.set_cookie(
            cookie, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )


class Refusals:
    """Innermost: a Refusal raised by any view becomes a page or a problem document."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            told = refused(request, WRONG_METHOD)
            told["Allow"] = response["Allow"]
            return told
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused(request, error) if isinstance(error, Refusal) else None
