"""How alike two names are 名称相似: what they share beside place and legal form; pure."""

from __future__ import annotations

import re
from collections import Counter

from mingchu.registry.domain import folded

SIMILAR_FROM = 0.6  # ours: below it, names of one trade look alike
# What many names have in common says nothing about two of them.
_FORMS = re.compile(
    r"(股份)?有限(责任)?公司|农民专业合作社|合作社|个体工商户|分公司|总店|分店|内蒙古(自治区)?|呼和浩特市?"
)
_NOISE = re.compile(r"[\s()\[\]{}<>〈〉《》「」【】·.,，。、'\"“”‘’_/\\|-]+")


def core(name: str) -> str:
    """What of a name is its own.

    >>> core("内蒙古绿野餐饮有限责任公司（大学东街）"), core("呼和浩特市有限公司")
    ('绿野餐饮大学东街', '呼和浩特市有限公司')
    """
    plain = _NOISE.sub("", folded(name))
    return _FORMS.sub("", plain) or plain


def similarity(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same but for form, brackets and width.

    >>> similarity("绿野家常菜馆", "绿野家常菜馆（东街店）") > SIMILAR_FROM
    True
    >>> similarity("绿野家常菜馆", "青山烟酒店")
    0.0
    """
    mine, theirs = core(one), core(other)
    if mine == theirs:
        return 1.0
    here, there = _pairs(mine), _pairs(theirs)
    whole = here.total() + there.total()
    return 2 * (here & there).total() / whole if whole else 0.0


def _pairs(text: str) -> Counter[str]:
    """Neighbouring characters, the ends of the text counted as one."""
    edged = f"^{text}$"
    return Counter(edged[at : at + 2] for at in range(len(edged) - 1))
