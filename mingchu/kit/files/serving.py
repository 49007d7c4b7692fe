"""Serving 下载: a file as bytes that a browser can neither run nor take for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from mingchu.kit.files.kinds import MediaType
from mingchu.kit.files.store import CHUNK_BYTES

SINGLE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# Whatever the bytes say, they run nothing, load nothing and are nobody's frame.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


class Part(NamedTuple):
    start: int
    end: int


def served(
    request: HttpRequest, path: Path, media_type: MediaType, name: str, digest: str
) -> HttpResponseBase:
    """The whole file, the part that was asked for, or that nothing has changed."""
    tag = f'"{digest}"'
    size = path.stat().st_size
    answer: HttpResponseBase
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponseNotModified()
    else:
        part = wanted(_range_of(request, tag), size)
        answer = _unsatisfiable(size) if part is None else _bytes(request, path, part, size)
        _describe(answer, media_type, name)
    answer["ETag"] = tag
    # Kept by the reader's browser only, and asked again each time whether he still may.
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _range_of(request: HttpRequest, tag: str) -> str:
    """A part is of use only to who has the rest of the same bytes."""
    held = request.headers.get("If-Range", tag)
    return request.headers.get("Range", "") if held == tag and request.method == "GET" else ""


def wanted(said: str, size: int) -> Part | None:
    """The part a Range header asks for; all, where it asks for several or nothing sensible.

    None where there are no such bytes.

    >>> wanted("bytes=2-", 10), wanted("bytes=-3", 10), wanted("bytes=0-0,5-6", 10)
    (Part(start=2, end=10), Part(start=7, end=10), Part(start=0, end=10))
    >>> wanted("bytes=10-", 10)
    """
    found = SINGLE.fullmatch(said)
    first, last = found.groups() if found else ("", "")
    if not first and not last:
        return Part(0, size)
    if not first:
        return Part(max(0, size - int(last)), size) if int(last) else None
    if last and int(last) < int(first):
        return Part(0, size)
    end = min(size, int(last) + 1) if last else size
    return Part(int(first), end) if int(first) < size else None


def _unsatisfiable(size: int) -> HttpResponse:
    answer = HttpResponse(status=416)
    answer["Content-Range"] = f"bytes */{size}"
    return answer


def _bytes(request: HttpRequest, path: Path, part: Part, size: int) -> HttpResponseBase:
    is_whole = part == Part(0, size)
    answer: HttpResponseBase = (
        HttpResponse()
        if request.method == "HEAD"
        else StreamingHttpResponse(_read(path, part), status=200 if is_whole else 206)
    )
    answer["Content-Length"] = str(part.end - part.start)
    if not is_whole:
        answer["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    return answer


def _read(path: Path, part: Part) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(part.start)
        left = part.end - part.start
        while left and (chunk := file.read(min(left, CHUNK_BYTES))):
            left -= len(chunk)
            yield chunk


def _describe(answer: HttpResponseBase, media_type: MediaType, name: str) -> None:
    how = "inline" if media_type.is_shown else "attachment"
    answer["Content-Type"] = media_type.name
    answer["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name, safe='')}"
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Accept-Ranges"] = "bytes"
