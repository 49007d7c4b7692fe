"""Words 说法: what is wrong with a document or event, said to its sender.

Each sentence names what was found ({detail}); the place stands beside it in the answer.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.trace.domain.faults import Fault, Kind

EXISTS = "event.exists"  # a fault that only the repository can find

_SMALLER = _noop("请分成几份发送；上限见 OPTIONS 的应答头")
_MEND = _noop("请按 EPCIS 2.0 改正所指的位置后重新发送")
_DECLARE = _noop("更正请发送错误声明，并给新事件另一个编号")
WRONG = {
    Kind.TOO_LARGE: Refusal(
        "document_too_large", _noop("文件超过{detail}字节"), fix=_SMALLER, status=413
    ),
    Kind.TOO_MANY_EVENTS: Refusal(
        "document_too_many_events",
        _noop("一份文件里的事件超过{detail}条"),
        fix=_SMALLER,
        status=413,
    ),
    Kind.NOT_EPCIS: Refusal(
        "document_not_epcis", _noop("这里不接收类型“{detail}”"), fix=_MEND, status=400
    ),
    Kind.BAD_UTF8: Refusal(
        "json_bad_utf8", _noop("不是 UTF-8 编码：{detail}"), fix=_MEND, status=400
    ),
    Kind.MALFORMED: Refusal(
        "json_malformed", _noop("JSON 写法有误：{detail}"), fix=_MEND, status=400
    ),
    Kind.DUPLICATE_KEY: Refusal(
        "json_duplicate_key", _noop("同一个对象里有重名的成员"), fix=_MEND, status=400
    ),
    Kind.NULL_CHARACTER: Refusal(
        "json_null_character", _noop("文字里有空字符 {detail}"), fix=_MEND, status=400
    ),
    Kind.LONE_SURROGATE: Refusal(
        "json_lone_surrogate", _noop("文字里有不成对的代理码 {detail}"), fix=_MEND, status=400
    ),
    Kind.NUMBER_RANGE: Refusal(
        "json_number_range", _noop("数字超出双精度能表示的范围：{detail}"), fix=_MEND, status=400
    ),
    Kind.TOO_DEEP: Refusal("json_too_deep", _noop("嵌套超过{detail}层"), fix=_MEND, status=400),
    Kind.XML_MALFORMED: Refusal(
        "xml_malformed", _noop("XML 写法有误：{detail}"), fix=_MEND, status=400
    ),
    Kind.XML_DTD: Refusal(
        "xml_dtd",
        _noop("不接收带文档类型声明（DTD）的 XML：{detail}"),
        fix=_noop("请去掉 DOCTYPE 和实体后重新发送"),
        status=400,
    ),
    Kind.XML_ENCODING: Refusal(
        "xml_encoding",
        _noop("不接收编码为 {detail} 的 XML"),
        fix=_noop("请以 UTF-8 编码发送"),
        status=400,
    ),
    Kind.XML_TOO_MANY: Refusal(
        "xml_too_many", _noop("一个事件里的元素超过{detail}个"), fix=_SMALLER, status=413
    ),
    Kind.MISSING: Refusal("event_missing", _noop("缺少成员“{detail}”"), fix=_MEND, status=400),
    Kind.WRONG_TYPE: Refusal(
        "event_wrong_type", _noop("值的类型不对：{detail}"), fix=_MEND, status=400
    ),
    Kind.UNKNOWN_MEMBER: Refusal(
        "event_unknown_member",
        _noop("标准里没有成员“{detail}”，扩展须带前缀"),
        fix=_MEND,
        status=400,
    ),
    Kind.UNDECLARED_PREFIX: Refusal(
        "event_undeclared_prefix",
        _noop("前缀“{detail}”没有在 @context 里声明"),
        fix=_MEND,
        status=400,
    ),
    Kind.BAD_VALUE: Refusal(
        "event_bad_value", _noop("值的写法不对：{detail}"), fix=_MEND, status=400
    ),
    Kind.NOT_IN_VOCABULARY: Refusal(
        "event_not_in_vocabulary", _noop("“{detail}”不在核心业务词汇表里"), fix=_MEND, status=400
    ),
    Kind.REPEATED: Refusal(
        "event_repeated", _noop("列表里有重复的值：{detail}"), fix=_MEND, status=400
    ),
    Kind.EMPTY: Refusal("event_empty", _noop("列表不能为空"), fix=_MEND, status=400),
    Kind.NOTHING_OBSERVED: Refusal(
        "event_nothing_observed",
        _noop("事件没有说到任何物品：缺少“{detail}”"),
        fix=_MEND,
        status=400,
    ),
    Kind.PARENT_NEEDED: Refusal(
        "event_parent_needed", _noop("缺少父级标识“{detail}”"), fix=_MEND, status=400
    ),
    Kind.ILMD_NOT_ALLOWED: Refusal(
        "event_ilmd_not_allowed",
        _noop("动作为 {detail} 时不能带主数据 ilmd"),
        fix=_MEND,
        status=400,
    ),
    Kind.NOT_ALLOTTED_TO_YOU: Refusal(
        "event_not_allotted_to_you",
        _noop("标识“{detail}”分配给了别人，您不能由它赋码或产出"),
        fix=_noop("请用分配给您的编码；若您受托代办，请持码人到市局登记代理"),
        status=403,
    ),
    Kind.NOT_ALLOTTED: Refusal(
        "event_not_allotted",
        _noop("标识“{detail}”的厂商识别代码还没有登记"),
        fix=_noop("请先到市局登记您的厂商识别代码或这一个编码，再重新发送"),
        status=403,
    ),
    Kind.NOT_YOUR_EVENT: Refusal(
        "event_not_your_event",
        _noop("事件“{detail}”是别人发送的，您不能声明它有误"),
        fix=_noop("请由原发送方、全部标识的持码人或市局声明，内容须与原事件相同"),
        status=403,
    ),
    EXISTS: Refusal(
        "event_exists",
        _noop("已有同一事件编号而内容不同的事件：{detail}"),
        fix=_DECLARE,
        status=409,
    ),
}
DETAIL_TOP = 200


def refusal(kind: str, detail: str = "") -> Refusal:
    """A kind of fault as a refusal; its code is the kind with `_` for `.`."""
    said = WRONG[EXISTS if kind == EXISTS else Kind(kind)]
    return Refusal(
        said.code,
        said.why_source,
        said.fix_source,
        status=said.status,
        detail=detail[:DETAIL_TOP],
    )


def of_fault(fault: Fault) -> Refusal:
    return refusal(fault.kind, fault.detail)
