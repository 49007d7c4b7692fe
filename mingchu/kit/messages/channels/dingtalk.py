"""DingTalk 钉钉: the robot of a chat group; milliseconds and their signature stand in the address.

The signature is HMAC-SHA256 of `<milliseconds>\\n<secret>`, keyed by the secret, in base 64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

from mingchu.base import clock
from mingchu.kit import outward
from mingchu.kit.messages.channels import content
from mingchu.ledger.services import Message

# The whole body may have 20,000; escapes double a text at most.
TEXT_BYTES = 9_000
# More than 20 messages in a minute, which it punishes with ten minutes; or it is busy.
BUSY = frozenset({-1, 130101})


def send(message: Message) -> str:
    told = content.of(message)
    if told is None:
        return content.NOT_SENT
    said = {"msgtype": "text", "text": {"content": told.text(TEXT_BYTES)}}
    body = json.dumps(said, ensure_ascii=False).encode()
    at = str(int(clock.wall().timestamp() * 1000))
    signed = urlencode({"timestamp": at, "sign": sign(told.secret, at)})
    joint = "&" if "?" in told.address else "?"
    address = f"{told.address}{joint}{signed}"
    return content.checked(
        outward.post(address, body, {"Content-Type": outward.JSON}), "errcode", BUSY
    )


def sign(secret: str, at: str) -> str:
    covered = f"{at}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), covered, hashlib.sha256).digest()).decode()
