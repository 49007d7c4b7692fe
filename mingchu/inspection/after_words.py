"""How results, findings and visits are said: to officers, to a business, to everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mingchu.base import clock
from mingchu.inspection import rules, words
from mingchu.inspection.domain.checklists import Checklist
from mingchu.inspection.domain.outcome import Way
from mingchu.inspection.item_words import item_said
from mingchu.inspection.models import (
    Department,
    Finding,
    FindingState,
    OutcomeName,
    Record,
    Visit,
    VisitType,
    WayName,
    WordName,
)
from mingchu.inspection.queries.after import Released
from mingchu.inspection.queries.sheets import checklists_of
from mingchu.registry.places import district_name
from mingchu.rulebook.domain import Title
from mingchu.rulebook.words import heading
from mingchu.rulebook.words import words as said

# What the list of kinds does not name: a record may hold it all the same.
RESULTS: Mapping[str, Any] = {
    "CLOSED": pgettext_lazy("result", "已停业"),
    "DEREGISTERED": pgettext_lazy("result", "已注销"),
    "REVOKED": pgettext_lazy("result", "被吊销许可证"),
    "ANNULLED": pgettext_lazy("result", "登记已撤销"),
    "MOVED": pgettext_lazy("result", "已迁走"),
    "BREACH": pgettext_lazy("result", "涉嫌违法，依法处理"),
}
TAGS: Mapping[str, str] = {
    FindingState.OPEN: "warn",
    FindingState.ANSWERED: "",
    FindingState.MENDED: "good",
    FindingState.CASE: "bad",
    FindingState.AGAIN: "bad",
}
WORD_TAGS: Mapping[str, str] = {"pass": "good", "basic": "warn", "fail": "bad"}
# How far it has come, as everybody reads it.
PUBLIC: Mapping[str, Any] = {
    FindingState.OPEN: gettext_lazy("责令整改"),
    FindingState.ANSWERED: gettext_lazy("责令整改"),
    FindingState.MENDED: gettext_lazy("已整改"),
    FindingState.CASE: gettext_lazy("依法调查处理"),
    FindingState.AGAIN: gettext_lazy("复查仍不符合"),
}


def result_name(code: str, day: date) -> str:
    known = rules.result_titles(day).get(code)
    return heading(known) if known else str(RESULTS.get(code, code))


def results_said(codes: Iterable[str], day: date) -> str:
    return _("；").join(result_name(one, day) for one in codes)


def item_of(sheets: Mapping[str, Checklist], sheet: str, code: str) -> dict[str, Any]:
    """An item in the words and with the law of the list it was looked at by."""
    found = sheets[sheet].item(code) if sheet in sheets else None
    if found is None:
        return {"code": code, "text": item_said(code, clock.today()), "law": ""}
    return {
        "code": code,
        "text": said(Title(found.zh, found.en)),
        "law": f"《{found.law}》{found.article}",
    }


def finding_row(one: Finding, sheets: Mapping[str, Checklist]) -> dict[str, Any]:
    """A finding as lists show it; `left` are days to its day, below zero where it is over."""
    today = clock.today()
    waits = one.state == FindingState.OPEN
    return {
        "row": one,
        "item": item_of(sheets, one.record.sheet_id, one.item),
        "state": one.get_state_display(),
        "tag": TAGS[one.state],
        "way": WayName(one.way).label,
        "district": district_name(one.district),
        "left": (one.due - today).days if one.due and waits else None,
        "late": waits and one.due is not None and one.due < today,
        "rechecks": one.way == Way.ORDER,
    }


def finding_rows(rows: Sequence[Finding]) -> list[dict[str, Any]]:
    sheets = checklists_of({one.record.sheet_id for one in rows})
    return [finding_row(one, sheets) for one in rows]


def result_said(one: Record) -> dict[str, Any]:
    """How a visit went, in a word and in kinds of result."""
    return {
        "row": one,
        "outcome": OutcomeName(one.outcome).label,
        "word": WordName(one.word).label if one.word else "",
        "word_tag": WORD_TAGS.get(one.word, ""),
        "results": results_said(one.results, one.day),
    }


def record_said(one: Record) -> dict[str, Any]:
    """A record on one line."""
    return {
        **result_said(one),
        "type": VisitType(one.visit.type).label,
        "department": Department(one.visit.department).label,
    }


def visit_said(one: Visit) -> dict[str, Any]:
    return {
        "row": one,
        "type": one.get_type_display(),
        "department": one.get_department_display(),
        "state": one.get_state_display(),
    }


def released_said(one: Released, sheets: Mapping[str, Checklist]) -> dict[str, Any]:
    """A public result: the words of the list, never anybody's own, and nobody's name."""
    return {
        "row": one,
        "department": Department(one.department).label,
        "type": VisitType(one.type).label,
        "matter": words.matter_name(one.matter) if one.matter else "",
        "outcome": OutcomeName(one.outcome).label,
        "word": WordName(one.word).label if one.word else "",
        "word_tag": WORD_TAGS.get(one.word, ""),
        "results": results_said(one.results, one.day),
        "found": [
            {
                "item": item_of(sheets, one.sheet, item),
                "is_key": is_key,
                "state": PUBLIC[state],
                "tag": TAGS[state],
            }
            for item, is_key, state, _way in one.found
        ],
    }


def released_rows(rows: Sequence[Released]) -> list[dict[str, Any]]:
    sheets = checklists_of({one.sheet for one in rows})
    return [released_said(one, sheets) for one in rows]
