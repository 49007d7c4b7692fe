"""What the rulebook says of matters, floors and ceilings, each asked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from mingchu.base.errors import Refusal
from mingchu.inspection.domain.balance import Clash
from mingchu.rulebook.domain import Ruling, Title
from mingchu.rulebook.store import calendar, rule

MATTERS, COVER, FLOOR = "inspection.matters", "inspection.full_cover_years", "grade.visits_min"
CEILING, REPEAT, PAIR = (
    "draw.visits_cap",
    "inspection.no_repeat_months",
    "inspection.inspectors_min",
)
WHO, SHARE, PUBLISH = "draw.who_may_inspect", "draw.matter_ceiling", "inspection.publish_days"
KEY, MERGE = "inspection.key_supervision", "draw.cap_exempt"
# The two rules that collide.
BEHIND: Mapping[Clash, tuple[str, str]] = MappingProxyType(
    {
        Clash.COVER_OR_CEILING: (COVER, CEILING),
        Clash.COVER_OR_THREE_MONTHS: (COVER, REPEAT),
        Clash.FLOOR_OR_CEILING: (FLOOR, CEILING),
        Clash.FLOOR_BEYOND: (FLOOR, MATTERS),
        Clash.MATTER_RATIO: (SHARE, MATTERS),
        Clash.NO_PAIR: (PAIR, WHO),
    }
)
PPM = 10_000  # parts per million of a per cent
GENERAL = "general"


@dataclass(frozen=True)
class Matter:
    """A line of the list 抽查事项清单; `top` in parts per million, None without a ceiling."""

    id: str
    title: Title
    category: Title
    is_general: bool
    department: str
    kinds: tuple[str, ...]
    percent: Any
    way: Title
    basis: str

    @property
    def top(self) -> int | None:
        return int(self.percent * PPM) if self.is_general else None


def matter_list(day: date) -> Ruling:
    return rule(MATTERS).on(day)


def matters(day: date) -> dict[str, Matter]:
    """The matters in force on a day, in their order."""
    ruling = matter_list(day)
    return {name: _matter(name, said, ruling) for name, said in ruling.value.items()}


def _matter(name: str, said: Mapping[str, Any], ruling: Ruling) -> Matter:
    return Matter(
        id=name,
        title=_title(ruling, name),
        category=_title(ruling, said["category"]),
        is_general=said["category"] == GENERAL,
        department=said["department"],
        kinds=tuple(said["kinds"]),
        percent=said["top"],
        way=_title(ruling, said["way"]),
        basis=said["basis"],
    )


def _title(ruling: Ruling, key: str) -> Title:
    return ruling.labels.get(key, Title(key, key))


def matter(name: str, day: date) -> Matter:
    """One matter; a Refusal where the list of that day has none of the name."""
    found = matters(day).get(name)
    if found is None:
        raise Refusal(
            "unknown_matter",
            "抽查事项清单里没有“{name}”",
            fix="请从清单里选；清单之外的事项不得检查",
            status=422,
            name=name,
        )
    return found


def no_repeat_months(day: date) -> int:
    return int(rule(REPEAT).on(day).number())


def inspectors_min(day: date) -> int:
    return int(rule(PAIR).on(day).number())


def reveal_by(month_ends: date) -> date:
    """By when a draw of the month is laid open where nothing else is said: its results are due
    then too."""
    return rule(PUBLISH).on(month_ends).due(month_ends, calendar()).day
