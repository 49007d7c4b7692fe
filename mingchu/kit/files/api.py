"""Files for programs and phones: sent in pieces under their digest, asked how far they are."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.kit.files import uploads
from mingchu.kit.files.uploads import Progress

router = Router(auth=api_auth, tags=["blobs"])
BYTES = {"schema": {"type": "string", "format": "binary"}}
ANSWER = "`state` is partial or kept, `missing` the ranges still to be sent, as first-last byte."


class Body:
    """What the sender still sends; a connection that breaks is an end, not an error."""

    def __init__(self, request: HttpRequest):
        self.request = request

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self.request.read(size)
        except UnreadablePostError:
            return b""


@router.put(
    "/blobs/{sha256}",
    operation_id="send_blob",
    openapi_extra={"requestBody": {"required": True, "content": {"*/*": BYTES}}},
    description="Bytes under their SHA-256. Content-Range continues where a connection broke; "
    f"`bytes */total` with no body only asks. Sent again, nothing changes. {ANSWER}",
)
@requires("kit.send")
def send_blob(request: HttpRequest, sha256: str) -> HttpResponse:
    length = request.headers.get("Content-Length") or "0"
    piece = uploads.read_piece(request.headers.get("Content-Range", ""), int(length))
    progress = uploads.receive(
        sha256=sha256,
        piece=piece,
        stream=Body(request),
        claimed=request.headers.get("Content-Type", ""),
        by=actor_of(request),
    )
    return answered(progress, status=200 if progress.is_kept else 202)


@router.get(
    "/blobs/{sha256}",
    operation_id="blob_state",
    description=f"How far one's own upload is; 404 if it never began. {ANSWER}",
)
@requires("kit.send")
def blob_state(request: HttpRequest, sha256: str) -> HttpResponse:
    return answered(_own(request, sha256))


@router.api_operation(
    ["HEAD"],
    "/blobs/{sha256}",
    operation_id="blob_offset",
    description="The same in the headers Upload-Offset and Upload-Length.",
)
@requires("kit.send")
def blob_offset(request: HttpRequest, sha256: str) -> HttpResponse:
    return answered(_own(request, sha256))


def _own(request: HttpRequest, sha256: str) -> Progress:
    found = uploads.progress_of(actor_of(request), sha256)
    if found is None:
        raise Http404
    return found


def answered(progress: Progress, status: int = 200) -> HttpResponse:
    upload, blob = progress.upload, progress.upload.blob if progress.is_kept else None
    said: dict[str, Any] = {
        "state": "kept" if blob else "partial",
        "missing": progress.missing,
        "sha256": upload.sha256,
        "size": upload.size,
        "received": progress.received,
        # A photo is kept without what the camera added, so under a digest of its own.
        "stored": f"{blob.algorithm}:{blob.digest}" if blob else None,
        "type": blob.media_type if blob else None,
    }
    answer = JsonResponse(said, status=status)
    answer["Upload-Offset"], answer["Upload-Length"] = str(progress.received), str(upload.size)
    answer["Cache-Control"] = "no-store"
    return answer
