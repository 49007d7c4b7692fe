"""Content 内容: what a receiver of the house gets, opened when it is sent and not before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mingchu.kit import outward
from mingchu.kit.messages import queries, words
from mingchu.kit.messages.receiving import SECRETS
from mingchu.kit.models import Message as Row
from mingchu.ledger.services import Message, OutOfReach

NOT_SENT = "-"


@dataclass(frozen=True)
class Content:
    address: str
    secret: str
    messages: Sequence[Row]

    def text(self, most_bytes: int) -> str:
        """As a chat group reads it; what came together begins by saying how much that is."""
        body = words.whole(self.messages)
        if len(self.messages) > 1:
            body = f"{words.title(self.messages)}\n\n{body}"
        return words.cut_bytes(body, most_bytes)


def of(message: Message) -> Content | None:
    """None once the receiver was ended or what it was to be told is gone."""
    receiver = queries.receiver(message.payload["receiver"])
    rows = queries.messages(message.payload["messages"])
    if receiver is None or not receiver.active or not rows:
        return None
    secret = SECRETS.unseal(receiver.secret) if receiver.secret else ""
    return Content(SECRETS.unseal(receiver.address), secret, rows)


def checked(answer: outward.Answer, code: str, busy: frozenset[int]) -> str:
    """A robot's answer: always a success of HTTP, with its own number inside, 0 if it was taken.

    `busy` are the numbers by which the service says that it wants to be asked later.
    """
    values: Mapping[str, object] = outward.taken(answer).values()
    number = values.get(code)
    if number in busy:
        raise OutOfReach(answer.said)
    if number != 0:
        raise outward.NotTaken(answer.said)
    return answer.said
