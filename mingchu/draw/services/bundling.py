"""Bundling 证明包: what outsiders get once a draw is laid open."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.draw import queries
from mingchu.draw.domain import bundle
from mingchu.draw.models import Draw
from mingchu.draw.services.committing import committed_at, frame_of, leaf_of
from mingchu.draw.services.concluding import nonce_of, result_of


def bundle_of(draw: Draw) -> dict[str, bytes]:
    """All files by name. Raises Refusal before it is revealed, or while the register lags."""
    if draw.state not in queries.OPEN:
        raise Refusal(
            "not_revealed",
            _noop("这次抽取还没有公开"),
            fix=_noop("公开以后才能下载证明包；承诺和登记现在就能看到"),
            status=404,
        )
    entry = queries.entry_of(draw, leaf_of(draw))
    if entry is None:
        raise Refusal(
            "not_sealed", _noop("登记条目还没有封存"), fix=_noop("请过几秒再试"), status=503
        )
    return bundle.files(
        frame_of(draw),
        result_of(draw),
        nonce=nonce_of(draw),
        found=draw.found or [],
        committed_at=committed_at(draw),
        entry=entry,
        replaced=queries.replaced(draw),
    )
