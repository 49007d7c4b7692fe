"""Lists of a draw: subjects, inspectors and recusals as canonical bytes, and back.

A file is UTF-8 in NFC, a row ends in LF, fields are parted by a tab, rows are sorted by their first
field, which no two rows share (recusals by all fields). A list has one way to be written and no
other, so that its digest means its content.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from mingchu.draw.domain.hashing import BALLS_MAX

DRAWN_FOR = ""
CERTAIN = "certain"
ON_DUTY = ""
# An id stands in hashes, files and addresses: it can be read in one way only.
ID = re.compile(r"[0-9A-Za-z._:-]{1,64}")
CODE = re.compile(r"[a-z0-9_]{0,40}")
WORDS = re.compile(r"[0-9A-Za-z_.-]{1,40}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


class Misfit(ValueError):
    """A list that is not in its one form: which row, which field, what is wrong with it."""

    def __init__(self, row: int, field: str, code: str):
        super().__init__(f"row {row}, {field}: {code}")
        self.row, self.field, self.code = row, field, code


@dataclass(frozen=True, slots=True)
class Subject:
    """One row of the frame. `id` is a pseudonym; `tier` says no more than that rows of one tier
    have one rate. `standing` is empty for who may be drawn, `certain` for who is taken in any
    case, else the reason why the row is left out."""

    id: str
    district: str
    kind: str
    tier: str
    balls: int = 1
    standing: str = DRAWN_FOR

    @property
    def stratum(self) -> Stratum:
        return self.district, self.kind, self.tier


Stratum = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Inspector:
    """One who may be sent: `load` are tasks he has already, `absent` is why he cannot go."""

    id: str
    districts: tuple[str, ...]
    kinds: tuple[str, ...]
    leads: bool
    load: int = 0
    absent: str = ON_DUTY


@dataclass(frozen=True, slots=True, order=True)
class Recusal:
    """An inspector who may not go to a subject, and why; `with_whom` bars the pair alone."""

    subject: str
    inspector: str
    reason: str
    with_whom: str = ""


Row = TypeVar("Row")


def subjects_file(rows: Iterable[Subject]) -> bytes:
    return _written(sorted(rows, key=lambda row: row.id), _subject_out)


def inspectors_file(rows: Iterable[Inspector]) -> bytes:
    return _written(sorted(rows, key=lambda row: row.id), _inspector_out)


def recusals_file(rows: Iterable[Recusal]) -> bytes:
    return _written(sorted(rows), _recusal_out)


def read_subjects(data: bytes) -> list[Subject]:
    """Raises Misfit where the bytes are not the one form of such a list."""
    return _read(data, _subject_in, subjects_file)


def read_inspectors(data: bytes) -> list[Inspector]:
    """Raises Misfit where the bytes are not the one form of such a list."""
    return _read(data, _inspector_in, inspectors_file)


def read_recusals(data: bytes) -> list[Recusal]:
    """Raises Misfit where the bytes are not the one form of such a list."""
    return _read(data, _recusal_in, recusals_file)


def _written(rows: Sequence[Row], out: Callable[[Row], tuple[str, ...]]) -> bytes:
    return "".join("\t".join(out(row)) + "\n" for row in rows).encode()


def _read(
    data: bytes,
    one: Callable[[int, list[str]], Row],
    written: Callable[[Iterable[Row]], bytes],
) -> list[Row]:
    rows = [one(number, fields) for number, fields in _lines(data)]
    keys: list[Any] = [getattr(row, "id", row) for row in rows]
    for number, (before, key) in enumerate(pairwise(keys), start=2):
        if before >= key:
            raise Misfit(number, "id", "twice" if before == key else "order")
    if written(rows) != data:
        raise Misfit(0, "file", "form")
    return rows


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Misfit(data[: error.start].count(b"\n") + 1, "file", "utf8") from error
    if unicodedata.normalize("NFC", text) != text:
        raise Misfit(0, "file", "nfc")
    if text and not text.endswith("\n"):
        raise Misfit(text.count("\n") + 1, "file", "no_end")
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        yield number, line.split("\t")


def _subject_out(row: Subject) -> tuple[str, ...]:
    return row.id, row.district, row.kind, row.tier, str(row.balls), row.standing


def _subject_in(number: int, fields: list[str]) -> Subject:
    _hold(number, "row", len(fields) == 6)
    one, district, kind, tier, balls, standing = fields
    _hold(number, "id", bool(ID.fullmatch(one)))
    for name, said in (("district", district), ("kind", kind), ("tier", tier)):
        _hold(number, name, bool(WORDS.fullmatch(said)))
    _hold(number, "balls", bool(NUMBER.fullmatch(balls)) and 1 <= int(balls) <= BALLS_MAX)
    _hold(number, "standing", bool(CODE.fullmatch(standing)))
    return Subject(one, district, kind, tier, int(balls), standing)


def _inspector_out(row: Inspector) -> tuple[str, ...]:
    leads, load = str(int(row.leads)), str(row.load)
    return row.id, ",".join(row.districts), ",".join(row.kinds), leads, load, row.absent


def _inspector_in(number: int, fields: list[str]) -> Inspector:
    _hold(number, "row", len(fields) == 6)
    one, districts, kinds, leads, load, absent = fields
    _hold(number, "id", bool(ID.fullmatch(one)))
    _hold(number, "leads", leads in ("0", "1"))
    _hold(number, "load", bool(NUMBER.fullmatch(load)))
    _hold(number, "absent", bool(CODE.fullmatch(absent)))
    return Inspector(
        one,
        _several(number, "districts", districts),
        _several(number, "kinds", kinds),
        leads == "1",
        int(load),
        absent,
    )


def _recusal_out(row: Recusal) -> tuple[str, ...]:
    return row.subject, row.inspector, row.reason, row.with_whom


def _recusal_in(number: int, fields: list[str]) -> Recusal:
    _hold(number, "row", len(fields) == 4)
    subject, inspector, reason, with_whom = fields
    _hold(number, "subject", bool(ID.fullmatch(subject)))
    _hold(number, "inspector", bool(ID.fullmatch(inspector)))
    _hold(number, "reason", bool(reason and CODE.fullmatch(reason)))
    _hold(number, "with_whom", not with_whom or bool(ID.fullmatch(with_whom)))
    return Recusal(subject, inspector, reason, with_whom)


def _several(number: int, field: str, said: str) -> tuple[str, ...]:
    """Words parted by commas, sorted, none twice."""
    words = tuple(said.split(",")) if said else ()
    fits = all(WORDS.fullmatch(word) for word in words)
    _hold(number, field, fits and list(words) == sorted(set(words)))
    return words


def _hold(number: int, field: str, fits: bool) -> None:
    if not fits:
        raise Misfit(number, field, "form")
