"""The access log: whoever looks at personal data leaves a row."""

from __future__ import annotations

from mingchu.accounts.domain import Actor
from mingchu.accounts.models import Viewing
from mingchu.base import trail


def log_view(actor: Actor, subject: str, purpose: str) -> None:
    """Somebody looks at personal data: `subject` is an id such as `user:17`, never a name."""
    post = actor.grants[0].post.id if actor.grants else None
    Viewing.objects.create(
        actor=actor.label,
        post_id=post,
        subject=subject,
        purpose=purpose,
        request_id=trail.request_id(),
    )
