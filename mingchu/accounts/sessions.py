"""Django's sessions in the database, read without building a model for each page's first question;
`SESSION_ENGINE`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from mingchu.accounts import queries
from mingchu.base import clock
from mingchu.base.remembered import Remembered
from mingchu.ledger.rows import Question, ask, foresee

KEPT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
# Whose a session was when it was last read. Nobody is let in by this: it only says what is asked
# along with the session, whose own answer decides.
_whose = Remembered[int](seconds=600)


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        whose = _whose.known(self.session_key)
        if whose:
            foresee(queries.user_asked(whose))
        kept = ask(Question(KEPT, (self.session_key, clock.wall())))
        if not kept:
            self._session_key = None
            return {}
        found = self.decode(kept[0][0])
        if SESSION_KEY in found:
            _whose.keep(self.session_key, int(found[SESSION_KEY]))
        return found
