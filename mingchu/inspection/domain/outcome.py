"""Outcome 检查结果: what follows from the answers of a visit; pure. The phone reckons the same.

Order 49 arts 32 and 33: an unmet item that affects food safety becomes a case, key or general; a
general one that is clearly slight is put right on the spot or by a written day; anything else gets
a written deadline and is looked at again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    MET = "met"
    UNMET = "unmet"
    NOT_APPLICABLE = "na"


class Affects(StrEnum):
    """Whether food safety is affected 影响食品安全; only a general item may be slight."""

    YES = "yes"
    NO = "no"
    SLIGHT = "slight"


class Way(StrEnum):
    """What follows from an unmet item."""

    CASE = "case"
    ON_SPOT = "on_spot"
    BY = "by"
    ORDER = "order"


DATED = (Way.BY, Way.ORDER)


class Outcome(StrEnum):
    """How the visit itself went."""

    INSPECTED = "inspected"
    UNREACHABLE = "unreachable"
    CLOSED = "closed"
    MOVED = "moved"
    NO_ACTIVITY = "no_activity"
    REFUSED = "refused"


class Result(StrEnum):
    """Kinds of result 抽查结果, in the order in which they are told; several may hold at once."""

    NO_PROBLEM = "NO_PROBLEM"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    FALSE_INFO = "FALSE_INFO"
    UNREACHABLE = "UNREACHABLE"
    CORRECTED = "CORRECTED"
    UNCOOPERATIVE = "UNCOOPERATIVE"
    NO_ACTIVITY = "NO_ACTIVITY"
    PENDING = "PENDING"
    CLOSED = "CLOSED"
    DEREGISTERED = "DEREGISTERED"
    REVOKED = "REVOKED"
    ANNULLED = "ANNULLED"
    MOVED = "MOVED"
    BREACH = "BREACH"


# What a visit that found nobody comes to.
SPOKEN: Mapping[Outcome, Result] = {
    Outcome.UNREACHABLE: Result.UNREACHABLE,
    Outcome.CLOSED: Result.CLOSED,
    Outcome.MOVED: Result.MOVED,
    Outcome.NO_ACTIVITY: Result.NO_ACTIVITY,
    Outcome.REFUSED: Result.UNCOOPERATIVE,
}


class Word(StrEnum):
    """The three words of the national record form 结果判定."""

    PASS = "pass"  # noqa: S105 the word of the form
    BASIC = "basic"
    FAIL = "fail"


@dataclass(frozen=True)
class Found:
    """An unmet item, and what follows."""

    item: str
    is_key: bool
    affects: Affects
    way: Way


def way_of(is_key: bool, affects: str, chosen: str = "") -> Way:
    """What follows from an unmet item; `chosen` is how a slight one is put right.

    >>> way_of(True, "yes"), way_of(False, "slight", "on_spot"), way_of(True, "no")
    (<Way.CASE: 'case'>, <Way.ON_SPOT: 'on_spot'>, <Way.ORDER: 'order'>)
    """
    if affects == Affects.YES:
        return Way.CASE
    if affects == Affects.SLIGHT and not is_key:
        return Way.ON_SPOT if chosen == Way.ON_SPOT else Way.BY
    return Way.ORDER


def found(keys: Collection[str], order: Iterable[str], answers: Mapping[str, Any]) -> list[Found]:
    """The unmet items in the order of the sheet; `keys` are its key items."""
    return [
        _found(item, item in keys, answers[item])
        for item in order
        if item in answers and answers[item].get("verdict") == Verdict.UNMET
    ]


def _found(item: str, is_key: bool, answer: Mapping[str, Any]) -> Found:
    affects = answer.get("affects", Affects.NO)
    way = way_of(is_key, affects, answer.get("fix", {}).get("way", ""))
    return Found(item, is_key, Affects(affects), way)


def results(outcome: str, unmet: Iterable[Found], added: Iterable[str] = ()) -> list[Result]:
    """The kinds of result, in their order, each once: those that follow and those added."""
    held = {Result(one) for one in added}
    unmet = list(unmet)
    if spoken := SPOKEN.get(Outcome(outcome)):
        held.add(spoken)
    if any(one.way is Way.ON_SPOT for one in unmet):
        held.add(Result.CORRECTED)
    if any(one.way is not Way.ON_SPOT for one in unmet):
        held.add(Result.PENDING)
    if not held:
        held.add(Result.NO_PROBLEM)
    return [one for one in Result if one in held]


def word(key_unmet: int, general_met: int, general: int, least_percent: int) -> Word:
    """The word of the form: nothing unmet; no key item unmet and so many general ones met; else.

    `least_percent` is `inspection.basic_pass_rate`, a custom of 2016.

    >>> word(0, 10, 10, 70), word(0, 7, 10, 70), word(1, 10, 10, 70), word(0, 6, 10, 70)
    (<Word.PASS: 'pass'>, <Word.BASIC: 'basic'>, <Word.FAIL: 'fail'>, <Word.FAIL: 'fail'>)
    """
    if not key_unmet and general_met == general:
        return Word.PASS
    enough = general_met * 100 >= general * least_percent
    return Word.BASIC if not key_unmet and enough else Word.FAIL
