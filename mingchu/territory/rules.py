"""What the rulebook says of territorial duty, each asked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mingchu.rulebook.domain import Ruling, Title
from mingchu.rulebook.store import by_book, calendar, rule
from mingchu.territory.domain.levels import Ground, Level
from mingchu.territory.domain.quarters import Quarter, due_in
from mingchu.territory.models import Rank

LEVELS, GROUNDS = "territory.duty_levels", "territory.level_grounds"
ITEMS, PROBLEMS = "territory.visit_items", "territory.problem_kinds"
# The ranks by the words the rule uses; ours are the same.
RANKS = {"市级": Rank.CITY, "县级": Rank.COUNTY, "乡级": Rank.TOWNSHIP, "村级": Rank.VILLAGE}
EVERYBODY = "all"


@by_book(maxsize=64)
def ranks(day: date) -> Mapping[str, Rank]:
    """Whose cadres visit a level."""
    said = rule(LEVELS).on(day).value
    return {level.value: RANKS[said[level.value]] for level in Level}


def level_of(rank: str, day: date) -> str:
    """The level that a rank visits; "" where it visits none."""
    return next((level for level, one in ranks(day).items() if one == rank), "")


@dataclass(frozen=True)
class Grounds:
    """The lines of the rule in force, and since when it says so."""

    lines: tuple[Ground, ...]
    since: date


@by_book(maxsize=64)
def grounds(day: date) -> Grounds:
    found = rule(GROUNDS).on(day)
    lines = tuple(
        Ground(
            number,
            Level(line["level"]),
            tuple(line.get("kinds", ())),
            tuple(line.get("scales", ())),
            tuple(line.get("serves", ())),
            line.get("diners"),
        )
        for number, line in enumerate(found.value, start=1)
    )
    return Grounds(lines, found.since)


@by_book(maxsize=64)
def subjects(day: date) -> tuple[frozenset[str], frozenset[str]]:
    """Kinds and operating states that territorial duty covers."""
    found = rule("territory.subjects").on(day)
    return frozenset(found.choice("kinds")), frozenset(found.choice("states"))


def due(quarter: Quarter, level: str) -> date | None:
    """By when a business of the level is visited, if its visit opens in the quarter."""
    months = rule("territory.visit_months").on(quarter.first).choice(level)
    return due_in(quarter, int(months))


def missed_before(day: date) -> date:
    """Visits due before this day can be made up no more."""
    return day - timedelta(days=int(rule("territory.late_days").on(day).number()))


def made_up_until(due_day: date) -> date:
    """The last day on which a visit due then can be made up."""
    return rule("territory.late_days").on(due_day).due(due_day, calendar()).day


def there_by(quarter: Quarter, day: date) -> date:
    """Who came later than this is visited from the next quarter on."""
    days = int(rule("territory.newcomer_days").on(day).number())
    return quarter.last - timedelta(days=days)


@dataclass(frozen=True)
class Item:
    """Something to look at, in both languages."""

    key: str
    words: Title


@dataclass(frozen=True)
class Sheet:
    """What is looked at in a business of a kind, by the version of a day."""

    items: tuple[Item, ...]
    since: date


@by_book(maxsize=256)
def sheet(kind: str, day: date) -> Sheet:
    found = rule(ITEMS).on(day)
    return Sheet(
        tuple(
            Item(key, _title(found, key))
            for key, whom in found.value.items()
            if whom == EVERYBODY or kind in whom
        ),
        found.since,
    )


def items(day: date) -> tuple[Item, ...]:
    """All that is looked at anywhere."""
    found = rule(ITEMS).on(day)
    return tuple(Item(key, _title(found, key)) for key in found.value)


def problems(day: date) -> tuple[Item, ...]:
    """Kinds of problems to choose from."""
    found = rule(PROBLEMS).on(day)
    return tuple(Item(key, _title(found, key)) for key in found.value)


def _title(ruling: Ruling, key: str) -> Title:
    return ruling.labels.get(key, Title(key, key))
