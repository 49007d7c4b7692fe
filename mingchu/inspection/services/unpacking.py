"""Unpacking 补交: what a phone could not send comes as a file, and goes the way of all records.

`mingchu.unsent/1` is a zip of `package.json`, `records/<client id>.json` and `blobs/<sha256>`.
Whoever hands it in is its writer; what is here already changes nothing.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base.errors import Refusal
from mingchu.base.ids import digest
from mingchu.inspection.models import Record
from mingchu.inspection.services.receiving import receive
from mingchu.kit.files.keeping import keep

FORMAT = "mingchu.unsent/1"
ABOUT, RECORDS, BLOBS = "package.json", "records/", "blobs/"
RECORDS_TOP, FILES_TOP, RECORD_BYTES = 200, 4_000, 1_000_000


@dataclass(frozen=True)
class Unpacked:
    """A record of the package: where it stands now, or why it was refused."""

    client_id: str
    record: Record | None = None
    refusal: Refusal | None = None


def unpack(*, content: BinaryIO, by: Actor) -> list[Unpacked]:
    """Its files are kept and its records received, each for itself; Refusal `bad_package`,
    `another_person`."""
    try:
        with zipfile.ZipFile(content) as package:
            _check(package, by)
            kept = _kept(package, by)
            return [_received(package, name, kept, by) for name in _records(package)]
    except (zipfile.BadZipFile, OSError, ValueError, KeyError) as wrong:
        raise _bad(str(wrong)[:80]) from wrong


def _bad(place: str) -> Refusal:
    return Refusal(
        "bad_package",
        _noop("这不是检查手机导出的补交包，或者已经损坏：{place}"),
        fix=_noop("请在手机上重新导出，再原样上传"),
        status=422,
        place=place,
    )


def _check(package: zipfile.ZipFile, by: Actor) -> None:
    told = json.loads(_read(package, ABOUT, RECORD_BYTES))
    if told.get("format") != FORMAT:
        raise _bad(str(told.get("format"))[:40])
    if told.get("person") != by.user_id:
        raise Refusal(
            "another_person",
            _noop("这份记录属于另一位检查人员"),
            fix=_noop("请由填写人本人登录后发送；记录仍在手机里"),
            status=403,
        )
    if len(_records(package)) > RECORDS_TOP or len(package.namelist()) > FILES_TOP:
        raise _bad("…")


def _records(package: zipfile.ZipFile) -> list[str]:
    return sorted(one for one in package.namelist() if one.startswith(RECORDS))


def _read(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member, unless it says that it is larger than such a thing can be."""
    if package.getinfo(name).file_size > most:
        raise _bad(name)
    return package.read(name)


def _kept(package: zipfile.ZipFile, by: Actor) -> set[str]:
    """Digests of the files that are whole; one whose bytes are not what its name says stays out,
    and its record says that it is missing."""
    from django.conf import settings

    most, kept = max(settings.FILE_BYTES.values()), set()
    for name in package.namelist():
        if name.startswith(BLOBS):
            content = _read(package, name, most)
            if digest(content) == name.removeprefix(BLOBS):
                keep(file=io.BytesIO(content), by=by)
                kept.add(digest(content))
    return kept


def _received(package: zipfile.ZipFile, name: str, kept: set[str], by: Actor) -> Unpacked:
    told: Mapping[str, Any] = json.loads(_read(package, name, RECORD_BYTES))
    client_id = str(told["client_id"])
    body = json.dumps(told["body"], ensure_ascii=False).encode()
    try:
        came = receive(
            client_id=UUID(client_id), revision=int(told["revision"]), content=body, by=by
        )
    except Refusal as refusal:
        return Unpacked(client_id, refusal=refusal)
    return Unpacked(client_id, came.record)
