"""Paging: lists go on from a cursor, which says where the last page ended and nothing else."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from mingchu.base.errors import Refusal

LIMIT_DEFAULT = 50
LIMIT_TOP = 500


def cursor(*key: str | int) -> str:
    """The opaque name of a place in a list: the sort key of its last row.

    >>> place(cursor("2026-11-20", 17))
    ['2026-11-20', 17]
    """
    text = json.dumps(key, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place(text: str) -> list[Any]:
    """The sort key inside a cursor; a Refusal if somebody made it up."""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if isinstance(key, list) and all(isinstance(part, str | int) for part in key):
            return key
    except (binascii.Error, ValueError):
        pass
    raise Refusal(
        "bad_cursor", "翻页标记无法识别", fix="请使用上一次回答里的 next，不要自行拼写", status=400
    )


def limited(limit: int) -> int:
    """A page size within bounds.

    >>> limited(0), limited(20), limited(10_000)
    (1, 20, 500)
    """
    return max(1, min(limit, LIMIT_TOP))


def page(items: Sequence[Any], following: str | None = None) -> dict[str, Any]:
    """The one shape of a list in the API."""
    return {"items": list(items), "next": following or None}
