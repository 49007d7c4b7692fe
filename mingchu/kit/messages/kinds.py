"""Kinds of subjects that messages speak of; each context adds its own in `apps.py`."""

from __future__ import annotations

from typing import Any

from mingchu.base.slots import Slot

# `KINDS.add("order", ("order", _("工单")))`: what stands before the colon, and its word.
KINDS: Slot[tuple[str, Any]] = Slot("message kinds")
