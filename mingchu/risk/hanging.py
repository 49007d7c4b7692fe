"""What risk hangs into the pages of others."""

from __future__ import annotations

from mingchu.risk import credit_hanging


def hang() -> None:
    """Called once, when the app is ready."""
    credit_hanging.hang()
