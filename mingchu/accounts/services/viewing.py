"""The access log: whoever looks at personal data leaves a row."""

from __future__ import annotations

from mingchu.accounts.domain import Actor
from mingchu.base import clock, trail
from mingchu.ledger.rows import Question, tell

_INSERT = """
INSERT INTO accounts_viewing (actor, post_id, subject, purpose, request_id, at)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def log_view(actor: Actor, subject: str, purpose: str) -> None:
    """Somebody looks at personal data: `subject` is an id such as `user:17`, never a name."""
    post = actor.grants[0].post.id if actor.grants else None
    values = (actor.label, post, subject, purpose, trail.request_id(), clock.now())
    tell(Question(_INSERT, values))
