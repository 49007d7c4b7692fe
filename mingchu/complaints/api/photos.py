"""Photos of a letter before it is sent: in pieces under their digest, by the key of the draft.

The key is made by whoever sends: anything of 16 to 64 letters and digits that nobody can guess.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _noop
from ninja import Router

from mingchu.accounts.access import public
from mingchu.base.errors import Refusal
from mingchu.complaints import limiting
from mingchu.kit.files import uploads
from mingchu.kit.files.api import BYTES, Body, answered
from mingchu.kit.files.keeping import Draft

KEY = re.compile(r"[0-9A-Za-z]{16,64}")
HEADER = "Complaint-Draft"
router = Router()
PATH = "/complaints/photos/{str:sha256}"


@router.put(
    PATH,
    operation_id="send_complaint_photo",
    openapi_extra={"requestBody": {"required": True, "content": {"*/*": BYTES}}},
    description=f"As `/blobs/`, without log-in; `{HEADER}` names the draft.",
)
@public
def send_photo(request: HttpRequest, sha256: str) -> HttpResponse:
    limiting.piece(request).refuse_if_over()
    length = request.headers.get("Content-Length") or "0"
    piece = uploads.read_piece(request.headers.get("Content-Range", ""), int(length))
    progress = uploads.receive(
        sha256=sha256,
        piece=piece,
        stream=Body(request),
        claimed=request.headers.get("Content-Type", ""),
        by=_draft(request),
    )
    return answered(progress, status=200 if progress.is_kept else 202)


@router.api_operation(["GET", "HEAD"], PATH, operation_id="complaint_photo_state")
@public
def photo_state(request: HttpRequest, sha256: str) -> Any:
    found = uploads.progress_of(_draft(request), sha256)
    if found is None:
        raise Http404
    return answered(found)


def _draft(request: HttpRequest) -> Draft:
    key = request.headers.get(HEADER, "")
    if not KEY.fullmatch(key):
        raise Refusal(
            "no_draft",
            _noop("请求头里没有草稿的标识"),
            fix=_noop("请在 Complaint-Draft 里给出16至64位字母数字，提交来信时用同一个"),
            status=422,
        )
    return Draft(key)
