"""Webhooks 系统接口: another system is told as JSON, under our signature and the delivery's id."""

from __future__ import annotations

from typing import Any

from mingchu.kit import outward
from mingchu.kit.messages import words
from mingchu.kit.messages.channels import content
from mingchu.kit.models import Message as Row
from mingchu.ledger.services import Message


def send(message: Message) -> str:
    """Anything but a success is tried again."""
    told = content.of(message)
    if told is None:
        return content.NOT_SENT
    said = {"id": str(message.key), **_told(told.messages[0])}
    return outward.post_signed(told.address, said, secret=told.secret, key=message.key)


def _told(row: Row) -> dict[str, Any]:
    said = words.told(row)
    return {
        "message": str(row.pk),
        "subject": row.subject,
        "severity": row.severity,
        "what": said.title,
        "lines": list(said.lines),
        "link": said.link,
        "district": row.district,
        "at": row.at.isoformat(),
    }
