"""Pinyin 拼音: the key by which names are sorted, since the database sorts by code point.

Each character by its first reading; a name that begins with a letter or a digit stands before.
"""

from __future__ import annotations

from functools import cache
from unicodedata import normalize

from pypinyin.constants import PINYIN_DICT

KEY_TOP = 120
_TONES = {ord(mark): None for mark in "\u0304\u0301\u030c\u0300"}


def sort_key(name: str) -> str:
    """
    >>> sort_key("绿野面馆"), sort_key("A1超市")
    ('lü ye mian guan ', 'a1chao shi ')
    >>> sorted(["赛罕", "回民", "玉泉", "新城"], key=sort_key)
    ['回民', '赛罕', '新城', '玉泉']
    """
    return normalize("NFKC", name).lower().translate(_readings())[:KEY_TOP]


@cache
def _readings() -> dict[int, str]:
    """Every character with its first reading, without tones, in one go for `str.translate`."""
    return {point: f"{_bare(said.split(',')[0])} " for point, said in PINYIN_DICT.items()}


def _bare(reading: str) -> str:
    """The reading without its tone; ü stays a letter of its own, behind u."""
    return normalize("NFC", normalize("NFD", reading).translate(_TONES))
