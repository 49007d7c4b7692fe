"""Key supervision 重点监管: who is looked at with more than the grade's own care, and on what
ground; derived, never set by hand; no framework."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PRODUCER = "producer"
OPERATORS = ("seller", "caterer", "canteen")
SERIOUS_LIST = "serious_list"
# The grounds in the order a page names them; the last stands in a rule of its own.
GROUNDS = (
    "special_food_producer",
    "producer_C",
    "producer_D",
    "operator_C",
    "operator_D",
    "central_kitchen",
    "meal_delivery",
    SERIOUS_LIST,
)


@dataclass(frozen=True)
class Facts:
    """What the grounds ask of a business; `grade` is the letter of its risk grade, "" for none."""

    kind: str
    grade: str = ""
    special_food: bool = False
    central_kitchen: bool = False
    meal_delivery: bool = False
    serious: bool = False


def grounds(facts: Facts, said: Mapping[str, Any], *, serious_counts: bool) -> tuple[str, ...]:
    """Every ground of the rule that holds of the business.

    >>> grounds(Facts("producer", "C"), {"producer_C": True}, serious_counts=False)
    ('producer_C',)
    """
    held = {
        "special_food_producer": facts.kind == PRODUCER and facts.special_food,
        "central_kitchen": facts.central_kitchen,
        "meal_delivery": facts.meal_delivery,
        **dict(_by_grade(facts)),
    }
    found = [one for one in GROUNDS if held.get(one) and said.get(one) is True]
    return (*found, SERIOUS_LIST) if facts.serious and serious_counts else tuple(found)


def _by_grade(facts: Facts) -> Iterator[tuple[str, bool]]:
    if facts.kind == PRODUCER:
        yield f"producer_{facts.grade}", True
    elif facts.kind in OPERATORS:
        yield f"operator_{facts.grade}", True
