"""What pages set beside the rulebook's figures and words: the badge of a figure that was not
compared with its source, and the mark of words that exist in the law's own language only."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.words import STATUS_SAYS, STATUSES

HAN = re.compile(r"[\u4e00-\u9fff]")


def as_law(text: Any) -> SafeString:
    """Words that the rulebook has in Chinese only are told to be Chinese, to readers and voices."""
    said = str(text)
    if (get_language() or "").startswith("zh") or not HAN.search(said):
        return conditional_escape(said)
    return format_html('<span lang="zh-Hans">{}</span>', said)


def rule_badge(ruling: Ruling) -> SafeString:
    """How far a figure was compared with its source; nothing beside one that was."""
    if ruling.status is Status.VERIFIED:
        return SafeString()
    if ruling.internal:
        return format_html(
            '<span class="tag tag--{}" title="{}">{}</span>',
            ruling.status,
            STATUS_SAYS[ruling.status],
            STATUSES[ruling.status],
        )
    return format_html(
        '<a class="tag tag--{}" href="{}" title="{}">{}</a>',
        ruling.status,
        reverse("rulebook:rule", args=[ruling.id]),
        STATUS_SAYS[ruling.status],
        STATUSES[ruling.status],
    )
