"""Slots: the places where a context hangs its own piece into a page that combines contexts.

A context registers in its `apps.py`; the pages of `site` and `registry` only read. So no page
knows which contexts exist, and navigation shows only what does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

T = TypeVar("T")


class Slot(Generic[T]):
    """A named place; items are read in `order`, then by key."""

    def __init__(self, name: str):
        self.name = name
        self._items: dict[str, tuple[int, T]] = {}

    def add(self, key: str, item: T, order: int = 100) -> None:
        """Hangs an item; a second one under the same key is a programming error."""
        if key in self._items:
            raise ValueError(f"{self.name} already has {key}")
        self._items[key] = (order, item)

    def __iter__(self) -> Iterator[T]:
        ranked = sorted(self._items.items(), key=lambda pair: (pair[1][0], pair[0]))
        return (item for _, (_, item) in ranked)

    def get(self, key: str) -> T | None:
        return self._items[key][1] if key in self._items else None


@dataclass(frozen=True)
class NavigationItem:
    """A link of the workbench; shown to who may `action`. `label` is a lazy translation.

    What keeps the house rather than the city's food stands `aside`, behind one menu.
    """

    label: Any
    url_name: str
    action: str
    aside: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of the business file: `draw(request, business_id)` returns safe HTML, or "".

    `foresees(business_id)` are the questions it is going to ask, as `ledger.rows` has them, so
    that the page asks those of all its parts in one round.
    """

    key: str
    title: Any
    action: str
    draw: Callable[[Any, int], str]
    foresees: Callable[[int], Iterable[Any]] = lambda business_id: ()


@dataclass(frozen=True)
class PublicPart:
    """A part of the public page of a business: `draw(request, business_id)` returns safe HTML, or
    "".

    Whoever hangs one decides in one place of his own what anybody may know.
    """

    key: str
    title: Any
    draw: Callable[[Any, int], str]


@dataclass(frozen=True)
class Piece:
    """A part of the public front door, above or below its figures; `draw(request)` as above."""

    draw: Callable[[Any], str]
    place: Literal["above", "below"] = "below"


@dataclass(frozen=True)
class Sentence:
    """How an event reads on a timeline: `say(event data)` returns one sentence."""

    kind: str
    say: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class FigureValue:
    """A counted figure; `rows` is the URL of the rows behind it, "" if none can be shown.

    `public_rows` is where a reader without a log-in finds them. A capped value was counted no
    further: there are more.
    """

    value: int | float
    numerator: int | None = None
    denominator: int | None = None
    rows: str = ""
    public_rows: str = ""
    is_capped: bool = False


@dataclass(frozen=True)
class Figure:
    """A number of the city with its definition 口径; `count(day)` asks the database."""

    id: str
    title: Any
    unit: Any
    definition: Any
    count: Callable[[Any], FigureValue]


@dataclass(frozen=True, eq=False)
class Task:
    """Something that waits for an officer: `rows(actor)`, a QuerySet, is what is counted inside the
    actor's scopes, and `href()` is where it is listed.

    The question is kept for a day (`ledger.composing`): it goes by the actor's posts and number, by
    now, by days and by the rulebook, and by nothing else.
    """

    title: Any
    action: str
    rows: Callable[[Any], Any]
    href: Callable[[], str]


@dataclass(frozen=True)
class Measure:
    """A count per district for the city's map: `count(day)` gives it by division code.

    `rows(code)` is the URL of the rows of one district, of all with an empty code.
    """

    id: str
    title: Any
    unit: Any
    definition: Any
    count: Callable[[Any], Mapping[str, int]]
    rows: Callable[[str], str]


@dataclass(frozen=True)
class Section:
    """A part of the city page below its map: `draw(request)` returns safe HTML, or ""."""

    title: Any
    action: str
    draw: Callable[[Any], str]


@dataclass(frozen=True)
class KeptClock:
    """A term that one context keeps on a thing, for the page of whoever works on the same thing.

    `standing` is a code for programs, `said` and `look` are how a page says it; `rule` and `since`
    name the version it runs by; `href` is where it is kept, "" for who may not go there.
    """

    key: str
    title: Any
    began: date
    due: date | None
    met: date | None
    standing: str
    said: Any
    look: str
    rule: str
    since: date
    provisional: bool = False
    href: str = ""


@dataclass(frozen=True)
class Offer:
    """An act of another context, as a link."""

    title: Any
    href: str


@dataclass(frozen=True)
class Thing:
    """A thing of another context in words; `href` is its page, "" for who may not go there."""

    said: Any
    href: str = ""


@dataclass(frozen=True)
class Reading:
    """How one part of the house is: `condition` is good, warn or bad; `advice` says what to do."""

    said: Any
    condition: Literal["good", "warn", "bad"] = "good"
    advice: Any = ""


@dataclass(frozen=True)
class Sign:
    """A line of the health page; `read()` looks now, quickly, and may raise."""

    title: Any
    read: Callable[[], Reading]


NAVIGATION: Slot[NavigationItem] = Slot("navigation")
FRONT: Slot[Piece] = Slot("front")
PANELS: Slot[Panel] = Slot("panels")
# The same for anybody, on the public page of a business.
PUBLIC: Slot[PublicPart] = Slot("public")
# The same for the business's own desk: what it has to do, first things first.
DESK: Slot[Panel] = Slot("desk")
SENTENCES: Slot[Sentence] = Slot("sentences")
# What draws a closed loop 闭环: `draw(request, ids of entries)` gives the chain they stand in.
LOOPS: Slot[Callable[[Any, Sequence[Any]], str]] = Slot("loops")
# What runs beside an order on what it is about: `read(actor, subject)`, such as `complaint:7`.
CLOCKS: Slot[Callable[[Any, str], Sequence[KeptClock]]] = Slot("clocks")
# By what the ledger knows a thing now: `find(number)` of an `order:7` is the newest entry on it, so
# that what another context does for it answers that. Keyed by what stands before the colon.
ENTRIES: Slot[Callable[[int], UUID | None]] = Slot("entries")
# What can be done about a thing elsewhere: `offer(actor, subject, business id)`, such as `order:7`.
OFFERS: Slot[Callable[[Any, str, int | None], Sequence[Offer]]] = Slot("offers")
# What a thing is called and where it stands: `say(actor, numbers)` by number, keyed as above.
THINGS: Slot[Callable[[Any, Collection[int]], Mapping[int, Thing]]] = Slot("things")
# What became of what was noticed: `draw(request, subject, business id)`, such as `visit:7`.
TRACES: Slot[Callable[[Any, str, int], str]] = Slot("traces")
# Above the timeline of a business: what hangs together in it.
STORY: Slot[Panel] = Slot("story")
# Kinds of entries that a closed loop begins with.
BEGINNINGS: Slot[str] = Slot("beginnings")
FIGURES: Slot[Figure] = Slot("figures")
TASKS: Slot[Task] = Slot("tasks")
MEASURES: Slot[Measure] = Slot("measures")
CITY: Slot[Section] = Slot("city")
SIGNS: Slot[Sign] = Slot("signs")
# Sentences for everybody, above every page while there is something to say; "" while there is not.
BANNERS: Slot[Callable[[], str]] = Slot("banners")
