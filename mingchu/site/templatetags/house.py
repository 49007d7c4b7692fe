"""Template tags of the house."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from mingchu.accounts.domain import Role, Scope
from mingchu.accounts.places import located
from mingchu.site.citymap import NAMES

register = template.Library()


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> SafeString:
    """A block that was already printed, printed once more: the page's title as its heading."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    return SafeString(block.render(context).strip()) if block else SafeString()


@register.filter
def grouped(number: float | None) -> str:
    """A number with its thousands apart, at most one decimal.

    >>> grouped(16108), grouped(93.04), grouped(None)
    ('16,108', '93', '–')
    """
    if number is None:
        return "–"
    return f"{number:,.1f}".removesuffix(".0")


@register.simple_tag
def role_name(role: Role) -> str:
    return role.zh if get_language() == "zh-hans" else role.en


@register.simple_tag
def scope_name(scope: Scope) -> str:
    """Where a post holds, in words."""
    if scope.kind == "city":
        return gettext("全市")
    if scope.code in NAMES:
        return str(NAMES[scope.code])
    found = located(scope)
    return found.name if found else scope.code
