"""Words 说法: rules as people and programs read them."""

from __future__ import annotations

from typing import Any

from mingchu.rulebook.domain import Citation, Ruling
from mingchu.rulebook.values import plain


def cite_json(cite: Citation) -> dict[str, str]:
    return {
        "law": cite.law,
        "number": cite.number,
        "article": cite.article,
        "published": cite.published.isoformat(),
    }


def ruling_json(ruling: Ruling) -> dict[str, Any]:
    """A ruling as the API and the command line give it."""
    return {
        "id": ruling.id,
        "title": {"zh": ruling.title.zh, "en": ruling.title.en},
        "value": plain(ruling.value),
        "unit": str(ruling.unit),
        "shape": str(ruling.shape),
        "cite": cite_json(ruling.cite),
        "status": str(ruling.status),
        "checked": ruling.checked.isoformat(),
        "since": ruling.since.isoformat(),
        "until": ruling.until.isoformat() if ruling.until else None,
        "jurisdiction": ruling.jurisdiction,
        "tested": ruling.tested,
    }
