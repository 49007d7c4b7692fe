"""Middleware: each request's trail, the reader's choices, headers, and refusals told politely."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from mingchu.base import trail
from mingchu.base.errors import Refusal
from mingchu.site.answers import refused
from mingchu.site.context import LARGE_TEXT_COOKIE

Answer = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = "; ".join(
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
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
A_YEAR = 365 * 24 * 3600


class Trail:
    """Outermost: the request gets its id, the answer carries it."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with trail.following(request.headers.get("X-Request-Id", "")) as name:
            response = self.get_response(request)
            response["X-Request-Id"] = name
            return response


class Headers:
    """What a browser is told beside the page; nothing inline, nothing from elsewhere."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), usb=()")
        if request.is_secure():
            response.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
        return response


class Choices:
    """`?lang=` and `?text=` set the reader's language and type size, then the page comes again."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET" or not {"lang", "text"} & request.GET.keys():
            return self.get_response(request)
        rest = [(k, v) for k, values in request.GET.lists() for v in values]
        kept = urlencode([(k, v) for k, v in rest if k not in {"lang", "text"}])
        back: HttpResponse = HttpResponseRedirect(request.path + (f"?{kept}" if kept else ""))
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
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused(request, error) if isinstance(error, Refusal) else None
