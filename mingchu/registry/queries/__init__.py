"""Reads of the registry, each inside a scope."""

from mingchu.registry.queries.file import (
    business,
    counted_by,
    expiring_count,
    in_use,
    licence_of,
    licences_of,
    locate,
    main_addresses,
    people_of,
    premises_of,
    public_business,
)
from mingchu.registry.queries.finding import (
    COUNTED,
    EVERYWHERE,
    PAGE,
    Page,
    matching,
    page,
)
from mingchu.registry.queries.wanted import SORTS, Wanted, filtered, within

__all__ = [
    "COUNTED",
    "EVERYWHERE",
    "PAGE",
    "SORTS",
    "Page",
    "Wanted",
    "business",
    "counted_by",
    "expiring_count",
    "filtered",
    "in_use",
    "licence_of",
    "licences_of",
    "locate",
    "main_addresses",
    "matching",
    "page",
    "people_of",
    "premises_of",
    "public_business",
    "within",
]
