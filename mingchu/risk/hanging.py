"""What risk hangs into the pages of others."""

from __future__ import annotations

from mingchu.risk import credit_hanging, grade_hanging


def hang() -> None:
    """Called once, when the app is ready."""
    grade_hanging.hang()
    credit_hanging.hang()
