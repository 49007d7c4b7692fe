"""What the rulebook says of credit classes, lists, measures and the burden on a business, each
asked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingchu.risk.domain.burden import Cause
from mingchu.risk.domain.measures import MONTHS_A_YEAR
from mingchu.risk.models import Purpose
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.store import calendar, rule

INDICATORS, BANDS, FLOOR = "credit.indicators", "credit.bands", "credit.list_floor"
WINDOWS, SUBJECTS, MEASURES = "credit.windows", "credit.subjects", "credit.measures"
KEY, EFFECTS, CAP = "inspection.key_supervision", "lists.serious_effects", "draw.visits_cap"
GROUNDS = {"abnormal": "lists.abnormal_grounds", "serious": "lists.serious_grounds"}
SERIOUS_YEARS, EARLY_YEARS = "lists.serious_years", "lists.serious_early_exit_years"
# Why a department came, as the ceiling of the rule names it; whatever else is routine.
CAUSES = {Purpose.COMPLAINT.value: Cause.COMPLAINT}
# Words that a licence bears where its holder is one of these.
KITCHEN_WORD, DELIVERY_WORD = "中央厨房", "集体用餐配送"


@dataclass(frozen=True)
class Basis:
    """Everything a class of a day is reckoned by."""

    sheet: Ruling
    bands: Ruling
    floors: Ruling
    windows: Ruling
    subjects: Ruling
    items: Ruling

    @property
    def forms(self) -> list[str]:
        """Legal forms that have a class."""
        return [form for form, is_one in self.subjects.value.items() if is_one]

    def plain(self) -> dict[str, str]:
        """Ids and versions, as a run keeps them."""
        held = (self.sheet, self.bands, self.floors, self.windows, self.subjects, self.items)
        return {one.id: one.since.isoformat() for one in held}


def basis(day: date) -> Basis:
    """The rules in force on a day; a Refusal before the first of them."""
    return Basis(
        sheet=rule(INDICATORS).on(day),
        bands=rule(BANDS).on(day),
        floors=rule(FLOOR).on(day),
        windows=rule(WINDOWS).on(day),
        subjects=rule(SUBJECTS).on(day),
        items=rule("grade.dynamic_item_points").on(day),
    )


# ── Lists ──


def grounds(roll: str, day: date) -> Ruling:
    """Why somebody comes on a list."""
    return rule(GROUNDS[roll]).on(day)


def decide_by(roll: str, found: date) -> date | None:
    """By when a firm is entered after what was found; the serious list names no such term."""
    if roll != "abnormal":
        return None
    return rule("lists.abnormal_enter_days").on(found).due(found, calendar()).day


def leave_by(roll: str, asked: date) -> date:
    """By when it is decided whether a firm leaves, once it has asked."""
    if roll == "abnormal":
        return rule("lists.abnormal_leave_days").on(asked).due(asked, calendar()).day
    steps = rule("lists.serious_exit_days").on(asked)
    accepted = steps.due(asked, calendar(), "accept").day
    return steps.due(accepted, calendar(), "decide").day


def term_ends(roll: str, since: date) -> date | None:
    """When somebody leaves the list by himself; from the abnormal one nobody does."""
    return None if roll == "abnormal" else rule(SERIOUS_YEARS).on(since).due(since, calendar()).day


def early_from(roll: str, since: date) -> date | None:
    """From when an early exit may be asked for."""
    return None if roll == "abnormal" else rule(EARLY_YEARS).on(since).due(since, calendar()).day


# ── Measures, key supervision, burden ──


def table(day: date) -> Ruling:
    """Risk grade by credit class: internal."""
    return rule(MEASURES).on(day)


def quiet(day: date) -> Ruling:
    """Who is left undisturbed: internal."""
    return rule("credit.quiet").on(day)


def cover_months(day: date) -> int:
    """In how many months everybody gets one visit of all items."""
    return int(rule("inspection.full_cover_years").on(day).number()) * MONTHS_A_YEAR


def key_grounds(day: date) -> Ruling:
    return rule(KEY).on(day)


def serious_counts(day: date) -> bool:
    """Whether the serious list puts somebody under key supervision."""
    return rule(EFFECTS).on(day).choice("key_supervision") is True


def special_food(day: date) -> tuple[list[str], list[str]]:
    """Categories of special food: as the digits of a production licence have them, and in words."""
    codes = [str(code) for code in rule("inspection.special_food").on(day).value]
    words = rule("identifiers.sc_categories").on(day)
    return codes, [words.choice(code) for code in codes]


def caps(day: date) -> Ruling:
    """Most visits to one business a year, by its risk grade."""
    return rule(CAP).on(day)


def exempt(day: date) -> Mapping[str, Any]:
    """What the ceiling does not hold back."""
    found: Mapping[str, Any] = rule("draw.cap_exempt").on(day).value
    return found


def cause(purpose: str) -> Cause:
    """Why somebody came, as the ceiling asks."""
    return CAUSES.get(purpose, Cause.ROUTINE)


def indicators(since: date) -> Ruling:
    """The version of the indicators that speaks since a day."""
    return rule(INDICATORS).on(since)
