"""Words 说法: what is wrong with a document or event, said to its sender.

Each sentence names what was found ({detail}); the place stands beside it in the answer.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.trace.domain.faults import Fault, Kind

EXISTS = "event.exists"  # a fault that only the repository can find

WRONG = {
    Kind.TOO_LARGE: _noop("文件超过{detail}字节"),
    Kind.TOO_MANY_EVENTS: _noop("一份文件里的事件超过{detail}条"),
    Kind.NOT_EPCIS: _noop("这里不接收类型“{detail}”"),
    Kind.BAD_UTF8: _noop("不是 UTF-8 编码：{detail}"),
    Kind.MALFORMED: _noop("JSON 写法有误：{detail}"),
    Kind.DUPLICATE_KEY: _noop("同一个对象里有重名的成员"),
    Kind.NULL_CHARACTER: _noop("文字里有空字符 {detail}"),
    Kind.LONE_SURROGATE: _noop("文字里有不成对的代理码 {detail}"),
    Kind.NUMBER_RANGE: _noop("数字超出双精度能表示的范围：{detail}"),
    Kind.TOO_DEEP: _noop("嵌套超过{detail}层"),
    Kind.MISSING: _noop("缺少成员“{detail}”"),
    Kind.WRONG_TYPE: _noop("值的类型不对：{detail}"),
    Kind.UNKNOWN_MEMBER: _noop("标准里没有成员“{detail}”，扩展须带前缀"),
    Kind.UNDECLARED_PREFIX: _noop("前缀“{detail}”没有在 @context 里声明"),
    Kind.BAD_VALUE: _noop("值的写法不对：{detail}"),
    Kind.NOT_IN_VOCABULARY: _noop("“{detail}”不在核心业务词汇表里"),
    Kind.REPEATED: _noop("列表里有重复的值：{detail}"),
    Kind.EMPTY: _noop("列表不能为空"),
    Kind.NOTHING_OBSERVED: _noop("事件没有说到任何物品：缺少“{detail}”"),
    Kind.PARENT_NEEDED: _noop("缺少父级标识“{detail}”"),
    Kind.ILMD_NOT_ALLOWED: _noop("动作为 {detail} 时不能带主数据 ilmd"),
    EXISTS: _noop("已有同一事件编号而内容不同的事件：{detail}"),
}
_SMALLER = _noop("请分成几份发送；上限见 OPTIONS 的应答头")
_MEND = _noop("请按 EPCIS 2.0 改正所指的位置后重新发送")
_DECLARE = _noop("更正请发送错误声明，并给新事件另一个编号")
MENDED = {Kind.TOO_LARGE: _SMALLER, Kind.TOO_MANY_EVENTS: _SMALLER, EXISTS: _DECLARE}
STATUS = {Kind.TOO_LARGE: 413, Kind.TOO_MANY_EVENTS: 413, EXISTS: 409}
DETAIL_TOP = 200


def refusal(kind: str, detail: str = "") -> Refusal:
    """A kind of fault as a refusal; its code is the kind with `_` for `.`."""
    known = EXISTS if kind == EXISTS else Kind(kind)
    return Refusal(
        known.replace(".", "_"),
        WRONG[known],
        fix=MENDED.get(known, _MEND),
        status=STATUS.get(known, 400),
        detail=detail[:DETAIL_TOP],
    )


def of_fault(fault: Fault) -> Refusal:
    return refusal(fault.kind, fault.detail)
