"""Django's sessions in the database, read without building a model for each page's first question;
`SESSION_ENGINE`."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection

from mingchu.base import clock

KEPT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        with connection.cursor() as asked:
            asked.execute(KEPT, [self.session_key, clock.wall()])
            kept = asked.fetchone()
        if kept is None:
            self._session_key = None
            return {}
        return self.decode(kept[0])
