"""Words of credit, lists, measures and burden. Whatever names a letter names its scale with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingchu.risk import credit_rules
from mingchu.risk.domain import credit, keysup
from mingchu.risk.domain.measures import LETTERS, NONE, SAID
from mingchu.risk.models import CreditClass, CreditLetter, Fact, Listing, RollName
from mingchu.rulebook.domain import Ruling, Title
from mingchu.rulebook.scoring import said as reason_said
from mingchu.rulebook.words import heading, words

REPORT = "complaint"
SERIOUS_SAYS = gettext_lazy("列入严重违法失信名单")


def credit_name(letter: str) -> str:
    """A letter that says of itself which scale it is of."""
    return _("信用%(name)s") % {"name": CreditLetter(letter).label} if letter else _("没有信用类别")


def risk_name(letter: str) -> str:
    return _("风险%(letter)s级") % {"letter": letter} if letter else _("没有风险等级")


@dataclass(frozen=True)
class Point:
    """One indicator on screen: what was measured, what it gave, of how much."""

    name: str
    points: Any
    max: Any
    why: str

    @property
    def share(self) -> int:
        """Hundredths of what it could give, for the picture."""
        return round(100 * float(self.points) / float(self.max)) if self.max else 0


@dataclass(frozen=True)
class Group:
    """One of the five groups of indicators."""

    name: str
    points: Any
    max: Any
    lines: tuple[Point, ...]


def groups(one: CreditClass, sheet: Ruling) -> list[Group]:
    """The reasons of a class by group, in the order of the sheet it was reckoned by."""
    items = sheet.value["items"]
    by_item = {reason["item"]: reason for reason in one.reasons}
    sums = credit.by_group(items, one.reasons)
    return [
        Group(
            _label(sheet, name),
            points,
            sum(item["points"] for item in items if item["group"] == name),
            tuple(
                _point(item, by_item[item["id"]])
                for item in items
                if item["group"] == name and item["id"] in by_item
            ),
        )
        for name, points in sums.items()
    ]


def _point(item: Mapping[str, Any], reason: Mapping[str, Any]) -> Point:
    return Point(
        words(Title(item["zh"], item["en"])),
        reason["points"],
        reason["max"],
        reason_said(reason["why"], _),
    )


def sheet_of(one: CreditClass) -> Ruling:
    """The indicators by which a class was reckoned, as its run names them."""
    return credit_rules.indicators(date.fromisoformat(one.run.rules[credit_rules.INDICATORS]))


def _label(ruling: Ruling, key: str) -> str:
    return heading(ruling.labels[key]) if key in ruling.labels else key


def label(ruling: Ruling, key: str) -> str:
    return _label(ruling, key)


def lifted_said(one: CreditClass) -> str:
    """By which lists the class is graver than its points."""
    return rolls_said(one.lifted_by)


def rolls_said(rolls: Iterable[str]) -> str:
    return _("、").join(str(RollName(roll).label) for roll in rolls)


def ground_said(one: Listing) -> str:
    return _label(credit_rules.grounds(one.roll, one.rule_since), one.ground)


def roll_name(one: Listing, legal_form: str) -> str:
    """An individual household is marked, not listed."""
    if one.roll == RollName.ABNORMAL and legal_form == "household":
        return _("标记为经营异常状态")
    return str(RollName(one.roll).label)


def reference_said(one: Fact) -> str:
    """The paper a fact stands on; a report by the house's own number, which is not its writer's."""
    kind, _colon, number = one.reference.partition(":")
    return _("举报第%(n)s号") % {"n": number} if kind == REPORT else one.reference


def key_said(grounds: Sequence[str], day: date) -> list[tuple[str, str]]:
    """(ground in words, rule it stands in) of each."""
    ruling = credit_rules.key_grounds(day)
    return [
        (str(SERIOUS_SAYS), credit_rules.EFFECTS)
        if one == keysup.SERIOUS_LIST
        else (_label(ruling, one), credit_rules.KEY)
        for one in grounds
    ]


@dataclass(frozen=True)
class Cell:
    """One cell of the table of measures."""

    pair: str
    ratio: Any
    visits: int
    kind: str
    reminder: str


def table_rows(table: Ruling) -> list[tuple[str, list[Cell]]]:
    """The table as the page prints it: a row a risk grade, a column a credit class."""
    return [
        (
            risk_name("" if grade == NONE else grade),
            [_cell(table, f"{grade}.{one}") for one in SAID],
        )
        for grade in SAID
    ]


def _cell(table: Ruling, pair: str) -> Cell:
    said = table.choice(pair)
    return Cell(
        pair,
        said["ratio"],
        said["visits"],
        _label(table, said["kind"]),
        _label(table, said["reminder"]),
    )


def columns() -> list[str]:
    return [*(credit_name(letter) for letter in LETTERS), _("没有信用类别")]
