"""Store 存储: files in the home, named by their digest, whole or not there at all.

`files/ab/cdef…` holds what is kept; `files/incoming/` what is still on its way: drafts of this
process, and the parts that senders resume. Everything on the disk is readable by the house alone.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.conf import settings

from mingchu.base.errors import Refusal
from mingchu.base.ids import digest

CHUNK_BYTES = 1 << 18
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
INCOMING, DRAFT, PART = "incoming", ".draft", ".part"


class Stream(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def root() -> Path:
    folder: Path = settings.HOME / "files"
    return folder


def incoming() -> Path:
    return _folder(root() / INCOMING)


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def place(name: str) -> Path:
    """Where the file with this digest lies, if it does."""
    return root() / name[:2] / name[2:]


def kept() -> Iterator[tuple[str, Path]]:
    """(digest, path) of every file on the disk, whether a row knows it or not."""
    for path in sorted(root().glob("[0-9a-f][0-9a-f]/*")):
        yield path.parent.name + path.name, path


def part(sender: str, sha256: str) -> Path:
    """What a sender has sent so far; no text of his becomes part of a path."""
    return incoming() / f"{digest(sender.encode())[:16]}-{sha256}{PART}"


def check_room(coming: int) -> None:
    """Refuses before a byte is read if the disk would not keep its spare room."""
    if shutil.disk_usage(_folder(root())).free < coming + settings.SPARE_BYTES:
        raise _full()


def _full() -> Refusal:
    return Refusal(
        "disk_nearly_full",
        "服务器磁盘快满了，暂时不能接收文件",
        fix="文件请先留在手机里，稍后再传；管理员请腾出磁盘空间",
        status=507,
    )


@contextmanager
def _said_if_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise _full() from error
        raise


def put(content: bytes, name: str, *, anew: bool = False) -> None:
    """Keeps the bytes under their digest, on disk when it returns; what is there already stays.

    `anew` writes over a file that is known to be damaged.
    """
    where = place(name)
    if not anew and where.is_file() and where.stat().st_size == len(content):
        return
    draft = incoming() / f"{secrets.token_hex(8)}{DRAFT}"
    try:
        with _said_if_full():
            _write(draft, content)
            _folder(where.parent)
            draft.replace(where)
    finally:
        draft.unlink(missing_ok=True)
    for folder in (where.parent, root()):
        _sync(folder)


def _write(draft: Path, content: bytes) -> None:
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """A rename is on disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def extend(path: Path, start: int, length: int, stream: Stream) -> int:
    """Writes what the sender sends from `start` on; how long the part is now.

    A sender that is cut off leaves what came. Where the disk is full, what this call has added
    goes again. Two calls at once write the same bytes in the same places, or the digest tells.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        before = os.fstat(handle).st_size
        try:
            with _said_if_full():
                _pour(handle, start, length, stream)
        except Refusal:
            os.ftruncate(handle, before)
            raise
        finally:
            os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def _pour(handle: int, start: int, length: int, stream: Stream) -> None:
    at, end = start, start + length
    while at < end and (chunk := stream.read(min(CHUNK_BYTES, end - at))):
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.pwrite(handle, rest, at + len(chunk) - len(rest)) :]
        at += len(chunk)


def length_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def head_of(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
