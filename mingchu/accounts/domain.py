"""Who may do what where: roles are data, scopes are values, one function decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ScopeKind(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    STATION = "station"
    BUSINESS = "business"
    SCHOOL = "school"
    MARKET = "market"


@dataclass(frozen=True)
class Scope:
    """A part of the city: a kind and its code, such as district 150105 or business 1024."""

    kind: ScopeKind
    code: str = ""
