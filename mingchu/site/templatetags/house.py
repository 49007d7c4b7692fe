"""Template tags of the house."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> SafeString:
    """A block that was already printed, printed once more: the page's title as its heading."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    return SafeString(block.render(context).strip()) if block else SafeString()
