"""An officer's phone for programs: the day's pack, and records under the phone's own ids."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.queries import user as user_of
from mingchu.base import ids
from mingchu.inspection import services
from mingchu.inspection.models import Doubt, Record
from mingchu.inspection.packing import pack_of
from mingchu.inspection.queries import records

CONDUCT = "inspection.conduct"
router = Router(auth=api_auth, tags=["inspection"])


@router.get("/inspections/pack", operation_id="inspection_pack")
@requires(CONDUCT)
def inspection_pack(request: HttpRequest) -> HttpResponse:
    """The visits that wait for the caller, with lists, open defects, instruments, colleagues.
    Answers 304 to the ETag of the last one while nothing but the time has moved."""
    by = actor_of(request)
    user = user_of(by.user_id) if by.user_id else None
    if user is None:
        raise Http404
    pack = pack_of(user)
    bare = json.dumps({**pack, "server_time": None}, cls=DjangoJSONEncoder, sort_keys=True)
    told = ids.digest(bare.encode())
    answer: HttpResponse
    if request.headers.get("If-None-Match") == f'"{told}"':
        answer = HttpResponse(status=304)
    else:
        answer = JsonResponse(pack)
    answer["ETag"], answer["Cache-Control"] = f'"{told}"', "no-cache"
    answer["X-Server-Time"] = pack["server_time"]
    return answer


@router.put(
    "/inspections/{uuid:client_id}/{int:revision}",
    operation_id="send_inspection",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
    description="A record of `mingchu.inspection/1` under the phone's own id. Files go first, by "
    "`blobs/{sha256}`: while `missing` names any, `state` is held. Sent again nothing changes.",
)
@requires(CONDUCT)
def send_inspection(request: HttpRequest, client_id: UUID, revision: int) -> dict[str, Any]:
    came = services.receive(
        client_id=client_id, revision=revision, content=request.body, by=actor_of(request)
    )
    return {**_record_state(came.record), "wait": came.waits}


@router.get("/inspections/{uuid:client_id}", operation_id="inspection_state")
@requires(CONDUCT)
def inspection_state(request: HttpRequest, client_id: UUID) -> dict[str, Any]:
    """Where one's own record stands."""
    found = records.own(actor_of(request).user_id, client_id)
    if found is None:
        raise Http404
    return {**_record_state(found), "wait": False}


def _record_state(one: Record) -> dict[str, Any]:
    return {
        "state": one.state,
        "missing": one.missing,
        "revision": one.revision,
        "number": one.visit.number,
        "results": one.results,
        "conflicts": [
            {
                "kind": doubt.doubt,
                "why": str(Doubt(doubt.doubt).label),
                "decision": doubt.decision or None,
                "decided_why": doubt.why,
            }
            for doubt in one.conflicts.all()
        ],
    }
