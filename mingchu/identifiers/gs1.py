"""GS1 keys 编码: GTIN (GB 12904, GB/T 16830), GLN (GB/T 16828), SSCC (GB/T 18127).

With their forms as GS1 Digital Link and as EPC URN. A URN needs the length of the company prefix,
which no key tells; it is the caller's to know. The prefix 952 is GS1's own for demonstrations.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from mingchu.identifiers.checksums import gs1
from mingchu.identifiers.clean import clean, spoiled_by_a_spreadsheet
from mingchu.identifiers.verdict import Reason, Result, Verdict, worst
from mingchu.identifiers.verdict import msgid as _


class Key(StrEnum):
    GTIN = "gtin"
    GLN = "gln"
    SSCC = "sscc"


LENGTHS = {Key.GTIN: (8, 12, 13, 14), Key.GLN: (13,), Key.SSCC: (18,)}
# Application identifiers; 414 is a place, and the one GLN of Digital Link that stands alone.
AIS = {Key.GTIN: "01", Key.GLN: "414", Key.SSCC: "00"}
DEMO_PREFIX = "952"
SHORTEST_PREFIX, LONGEST_PREFIX = 4, 12

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


class Read(NamedTuple):
    key: Key
    value: str


_LINK = re.compile(r"(?:https?://[^/?#]+)?(?:/[^/?#]+)*?/(01|414|00)/(\d+)(?:[/?#].*)?")
_KEY_OF = {ai: key for key, ai in AIS.items()}


def digital_link(key: Key, value: str, host: str = "") -> str:
    """The key as a GS1 Digital Link; without a host only its path.

    >>> digital_link(Key.GTIN, "6901234567892", "https://example.org")
    'https://example.org/01/06901234567892'
    """
    return f"{host}/{AIS[key]}/{to_14(value) if key is Key.GTIN else value}"


def read_digital_link(text: str) -> Read | None:
    """The key in a Digital Link; None where there is no valid one.

    >>> read_digital_link("https://example.org/a/01/06901234567892/10/L1?17=261231").value
    '06901234567892'
    """
    found = _LINK.fullmatch(text)
    if not found:
        return None
    key = _KEY_OF[found[1]]
    value = to_14(found[2]) if key is Key.GTIN else found[2]
    return Read(key, value) if valid(key, value) else None


_URN = re.compile(
    r"urn:epc:(?:idpat:(sgtin):(\d+)\.(\d+)\.\*|id:(sgln):(\d+)\.(\d*)\.0|id:(sscc):(\d+)\.(\d+))"
)


def epc_urn(key: Key, value: str, prefix_digits: int) -> str:
    """The key as an EPC URN: of a GTIN its class, of a GLN the place without extension.

    >>> epc_urn(Key.GTIN, "80614141123458", 7)
    'urn:epc:idpat:sgtin:0614141.812345.*'
    >>> epc_urn(Key.SSCC, "106141412345678908", 7), epc_urn(Key.GLN, "0614141123452", 7)
    ('urn:epc:id:sscc:0614141.1234567890', 'urn:epc:id:sgln:0614141.12345.0')
    """
    if not SHORTEST_PREFIX <= prefix_digits <= LONGEST_PREFIX:
        raise ValueError(f"no company prefix has {prefix_digits} digits")
    if key is Key.GLN:
        return f"urn:epc:id:sgln:{value[:prefix_digits]}.{value[prefix_digits:-1]}.0"
    # The digit before the company prefix moves behind it: indicator or extension.
    bare = to_14(value) if key is Key.GTIN else value
    prefix = bare[1 : 1 + prefix_digits]
    rest = bare[0] + bare[1 + prefix_digits : -1]
    kind = "idpat:sgtin" if key is Key.GTIN else "id:sscc"
    return f"urn:epc:{kind}:{prefix}.{rest}" + (".*" if key is Key.GTIN else "")


def read_urn(text: str) -> Read | None:
    """The key in an EPC URN; None where it is another URN, or its digits are not so many.

    >>> read_urn("urn:epc:id:sgln:0614141.12345.0")
    Read(key=<Key.GLN: 'gln'>, value='0614141123452')
    """
    found = _URN.fullmatch(text)
    if not found:
        return None
    scheme, prefix, rest = (part for part in found.groups() if part is not None)
    key = {"sgtin": Key.GTIN, "sgln": Key.GLN, "sscc": Key.SSCC}[scheme]
    moved = key is not Key.GLN
    if not SHORTEST_PREFIX <= len(prefix) <= LONGEST_PREFIX or (moved and not rest):
        return None
    body = rest[0] + prefix + rest[1:] if moved else prefix + rest
    value = body + gs1(body)
    return Read(key, value) if len(value) == LENGTHS[key][-1] else None


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
