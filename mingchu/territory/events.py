"""What happened in territorial duty: ids, levels and quarters, never a name or a telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingchu.base.event import Event


@dataclass(frozen=True, kw_only=True)
class CadreListed(Event):
    """A cadre came on the roster."""

    cadre_id: int
    rank: str
    district: str


@dataclass(frozen=True, kw_only=True)
class CadreChanged(Event):
    """`fields` names what changed; areas and businesses are his range."""

    cadre_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CadreLinked(Event):
    """From now on the cadre works by this account; None: by none."""

    cadre_id: int
    user_id: int | None


@dataclass(frozen=True, kw_only=True)
class CadreLeft(Event):
    """`until` is his last day; whatever he has goes to the heir, or to whoever has the area."""

    cadre_id: int
    until: date
    heir_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class DutyAssigned(Event):
    """The level of a business or the cadre it falls to changed; no level: it is not visited."""

    business_id: int
    before: str
    level: str
    cadre_before: int | None
    cadre_id: int | None


@dataclass(frozen=True, kw_only=True)
class VisitsOpened(Event):
    """The visits of a quarter were opened, or those still lacking."""

    quarter: str
    visits: int


@dataclass(frozen=True, kw_only=True)
class VisitDone(Event):
    """A cadre was there; `problem` is the kind of what he found, "" for nothing."""

    business_id: int
    visit_id: int
    quarter: str
    cadre_id: int | None
    late: bool
    problem: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VisitEnded(Event):
    """An open visit fell away, since the business is not to be visited any more."""

    business_id: int
    visit_id: int
    quarter: str


@dataclass(frozen=True, kw_only=True)
class VisitsMissed(Event):
    """Visits whose time has passed altogether; the rows say which."""

    quarter: str
    visits: int
