"""Desks: whom the command line signs in, and what a program's key stands on."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import CITY, Role, Scope, ScopeKind
from mingchu.accounts.models import Post
from mingchu.accounts.queries import holders
from mingchu.accounts.services.people import enrol_person, give_post, role_of
from mingchu.base.errors import Refusal
from mingchu.base.ids import new_code

FIRST_ADMIN = "admin"


@transaction.atomic
def desk(role: str, district: str = "") -> Post:
    """Whoever holds the role, the longest in office first.

    A house without any administrator gets its first one here: nobody else could enrol him.
    """
    role_of(role)
    held = holders(role, district).first()
    if held is None and role == FIRST_ADMIN and not Post.objects.filter(role=role).exists():
        user = enrol_person(username=FIRST_ADMIN, name="管理员")
        held = give_post(user=user, role=role, scope=CITY)
    if held is None:
        raise Refusal(
            "nobody_in_post",
            _noop("没有人在“{role}”岗位上"),
            fix=_noop("请先为这个角色开户，或换一个旗县区"),
            status=404,
            role=role,
        )
    return held


@transaction.atomic
def machine_desk(role: str, district: str = "") -> Post:
    """A post for a program: its own account where the role can do without a person.

    Inspection needs a certificate, and a business's desk needs a business: there the key stands
    on the post of a person who has both.
    """
    known = role_of(role)
    scope = _machine_scope(known, district)
    if scope is None:
        return desk(role, district)
    user = enrol_person(username=f"program-{new_code(8).lower()}", name=known.zh, machine=True)
    return give_post(user=user, role=role, scope=scope)


def _machine_scope(role: Role, district: str) -> Scope | None:
    if role.certificate:
        return None
    if district:
        wanted = Scope(ScopeKind.DISTRICT, district)
        return wanted if ScopeKind.DISTRICT in role.scopes else None
    return CITY if ScopeKind.CITY in role.scopes else None
