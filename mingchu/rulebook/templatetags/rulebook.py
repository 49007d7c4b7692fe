"""`{% rule_badge ruling %}`: how far a figure was compared with its source."""

from __future__ import annotations

from typing import Any

from django import template

from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.words import STATUS_SAYS, STATUSES

register = template.Library()


@register.inclusion_tag("rulebook/_badge.html")
def rule_badge(ruling: Ruling) -> dict[str, Any]:
    """Nothing beside a figure that was compared with its source."""
    return {
        "shown": ruling.status is not Status.VERIFIED,
        "id": ruling.id,
        "status": ruling.status,
        "name": STATUSES[ruling.status],
        "says": STATUS_SAYS[ruling.status],
    }
