"""Passwords 密码: long for officers, a PIN for those who were enrolled on paper."""

from __future__ import annotations

from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mingchu.accounts.models import User
from mingchu.accounts.queries import open_posts
from mingchu.accounts.roles import roles

LENGTH = 10
LIGHT_LENGTH = 6


class Strong:
    """Django's validator interface; the lock-out after five failures guards the short ones."""

    def validate(self, password: str, user: User | None = None) -> None:
        check(password, light=user is not None and user.pk is not None and is_light(user))
        if user is not None and user.username and user.username in password:
            raise ValidationError(_("密码不能包含登录账号"), code="password_has_username")

    def get_help_text(self) -> str:
        return _("至少{length}个字符；凭开户单开户的人员可用{light}位数字").format(
            length=LENGTH, light=LIGHT_LENGTH
        )


def check(password: str, *, light: bool) -> None:
    """Raises ValidationError if it is too short or plain to guess."""
    least = LIGHT_LENGTH if light else LENGTH
    if len(password) < least:
        raise ValidationError(_("至少{least}个字符").format(least=least), code="password_short")
    if is_plain(password):
        raise ValidationError(_("太容易猜到，请换一个"), code="password_plain")


def is_plain(password: str) -> bool:
    """One character repeated, or a run up or down.

    >>> [is_plain(text) for text in ("111111", "123456", "654321", "abcdef", "204816")]
    [True, True, True, True, False]
    """
    steps = {ord(b) - ord(a) for a, b in pairwise(password)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def is_light(user: User) -> bool:
    """Whether all posts a person holds are of the kind one enrols for on paper."""
    held = set(open_posts().filter(user=user).values_list("role", flat=True))
    return bool(held) and all(roles().by_code[role].light for role in held)
