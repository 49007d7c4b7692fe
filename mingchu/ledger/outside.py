"""Outside copies of heads: `$MINGCHU_HOME/heads/<log>.jsonl`, appended, on disk before it returns.

Whoever alters the database would have to alter these too, and every copy others took of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec
from django.conf import settings

from mingchu.base.errors import Refusal
from mingchu.ledger.domain import SignedHead

TAIL_BYTES = 4096
_encode = msgspec.json.Encoder().encode


def path_of(log: str) -> Path:
    path: Path = settings.HOME / "heads" / f"{log}.jsonl"
    return path


def append(log: str, heads: Iterable[SignedHead]) -> None:
    """Adds the heads; a line that a crash left unfinished is closed first, so it stands alone."""
    path = path_of(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = b"".join(_encode(head) + b"\n" for head in heads)
    if not lines:
        return
    with path.open("ab") as file:
        file.write((b"" if _ends_whole(path) else b"\n") + lines)
        file.flush()
        os.fsync(file.fileno())


def _ends_whole(path: Path) -> bool:
    size = path.stat().st_size
    if size == 0:
        return True
    with path.open("rb") as file:
        file.seek(size - 1)
        return file.read(1) == b"\n"


def read(path: Path) -> Iterator[SignedHead]:
    """Every head of a file, line by line; unfinished lines are passed over."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if head := _head(line):
                yield head


def given(path: Path, log: str = "") -> list[SignedHead]:
    """Heads of a file somebody kept, of one log if it is named.

    A file that holds none must not look like a passed check.
    """
    heads = [head for head in read(path) if not log or head.log == log]
    if not heads:
        raise Refusal(
            "no_head_in_file",
            "文件“{name}”里没有树头",
            fix="请给出从公开页下载的树头文件",
            name=path.name,
        )
    return heads


def runs(path: Path) -> list[Iterator[SignedHead]]:
    """The file as stretches in which sizes ascend: one, unless a database was ever set back.

    The file ends where it ends now; what is appended later is not read.
    """
    starts, before, count = [0], 0, 0
    for count, head in enumerate(read(path), 1):
        if head.size < before:
            starts.append(count - 1)
        before = head.size
    ends = [*starts[1:], count]
    return [islice(read(path), start, end) for start, end in zip(starts, ends, strict=True)]


def last(log: str) -> SignedHead | None:
    """The newest head of the outside copy, read from the file's end."""
    path = path_of(log)
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        heads = [head for line in file.read().splitlines() if (head := _head(line))]
    return heads[-1] if heads else None


def _head(line: bytes) -> SignedHead | None:
    try:
        return msgspec.json.decode(line, type=SignedHead)
    except msgspec.DecodeError:
        return None
