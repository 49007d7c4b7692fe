"""Problems: how the repository says no, as the EPCIS standard names its exceptions (RFC 7807)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _noop

from mingchu.base import trail
from mingchu.base.errors import Refusal
from mingchu.trace import words
from mingchu.trace.domain.asking import AskedWrong, Wrong
from mingchu.trace.domain.faults import Fault
from mingchu.trace.domain.standing import StandingWrong

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
    414: "URITooLongException",
    415: "UnsupportedMediaTypeException",
    501: "ImplementationException",
}

# Queries are refused by names of their own.
TYPES_OF_QUERIES = {400: "QueryParameterException", 413: "QueryTooLargeException"}
TYPES_OF_CODES = {
    "query_unbounded": "QueryTooComplexException",
    "query_order_unbounded": "QueryTooComplexException",
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
    _noop("没有这个采集任务、事件、查询或订阅，或您无权查看"),
    fix=_noop("请核对编号"),
    status=404,
)
WRONG_METHOD = Refusal(
    "method_not_allowed",
    _noop("这个地址不支持这种请求方法"),
    fix=_noop("可用的方法见应答头 Allow"),
    status=405,
)
NAME_TAKEN = Refusal(
    "query_exists",
    _noop("已有同名的查询"),
    fix=_noop("请换一个名称；自己的旧查询可以先删除"),
    status=409,
)
MANY_QUERIES = Refusal(
    "query_many",
    _noop("命名查询或订阅已到上限"),
    fix=_noop("请先删除不用的查询或订阅"),
    status=409,
)
LIMITED = Refusal(
    "subscription_limited",
    _noop("限制条数的查询不能订阅"),
    fix=_noop("请另建一个不带 eventCountLimit 和 maxEventCount 的查询"),
    status=400,
)
NOT_LIVE = Refusal(
    "upgrade_elsewhere",
    _noop("WebSocket 订阅不在这个地址"),
    fix=_noop("请连接应答头 Mingchu-Live 给出的地址"),
    status=426,
)
NO_ADDRESS = Refusal(
    "no_such_address",
    _noop("EPCIS 接口没有这个地址"),
    fix=_noop("可用的资源见 /epcis/"),
    status=404,
)
LONG_ADDRESS = Refusal(
    "address_too_long",
    _noop("网址太长"),
    fix=_noop("请减少一次查询的标识，分几次查"),
    status=414,
)
MANY_PARAMETERS = Refusal(
    "query_many_parameters",
    _noop("查询参数太多"),
    fix=_noop("一个参数有几个值时，用 | 隔开写在一起"),
    status=400,
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
        fix=_noop(
            "本库支持 EPCIS 2.0 与 CBV 2.0，XML 还支持 1.2；标识和词语的写法见 OPTIONS 的应答头"
        ),
        status=406,
        header=header,
        said=said[:40],
    )


def unacceptable(said: str) -> Refusal:
    return Refusal(
        "not_acceptable",
        _noop("不能以“{said}”应答"),
        fix=_noop("请接受 application/json；事件还可以 application/xml 应答"),
        status=406,
        said=said[:80],
    )


def not_in_xml(name: str, what: str) -> Refusal:
    return Refusal(
        "not_in_xml",
        _noop("事件“{name}”用 XML 写不出来：{what}"),
        fix=_noop("请接受 application/json"),
        status=406,
        name=name[:120],
        what=what[:80],
    )


def unsupported_media(said: str) -> Refusal:
    return Refusal(
        "unsupported_media_type",
        _noop("不接收“{said}”"),
        fix=_noop("请以 application/json 发送，文件也可以是 application/xml；可用 gzip 压缩"),
        status=415,
        said=said[:80],
    )


def bad_gzip(said: str) -> Refusal:
    return Refusal(
        "bad_gzip",
        _noop("gzip 内容损坏或不完整：{said}"),
        fix=_noop("请重新压缩后发送"),
        status=400,
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


_LISTED = _noop("支持的参数见 docs/limits.md 与 EPCIS 2.0 标准")
ASKED_WRONG = {
    Wrong.UNKNOWN: Refusal(
        "query_unknown", _noop("没有查询参数“{parameter}”"), fix=_LISTED, status=400
    ),
    Wrong.REPEATED: Refusal(
        "query_repeated",
        _noop("查询参数“{parameter}”出现了两次"),
        fix=_noop("一个参数有几个值时，用 | 隔开写在一起"),
        status=400,
    ),
    Wrong.BAD_VALUE: Refusal(
        "query_bad_value",
        _noop("查询参数“{parameter}”的值“{value}”不对"),
        fix=_noop("请按 EPCIS 2.0 写时间、数字、标准词或标识"),
        status=400,
    ),
    Wrong.NEEDS_ORDER: Refusal(
        "query_needs_order",
        _noop("“{parameter}”要与 orderBy 一起用"),
        fix=_noop("请加上 orderBy=eventTime 或 orderBy=recordTime"),
        status=400,
    ),
    Wrong.EXCLUDES: Refusal(
        "query_excludes",
        _noop("“{parameter}”不能与“{value}”一起用"),
        fix=_noop("请只用其中一个"),
        status=400,
    ),
}
UNBOUNDED = Refusal(
    "query_unbounded",
    _noop("看了很多事件也没有找到，这样的查询没有尽头"),
    fix=_noop("请用标识、事件编号或起止时间缩小范围"),
    status=413,
)


UNORDERED = Refusal(
    "query_order_unbounded",
    _noop("要看的事件太多，排不出顺序"),
    fix=_noop("请用标识、事件编号或起止时间缩小范围，或按 eventTime、recordTime 排序"),
    status=413,
)


def of_query(error: AskedWrong) -> Refusal:
    known = ASKED_WRONG[error.wrong]
    return Refusal(
        known.code,
        known.why_source,
        fix=known.fix_source,
        status=known.status,
        parameter=error.parameter[:80],
        value=error.value[:80],
    )


def of_standing(error: StandingWrong) -> Refusal:
    return Refusal(
        "subscription_bad_value",
        _noop("“{member}”的值“{value}”不对，或这里没有这一项"),
        fix=_noop("请按 EPCIS 2.0 写查询名称、地址、时间表或 stream"),
        status=400,
        member=error.member[:80],
        value=error.value[:80],
    )


def too_large(most: int) -> Refusal:
    return Refusal(
        "query_too_large",
        _noop("结果超过{most}条，或要看的事件太多，数不完"),
        fix=_noop("请用标识、事件编号或起止时间缩小范围"),
        status=413,
        most=most,
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
        "type": f"epcisException:{_type(refusal)}",
        "title": why,
        "status": refusal.status,
        "detail": fix,
        "code": refusal.code,
        "why": why,
        "fix": fix,
        "request_id": trail.request_id(),
        **more,
    }


def _type(refusal: Refusal) -> str:
    if (by_code := TYPES_OF_CODES.get(refusal.code)) is not None:
        return by_code
    if refusal.status == 400 and refusal.code.startswith(("subscription_", "hook_")):
        return "SubscriptionControlsException"
    of_queries = refusal.code.startswith(("query_", "bad_page")) and TYPES_OF_QUERIES.get(
        refusal.status
    )
    return of_queries or TYPES.get(refusal.status, "ImplementationException")


def of_fault(fault: Fault) -> dict[str, Any]:
    return body(words.of_fault(fault), path=fault.path, byte=fault.byte)


def of_error(error: dict[str, Any]) -> dict[str, Any]:
    """An error kept with a job: which event of the document, and where."""
    refusal = words.refusal(error["kind"], error["detail"])
    told = body(refusal, index=error["at"], path=error["path"], byte=error["byte"])
    del told["request_id"]
    return told
