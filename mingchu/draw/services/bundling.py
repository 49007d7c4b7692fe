"""Bundling 证明包: what outsiders get once a draw is laid open."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.draw import queries
from mingchu.draw.domain import bundle
from mingchu.draw.models import Draw
from mingchu.draw.queries.showing import PLAN
from mingchu.draw.services.committing import committed_at, leaf_of
from mingchu.draw.services.concluding import nonce_of, result_of
from mingchu.draw.services.holding import frame_of


def entry_of(draw: Draw) -> bundle.Entry | None:
    """The commitment's place in the register; None before it, and until the sealer has come by."""
    return queries.entry_of(draw, leaf_of(draw)) if draw.commitment else None


def promise_of(draw: Draw) -> bytes:
    """What is public from the commitment on: the leaf of the register and the way to its head."""
    if not draw.commitment:
        raise Refusal(
            "not_committed",
            _noop("这次抽取还没有公布承诺"),
            fix=_noop("承诺公布以后再来"),
            status=404,
        )
    entry = entry_of(draw)
    if entry is None:
        raise _not_sealed()
    return bundle.register_file(entry)


def bundle_of(draw: Draw) -> dict[str, bytes]:
    """All files by name. Raises Refusal before it is revealed, or while the register lags."""
    if draw.state not in queries.OPEN:
        raise Refusal(
            "not_revealed",
            _noop("这次抽取还没有公开"),
            fix=_noop("公开以后才能下载证明包；承诺和登记现在就能看到"),
            status=404,
        )
    entry = entry_of(draw)
    if entry is None:
        raise _not_sealed()
    return bundle.files(
        frame_of(draw),
        result_of(draw),
        nonce=nonce_of(draw),
        found=draw.found or [],
        committed_at=committed_at(draw),
        entry=entry,
        replaced=queries.replaced(draw),
        joint=_joint_of(draw, entry),
    )


def _joint_of(draw: Draw, own: bundle.Entry) -> bundle.JointProof | None:
    """What shows that the seed of a joint draw is its lead's, under the same head as its own."""
    lead = draw.lead
    if lead is None:
        return None
    entry = entry_of(lead)
    if entry is None or entry.root != own.root:
        raise _not_sealed()
    frame = frame_of(lead)
    hashing = frame.plan.hashing
    return bundle.JointProof(
        plan=frame.files[PLAN],
        digests=[(name, hashing.digest(data).hex()) for name, data in frame.files.items()],
        commitment=bytes.fromhex(lead.commitment),
        committed_at=committed_at(lead),
        nonce=nonce_of(lead),
        number=lead.number,
        entry=entry,
    )


def _not_sealed() -> Refusal:
    return Refusal("not_sealed", _noop("登记条目还没有封存"), fix=_noop("请过几秒再试"), status=503)
