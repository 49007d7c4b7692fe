"""Assignments: the level of each business and who visits it, at present and before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.db.models import Count, QuerySet

from mingchu.accounts.domain import Scope
from mingchu.ledger.rows import Question, Rows
from mingchu.registry.queries import within
from mingchu.territory.models import Assignment, Visit, VisitState


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the list of businesses is asked for; `who` is `nobody` or `somebody`."""

    district: str = ""
    station: str = ""
    level: str = ""
    who: str = ""
    cadre: int | None = None

    @classmethod
    def read(cls, said: dict[str, str]) -> Asked:
        cadre = said.get("cadre", "")
        return cls(
            district=said.get("district", ""),
            station=said.get("station", ""),
            level=said.get("level", ""),
            who=said.get("who", ""),
            cadre=int(cadre) if cadre.isdecimal() and len(cadre) < 19 else None,
        )

    def query(self) -> dict[str, str]:
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: str(value) for name, value in said.items() if value not in ("", None)}


def present(scopes: Iterable[Scope]) -> QuerySet[Assignment]:
    return within(Assignment.objects.filter(until__isnull=True), scopes, "business__")


def assignments(scopes: Iterable[Scope], asked: Asked) -> QuerySet[Assignment]:
    """Those asked for, in the order they were settled."""
    rows = present(scopes)
    equal = {
        "business__district": asked.district,
        "business__station": asked.station,
        "level": asked.level,
        "cadre": asked.cadre,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value not in ("", None)})
    if asked.who:
        rows = rows.filter(cadre__isnull=asked.who == "nobody")
    return rows.select_related("business", "cadre").order_by("pk")


def unvisited(scopes: Iterable[Scope]) -> QuerySet[Assignment]:
    """Businesses that nobody answers for."""
    return present(scopes).filter(cadre__isnull=True)


def counted_without_cadre() -> dict[str, int]:
    """The same by district, for the whole city."""
    rows = Assignment.objects.filter(until__isnull=True, cadre__isnull=True).order_by()
    return dict(rows.values_list("business__district").annotate(n=Count("pk")))


def past_of(business: int) -> tuple[Assignment | None, list[Assignment]]:
    """What is present of a business, and what was before, the newest first."""
    known = _assigned(business)
    return (
        next((one for one in known if one.until is None), None),
        [one for one in known if one.until is not None],
    )


_assigned = Rows(
    Assignment,
    "WHERE business_id = %s ORDER BY since DESC, territory_assignment.id DESC",
    related={"cadre": ("name", "unit")},
)


def panel_asked(business: int) -> tuple[Question, ...]:
    """What the panel of a business file asks."""
    return _assigned.asked(business), _made_and_waiting.asked(business, DONE, business, WAITING)


def last_visit(business: int) -> tuple[Visit | None, Visit | None]:
    """The last visit that was made of a business, and the next one that is to be made."""
    found = {visit.state: visit for visit in _made_and_waiting(business, DONE, business, WAITING)}
    return found.get(VisitState.DONE), found.get(VisitState.OPEN)


DONE, WAITING = VisitState.DONE.value, VisitState.OPEN.value
_made_and_waiting = Rows(
    Visit,
    """WHERE territory_visit.id IN (
        (SELECT id FROM territory_visit WHERE business_id = %s AND state = %s
          ORDER BY done_at DESC LIMIT 1)
        UNION ALL
        (SELECT id FROM territory_visit WHERE business_id = %s AND state = %s
          ORDER BY due LIMIT 1))""",
    related={"cadre": ("name",)},
)
