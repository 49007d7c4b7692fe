"""Draws for any test: a hundred subjects, six inspectors, ten-sided dice."""

from __future__ import annotations

from datetime import timedelta

from mingchu.base import clock
from mingchu.draw import services
from mingchu.draw.domain.assigning import Terms
from mingchu.draw.domain.lists import Inspector, Subject
from mingchu.draw.models import Draw
from mingchu.ledger.services import seal

DICE = {"kind": "dice", "throws": 20}
FELL = {"kind": "dice", "throws": "31415926535897932384"}
SUBJECTS = [Subject(f"s{n:03}", "150102", "caterer", f"t{n % 2}") for n in range(100)]
OTHERS = [Subject(f"s{n:03}", "150102", "caterer", "t9") for n in range(50, 150)]
INSPECTORS = [Inspector(f"i{n}", ("150102",), ("caterer",), n < 3) for n in range(6)]


def frozen(district: str = "", **more: object) -> Draw:
    draw = services.open_draw(title="十一月餐饮抽查", district=district)
    asked = {
        "subjects": SUBJECTS,
        "inspectors": INSPECTORS,
        "recusals": [],
        "rates": {row.stratum: 100_000 for row in SUBJECTS},
        "announced": [DICE],
        "terms": Terms(3, 4),
        "reveal_by": clock.today() + timedelta(days=30),
    }
    return services.freeze(draw=draw, **{**asked, **more})


def lists(subjects: list[Subject]) -> dict[str, object]:
    """What a draw is frozen with, but for its sources."""
    return {
        "subjects": subjects,
        "inspectors": INSPECTORS,
        "recusals": [],
        "rates": {row.stratum: 100_000 for row in subjects},
        "terms": Terms(3, 4),
        "reveal_by": clock.today() + timedelta(days=30),
    }


def the_lead() -> Draw:
    """The first draw of a campaign, committed."""
    lead = services.open_draw(title="市场监管", campaign="校园周边")
    lead = services.freeze(draw=lead, announced=[DICE], **lists(SUBJECTS))
    return services.commit(draw=lead)


def joined(lead: Draw) -> Draw:
    """Another draw of its campaign, frozen: half of its subjects are the lead's."""
    made = services.open_draw(title="卫生健康", lead=lead)
    return services.freeze(draw=made, announced=[], **lists(OTHERS))


def committed(**more: object) -> Draw:
    draw = services.commit(draw=frozen(**more))
    seal()
    return draw


def drawn(**more: object) -> Draw:
    return services.conclude(draw=committed(**more), found=[FELL])


def revealed(**more: object) -> Draw:
    return services.reveal(draw=drawn(**more))
