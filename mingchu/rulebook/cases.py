"""Cases 案例: what a jurist expects of a rule on a day, and what the rule says to it; pure.

`given` by shape. plain: `{}` for the value, `{from: day or moment}` for the end of a term,
`{text: …}` for whether a pattern fits. bands: one number under any name. choice: `{key: …}`, with
`from` for the end of that term. calendar: `{day: …}` for whether it is a working day. sheet: the
answers by item; items not named lose nothing, but for bands, which are then not answered.

`expect` is the value; for a sheet its points, or some of `{points, top, vetoed, passed}`; for a
refusal `{refused: code}`; null says that the rule is repealed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from mingchu.base.clock import CITY_ZONE
from mingchu.base.errors import Refusal
from mingchu.base.workdays import Calendar
from mingchu.rulebook import scoring, values
from mingchu.rulebook.domain import Rulebook, Ruling, Title
from mingchu.rulebook.kinds import Shape, Unit

HOME = "cn-1501"
REPEALED = {"refused": "rule_repealed"}


@dataclass(frozen=True)
class Case:
    """One expectation; `family` is the file it stands in."""

    id: str
    says: Title
    rule: str
    on: date
    jurisdiction: str
    given: Mapping[str, Any]
    expect: Any
    family: str


def outcome(case: Case, book: Rulebook, calendar: Calendar, on: date | None = None) -> Any:
    """What the rulebook answers on the day of the case, or on another; a refusal as `refused`."""
    try:
        return answer(book.rule(case.rule, case.jurisdiction).on(on or case.on), case, calendar)
    except Refusal as no:
        return {"refused": no.code}


def answer(ruling: Ruling, case: Case, calendar: Calendar) -> Any:
    """What a ruling says to what is given; a Refusal where it cannot be asked so."""
    return ASKED[ruling.shape](ruling, case.given, calendar)


def agrees(found: Any, expected: Any) -> bool:
    """Whether an outcome is the expected one; of a sheet, in everything that is expected."""
    if isinstance(found, scoring.Scored):
        said = _scored(found)
        if isinstance(expected, Mapping):
            return expected.items() <= said.items()
        return bool(said["points"] == expected)
    if expected is None:
        return bool(found == REPEALED)
    return bool(_comparable(found) == _comparable(expected))


def told(found: Any) -> Any:
    """An outcome as JSON has it."""
    if isinstance(found, scoring.Scored):
        lost = [{"item": x.item, "points": x.lost, "why": x.said()} for x in found.lost]
        return values.plain({**_scored(found), "lost": lost})
    return values.plain(found)


def _scored(found: scoring.Scored) -> dict[str, Any]:
    return {
        "points": found.points,
        "top": found.top,
        "vetoed": found.vetoed,
        "passed": found.passed,
    }


def _comparable(value: Any) -> Any:
    """Equal values compare equal: days and moments as ISO text in the city's time."""
    if isinstance(value, datetime):
        return _moment(value).isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\S+", value):
        return _moment(datetime.fromisoformat(value)).isoformat()
    # True equals 1 in Python; to a jurist it does not.
    return ("bool", value) if isinstance(value, bool) else values.plain(values.freeze(value))


def _moment(value: date) -> datetime:
    """A moment of the city: a day begins at midnight, a time without a zone is the city's."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return moment.astimezone(CITY_ZONE) if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return _moment(value).date()
    if not isinstance(value, date):
        raise _unfit("from")
    return value


def _plain(ruling: Ruling, given: Mapping[str, Any], calendar: Calendar) -> Any:
    if given.keys() == {"from"}:
        return _term(ruling, given["from"], calendar, None)
    if given.keys() == {"text"} and ruling.unit is Unit.PATTERN:
        return bool(re.fullmatch(ruling.value, str(given["text"])))
    if given:
        raise _unfit(*given)
    return ruling.value


def _term(ruling: Ruling, start: Any, calendar: Calendar, key: object) -> date:
    if ruling.unit in values.MOMENTS:
        if not isinstance(start, date):
            raise _unfit("from")
        return ruling.due_at(_moment(start), key)
    return ruling.due(_day(start), calendar, key).day


def _bands(ruling: Ruling, given: Mapping[str, Any], calendar: Calendar) -> Any:
    if len(given) != 1:
        raise _unfit(*given)
    return ruling.band(next(iter(given.values())))


def _choice(ruling: Ruling, given: Mapping[str, Any], calendar: Calendar) -> Any:
    if not {"key"} <= given.keys() <= {"key", "from"}:
        raise _unfit(*given)
    if "from" in given:
        return _term(ruling, given["from"], calendar, given["key"])
    return ruling.choice(given["key"])


def _sheet(ruling: Ruling, given: Mapping[str, Any], calendar: Calendar) -> scoring.Scored:
    return scoring.score(ruling.value, {**scoring.faultless(ruling.value), **given})


def _calendar(ruling: Ruling, given: Mapping[str, Any], calendar: Calendar) -> Any:
    if not given:
        return ruling.value
    if given.keys() != {"day"}:
        raise _unfit(*given)
    return calendar.is_working(_day(given["day"]))


ASKED: Mapping[Shape, Callable[[Ruling, Mapping[str, Any], Calendar], Any]] = {
    Shape.PLAIN: _plain,
    Shape.BANDS: _bands,
    Shape.CHOICE: _choice,
    Shape.SHEET: _sheet,
    Shape.CALENDAR: _calendar,
}


def _unfit(*given: str) -> Refusal:
    return Refusal(
        "unfit_question",
        "案例给出的“{given}”与规则的形式对不上",
        fix="请对照规则的形式与单位改写案例的 given",
        status=422,
        given=list(given),
    )
