"""`{% rule_badge ruling %}`: how far a figure was compared with its source; `|as_law`: a value in
the law's own language, marked as such for a reader of another."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.words import STATUS_SAYS, STATUSES

register = template.Library()
HAN = re.compile(r"[\u4e00-\u9fff]")


@register.filter
def as_law(text: Any) -> SafeString:
    """Words that the rulebook has in Chinese only are told to be Chinese, to readers and voices."""
    said = str(text)
    if (get_language() or "").startswith("zh") or not HAN.search(said):
        return conditional_escape(said)
    return format_html('<span lang="zh-Hans">{}</span>', said)


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
