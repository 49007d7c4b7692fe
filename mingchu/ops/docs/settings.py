"""`docs/settings.md`: what can be set, from the tuple that reads it."""

from __future__ import annotations

from mingchu.ops.docs import table
from mingchu.site.settings import SETTINGS

HEAD = """# Settings

Generated from `mingchu/site/settings.py`; a test compares. Each is an environment variable; a
demo needs none of them.

"""


def page() -> str:
    rows = [(f"`{s.name}`", f"`{s.default}`" if s.default else "", s.help) for s in SETTINGS]
    return HEAD + table(("Variable", "Default", "What it does"), rows)
