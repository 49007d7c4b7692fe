"""The inbox for programs that act for a person: what came, and that it was read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.base import paging
from mingchu.kit.bodies import described, read
from mingchu.kit.messages import queries, reading, words
from mingchu.kit.models import InboxItem

router = Router(auth=api_auth, tags=["inbox"])


class ReadIn(Schema):
    """Which messages were read; without `ids` all of them."""

    ids: list[UUID] | None = None


@router.get("/inbox", operation_id="inbox")
@requires("kit.read")
def inbox(
    request: HttpRequest, unread: bool = False, cursor: str = "", limit: int = queries.PAGE
) -> dict[str, Any]:
    """One's own messages, the newest first."""
    top = paging.limited(limit)
    before = _before(cursor) if cursor else None
    user = actor_of(request).user_id or 0
    rows = queries.inbox(user, only_unread=unread, before=before, limit=top)
    following = paging.cursor(str(rows[top - 1].pk)) if len(rows) > top else None
    return paging.page([_item(row) for row in rows[:top]], following)


def _before(cursor: str) -> UUID:
    said = paging.place(cursor)
    try:
        return UUID(str(said[0]))
    except (IndexError, ValueError):
        paging.place("!")  # refuses, as it does whatever was made up
        raise


@router.post("/inbox/read", operation_id="mark_read", openapi_extra=described(ReadIn))
@requires("accounts.self")
def mark_read(request: HttpRequest) -> dict[str, Any]:
    said = read(request, ReadIn)
    user = actor_of(request).user_id or 0
    return {"read": reading.mark_read(user=user, only=said.ids)}


def _item(row: InboxItem) -> dict[str, Any]:
    told = words.told(row.message)
    return {
        "id": str(row.pk),
        "subject": row.message.subject,
        "severity": row.message.severity,
        "what": told.title,
        "lines": list(told.lines),
        "link": told.link,
        "at": row.message.at.isoformat(),
        "read_at": row.read_at.isoformat() if row.read_at else None,
    }
