"""Recognition 认列: which column of the file is which of the layout; doubts are asked, not guessed.

A mapping that a person confirmed is remembered under the digest of the header, so that the same
list is never asked about twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Keyed
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from mingchu.base import ids
from mingchu.base.event import canonical
from mingchu.kit.sheets.layouts import Layout

# The column we add to a file that goes back; it is ours, never data.
VERDICT_TITLE = "导入结果"
ALIKE = 0.6
BRACKETS = re.compile(r"[(\[{〔【<].*?[)\]}〕】>]")
NOISE = re.compile(r"[\s*:：;；,，、.。/_\-—'\"“”]")


@dataclass(frozen=True)
class Title:
    """A column's heading; `group` is what stands above it in a two-row header."""

    name: str
    group: str = ""

    @property
    def said(self) -> str:
        return f"{self.group} {self.name}".strip() if self.group != self.name else self.name


@dataclass(frozen=True)
class Doubt:
    """A column that needs a person: who it may be, the likeliest first."""

    index: int
    title: str
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    """Column index → key. `missing` are required keys nobody claims."""

    columns: dict[int, str]
    doubts: tuple[Doubt, ...]
    missing: tuple[str, ...]
    unknown: tuple[int, ...]
    digest: str

    @property
    def is_sure(self) -> bool:
        return not self.doubts and not self.missing

    def confirmed(self, chosen: Keyed[int, str], layout: Layout) -> Mapping:
        """The mapping as a person decided it: `chosen` says the key of each column, "" for none."""
        columns = {index: key for index, key in chosen.items() if key}
        return replace(
            self,
            columns=columns,
            doubts=(),
            missing=_missing(columns, layout),
            unknown=tuple(index for index, key in chosen.items() if not key),
        )


@lru_cache(maxsize=4096)
def plain(title: str) -> str:
    """A heading without what people decorate it with.

    >>> plain("* 统一社会信用代码\\n（18位）："), plain("ＳＣ编号")
    ('统一社会信用代码', 'sc编号')
    """
    whole = unicodedata.normalize("NFKC", title)
    return NOISE.sub("", BRACKETS.sub("", whole)).lower() or NOISE.sub("", whole).lower()


def header_digest(titles: Sequence[Title], layout: Layout) -> str:
    """Names this header of this layout, whatever stands below it."""
    said = [[plain(title.group), plain(title.name)] for title in titles]
    return ids.digest(canonical([layout.name, said]))


def recognise(titles: Sequence[Title], layout: Layout) -> Mapping:
    """Equal names and synonyms are sure; likeness is only ever a question."""
    sure = _sure(titles, layout)
    taken = set(sure.values())
    doubts = []
    for index, title in enumerate(titles):
        if index in sure or not title.name or plain(title.name) == plain(VERDICT_TITLE):
            continue
        alike = _alike(title, layout, taken)
        if alike:
            doubts.append(Doubt(index, title.said, alike))
    doubtful = {doubt.index for doubt in doubts}
    unknown = tuple(
        index
        for index, title in enumerate(titles)
        if title.name and index not in sure and index not in doubtful
    )
    return Mapping(
        sure, tuple(doubts), _missing(sure, layout), unknown, header_digest(titles, layout)
    )


def exact_names(layout: Layout) -> dict[str, list[str]]:
    """Plain heading → keys that go by it."""
    names: dict[str, list[str]] = {}
    for column in layout.columns:
        own = [column.title, *column.synonyms]
        whole = [f"{column.group}{name}" for name in own] if column.group else []
        for name in dict.fromkeys(plain(name) for name in [*own, *whole]):
            names.setdefault(name, []).append(column.key)
    return names


def _sure(titles: Sequence[Title], layout: Layout) -> dict[int, str]:
    """Columns that exactly one key answers to; with its group first, since that says more.

    Two columns of one name are both doubtful: which of them counts is a person's to say.
    """
    names = exact_names(layout)
    claims: dict[str, list[int]] = {}
    for index, title in enumerate(titles):
        keys = names.get(plain(title.group + title.name)) or names.get(plain(title.name), [])
        if len(keys) == 1:
            claims.setdefault(keys[0], []).append(index)
    return {indexes[0]: key for key, indexes in claims.items() if len(indexes) == 1}


def _alike(title: Title, layout: Layout, taken: set[str]) -> tuple[str, ...]:
    scores = []
    for column in layout.columns:
        if column.key in taken:
            continue
        names = [plain(name) for name in (column.title, *column.synonyms)]
        best = max(
            likeness(plain(said), name) for said in {title.name, title.said} for name in names
        )
        if best >= ALIKE:
            scores.append((-best, column.key))
    return tuple(key for _, key in sorted(scores))


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """How alike two headings are; one inside the other counts as quite alike."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) >= 2 and (one in other or other in one):
        return 0.8
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _missing(columns: Keyed[int, str], layout: Layout) -> tuple[str, ...]:
    return tuple(
        column.key
        for column in layout.columns
        if column.required and column.key not in columns.values()
    )
