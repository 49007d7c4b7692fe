"""Bands 分档: what a measured number is, by ascending upper ends; no framework."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any


def is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def band(table: Mapping[str, Any], measured: int | Decimal) -> Any:
    """What a number is; the upper end of a band belongs to it.

    >>> grades = {"bands": ({"to": 30, "is": "A"}, {"to": 45, "is": "B"}), "above": "C"}
    >>> band(grades, 30), band(grades, 31), band(grades, 100)
    ('A', 'B', 'C')
    """
    return next((one["is"] for one in table["bands"] if measured <= one["to"]), table["above"])


def band_misfits(value: Any, place: str = "value") -> Iterator[str]:
    """Bands ascend, each says what it `is`, and what lies `above` all is said too."""
    if not isinstance(value, Mapping) or not {"bands", "above"} <= value.keys():
        yield f"{place}: bands, above"
        return
    bands = value["bands"]
    if not isinstance(bands, list | tuple) or not bands:
        yield f"{place}.bands: list"
        return
    for number, band in enumerate(bands):
        if not isinstance(band, Mapping) or band.keys() != {"to", "is"}:
            yield f"{place}.bands[{number}]: to, is"
        elif not is_number(band["to"]):
            yield f"{place}.bands[{number}].to: number"
        elif number and not _rises(bands[number - 1], band):
            yield f"{place}.bands[{number}].to: ascending"


def _rises(before: Any, band: Mapping[str, Any]) -> bool:
    known = isinstance(before, Mapping) and is_number(before.get("to"))
    return not known or before["to"] < band["to"]
