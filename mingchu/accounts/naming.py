"""Who did it, in words: the people and posts that entries of the ledger name by number."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.utils.translation import get_language, gettext

from mingchu.accounts.models import Post, User
from mingchu.accounts.queries import scope_names
from mingchu.accounts.roles import roles

_USER = re.compile(r"user:(\d+)")
_POST = re.compile(r"post:(\d+)")


def actors_said(actors: Collection[str]) -> dict[str, str]:
    """Names of people by actor (`user:17`); whatever is no person is the system."""
    numbers = {actor: _number(_USER, actor) for actor in actors}
    wanted = {number for number in numbers.values() if number}
    people = User.objects.filter(pk__in=wanted).values_list("pk", "name")
    names = dict(people) if wanted else {}
    return {actor: names.get(number, gettext("系统")) for actor, number in numbers.items()}


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
