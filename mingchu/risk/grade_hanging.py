"""What grading hangs into the pages of others: panels, desk, tasks, figures, map, sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.domain import CITY, Actor
from mingchu.base.slots import (
    DESK,
    FIGURES,
    MEASURES,
    NAVIGATION,
    PANELS,
    PUBLIC,
    SENTENCES,
    TASKS,
    Figure,
    FigureValue,
    Measure,
    NavigationItem,
    Panel,
    PublicPart,
    Sentence,
    Task,
)
from mingchu.base.states import BEGINNING, STATES, Move, StateTable
from mingchu.kit.drawn import drawn
from mingchu.risk import rules, words
from mingchu.risk.models import Direction, Ground, Objection, ObjectionState
from mingchu.risk.pages import public
from mingchu.risk.pages.common import DECIDE, OWN, READ, pointed, rows
from mingchu.risk.pages.file import brief
from mingchu.risk.queries import coverage as covered
from mingchu.risk.queries import grades as queries
from mingchu.risk.queries import hygiene as hygiene_grades
from mingchu.rulebook.words import words as said

PANEL, HYGIENE, OWN_PANEL = "risk/_panel.html", "risk/_hygiene.html", "risk/_desk.html"
FIGURE_IDS = {
    "producer": "producers_graded_pct",
    "seller": "sellers_graded_pct",
    "caterer": "caterers_graded_pct",
}
TITLES = {
    "producer": _("食品生产者分级覆盖率"),
    "seller": _("食品销售者分级覆盖率"),
    "caterer": _("持证餐饮分级覆盖率"),
}
OPEN, UPHELD, REJECTED, WITHDRAWN = map(str, ObjectionState.values)
OBJECTION = StateTable(
    _("等级异议"),
    dict(ObjectionState.choices),
    (
        Move("risk.object_to", (BEGINNING,), OPEN, "one at a time"),
        Move("risk.answer_objection", (OPEN,), UPHELD, "facts are put right by their own acts"),
        Move("risk.answer_objection", (OPEN,), REJECTED),
        Move("risk.withdraw_objection", (OPEN,), WITHDRAWN, "as long as nobody has answered"),
    ),
)


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "risk.grades",
        NavigationItem(pgettext_lazy("menu", "风险分级"), "risk:city", READ),
        order=200,
    )
    grade = Panel(
        "grade", _("风险等级"), READ, _panel, lambda number: (queries.standing_asked(number),)
    )
    hygiene = Panel(
        "hygiene",
        _("餐饮量化等级"),
        READ,
        _hygiene,
        lambda number: (hygiene_grades.present_asked(number),),
    )
    PANELS.add("grade", grade, order=200)
    PANELS.add("hygiene", hygiene, order=205)
    PUBLIC.add("hygiene", PublicPart("hygiene", _("餐饮量化等级"), public.part), order=200)
    PUBLIC.add("risk", PublicPart("risk", _("风险等级"), public.risk_part), order=205)
    DESK.add("grade", Panel("grade", _("我的风险等级"), OWN, _desk), order=200)
    for key, title, waiting in (
        ("grounds", _("待决定的调级情形"), _undecided),
        ("objections", _("待答复的等级异议"), _objections),
    ):
        TASKS.add(f"risk.{key}", Task(title, DECIDE, waiting, partial(reverse, f"risk:{key}")))
    for place, (group, title) in enumerate(TITLES.items(), 200):
        FIGURES.add(
            FIGURE_IDS[group],
            Figure(
                FIGURE_IDS[group],
                title,
                _("%"),
                _("已有风险等级的 ÷ 在营的同类主体，取整，小数截去"),
                _share(group),
            ),
            order=place,
        )
    MEASURES.add(
        "risk.high",
        Measure(
            "risk.high",
            _("风险C级和D级的主体"),
            _("户"),
            _("风险等级为C或者D的在营主体，按旗县区计"),
            _high,
            lambda code: rows("grades", district=code),
        ),
        order=200,
    )
    STATES.add("risk.Objection", OBJECTION)
    for sentence in SAID:
        SENTENCES.add(sentence.kind, sentence)


def _panel(request: HttpRequest, number: int) -> SafeString | str:
    """The grade of one business, asked in one question; its reasons when they are unfolded."""
    known = queries.standing(number)
    if known is None:
        return ""
    shown = brief(known)
    return drawn(PANEL, shown, request) if shown["graded"] else ""


def _hygiene(request: HttpRequest, number: int) -> SafeString | str:
    one = hygiene_grades.present(number)
    if one is None:
        return ""
    shown = {
        "one": one,
        "rule": rules.HYGIENE_YEAR,
        "name": words.hygiene_name(one.letter),
        "visit": words.hygiene_visit(one),
        "rate": pointed(one.rate),
        "last_rate": pointed(one.last_rate),
    }
    return drawn(HYGIENE, shown, request)


def _desk(request: HttpRequest, number: int) -> SafeString | str:
    known = queries.standing(number)
    if known is None or known.grade is None:
        return ""
    return drawn(OWN_PANEL, brief(known), request)


def _undecided(actor: Actor) -> QuerySet[Ground]:
    return queries.undecided(actor.scopes_for(DECIDE))


def _objections(actor: Actor) -> QuerySet[Objection]:
    return queries.objections(actor.scopes_for(DECIDE), OPEN)


def _share(group: str) -> Callable[[date], FigureValue]:
    def count(day: date) -> FigureValue:
        spread = covered.coverage((CITY,), day).groups[group]
        return FigureValue(
            spread.share,
            numerator=spread.graded,
            denominator=spread.registered,
            rows=rows("grades", group=group),
        )

    return count


def _high(day: date) -> Mapping[str, int]:
    found = covered.coverage((CITY,), day)
    return {
        code: one.letters.get("C", 0) + one.letters.get("D", 0)
        for code, one in found.districts.items()
    }


# How its entries read on a timeline.


def _regraded(data: Mapping[str, Any]) -> str:
    if not data["letter"]:
        return gettext("不再有风险等级")
    if not data["before"]:
        return gettext("评定为%(name)s") % {"name": words.letter_short(data["letter"])}
    return gettext("由%(before)s变为%(after)s") % {
        "before": words.letter_short(data["before"]),
        "after": words.letter_short(data["letter"]),
    }


def _ground(data: Mapping[str, Any]) -> str:
    ruling = rules.grounds(data["direction"], date.fromisoformat(data["day"]))
    return gettext("登记%(direction)s情形：%(ground)s") % {
        "direction": Direction(data["direction"]).label,
        "ground": said(rules.title(ruling, data["ground"])),
    }


def _decided(data: Mapping[str, Any]) -> str:
    direction = Direction(data["direction"]).label
    if not data["levels"]:
        return gettext("决定不%(direction)s风险等级") % {"direction": direction}
    return gettext("决定%(direction)s风险等级%(n)s级") % {
        "direction": direction,
        "n": data["levels"],
    }


SAID = (
    Sentence(
        "risk.profile_recorded", lambda data: gettext("登记静态风险因素，自%(since)s起") % data
    ),
    Sentence("risk.visit_recorded", lambda data: gettext("登记%(day)s的一次检查") % data),
    Sentence("risk.fact_taken_back", lambda data: gettext("撤回一条误导入的事实")),
    Sentence("risk.ground_recorded", _ground),
    Sentence("risk.ground_decided", _decided),
    Sentence("risk.regraded", _regraded),
    Sentence(
        "risk.override_set",
        lambda data: (
            gettext("人工调整为%(name)s，至%(until)s")
            % {"name": words.letter_short(data["letter"]), "until": data["until"]}
        ),
    ),
    Sentence("risk.override_ended", lambda data: gettext("撤销人工调整")),
    Sentence("risk.objection_made", lambda data: gettext("对风险等级提出异议")),
    Sentence(
        "risk.objection_answered",
        lambda data: gettext("答复等级异议：%(s)s") % {"s": ObjectionState(data["state"]).label},
    ),
    Sentence("risk.objection_withdrawn", lambda data: gettext("撤回等级异议")),
    Sentence(
        "risk.hygiene_graded",
        lambda data: words.hygiene_name(data["letter"]),
    ),
)
