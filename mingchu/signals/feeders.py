"""Feeders: which kinds of signals somebody in this house raises.

A kind has its record in the rulebook, but appears only when its feeder exists: the context that
raises it says so once, when its app is ready.
"""

from __future__ import annotations

from mingchu.base.slots import Slot

FEEDERS: Slot[str] = Slot("feeders")


def feeds(context: str, *kinds: str) -> None:
    """From here on the context raises signals of these kinds."""
    for kind in kinds:
        FEEDERS.add(kind, context)


def is_fed(kind: str) -> bool:
    """Whether anybody raises this kind."""
    return FEEDERS.get(kind) is not None
