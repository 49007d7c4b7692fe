"""Evidence 证据: which files an order has, and that whoever sees the order sees them.

A business sees what it was told and what it sent in, and nothing an officer noted about it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.alerts.domain.states import ANSWER
from mingchu.alerts.queries import orders
from mingchu.kit.files.guards import GUARDS, FileRole, Guard

ROLES = {
    "evidence": FileRole(_("处置证据")),
    "notice": FileRole(_("整改通知"), is_personal=False),
    "answer": FileRole(_("整改材料")),
    "minutes": FileRole(_("约谈记录")),
    "receipt": FileRole(_("移送回执"), is_personal=False),
}
OF_BUSINESS = ("notice", "answer")


def may_see(actor: Actor, number: str, role: str) -> bool:
    """Officers inside their scope, whoever reported it, and the business as far as it goes."""
    if not number.isdecimal():
        return False
    if orders.one(actor.scopes_for(orders.READ), int(number)):
        return True
    if role in OF_BUSINESS and orders.one(actor.scopes_for(ANSWER), int(number)):
        return True
    return role == "evidence" and orders.is_reporter(actor.user_id, int(number))


def hang() -> None:
    GUARDS.add("order", Guard(ROLES, may_see, orders.over_before))
