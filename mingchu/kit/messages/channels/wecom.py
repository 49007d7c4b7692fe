"""WeCom 企业微信: the robot of a chat group; the key in its address is all its authentication."""

from __future__ import annotations

import json

from mingchu.kit import outward
from mingchu.kit.messages.channels import content
from mingchu.ledger.services import Message

TEXT_BYTES = 2048
# More than 20 messages in a minute, or too many at once, or it is busy.
BUSY = frozenset({-1, 45009, 45033})


def send(message: Message) -> str:
    told = content.of(message)
    if told is None:
        return content.NOT_SENT
    said = {"msgtype": "text", "text": {"content": told.text(TEXT_BYTES)}}
    body = json.dumps(said, ensure_ascii=False).encode()
    answer = outward.post(told.address, body, {"Content-Type": outward.JSON})
    return content.checked(answer, "errcode", BUSY)
