"""Coverage 走访覆盖: of what was to be visited in a quarter, how much was; never a ranking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from mingchu.accounts.domain import Scope
from mingchu.territory.domain.quarters import Quarter, quarter_of
from mingchu.territory.models import Visit
from mingchu.territory.queries.visits import inside, standing

COUNTED = ("all", "done", "late", "todo", "overdue", "nobody", "missed", "problem")


@dataclass(frozen=True)
class Counts:
    """`all` is what was to be visited; of it done (late included), still to do, and missed."""

    all: int = 0
    done: int = 0
    late: int = 0
    todo: int = 0
    overdue: int = 0
    nobody: int = 0
    missed: int = 0
    problem: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    @property
    def share(self) -> float:
        """Percent done, cut to one decimal: 100 only when nothing is left.

        >>> Counts(all=2000, done=1999).share, Counts().share
        (99.9, 0.0)
        """
        return self.done * 1000 // self.all / 10 if self.all else 0.0


@dataclass(frozen=True)
class Cell:
    """One district and level."""

    district: str
    level: str
    counts: Counts


def coverage(scopes: Iterable[Scope], quarter: Quarter) -> list[Cell]:
    """By district and level; what has no row was not to be visited."""
    rows: Any = inside(Visit.objects.filter(standing("all"), quarter=quarter.first), scopes)
    wanted = {f"n_{name}": Count("pk", filter=standing(name)) for name in COUNTED}
    counted = rows.order_by().values("district", "level").annotate(**wanted)
    return [
        Cell(row["district"], row["level"], Counts(*(row[f"n_{name}"] for name in COUNTED)))
        for row in counted.order_by("district", "level")
    ]


def quarters_known() -> list[Quarter]:
    """Quarters in which visits were opened, the newest first."""
    known = Visit.objects.order_by("-quarter").values_list("quarter", flat=True).distinct()
    return [quarter_of(day) for day in known]
