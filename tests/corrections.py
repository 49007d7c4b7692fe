"""A record with something to mend, and whoever runs the business."""

from __future__ import annotations

from inspecting import Sent, a_visit

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.models import User
from mingchu.inspection.models import Finding
from mingchu.registry.models import Business


def owner(business: Business, role: str = "enterprise") -> User:
    """Somebody of the business itself."""
    user = accounts.enrol_person(username=f"{role}-{business.public_id}", name="店里的人")
    accounts.give_post(user=user, role=role, scope=Scope(ScopeKind.BUSINESS, business.public_id))
    return user


def found(way: str = "order", *, photos: int = 0, **visit) -> Finding:
    """One item of a record that is not met."""
    sent = Sent(a_visit(**visit))
    item = sent.an_item(key=way in ("order", "case"))
    affects = {"order": "no", "case": "yes"}.get(way, "slight")
    record = sent.unmet(item, affects, photos=photos, way=way).send().record
    return record.findings.get()
