"""Who did it, in words: the people and posts that entries of the ledger name by number.

Every line of every timeline asks, so each process remembers for a minute: a post stays what it
is, and somebody who takes another name is called by the old one a little longer.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.utils.translation import get_language, gettext

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.queries import scope_names
from mingchu.accounts.roles import roles
from mingchu.base.remembered import Remembered
from mingchu.ledger.rows import Question, ask, foresee

_USER = re.compile(r"user:(\d+)")
_POST = re.compile(r"post:(\d+)")
_CALLED = Remembered[str](seconds=60)
_HOLDS = Remembered[tuple[str, Scope]](seconds=60)
_NAMES = "SELECT id, name FROM accounts_user WHERE id = ANY(%s::bigint[])"
_POSTS = "SELECT id, role, scope_kind, scope_code FROM accounts_post WHERE id = ANY(%s::bigint[])"


def foresee_who(actors: Collection[str], posts: Collection[str]) -> None:
    """Both kinds of names are going to be said: the database is asked for them together."""
    foresee(
        *_asked(_NAMES, _CALLED, {_number(_USER, actor) for actor in actors}),
        *_asked(_POSTS, _HOLDS, {_number(_POST, post) for post in posts}),
    )


def _asked(sql: str, known: Remembered[Any], numbers: Collection[int]) -> list[Question]:
    """What is asked for those that are not remembered; nothing if all are."""
    unknown = sorted(one for one in numbers if one and not known.has(one))
    return [Question(sql, (unknown,))] if unknown else []


def actors_said(actors: Collection[str]) -> dict[str, str]:
    """Names of people by actor (`user:17`); whatever is no person is the system."""
    numbers = {actor: _number(_USER, actor) for actor in actors}
    wanted = {number for number in numbers.values() if number}
    names = _names(wanted) if wanted else {}
    return {actor: names.get(number, gettext("系统")) for actor, number in numbers.items()}


def _names(people: Collection[int]) -> dict[int, str]:
    found = {one: name for one in people if (name := _CALLED.known(one)) is not None}
    for question in _asked(_NAMES, _CALLED, people):
        found |= {number: _CALLED.keep(number, name) for number, name in ask(question)}
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
    for question in _asked(_POSTS, _HOLDS, posts):
        for number, role, kind, code in ask(question):
            found[number] = _HOLDS.keep(number, (role, Scope(ScopeKind(kind), code)))
    return found


def _role_name(code: str) -> str:
    role = roles().by_code.get(code)
    if role is None:
        return code
    return role.en if (get_language() or "").startswith("en") else role.zh


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return int(found[1]) if found else 0
