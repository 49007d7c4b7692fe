"""The digest of a sheet: what a grade was made by, to the letter; pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any


def digest(sheet: Mapping[str, Any]) -> str:
    """SHA-256 over the sheet as canonical JSON: equal sheets, whoever wrote them, are one.

    >>> digest({"a": Decimal("2.50")}) == digest({"a": Decimal("2.5")}) != digest({"a": 2})
    True
    """
    text = json.dumps(_canonical(sheet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """Numbers as their shortest decimal text: 2.50, 2.5 and JSON's own 2.5 are one number."""
    if isinstance(value, Mapping):
        return {str(key): _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(inner) for inner in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return {"number": f"{number.normalize():f}"}
