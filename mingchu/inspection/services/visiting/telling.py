"""Whom an entry about a visit names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingchu.inspection.models import Visit
from mingchu.registry import domain as registry


def about(one: Visit) -> Mapping[str, Any]:
    """Whom an event is about: a visit that is hidden names only itself."""
    if one.is_hidden:
        return {"subject": f"inspection:{one.pk}", "business_id": None, "visit_id": one.pk}
    return {
        "subject": registry.subject(one.business_id),
        "business_id": one.business_id,
        "visit_id": one.pk,
    }
