"""Linking 关联账号: an entry of the roster gets the account its cadre signs in with."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.models import User
from mingchu.accounts.queries import open_posts
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.territory import events
from mingchu.territory.models import Cadre
from mingchu.territory.queries.cadres import ROLE


@transaction.atomic
def link(*, cadre: Cadre, user: User | None) -> Cadre:
    """From now on the cadre's visits are on this account's phone; None takes the account away."""
    held = Cadre.objects.select_for_update().get(pk=cadre.pk)
    if held.user_id == (user.pk if user else None):
        return held
    if user is not None:
        check_account(user, held.pk)
    held.user = user
    held.save(update_fields=["user"])
    record(
        events.CadreLinked(
            subject=f"cadre:{held.pk}", cadre_id=held.pk, user_id=user.pk if user else None
        )
    )
    return held


def check_account(user: User, cadre: int | None) -> None:
    """The account must be in the post of a duty cadre, and no other cadre's."""
    if not open_posts().filter(user=user, role=ROLE).exists():
        raise Refusal(
            "not_a_duty_cadre",
            _noop("账号“{username}”没有包保干部的岗位"),
            fix=_noop("请先为他开户或任命为包保干部"),
            status=422,
            username=user.username,
        )
    if Cadre.objects.filter(user=user, until__isnull=True).exclude(pk=cadre or 0).exists():
        raise Refusal(
            "account_taken",
            _noop("账号“{username}”已关联另一名包保干部"),
            fix=_noop("请核对；确属错误的，先在那名干部的页面上解除"),
            username=user.username,
        )
