"""Store 规则库入口: the book of this house, frozen; `rule(id).on(day)`.

Whoever decides by a rule keeps its id, `since` and jurisdiction, so that an old decision is
explained by the words of its day.

The book is what is shipped and what the city has added since. Who keeps the city's own versions
hangs in by `extend`; each process asks for their stamp every few seconds and reads them again only
when it is another one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from django.conf import settings

from mingchu.base.errors import Refusal
from mingchu.base.remembered import Remembered
from mingchu.base.workdays import Calendar, Due, add_working_days
from mingchu.rulebook import reading
from mingchu.rulebook.cases import Case
from mingchu.rulebook.domain import Resolved, Rule, Rulebook
from mingchu.rulebook.values import calendar_of

DATA = Path(__file__).parent / "data"
# Cases belong to the tests of a checkout; an installed house has none and says so.
CASES = Path(__file__).parents[2] / "tests" / "rules"
CALENDAR = "calendar.working_days"


# How long a process may not know of a version that was approved in another one.
STAMP_SECONDS = 3
BOOKS_KEPT = 2
CALENDARS_KEPT = 16
Make = TypeVar("Make", bound=Callable[..., Any])


class Source(Protocol):
    """Who keeps rules of the city beside those that are shipped."""

    def stamp(self) -> str:
        """Another text whenever the rules are others; asked often, so it must be cheap."""

    def rules(self) -> Sequence[Rule]:
        """Rules with the versions that are to speak."""


_sources: list[Source] = []
_stamps = Remembered[str](STAMP_SECONDS)
_supposed: ContextVar[Rulebook | None] = ContextVar("supposed", default=None)


def extend(source: Source) -> None:
    """From now on this process hears the source too; hung in twice it is heard once."""
    if source not in _sources:
        _sources.append(source)
        refresh()


def leave(source: Source) -> None:
    """This process hears the source no more."""
    if source in _sources:
        _sources.remove(source)
        refresh()


def refresh() -> None:
    """Something was changed here: the next question hears of it."""
    _stamps.forget()


def rulebook() -> Rulebook:
    return _supposed.get() or _book(_stamp())


@cache
def shipped() -> Rulebook:
    """What the house came with."""
    return load(DATA, CASES)


def _stamp() -> str:
    if not _sources:
        return ""
    return _stamps.get("", lambda: "\0".join(source.stamp() for source in _sources))


@lru_cache(maxsize=BOOKS_KEPT)
def _book(stamp: str) -> Rulebook:
    more = [rule for source in _sources for rule in source.rules()] if stamp else []
    return shipped().with_more(more) if more else shipped()


@contextmanager
def supposing(rules: Sequence[Rule]) -> Iterator[Rulebook]:
    """Inside, these rules speak too: for trying out what is not in force; nothing is changed."""
    book = rulebook().with_more(rules)
    token = _supposed.set(book)
    try:
        yield book
    finally:
        _supposed.reset(token)


def by_book(maxsize: int) -> Callable[[Make], Make]:
    """Keeps what a function made of the rules, for as long as the book is the same one.

    What it is given stands in order, without names.
    """

    def decorate(make: Make) -> Make:
        @lru_cache(maxsize=maxsize)
        def kept(_book: Rulebook, *given: Any) -> Any:
            return make(*given)

        @wraps(make)
        def asked(*given: Any) -> Any:
            return kept(rulebook(), *given)

        asked.cache_clear = kept.cache_clear  # type: ignore[attr-defined]
        return cast("Make", asked)

    return decorate


def digest() -> str:
    """Names this book: another byte in its files or another version of the city, another digest."""
    return hashlib.sha256(f"{_files_digest()}{_stamp()}".encode()).hexdigest()


@cache
def _files_digest() -> str:
    files = sorted([*DATA.glob("*/*.yaml"), *CASES.glob("*.yaml")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def load(data: Path, cases_folder: Path) -> Rulebook:
    """The book out of two folders; what `lint` faults may fail here in any way."""
    rules = [
        reading.rule(raw, document.jurisdiction)
        for document in reading.rule_documents(data)
        for raw in document.content["rules"]
    ]
    return Rulebook(rules, tested(rules, load_cases(cases_folder)))


def load_cases(folder: Path) -> tuple[Case, ...]:
    return tuple(
        reading.case(raw, document.family)
        for document in reading.case_documents(folder)
        for raw in document.content
    )


def tested(rules: list[Rule], known: Iterable[Case]) -> Counter[tuple[str, str, date]]:
    """How many cases fall into each version: by rule, who speaks, since."""
    book = Rulebook(rules)
    found: Counter[tuple[str, str, date]] = Counter()
    for case in known:
        if case.rule not in book.ids_in(case.jurisdiction):
            continue
        if segment := book.rule(case.rule, case.jurisdiction).segment(case.on):
            found[case.rule, segment.rule.jurisdiction, segment.version.since] += 1
    return found


def here() -> str:
    """The jurisdiction this house works in."""
    return str(settings.JURISDICTION)


def rule(rule_id: str, jurisdiction: str = "") -> Resolved:
    """A rule as it holds in this city, or elsewhere."""
    return rulebook().rule(rule_id, jurisdiction or here())


@cache
def cases() -> tuple[Case, ...]:
    return load_cases(CASES)


def cases_of(rule_id: str) -> tuple[Case, ...]:
    return tuple(case for case in cases() if case.rule == rule_id)


def case(case_id: str) -> Case:
    """A jurist's case by its id."""
    found = next((one for one in cases() if one.id == case_id), None)
    if found is None:
        raise Refusal(
            "unknown_case",
            "没有编号为 {case} 的案例",
            fix="案例在源码的 tests/rules 里，请核对编号；安装版不带案例，请在源码目录里运行",
            status=404,
            case=case_id,
        )
    return found


def calendar(jurisdiction: str = "") -> Calendar:
    """Working days over every year that is known."""
    return calendar_in(rulebook(), jurisdiction or here())


@lru_cache(maxsize=CALENDARS_KEPT)
def calendar_in(book: Rulebook, jurisdiction: str) -> Calendar:
    """The calendar of a book: its versions are years."""
    if CALENDAR not in book.ids_in(jurisdiction):
        return Calendar.of([], [], [])
    years = book.rule(CALENDAR, jurisdiction).segments
    return calendar_of(
        [(one.begins.year, one.version.value) for one in years if one.version.value is not None]
    )


def working_days_after(start: date, count: int, jurisdiction: str = "") -> Due:
    """The day on which `count` working days have passed; the day of the act is not counted."""
    return add_working_days(start, count, calendar(jurisdiction))
