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


def committed(**more: object) -> Draw:
    draw = services.commit(draw=frozen(**more))
    seal()
    return draw


def drawn(**more: object) -> Draw:
    return services.conclude(draw=committed(**more), found=[FELL])


def revealed(**more: object) -> Draw:
    return services.reveal(draw=drawn(**more))
