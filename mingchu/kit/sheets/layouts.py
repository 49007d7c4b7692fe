"""Layouts 版式: which columns a list has, their other names, and what may stand in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.kit.sheets import cells
from mingchu.kit.sheets.cells import Cell, Value


class Kind(StrEnum):
    TEXT = "text"
    CODE = "code"
    DAY = "day"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes_no"
    CHOICE = "choice"


READERS: Mapping[Kind, Callable[[Cell], Value]] = {
    Kind.TEXT: cells.text,
    Kind.CODE: cells.code,
    Kind.DAY: cells.day,
    Kind.WHOLE: cells.whole,
    Kind.NUMBER: cells.number,
    Kind.MONEY: cells.fen,
    Kind.YES_NO: cells.yes_no,
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of an official list.

    `check` gets the value that was read and returns the value to keep, or raises Refusal;
    `options` are the words of a choice: {what people write: what is kept}. `offers` are the words
    a template offers, the official ones; where there are no options, others may be written too.
    """

    key: str
    title: str
    synonyms: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    required: bool = False
    check: Callable[[Any], Value] | None = None
    example: str = ""
    group: str = ""
    note: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ()
    most: int = 500

    def reader(self) -> Callable[[Cell], Value]:
        """Cell to value: read by kind, then checked."""
        words = self.offers or tuple(self.options)
        read = cells.choice(dict(self.options), words) if self.options else READERS[self.kind]
        check, most = self.check, self.most

        def value(cell: Cell) -> Value:
            found = read(cell)
            if isinstance(found, str) and len(found) > most:
                raise Refusal(
                    "too_long", "内容有{n}个字，太长", fix="最多{top}个字", n=len(found), top=most
                )
            return check(found) if check else found

        return value


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A list: its columns, what makes a row unique in it, and a check across its columns.

    `check` gets the values of a row by key and raises Refusal; `unique` names the keys that
    together may occur once in a file.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()
    check: Callable[[Mapping[str, Value]], None] | None = None

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    @property
    def required(self) -> frozenset[str]:
        return frozenset(column.key for column in self.columns if column.required)
