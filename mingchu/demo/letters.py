"""Letters of the demo city: `letters.yaml` read once, and letters drawn from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from mingchu.complaints.values import Contact
from mingchu.demo.invented import person_name
from mingchu.demo.plan import plan

TABLE = Path(__file__).parent / "letters.yaml"
NAMES, PHONES = 1 << 30, 1_000_000


@dataclass(frozen=True, kw_only=True)
class Text:
    """What somebody writes; `why` and `reply` are of one that is not the bureau's."""

    category: str
    kinds: tuple[str, ...]
    of: tuple[str, ...]
    what: str
    wants: str
    ill: int = 0
    why: str = ""
    reply: str = ""

    def drawn(self, random: Random) -> tuple[str, str]:
        """What is told and what is wanted, the blanks filled in."""
        said = book()
        blanks = {
            "dish": random.choice(said.dishes),
            "goods": random.choice(said.goods),
            "money": random.choice(said.money),
        }
        return self.what.format(**blanks), self.wants.format(**blanks)


@dataclass(frozen=True)
class End:
    """How a letter ends, in the officer's words."""

    note: str = ""
    reply: str = ""
    ground: str = ""


@dataclass(frozen=True, kw_only=True)
class Book:
    """All that is written in the demo, by people and by officers."""

    dishes: Sequence[str]
    goods: Sequence[str]
    money: Sequence[int]
    letters: Sequence[Text]
    foreign: Sequence[Text]
    ends: Mapping[str, End] = field(default_factory=dict)
    accepted: str
    checked: str
    tested: str
    result: str
    visits: Sequence[str]


@cache
def book() -> Book:
    said = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    said["letters"] = tuple(map(_text, said["letters"]))
    said["foreign"] = tuple(map(_text, said["foreign"]))
    said["ends"] = {name: End(**words) for name, words in said["ends"].items()}
    return Book(**said)


def _text(said: dict[str, Any]) -> Text:
    return Text(**{**said, "kinds": tuple(said["kinds"]), "of": tuple(said["of"])})


def writer(random: Random) -> Contact:
    """Somebody with a name and a number that belong to nobody."""
    named = plan()
    number = int(random.random() * NAMES)
    return Contact(
        name=person_name(named.surnames, named.stems, named.branches, number),
        phone=f"0471-0{int(random.random() * PHONES):06d}",
    )
