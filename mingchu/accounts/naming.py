"""Who did it, in words: the people and posts that entries of the ledger name by number.

Every line of every timeline asks, so each process remembers for some seconds: a post stays what it
is, and somebody who takes another name is called by the old one a little longer.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db import connection
from django.utils.translation import get_language, gettext

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.queries import scope_names
from mingchu.accounts.roles import roles
from mingchu.base.remembered import Remembered

_USER = re.compile(r"user:(\d+)")
_POST = re.compile(r"post:(\d+)")
_CALLED = Remembered[str](seconds=10)
_HOLDS = Remembered[tuple[str, Scope]](seconds=60)
_NAMES = "SELECT id, name FROM accounts_user WHERE id = ANY(%s::bigint[])"
_POSTS = "SELECT id, role, scope_kind, scope_code FROM accounts_post WHERE id = ANY(%s::bigint[])"


def actors_said(actors: Collection[str]) -> dict[str, str]:
    """Names of people by actor (`user:17`); whatever is no person is the system."""
    numbers = {actor: _number(_USER, actor) for actor in actors}
    wanted = {number for number in numbers.values() if number}
    names = _names(wanted) if wanted else {}
    return {actor: names.get(number, gettext("系统")) for actor, number in numbers.items()}


def _names(people: Collection[int]) -> dict[int, str]:
    found = {one: name for one in people if (name := _CALLED.known(one)) is not None}
    if unknown := [one for one in people if one not in found]:
        with connection.cursor() as db:
            db.execute(_NAMES, [unknown])
            found |= {number: _CALLED.keep(number, name) for number, name in db.fetchall()}
    return found


def posts_said(posts: Collection[str]) -> dict[str, str]:
    """Role and scope in words by post (`post:17`); of none, an empty text."""
    numbers = {post: _number(_POST, post) for post in posts}
    held = _held({number for number in numbers.values() if number})
    names = scope_names(scope for _role, scope in held.values())
    said = {
        number: f"{_role_name(role)} · {names[scope]}" for number, (role, scope) in held.items()
    }
    return {post: said.get(number, "") for post, number in numbers.items()}


def _held(posts: Collection[int]) -> dict[int, tuple[str, Scope]]:
    """Role and scope of posts, by their number."""
    found = {one: held for one in posts if (held := _HOLDS.known(one)) is not None}
    if unknown := [one for one in posts if one not in found]:
        with connection.cursor() as db:
            db.execute(_POSTS, [unknown])
            found |= {
                number: _HOLDS.keep(number, (role, Scope(ScopeKind(kind), code)))
                for number, role, kind, code in db.fetchall()
            }
    return found


def _role_name(code: str) -> str:
    role = roles().by_code.get(code)
    if role is None:
        return code
    return role.en if (get_language() or "").startswith("en") else role.zh


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return int(found[1]) if found else 0
