"""Character sets of the AIs 字符集, and how their signs are escaped in URN and Digital Link.

Set 82 of the General Specifications is for serials, lots and references, set 39 for CPI. The two
forms escape differently: a URN what RFC 8141 cannot carry, a Digital Link more. The key keeps
the second, with capital hexadecimal digits, so that each value has one spelling.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mingchu.identifiers.epc.errors import CHARACTER, EMPTY, ESCAPE, LENGTH, EpcError

_PLAIN_82 = r"[A-Za-z0-9'.;=_-]"
_SET_82 = r"""[A-Za-z0-9!"%&'()*+,./:;<=>?_-]"""
# What stands for itself in a URN (RFC 8141 and the Tag Data Standard), and in a segment of a path.
_RAW_URN = re.compile(r"[A-Za-z0-9!'()*+,.:;=_%-]*")
_RAW_LINK = re.compile(r"[A-Za-z0-9!'()*+,.:;=_%&~@$-]*")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LINK = str.maketrans({sign: f"%{ord(sign):02X}" for sign in '!"#%&()*+,/:<>?'})
_URN = str.maketrans({sign: f"%{ord(sign):02X}" for sign in '"#%&/<>?'})


class Letters(NamedTuple):
    """A character set with its longest text: `plain` needs no escape in either form."""

    plain: re.Pattern[str]
    every: re.Pattern[str]
    longest: int


def _letters(plain: str, every: str, longest: int) -> Letters:
    size = f"{{1,{longest}}}"
    return Letters(re.compile(plain + size), re.compile(every + size), longest)


X16, X17, X20, X28, X30 = (_letters(_PLAIN_82, _SET_82, most) for most in (16, 17, 20, 28, 30))
CPI = _letters("[A-Z0-9-]", "[A-Z0-9#/-]", 30)
DIGITS_10, DIGITS_12 = (_letters("[0-9]", "[0-9]", most) for most in (10, 12))
# A part's serial has no zero in front.
SERIAL_12 = Letters(re.compile("[1-9][0-9]{0,11}"), re.compile("[1-9][0-9]{0,11}"), 12)
UIC = Letters(re.compile(f"[0-9]{_PLAIN_82}{{3}}"), re.compile(f"[0-9]{_SET_82}{{3}}"), 4)


def from_urn(text: str, letters: Letters) -> str:
    """A field of a URN as the key spells it.

    >>> from_urn("a%2fb:1", X20)
    'a%2Fb%3A1'
    """
    return text if letters.plain.fullmatch(text) else _spelled(text, letters, _RAW_URN)


def from_link(text: str, letters: Letters) -> str:
    """A segment of a Digital Link as the key spells it.

    >>> from_link("a%2fb:1%2D", X20)
    'a%2Fb%3A1-'
    """
    return text if letters.plain.fullmatch(text) else _spelled(text, letters, _RAW_LINK)


def _spelled(text: str, letters: Letters, raw: re.Pattern[str]) -> str:
    if not text:
        raise EpcError(EMPTY)
    if not raw.fullmatch(text):
        raise EpcError(CHARACTER, found=text)
    if _LONE_PERCENT.search(text):
        raise EpcError(ESCAPE, found=text)
    meant = decoded(text)
    if len(meant) > letters.longest:
        raise EpcError(LENGTH, found=meant, longest=letters.longest)
    if not letters.every.fullmatch(meant):
        raise EpcError(CHARACTER, found=meant)
    return meant.translate(_LINK)


def decoded(text: str) -> str:
    """
    >>> decoded("a%2Fb")
    'a/b'
    """
    return _ESCAPED.sub(lambda two: chr(int(two[1], 16)), text) if "%" in text else text


def in_link(value: str) -> str:
    """A value as a segment of a Digital Link, and so of the key."""
    return value.translate(_LINK)


def in_urn(segment: str) -> str:
    """A segment of the key as a field of a URN.

    >>> in_urn("a%2Fb%3A1")
    'a%2Fb:1'
    """
    return decoded(segment).translate(_URN) if "%" in segment else segment
