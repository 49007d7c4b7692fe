"""What can be done with a draw."""

from mingchu.draw.services.bundling import bundle_of
from mingchu.draw.services.committing import commit, freeze, open_draw, thaw, void
from mingchu.draw.services.concluding import close, conclude, reveal, stand_in

__all__ = [
    "bundle_of",
    "close",
    "commit",
    "conclude",
    "freeze",
    "open_draw",
    "reveal",
    "stand_in",
    "thaw",
    "void",
]
