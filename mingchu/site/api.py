"""The machines' door: one OpenAPI 3.1 document over the routers of all contexts."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _noop
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError

from mingchu.base.errors import Refusal
from mingchu.site.answers import BAD_REQUEST, FORBIDDEN, NOT_FOUND, problem
from mingchu.site.ledger import api as ledger
from mingchu.site.story import api as story

UNAUTHENTICATED = Refusal(
    "unauthenticated",
    _noop("没有登录，或令牌无效、已过期"),
    _noop("请在请求头 Authorization 里给出有效的 Bearer 令牌"),
    status=401,
)
THROTTLED = Refusal("too_many_requests", _noop("请求太频繁"), _noop("请稍等片刻再试"), status=429)
INVALID = Refusal(
    "invalid", _noop("请求的内容不合要求"), _noop("请按 errors 逐项改正后重发"), status=422
)
BY_STATUS = {
    refusal.status: refusal for refusal in (BAD_REQUEST, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND)
}

api = NinjaAPI(
    title="mingchu 明厨",
    version="1",
    urls_namespace="api",
    description="Lists: {items, next} with ?cursor=&limit=. POST takes Idempotency-Key. "
    "Errors are RFC 9457 problems with a stable code.",
    docs_url=None,
)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _challenging(problem(refusal))


def _challenging(answer: HttpResponse) -> HttpResponse:
    """A 401 says what is asked for (RFC 9110)."""
    if answer.status_code == UNAUTHENTICATED.status:
        answer["WWW-Authenticate"] = 'Bearer realm="mingchu"'
    return answer


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(NOT_FOUND)


@api.exception_handler(HttpError)
def stopped(request: HttpRequest, error: HttpError) -> HttpResponse:
    """401, 403, 404 and their kin, raised by ninja or by a router."""
    return _challenging(problem(BY_STATUS.get(error.status_code, BAD_REQUEST)))


@api.exception_handler(Throttled)
def throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    answer = problem(THROTTLED)
    if error.wait:
        answer["Retry-After"] = str(error.wait)
    return answer


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Every wrong field with its place, in the order of the request."""
    errors = [
        {"place": "/".join(map(str, fault["loc"])), "kind": fault["type"], "why": fault["msg"]}
        for fault in error.errors
    ]
    return problem(INVALID, errors=errors)


# Before the orders, whose moves are named at the same place of an address.
api.add_router("", story.router)
WITH_API = (
    "rulebook",
    "ledger",
    "accounts",
    "kit",
    "registry",
    "draw",
    "alerts",
    "complaints",
    "risk",
    "inspection",
)
for _context in WITH_API:
    if find_spec(f"mingchu.{_context}.api"):
        api.add_router("", importlib.import_module(f"mingchu.{_context}.api").router)
# Contexts below accounts have their operations here, where the guards are known.
api.add_router("", ledger.router)
