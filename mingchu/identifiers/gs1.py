"""GS1 keys 编码: GTIN (GB 12904, GB/T 16830), GLN (GB/T 16828), SSCC (GB/T 18127).

As people type them and labels print them; `epc` reads and writes them as EPC URN and as GS1 Digital
Link. The prefix 952 is GS1's own for demonstrations.
"""

from __future__ import annotations

from enum import StrEnum

from mingchu.identifiers.checksums import gs1
from mingchu.identifiers.clean import clean, spoiled_by_a_spreadsheet
from mingchu.identifiers.verdict import Reason, Result, Verdict, worst
from mingchu.identifiers.verdict import msgid as _


class Key(StrEnum):
    GTIN = "gtin"
    GLN = "gln"
    SSCC = "sscc"


LENGTHS = {Key.GTIN: (8, 12, 13, 14), Key.GLN: (13,), Key.SSCC: (18,)}
DEMO_PREFIX = "952"

SHAPE = Reason(
    "gs1_shape",
    _("“{found}”不是{key}：应为{lengths}位数字"),
    _("请对照条码下方的数字填写全部位数"),
    Result.WRONG,
)
SPREADSHEET = Reason(
    "gs1_spreadsheet",
    _("编码被电子表格当成数字，末几位已经丢失"),
    _("请把该列设为文本格式，再从原件重新填写"),
    Result.WRONG,
)
CHECK = Reason(
    "gs1_check",
    _("{key}末位应为{expected}，填的是{found}"),
    _("请对照条码下方的数字逐位核对"),
    Result.WRONG,
)


def valid(key: Key, text: str) -> bool:
    """
    >>> valid(Key.GTIN, "6901234567892"), valid(Key.SSCC, "106141412345678908")
    (True, True)
    """
    whole = text.isascii() and text.isdigit() and len(text) in LENGTHS[key]
    return whole and gs1(text[:-1]) == text[-1]


def check(key: Key, typed: str) -> Verdict:
    """The verdict on a text given as a key.

    >>> check(Key.GTIN, "6901234-567893").said()
    'GTIN末位应为2，填的是3。请对照条码下方的数字逐位核对。'
    """
    text, mended = clean(typed)
    reasons = () if valid(key, text) else (_reason(key, text),)
    return Verdict(key, typed, text, worst(reasons), reasons, mended)


def _reason(key: Key, text: str) -> Reason:
    name = key.upper()
    if len(text) in LENGTHS[key] and text.isascii() and text.isdigit():
        return CHECK.given(key=name, expected=gs1(text[:-1]), found=text[-1])
    if spoiled_by_a_spreadsheet(text):
        return SPREADSHEET
    lengths = "、".join(map(str, LENGTHS[key]))
    return SHAPE.given(found=text, key=name, lengths=lengths)


def to_14(gtin: str) -> str:
    """The one form under which a GTIN of any length is compared and stored.

    >>> to_14("6901234567892")
    '06901234567892'
    """
    return gtin.rjust(14, "0")


def synthetic(key: Key, n: int) -> str:
    """The n-th key under the prefix for demonstrations.

    >>> synthetic(Key.GTIN, 1), synthetic(Key.SSCC, 1)
    ('9520000000011', '095200000000000011')
    """
    lead = "0" if key is Key.SSCC else ""
    width = {Key.GTIN: 9, Key.GLN: 9, Key.SSCC: 13}[key]
    body = f"{lead}{DEMO_PREFIX}{n:0{width}d}"
    return body + gs1(body)


def is_synthetic(key: Key, value: str) -> bool:
    """
    >>> is_synthetic(Key.GTIN, "9520000000011"), is_synthetic(Key.GTIN, "6901234567892")
    (True, False)
    """
    bare = to_14(value) if key is Key.GTIN else value
    return bare.startswith(DEMO_PREFIX) if key is Key.GLN else bare[1:4] == DEMO_PREFIX
