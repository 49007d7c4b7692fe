"""Who is signed in: allauth's way with a quicker first question; `AUTHENTICATION_BACKENDS`."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from mingchu.accounts import queries
from mingchu.accounts.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """By name and password, or by what the house itself has proved."""

    def get_user(self, user_id: int) -> User | None:
        found = queries.user(int(user_id))
        return found if found is not None and self.user_can_authenticate(found) else None
