"""Repeats 幂等: a request sent twice under one Idempotency-Key acts once and answers twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.site.answers import refused
from mingchu.site.models import KeptAnswer

KEPT_HOURS = 48
KEY_TOP = 100


class Repeats:
    """Middleware for POST and PATCH under /api/: act and kept answer are one transaction.

    A second request that arrives while the first still runs waits at the unique index, then
    finds the answer; so nothing is ever half kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key", "")
        if (
            not key
            or request.method not in {"POST", "PATCH"}
            or not request.path.startswith("/api/")
        ):
            return self.get_response(request)
        if len(key) > KEY_TOP:
            return refused(request, _key_too_long())
        with transaction.atomic():
            kept, fresh = KeptAnswer.objects.get_or_create(
                owner=_owner(request),
                key=key,
                defaults={"request": _fingerprint(request), "at": clock.wall()},
            )
            return self._first(request, kept) if fresh else _again(request, kept)

    def _first(self, request: HttpRequest, kept: KeptAnswer) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        elif 200 <= response.status_code < 300 and isinstance(response, HttpResponse):
            kept.status, kept.body = response.status_code, response.content
            kept.kind = response.get("Content-Type", "")
            kept.save(update_fields=["status", "body", "kind"])
        else:
            kept.delete()
        return response


def _again(request: HttpRequest, kept: KeptAnswer) -> HttpResponse:
    if kept.request != _fingerprint(request):
        return refused(
            request,
            Refusal(
                "idempotency_key_reused",
                "这个幂等键已用于另一项请求",
                fix="请为每一项新的请求生成新的 Idempotency-Key",
                status=422,
            ),
        )
    answer = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.kind)
    answer["Idempotent-Replay"] = "true"
    return answer


def _key_too_long() -> Refusal:
    return Refusal(
        "idempotency_key_too_long",
        "幂等键超过{top}个字符",
        fix="请使用 UUID 一类的短键",
        status=400,
        top=KEY_TOP,
    )


def _owner(request: HttpRequest) -> str:
    """Whose key it is: keys of two callers never meet. Only a digest of the credential is kept."""
    login = request.headers.get("Authorization", "") or request.COOKIES.get("sessionid", "")
    return hashlib.sha256(login.encode()).hexdigest()


def _fingerprint(request: HttpRequest) -> str:
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def forget_old() -> int:
    """Drops answers older than the promise; run by the worker every hour."""
    oldest = clock.wall() - timedelta(hours=KEPT_HOURS)
    return KeptAnswer.objects.filter(at__lt=oldest).delete()[0]
