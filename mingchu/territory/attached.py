"""Attached 附件: photos of a visit, for the cadre who made it and the offices of its area."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.kit.files.guards import GUARDS, FileRole, Guard
from mingchu.territory import queries
from mingchu.territory.services.visiting import PHOTO

ROLES = {PHOTO: FileRole(_("走访照片"))}


def may_see(actor: Actor, number: str, role: str) -> bool:
    if not number.isdecimal():
        return False
    pk = int(number)
    if queries.visit(actor.scopes_for("territory.read"), pk) is not None:
        return True
    scopes = actor.scopes_for("territory.visit")
    return actor.user_id is not None and queries.my_visit(scopes, actor.user_id, pk) is not None


def hang() -> None:
    GUARDS.add("visit", Guard(ROLES, may_see, queries.over_before))
