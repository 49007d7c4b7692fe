"""What the rulebook says of matters, floors and ceilings, each asked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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
# What calls for a visit, as the ceiling names its exemptions.
CAUSES: Mapping[str, str] = MappingProxyType(
    {"complaint": "complaint", "case": "case", "sample": "sample_failure"}
)
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


def held_back(origin: str, day: date) -> bool:
    """Whether the yearly ceiling holds back a visit that this called for, such as `complaint:7`."""
    exempt = rule(MERGE).on(day).value
    return not exempt.get(CAUSES.get(origin.partition(":")[0], "routine"), False)


def inspectors_min(day: date) -> int:
    return int(rule(PAIR).on(day).number())


def reveal_by(month_ends: date) -> date:
    """By when a draw of the month is laid open where nothing else is said: its results are due
    then too."""
    return rule(PUBLISH).on(month_ends).due(month_ends, calendar()).day


# ── Visits and records ──

ALL_ITEMS, NARROW = "inspection.all_items", "checklist.matters"
PASS_RATE, EXAM, CLOCK = (
    "inspection.basic_pass_rate",
    "inspection.exam_pass",
    "inspection.clock_minutes",
)
OTHER_PAIR, DEVICE, UNSENT = (
    "inspection.recheck_other_pair",
    "inspection.device_days",
    "inspection.unsent_days",
)


def needs_all_items(kind: str, day: date) -> bool:
    """Whether a visit of this type covers the whole list; types the rule is silent on need not."""
    said = rule(ALL_ITEMS).on(day).value
    return bool(said.get(kind, False))


def is_narrow(matter: str, day: date) -> bool:
    """Whether a matter asks for less than the full list."""
    return matter in rule(NARROW).on(day).value


def basic_pass_rate(day: date) -> int:
    return int(rule(PASS_RATE).on(day).number())


def exam_pass(day: date) -> int:
    """Per cent of right answers with which a manager passes."""
    return int(rule(EXAM).on(day).number())


def clock_seconds(day: date) -> int:
    """How far a phone's clock may be off before a person looks at it."""
    return int(rule(CLOCK).on(day).number()) * 60


def by_another_pair(way: str, day: date) -> bool | None:
    """Whether what was to be mended in this way is looked at again, and by another pair; None:
    no recheck is asked."""
    said = rule(OTHER_PAIR).on(day).value
    return bool(said[way]) if way in said else None


def device_days(day: date) -> int:
    return int(rule(DEVICE).on(day).number())


def unsent_days(day: date) -> int:
    return int(rule(UNSENT).on(day).number())


def publish_by(formed: date) -> date:
    """By when the result of a visit is public."""
    return rule(PUBLISH).on(formed).due(formed, calendar()).day


# ── After a record ──

KINDS, CODES, POSTING, REMIND = (
    "inspection.result_kinds",
    "inspection.result_codes",
    "inspection.not_posting_fine",
    "inspection.remind_days",
)


def remind_days(day: date) -> int:
    """Working days before a day is due at which whoever has to do something is told."""
    return int(rule(REMIND).on(day).number())


def remind_until(day: date) -> date:
    """What is due until then is told today."""
    return rule(REMIND).on(day).due(day, calendar()).day


def result_titles(day: date) -> Mapping[str, Title]:
    """The kinds of result as the rule calls them."""
    return rule(KINDS).on(day).labels


def workdays_until(due: date, today: date) -> int:
    """Working days from today to a day, that day included; below zero where it is over."""
    first, last = sorted((today, due))
    known = calendar()
    count = sum(
        known.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1)
    )
    return count if due >= today else -count
