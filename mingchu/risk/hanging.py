"""What risk hangs into the pages of others."""

from __future__ import annotations


def hang() -> None:
    """Called once, when the app is ready."""
