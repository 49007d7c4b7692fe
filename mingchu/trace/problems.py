"""Problems: how the repository says no, as the EPCIS standard names its exceptions (RFC 7807)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _noop

from mingchu.base import trail
from mingchu.base.errors import Refusal
from mingchu.trace import words
from mingchu.trace.domain.faults import Fault

CONTENT_TYPE = "application/problem+json"
# By status; what one status means twice is said by the code.
TYPES = {
    400: "ValidationException",
    401: "SecurityException",
    403: "SecurityException",
    404: "NoSuchResourceException",
    405: "ImplementationException",
    406: "NotAcceptableException",
    409: "ResourceAlreadyExistsException",
    413: "CaptureLimitExceededException",
    415: "UnsupportedMediaTypeException",
    501: "ImplementationException",
}

UNAUTHENTICATED = Refusal(
    "unauthenticated",
    _noop("没有登录，或令牌无效、已过期"),
    fix=_noop("请在请求头 Authorization 里给出有效的 Bearer 令牌"),
    status=401,
)
FORBIDDEN = Refusal(
    "forbidden",
    _noop("您没有查看或办理这一项的权限"),
    fix=_noop("请换用有权限的岗位登录，或联系管理员"),
    status=403,
)
NOT_FOUND = Refusal(
    "not_found",
    _noop("没有这个采集任务或事件，或您无权查看"),
    fix=_noop("请核对编号"),
    status=404,
)
WRONG_METHOD = Refusal(
    "method_not_allowed",
    _noop("这个地址不支持这种请求方法"),
    fix=_noop("可用的方法见应答头 Allow"),
    status=405,
)
NOT_YET = Refusal(
    "not_implemented",
    _noop("还不能查询事件"),
    fix=_noop("按事件编号读取已经可以；其余见 docs/limits.md"),
    status=501,
)
BROKEN = Refusal(
    "server_error",
    _noop("系统出了错，这次操作没有完成"),
    fix=_noop("请稍后再试；若仍出错，请把请求编号告诉管理员"),
    status=500,
)


def unsupported_version(header: str, said: str) -> Refusal:
    return Refusal(
        "unsupported_version",
        _noop("不支持 {header}: {said}"),
        fix=_noop("本库支持 EPCIS 2.0 与 CBV 2.0，标识按原样返回"),
        status=406,
        header=header,
        said=said[:40],
    )


def unacceptable(said: str) -> Refusal:
    return Refusal(
        "not_acceptable",
        _noop("不能以“{said}”应答"),
        fix=_noop("请接受 application/json 或 application/ld+json"),
        status=406,
        said=said[:80],
    )


def unsupported_media(said: str) -> Refusal:
    return Refusal(
        "unsupported_media_type",
        _noop("不接收“{said}”"),
        fix=_noop("请以 application/json 或 application/ld+json 发送，不要压缩"),
        status=415,
        said=said[:80],
    )


def unknown_behaviour(said: str) -> Refusal:
    return Refusal(
        "bad_error_behaviour",
        _noop("GS1-Capture-Error-Behaviour 没有“{said}”这个值"),
        fix=_noop("可用：rollback、proceed"),
        status=400,
        said=said[:40],
    )


def bad_page(parameter: str) -> Refusal:
    return Refusal(
        "bad_page",
        _noop("参数 {parameter} 无法识别或已过期"),
        fix=_noop("请从第一页重新开始，perPage 用正整数"),
        status=400,
        parameter=parameter,
    )


def cut_off(came: int, said: int) -> Refusal:
    return Refusal(
        "cut_off",
        _noop("只收到{came}字节，应有{said}字节"),
        fix=_noop("请重新发送；已采集的事件重发不会重复"),
        status=400,
        came=came,
        said=said,
    )


def body(refusal: Refusal, **more: Any) -> dict[str, Any]:
    """The problem in the language in force."""
    why, fix = refusal.said(gettext)
    return {
        "type": f"epcisException:{TYPES.get(refusal.status, 'ImplementationException')}",
        "title": why,
        "status": refusal.status,
        "detail": fix,
        "code": refusal.code,
        "why": why,
        "fix": fix,
        "request_id": trail.request_id(),
        **more,
    }


def of_fault(fault: Fault) -> dict[str, Any]:
    return body(words.of_fault(fault), path=fault.path, byte=fault.byte)


def of_error(error: dict[str, Any]) -> dict[str, Any]:
    """An error kept with a job: which event of the document, and where."""
    refusal = words.refusal(error["kind"], error["detail"])
    told = body(refusal, index=error["at"], path=error["path"], byte=error["byte"])
    del told["request_id"]
    return told
