"""Naming 化名: codes into the ids of a draw's lists, and back for whoever bears one."""

from __future__ import annotations

from collections.abc import Iterable

from mingchu.draw.domain import pseudonyms
from mingchu.draw.domain.pseudonyms import Proof
from mingchu.draw.models import Draw
from mingchu.draw.services.committing import PSEUDONYMS


def pseudonyms_of(draw: Draw, codes: Iterable[str]) -> dict[str, str]:
    """Each code's id in this draw, and in every other of its joint campaign."""
    secret = _secret(draw)
    return {code: pseudonyms.proof(secret, code).pseudonym for code in codes}


def proof_of(draw: Draw, code: str) -> Proof:
    """What a business needs to find its own row and to prove it. For that business alone."""
    return pseudonyms.proof(_secret(draw), code)


def _secret(draw: Draw) -> bytes:
    return bytes.fromhex(PSEUDONYMS.unseal(draw.salts.secret))
