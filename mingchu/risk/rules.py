"""What the rulebook says of risk grades, each asked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from mingchu.base.errors import Refusal
from mingchu.risk.domain.basis import Basis, Draft, Number, Said, Sheet
from mingchu.risk.domain.spans import months_from
from mingchu.rulebook.domain import Ruling, Title
from mingchu.rulebook.scoring import digest
from mingchu.rulebook.store import rule

TOP, BANDS, ITEM_POINTS = "grade.top_points", "grade.bands", "grade.dynamic_item_points"
SUBJECTS, SHEETS, MONTHS = "grade.subjects", "grade.sheets", "grade.months"
RAISES, LOWERS = "grade.raise_grounds", "grade.lower_grounds"
BLOCKS, SERIOUS = "grade.raise_blocks_lowering", "grade.serious_list_grade"
VISITS_MIN, VISITS_MAX = "grade.visits_min", "grade.visits_max"
STATES = "states"
# The draft of 2022, never in force: a city may choose it for its producers.
DRAFT_CHOSEN, DRAFT_TOP = "grade.draft_2022_chosen", "grade.draft_2022_top_points"
DRAFT_BANDS, DRAFT_CONDUCT = "grade.draft_2022_bands", "grade.draft_2022_conduct"
DRAFT_MONTHS, DRAFT_INTERVAL = "grade.draft_2022_months", "grade.draft_2022_interval"
DRAFT_GROUP = "producer"
# Each static sheet is a rule of its own.
SHEET_RULES: Mapping[str, str] = MappingProxyType(
    {
        "seller": "grade.static_seller",
        "restaurant": "grade.static_restaurant",
        "canteen": "grade.static_canteen",
        "delivery": "grade.static_delivery",
        "producer": "grade.static_producer",
        "health_food": "grade.static_health_food",
    }
)


def basis(day: date) -> Basis:
    """All that grading stands on, as of a day; a Refusal before the first rule of it."""
    top, points, months = (rule(one).on(day) for one in (TOP, ITEM_POINTS, MONTHS))
    bands, subjects, blocks = (rule(one).on(day) for one in (BANDS, SUBJECTS, BLOCKS))
    of_kind = rule(SHEETS).on(day)
    serious = _if_any(SERIOUS, day)
    used = [bands, top, points, months, subjects, blocks, of_kind, *filter(None, [serious])]
    draft, drafted = _draft(day, tuple(subjects.value.get(DRAFT_GROUP, ())))
    used += drafted
    return Basis(
        day=day,
        sheets=sheets(day),
        of_kind={kind: tuple(said) for kind, said in of_kind.value.items()},
        groups={name: tuple(said) for name, said in subjects.value.items() if name != STATES},
        states=tuple(subjects.choice(STATES)),
        static_top=top.choice("static"),
        dynamic_top=top.choice("dynamic"),
        key_points=points.choice("key"),
        general_points=points.choice("general"),
        bands=bands.value,
        **spans(day),
        raise_blocks=bool(blocks.value),
        serious_letter=str(serious.value) if serious else "",
        said={
            **{one.id.removeprefix("grade."): Said(one.id, one.since) for one in used},
            **({DRAFT_CONDUCT.removeprefix("grade."): draft.conduct.said} if draft else {}),
        },
        draft=draft,
    )


def is_draft_chosen(day: date) -> bool:
    """Whether the city grades its producers by the draft of 2022."""
    chosen = _if_any(DRAFT_CHOSEN, day)
    return chosen is not None and chosen.value is True


def _draft(day: date, kinds: tuple[str, ...]) -> tuple[Draft | None, list[Ruling]]:
    """The draft, and the rules it stands on; none where the city has not chosen it."""
    if not is_draft_chosen(day):
        return None, []
    names = (DRAFT_CHOSEN, DRAFT_TOP, DRAFT_BANDS, DRAFT_CONDUCT, DRAFT_MONTHS)
    used = [rule(one).on(day) for one in names]
    _chosen, top, bands, conduct, months = used
    draft = Draft(
        kinds=kinds,
        dynamic_top=top.choice("dynamic"),
        bands=bands.value,
        conduct=Sheet(conduct.value, Said(conduct.id, conduct.since, digest(conduct.value))),
        months=int(months.number()),
    )
    return draft, used


def spans(day: date) -> dict[str, date]:
    """The days after which facts count on a day."""
    months = rule(MONTHS).on(day)
    return {
        f"{name}_after": months_from(day, -int(months.choice(name)))
        for name in ("visits", "new", "grounds")
    }


def sheets(day: date) -> dict[str, Sheet]:
    """The static sheets in force on a day; who has one that is not cannot be graded."""
    return {
        name: Sheet(found.value, Said(found.id, found.since, digest(found.value)))
        for name, rule_id in SHEET_RULES.items()
        if (found := _if_any(rule_id, day))
    }


def sheet(name: str, day: date) -> Ruling:
    """A static sheet by its name."""
    if name not in SHEET_RULES:
        raise Refusal(
            "unknown_static_sheet",
            "没有“{name}”这张静态量化表",
            fix="可选：{known}",
            status=422,
            name=name,
            known=list(SHEET_RULES),
        )
    return rule(SHEET_RULES[name]).on(day)


def sheets_of(kind: str, day: date) -> tuple[str, ...]:
    """The sheets a business of this kind may have; none where it is not graded."""
    return tuple(rule(SHEETS).on(day).value.get(kind, ()))


def _if_any(rule_id: str, day: date) -> Ruling | None:
    try:
        return rule(rule_id).on(day)
    except Refusal:
        return None


def grounds(direction: str, day: date) -> Ruling:
    """The grounds to raise or to lower, each with the most levels that may be decided."""
    return rule(RAISES if direction == "raise" else LOWERS).on(day)


def group_title(name: str, day: date) -> Title:
    """How a group that coverage is counted by is called."""
    return rule(SUBJECTS).on(day).labels.get(name, Title(name, name))


def title(ruling: Ruling, key: str) -> Title:
    return ruling.labels.get(key, Title(key, key))


HYGIENE_YEAR, HYGIENE_VISIT = "hygiene.year_bands", "hygiene.visit_bands"


@dataclass(frozen=True)
class Hygiene:
    """What the hygiene grade stands on; `letter` is SQL over a column `rate`, "" below C."""

    after: date
    key: Number
    general: Number
    letter: str
    since: date


def hygiene_ruling(day: date) -> Ruling:
    """The bands of the yearly hygiene grade."""
    return rule(HYGIENE_YEAR).on(day)


def hygiene(day: date) -> Hygiene:
    bands, points = rule(HYGIENE_YEAR).on(day), rule(ITEM_POINTS).on(day)
    whens = " ".join(
        f"WHEN rate <= {Decimal(one['to'])} THEN '{_hygiene_letter(one['is'])}'"
        for one in bands.value["bands"]
    )
    return Hygiene(
        after=months_from(day, -int(rule(MONTHS).on(day).choice("visits"))),
        key=points.choice("key"),
        general=points.choice("general"),
        letter=f"(CASE {whens} ELSE '{_hygiene_letter(bands.value['above'])}' END)",
        since=bands.since,
    )


def _hygiene_letter(said: str) -> str:
    """What the bands call other than a letter is no grade."""
    return said if said in ("A", "B", "C") else ""


def is_yearly_day(day: date) -> bool:
    """Whether everybody is graded today."""
    return int(rule("grade.yearly_day").on(day).number()) == day.month * 100 + day.day
