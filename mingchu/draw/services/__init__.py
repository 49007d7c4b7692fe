"""What can be done with a draw."""

from mingchu.draw.services.bundling import bundle_of, entry_of, promise_of
from mingchu.draw.services.committing import (
    commit,
    freeze,
    open_draw,
    round_after,
    terms_of_city,
    thaw,
    void,
)
from mingchu.draw.services.concluding import close, conclude, reveal, stand_in
from mingchu.draw.services.naming import proof_of, pseudonyms_of
from mingchu.draw.services.verifying import verify_zip
from mingchu.draw.services.witnessing import sign

__all__ = [
    "bundle_of",
    "close",
    "commit",
    "conclude",
    "entry_of",
    "freeze",
    "open_draw",
    "promise_of",
    "proof_of",
    "pseudonyms_of",
    "reveal",
    "round_after",
    "sign",
    "stand_in",
    "terms_of_city",
    "thaw",
    "verify_zip",
    "void",
]
