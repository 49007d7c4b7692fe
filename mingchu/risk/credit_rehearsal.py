"""Rehearsals of the rules of credit: which firms a new version would move, and what is wrong with a
table of measures, before anybody approves it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.kit.rules.rehearsals import Draft, Rehearsal, Row
from mingchu.risk import credit_rules, credit_words
from mingchu.risk.domain.measures import table_misfits
from mingchu.risk.queries import credit as queries
from mingchu.rulebook.store import rule

SHOWN = 50


def rehearse(draft: Draft) -> Rehearsal:
    """The draft is heard while this runs; nothing is written."""
    if draft.id == credit_rules.MEASURES:
        return _table(draft)
    return _movers(draft)


def _table(draft: Draft) -> Rehearsal:
    wrong = list(
        table_misfits(
            credit_rules.table(draft.since).value,
            rule("grade.visits_min").on(draft.since).value,
            credit_rules.caps(draft.since).value,
        )
    )
    said = _("这张表有%(n)s处不合") % {"n": len(wrong)} if wrong else _("这张表各格齐全，没有不合")
    return Rehearsal(said, [_("不合之处")], [Row([one]) for one in wrong[:SHOWN]], len(wrong))


def _movers(draft: Draft) -> Rehearsal:
    """Today's firms by the rules of the day the draft begins, beside the classes that stand."""
    day = clock.today()
    basis = credit_rules.basis(max(day, draft.since))
    after, before = queries.letters_on(basis, day), queries.present_letters()
    moved = sorted(number for number, letter in after.items() if before.get(number) != letter)
    rows = list(_rows(moved[:SHOWN], before, after))
    said = _("%(firms)s家企业中有%(n)s家的类别会变") % {"firms": len(after), "n": len(moved)}
    return Rehearsal(said, [_("名称"), _("现在"), _("按新版本")], rows, len(moved))


def _rows(numbers: list[int], before: dict[int, str], after: dict[int, str]) -> Iterator[Row]:
    names = queries.names_of(numbers)
    for number in numbers:
        yield Row(
            [
                names[number],
                credit_words.credit_name(before.get(number, "")),
                credit_words.credit_name(after[number]),
            ],
            reverse("risk:credit_file", args=[number]),
        )
