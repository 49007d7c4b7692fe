"""Feishu 飞书: the robot of a chat group; seconds and their signature stand in the body.

The signature is peculiar: HMAC-SHA256 of nothing, keyed by `<seconds>\\n<secret>`, in base 64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from mingchu.base import clock
from mingchu.kit import outward
from mingchu.kit.messages.channels import content
from mingchu.ledger.services import Message

# The whole body may have 20 KB; escapes double a text at most.
TEXT_BYTES = 9_000
BUSY = frozenset({11232})  # too many at once, as at full hours


def send(message: Message) -> str:
    told = content.of(message)
    if told is None:
        return content.NOT_SENT
    at = str(int(clock.wall().timestamp()))
    said = {
        "timestamp": at,
        "sign": sign(told.secret, at),
        "msg_type": "text",
        "content": {"text": told.text(TEXT_BYTES)},
    }
    body = json.dumps(said, ensure_ascii=False).encode()
    answer = outward.post(told.address, body, {"Content-Type": outward.JSON})
    return content.checked(answer, "code", BUSY)


def sign(secret: str, at: str) -> str:
    key = f"{at}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
