"""Drawn pieces 片段: HTML that one context draws for the page of another.

A template's text is plain text to the page that sets it, which would show its tags; whoever draws
for somebody else draws here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def drawn(
    template: str, known: Mapping[str, Any], request: HttpRequest | None = None
) -> SafeString:
    """The piece, safe to be set into a page as it is."""
    return SafeString(render_to_string(template, dict(known), request))
