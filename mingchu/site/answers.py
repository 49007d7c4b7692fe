"""How the house says no: a page in the reader's language, or an RFC 9457 problem document."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import DisallowedHost, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _noop

from mingchu.base import trail
from mingchu.base.errors import Refusal

BAD_REQUEST = Refusal(
    "bad_request", _noop("这个请求看不懂"), _noop("请从页面上的链接或按钮重新进入"), status=400
)
UNKNOWN_HOST = Refusal(
    "unknown_host",
    _noop("本站不以这个域名提供服务"),
    _noop("请核对网址；管理员请把域名写入 MINGCHU_HOSTS"),
    status=400,
)
FORBIDDEN = Refusal(
    "forbidden",
    _noop("您没有查看或办理这一项的权限"),
    _noop("请换用有权限的岗位登录，或联系管理员"),
    status=403,
)
NOT_FOUND = Refusal(
    "not_found",
    _noop("没有这一页，或它不在您的辖区内"),
    _noop("请核对网址，或从首页重新查找"),
    status=404,
)
WRONG_METHOD = Refusal(
    "method_not_allowed",
    _noop("这个网址不能直接打开，它只接收页面上的提交"),
    _noop("请从页面上的按钮进入"),
    status=405,
)
STALE_FORM = Refusal(
    "stale_form",
    _noop("页面停留太久，或浏览器没有接受本站的 Cookie，这次提交没有生效"),
    _noop("请返回上一页，刷新后重新提交"),
    status=403,
)
BROKEN = Refusal(
    "server_error",
    _noop("系统出了错，这次操作没有完成"),
    _noop("请稍后再试；若仍出错，请把请求编号告诉管理员"),
    status=500,
)


FOR_PROGRAMS = ("/api/", "/epcis")


def wants_json(request: HttpRequest) -> bool:
    """Programs get problem documents: at their addresses, and whoever accepts JSON only."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith(FOR_PROGRAMS) or ("json" in accept and "text/html" not in accept)


def problem(refusal: Refusal, **more: object) -> JsonResponse:
    """RFC 9457, with the stable code, the way out and the request's id."""
    why, fix = refusal.said(gettext)
    body = {
        "type": "about:blank",
        "title": why,
        "status": refusal.status,
        "detail": fix,
        "code": refusal.code,
        "why": why,
        "fix": fix,
        "request_id": trail.request_id(),
        **more,
    }
    return JsonResponse(body, status=refusal.status, content_type="application/problem+json")


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The one answer to a refusal, whoever asked."""
    if wants_json(request):
        return problem(refusal)
    why, fix = refusal.said(gettext)
    page = render_to_string(
        "refused.html",
        {"why": why, "fix": fix, "code": refusal.code, "back": _back(request)},
        request=request,
    )
    return HttpResponse(page, status=refusal.status)


def _back(request: HttpRequest) -> str:
    """The page the reader came from, if it was ours."""
    came = request.headers.get("Referer", "")
    home = f"{request.scheme}://{request.get_host()}/"
    return came if came.startswith(home) and came != request.build_absolute_uri() else ""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # A page asks for its own address; with a host that is not ours, or too many parameters, it has
    # none.
    if isinstance(exception, DisallowedHost):
        return _bare(request, UNKNOWN_HOST)
    if isinstance(exception, TooManyFieldsSent):
        return _bare(request, BAD_REQUEST)
    return refused(request, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, FORBIDDEN)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF token is missing or old; Django's reason is for developers and stays unsaid."""
    return refused(request, STALE_FORM)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    return _bare(request, BROKEN)


def _bare(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Touches neither database nor session nor address: any of them may be what broke."""
    if wants_json(request):
        return problem(refusal)
    why, fix = refusal.said(gettext)
    known = {
        "why": why,
        "fix": fix,
        "code": refusal.code,
        "demo": settings.DEMO,
        "request_id": trail.request_id(),
    }
    return HttpResponse(render_to_string("refused.html", known), status=refusal.status)
