"""Likeness 相似: how alike two letters read, by characters that stand together; pure.

Pairs and triples of characters, each worth the more the fewer letters hold it. It only orders what
a person is shown; merging is the person's.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

ALIKE_FROM = 0.2  # ours, by a handful of invented letters: below it they share a topic at most
SHOWN = re.compile(r"[^\w]+")


def grams(text: str) -> Counter[str]:
    """
    >>> sorted(grams("吃坏了"))
    ['吃坏', '吃坏了', '坏了']
    """
    plain = SHOWN.sub("", unicodedata.normalize("NFKC", text).lower())
    return Counter(plain[at : at + n] for n in (2, 3) for at in range(len(plain) - n + 1))


def likeness(text: str, others: Mapping[int, str]) -> dict[int, float]:
    """From 0 to 1, by key.

    >>> said = likeness("包子馊了，孩子拉肚子", {1: "孩子吃了馊包子拉肚子", 2: "标签没有生产日期"})
    >>> said[1] > ALIKE_FROM > said[2]
    True
    """
    mine, theirs = grams(text), {key: grams(other) for key, other in others.items()}
    seen = Counter(gram for held in (mine, *theirs.values()) for gram in held)
    letters = len(theirs) + 1
    worth = {gram: math.log(1 + letters / count) for gram, count in seen.items()}
    return {key: _cosine(mine, held, worth) for key, held in theirs.items()}


def _cosine(one: Counter[str], other: Counter[str], worth: Mapping[str, float]) -> float:
    shared = sum(one[gram] * other[gram] * worth[gram] ** 2 for gram in one.keys() & other.keys())
    lengths = _length(one, worth) * _length(other, worth)
    return shared / lengths if lengths else 0.0


def _length(held: Counter[str], worth: Mapping[str, float]) -> float:
    return math.sqrt(sum((count * worth[gram]) ** 2 for gram, count in held.items()))
