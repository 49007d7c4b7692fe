"""Holding: a draw locked for an act, in a state the act begins in, and its frame read back."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.draw.domain.frame import Frame
from mingchu.draw.models import Draw, DrawState


def held(draw: Draw, *before: DrawState) -> Draw:
    """The draw, locked, in one of the states that the act begins in.

    The lead of a joint draw is locked first, so that two acts never wait for each other.
    """
    if draw.lead_id:
        Draw.objects.select_for_update().get(pk=draw.lead_id)
    found = Draw.objects.select_for_update().get(pk=draw.pk)
    if found.state not in before:
        raise Refusal(
            "draw_state",
            _noop("这次抽取现在是“{state}”，不能这样做"),
            fix=_noop("请刷新页面，看它现在到哪一步"),
            status=409,
            state=DrawState(found.state).label,
        )
    return found


def frame_of(draw: Draw) -> Frame:
    """The frame as it was frozen."""
    return Frame.read({one.name: bytes(one.data) for one in draw.files.all()})
