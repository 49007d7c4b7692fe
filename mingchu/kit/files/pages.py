"""The page of a file: its bytes, to whom its subject is shown, with a line in the access log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.accounts.services import log_view
from mingchu.base.errors import Refusal
from mingchu.kit.files import queries, store
from mingchu.kit.files.guards import role_of
from mingchu.kit.files.kinds import TYPES
from mingchu.kit.files.serving import served
from mingchu.kit.models import Attachment, BlobState

FORM_BYTES = 2**20
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(files: int = 1) -> Callable[[View], View]:
    """The view's form may bring so many files of the largest size."""

    def bind(view: View) -> View:
        most = files * max(settings.FILE_BYTES.values())
        cast("Any", view).max_body_bytes = most + FORM_BYTES
        return view

    return bind


@requires("kit.read")
@require_safe
def attachment(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The bytes of one attachment; the guard of its subject decides."""
    found = queries.visible(actor_of(request), pk)
    if found is None:
        raise Http404
    where = store.place(found.blob.digest)
    if found.blob.state != BlobState.KEPT or not where.is_file():
        raise Refusal(
            "file_damaged",
            "这份文件缺失或被改动过，不再提供",
            fix="请联系管理员核验并从备份恢复",
            status=410,
        )
    _note(request, found)
    blob = found.blob
    return served(request, where, TYPES[blob.media_type], found.name, blob.digest)


def _note(request: HttpRequest, found: Attachment) -> None:
    """One line for one look: the later parts of the same file are no new one."""
    goes_on = not request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
    if role_of(found.subject, found.role).is_personal and not goes_on:
        log_view(actor_of(request), found.subject, f"kit.file {found.role}")
