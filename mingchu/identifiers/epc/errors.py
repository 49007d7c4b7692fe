"""What may be wrong with an identifier of EPCIS, in words."""

from __future__ import annotations

from collections.abc import Callable

from mingchu.identifiers.verdict import Reason, Result
from mingchu.identifiers.verdict import msgid as _

NOT_GS1 = Reason(
    "epc_not_gs1",
    _("“{found}”不是EPCIS所用的GS1标识"),
    _("请填写EPC URN或者GS1数字链接"),
    Result.WRONG,
)
FIELDS = Reason(
    "epc_fields",
    _("“{found}”应有{expected}段，这里是{count}段"),
    _("请对照GS1标签数据标准补全各段"),
    Result.WRONG,
)
PREFIX = Reason(
    "epc_prefix",
    _("厂商识别代码应为{shortest}至{longest}位数字，这里是“{found}”"),
    _("请按发放时的位数填写厂商识别代码"),
    Result.WRONG,
)
DIGITS = Reason(
    "epc_digits",
    _("“{found}”应为{expected}位数字"),
    _("请对照条码下方的数字填写全部位数"),
    Result.WRONG,
)
CHECK = Reason(
    "epc_check",
    _("“{found}”的校验码应为{expected}"),
    _("请对照条码下方的数字逐位核对"),
    Result.WRONG,
)
EMPTY = Reason(
    "epc_empty",
    _("标识里有一段是空的"),
    _("请补上这一段，或者连同它的名称一起去掉"),
    Result.WRONG,
)
LENGTH = Reason(
    "epc_length",
    _("“{found}”太长，最多{longest}个字符"),
    _("请对照标签核对"),
    Result.WRONG,
)
CHARACTER = Reason(
    "epc_character",
    _("“{found}”中有不允许的字符"),
    _("请对照标签核对；特殊符号要写成百分号编码"),
    Result.WRONG,
)
ESCAPE = Reason(
    "epc_escape",
    _("“{found}”中的百分号后面不是两位十六进制数"),
    _("百分号本身也要写成百分号编码"),
    Result.WRONG,
)
ORDER = Reason(
    "epc_order",
    _("应用标识符{ai}后面不能这样接{found}"),
    _("请按GS1数字链接标准规定的次序排列限定符"),
    Result.WRONG,
)
PIECES = Reason(
    "epc_pieces",
    _("“{found}”不是件序号和总件数"),
    _("件序号从01起，不大于总件数"),
    Result.WRONG,
)
PATTERN = Reason(
    "epc_pattern",
    _("“{found}”里的星号位置不对"),
    _("星号只能代替末尾的各段"),
    Result.WRONG,
)
PREFIX_UNKNOWN = Reason(
    "epc_prefix_unknown",
    _("不知道“{found}”的厂商识别代码有几位，写不成URN"),
    _("请给出厂商识别代码的位数，或者使用GS1数字链接"),
    Result.WRONG,
)
NO_URN = Reason(
    "epc_no_urn",
    _("“{found}”这类标识没有URN写法"),
    _("请使用GS1数字链接"),
    Result.WRONG,
)


class EpcError(ValueError):
    """A text is no identifier of EPCIS, or cannot be written as asked; `code` is stable.

    Built cheaply and worded when asked: the fast paths meet many texts that are no keys.
    """

    def __init__(self, reason: Reason, **facts: object):
        super().__init__(reason.code)
        self.code = reason.code
        self._reason = reason
        self._facts = facts

    @property
    def reason(self) -> Reason:
        return self._reason.given(**self._facts)

    def said(self, translate: Callable[[str], str]) -> tuple[str, str]:
        """(why, fix) in the language of `translate`."""
        return self.reason.said(translate)

    def __str__(self) -> str:
        return f"{self.code}: {self.reason.why}。{self.reason.fix}。"
