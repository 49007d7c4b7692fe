"""Attached 附件: photos of a letter may show whoever sent them: only its handler sees them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.complaints import queries
from mingchu.complaints.services import HANDLE, PHOTO
from mingchu.kit.files.guards import GUARDS, FileRole, Guard

ROLES = {PHOTO: FileRole(_("来信照片"))}


def may_see(actor: Actor, number: str, role: str) -> bool:
    found = queries.one(actor.scopes_for(HANDLE), int(number)) if number.isdecimal() else None
    return found is not None and actor.is_known and found.handler_id == actor.user_id


def hang() -> None:
    GUARDS.add("complaint", Guard(ROLES, may_see, queries.over_before))
