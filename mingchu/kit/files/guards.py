"""Guards 附件准入: each context says who sees its subjects' files; the rest nobody sees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingchu.accounts.domain import Actor
from mingchu.base.slots import Slot


@dataclass(frozen=True)
class FileRole:
    """What a file is for; views are logged unless it shows nobody and names nobody."""

    label: Any
    is_personal: bool = True


def _never(numbers: Collection[int], moment: datetime) -> Collection[int]:
    return ()


@dataclass(frozen=True)
class Guard:
    """Of subjects of one kind (`business:…`): the roles files have there, and who sees them.

    `may_see(actor, number, role)` is asked for every download, with the text after the colon.
    `over_before(numbers, moment)` are those that were over by then: their files go with the term of
    evidence. What is never over keeps its files.
    """

    roles: Mapping[str, FileRole]
    may_see: Callable[[Actor, str, str], bool]
    over_before: Callable[[Collection[int], datetime], Collection[int]] = _never


# By the kind of subject; a context adds its own in `apps.py`.
GUARDS: Slot[Guard] = Slot("guards")


def guard_of(subject: str) -> Guard | None:
    return GUARDS.get(subject.partition(":")[0])


def role_of(subject: str, role: str) -> FileRole:
    """The role as its context declared it; an undeclared one is a programming error."""
    guard = guard_of(subject)
    if guard is None or role not in guard.roles:
        raise ValueError(f"no guard knows files of {subject} as {role}")
    return guard.roles[role]


def may_see(actor: Actor, subject: str, role: str) -> bool:
    guard = guard_of(subject)
    if guard is None or role not in guard.roles:
        return False
    return guard.may_see(actor, subject.partition(":")[2], role)
