"""Builders: the smallest whole thing of each kind, for any test."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from mingchu.kit.files import keeping
from mingchu.kit.models import Attachment
from mingchu.registry.services import NewBusiness, NewLicence, NewPerson

SAIHAN, XINCHENG = "150105", "150102"


def a_restaurant(**facts: Any) -> NewBusiness:
    known: dict[str, Any] = {
        "name": "绿野家常菜馆",
        "kind": "caterer",
        "district": SAIHAN,
        "station": "150105001",
        "code": "92150105MA0BBBBU2X",
        "legal_form": "household",
        "address": "内蒙古呼和浩特市赛罕区大学东街128号",
        "opened": date(2022, 3, 1),
        "licences": (
            NewLicence(
                kind="JY",
                number="JY21501050000016",
                items=("热食类食品制售",),
                issued=date(2022, 2, 20),
                expires=date(2027, 2, 19),
            ),
        ),
        "people": (
            NewPerson(
                name="测试甲", duties=("principal", "officer"), identity="150105199001010018"
            ),
        ),
    }
    return NewBusiness(**{**known, **facts})


def a_pdf(text: str = "1") -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%" + text.encode() + b"\n%%EOF\n"


def an_attachment(subject: str, role: str = "licence_copy", content: bytes = b"") -> Attachment:
    """A file of the house itself; the test has a home of its own, for the bytes lie there."""
    upload = keeping.keep(file=io.BytesIO(content or a_pdf()), by=None)
    return keeping.attach(upload=upload, subject=subject, role=role, name="许可证.pdf", by=None)
