"""Tickets: short signed permits that travel in a link and are read where no database is.

`purpose.claims.expiry.signature`, HMAC-SHA-256 with the key of that purpose; whoever holds the
ticket may do the one thing it names until it expires.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from mingchu.base.errors import Refusal


def issue(purpose: str, claims: dict[str, Any], *, expires: datetime, key: bytes) -> str:
    """A ticket as URL-safe text."""
    body = json.dumps([purpose, claims, int(expires.timestamp())], separators=(",", ":"))
    head = _text(body.encode())
    return f"{head}.{_text(_sign(head, key))}"


def read(purpose: str, ticket: str, *, now: datetime, key: bytes) -> dict[str, Any]:
    """Its claims. Raises Refusal `bad_ticket` or `ticket_expired`, both with status 403."""
    head, _, signature = ticket.partition(".")
    if not ticket.isascii():
        raise _bad()
    if not hmac.compare_digest(_text(_sign(head, key)).encode(), signature.encode()):
        raise _bad()
    named, claims, expiry = json.loads(base64.urlsafe_b64decode(head + "=="))
    if named != purpose:
        raise _bad()
    if now.timestamp() >= expiry:
        raise Refusal("ticket_expired", "链接已过期", fix="请重新获取链接", status=403)
    return dict(claims)


def _bad() -> Refusal:
    return Refusal("bad_ticket", "链接无效", fix="请重新获取链接", status=403)


def _sign(head: str, key: bytes) -> bytes:
    return hmac.new(key, head.encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
