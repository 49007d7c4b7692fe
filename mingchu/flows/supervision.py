"""Which context tells plans of inspections what supervision asks: risk, without its letters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mingchu.inspection.standing import GROUNDS, OF_ONE, SUPERVISION, Of, Standing
from mingchu.risk import credit_words
from mingchu.risk.queries import drawing
from mingchu.risk.queries.supervising import supervised

PPM = 10_000  # parts per million of a per cent


def wire() -> None:
    """Called once, when the app is ready."""
    SUPERVISION.add("risk", told)
    OF_ONE.add("risk", of_one)
    GROUNDS.add("risk", credit_words.key_said)


def told(of: Of, day: date) -> Iterator[Standing]:
    for one in drawing.asked(of.kinds, of.districts, day):
        yield Standing(
            business=one.business,
            yearly=int(one.measures.ratio * PPM),
            floor=one.measures.visits,
            cover_due=one.cover_due,
            floor_due=one.floor_due,
            counted=one.counted,
            cap=one.cap,
            last=one.last,
            key=one.key,
        )


def of_one(business: int, day: date) -> Standing | None:
    """The same of one business."""
    one = supervised(business, day, with_credit=True)
    if one is None:
        return None
    return Standing(
        business=business,
        yearly=int(one.measures.ratio * PPM),
        floor=one.measures.visits,
        cover_due=one.due.day,
        floor_due=one.due.day,
        counted=one.account.counted,
        cap=one.account.cap,
        last=one.last,
        key=one.key,
    )
