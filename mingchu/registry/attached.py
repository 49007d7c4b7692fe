"""Attached 附件: which files a business has, and that whoever sees the business sees them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import Actor
from mingchu.kit.files.guards import GUARDS, FileRole, Guard
from mingchu.registry import domain, queries

ROLES = {
    "licence_copy": FileRole(_("许可证照片"), is_personal=False),
    "premises_photo": FileRole(_("场所照片"), is_personal=False),
    "health_certificate": FileRole(_("健康证明")),
    "inquiry_answer": FileRole(_("补正材料")),
    "identity_paper": FileRole(_("身份证明")),
    "visit_evidence": FileRole(_("查找证据")),
}


def may_see(actor: Actor, number: str, role: str) -> bool:
    """Officers inside their scope, and the business itself."""
    scopes = (*actor.scopes_for("registry.read"), *actor.scopes_for("registry.own"))
    return queries.business(scopes, domain.number_of(number)) is not None


def hang() -> None:
    GUARDS.add("business", Guard(ROLES, may_see))
