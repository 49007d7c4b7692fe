"""Who did it, in words: the people and posts that entries of the ledger name by number."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db import connection
from django.utils.translation import get_language, gettext

from mingchu.accounts.models import Post
from mingchu.accounts.queries import scope_names
from mingchu.accounts.roles import roles

_USER = re.compile(r"user:(\d+)")
_POST = re.compile(r"post:(\d+)")
_NAMES = "SELECT id, name FROM accounts_user WHERE id = ANY(%s::bigint[])"


def actors_said(actors: Collection[str]) -> dict[str, str]:
    """Names of people by actor (`user:17`); whatever is no person is the system."""
    numbers = {actor: _number(_USER, actor) for actor in actors}
    wanted = {number for number in numbers.values() if number}
    names = _names(wanted) if wanted else {}
    return {actor: names.get(number, gettext("系统")) for actor, number in numbers.items()}


def _names(people: Collection[int]) -> dict[int, str]:
    with connection.cursor() as db:
        db.execute(
            "SELECT id, name FROM accounts_user WHERE id = ANY(%s::bigint[])", [list(people)]
        )
        return dict(db.fetchall())


def posts_said(posts: Collection[str]) -> dict[str, str]:
    """Role and scope in words by post (`post:17`); of none, an empty text."""
    numbers = {post: _number(_POST, post) for post in posts}
    held = Post.objects.in_bulk({number for number in numbers.values() if number})
    names = scope_names(post.scope for post in held.values())
    return {
        post: f"{_role(held[number].role)} · {names[held[number].scope]}" if number in held else ""
        for post, number in numbers.items()
    }


def _role(code: str) -> str:
    role = roles().by_code.get(code)
    if role is None:
        return code
    return role.en if (get_language() or "").startswith("en") else role.zh


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return int(found[1]) if found else 0
