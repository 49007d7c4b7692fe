"""Replies go back 回填答复: the very sheet that came in, its columns of the answer filled, those of
the writer empty; or all answers of some days in the same layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.complaints import queries
from mingchu.complaints.domain.states import OVER
from mingchu.complaints.importing.layout import REPLY, REPORTER, SHEET
from mingchu.complaints.models import Complaint, ComplaintStep
from mingchu.kit.models import ImportBatch
from mingchu.kit.sheets import fill, importing
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.queries import any_of

DECISIONS: Mapping[str, Any] = {
    "accept": _("受理"),
    "refuse": _("不予受理"),
    "return_to_intake": _("已退回受理入口"),
}
OUT = ("number", "kind", "received", "name", *REPLY)


def filled_back(batch: ImportBatch) -> bytes:
    """The sheet of a batch with what was answered so far."""
    table = importing.located(batch)
    at = {key: int(index) for index, key in batch.columns.items()}
    titles = {key: SHEET.column(key).title for key in REPLY}
    places = fill.places_of(table, {titles[key]: at.get(key) for key in REPLY})
    numbers = {row: _text(cells, at["number"]) for row, cells in table.rows}
    letters = Complaint.objects.filter(number__in=any_of(set(numbers.values())))
    answers = {one.number: said for one, said in _answers(letters)}
    cells = {
        row: {titles[key]: text for key, text in answers[number].items()}
        for row, number in numbers.items()
        if number in answers
    }
    emptied = [at[key] for key in REPORTER if key in at]
    return fill.fill_in(importing.content_of(batch), table, places, cells, emptied)


def _text(cells: Sequence[object], at: int) -> str:
    """The number of a row as the importer read it."""
    cell = cells[at] if at < len(cells) else ""
    return str(SHEET.column("number").reader()(cell)) if cell != "" else ""  # type: ignore[arg-type]


def _answers(letters: Iterable[Complaint]) -> Iterator[tuple[Complaint, dict[str, str]]]:
    """Per letter what the columns of the answer say; empty while nothing was decided."""
    known = list(letters)
    steps = queries.steps_of_many(known)
    for one in known:
        yield one, _answer(one, steps[one.pk])


def _answer(one: Complaint, steps: Sequence[ComplaintStep]) -> dict[str, str]:
    decided = [step for step in steps if step.move in DECISIONS]
    ended = [step for step in steps if step.after in OVER and step.before not in OVER]
    is_over = one.state in OVER
    return {
        "decision": str(DECISIONS[decided[-1].move]) if decided else "",
        "decided": _day(decided[-1]) if decided else "",
        "result": str(one.get_state_display()),
        "reply": one.reply if is_over else "",
        "replied": _day(ended[-1]) if ended and is_over else "",
    }


def _day(step: ComplaintStep) -> str:
    return clock.city(step.at).date().isoformat()


def columns() -> list[OutColumn]:
    """Of the export of answers, in the words of the sheet."""
    kinds = {"number": Kind.CODE}
    return [OutColumn(SHEET.column(key).title, kinds.get(key, Kind.TEXT)) for key in OUT]


def rows(letters: Iterable[Complaint]) -> Iterator[list[Out]]:
    for one, said in _answers(letters):
        yield [
            one.number,
            str(one.get_kind_display()),
            clock.city(one.received_at).date().isoformat(),
            one.business.name if one.business else one.place,
            *said.values(),
        ]
