"""What credit and differentiated supervision hang into the pages of others: panel, rooms, task,
figure, sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import CITY, Actor, may
from mingchu.base import clock
from mingchu.base.slots import (
    FIGURES,
    NAVIGATION,
    PANELS,
    SENTENCES,
    TASKS,
    Figure,
    FigureValue,
    NavigationItem,
    Panel,
    Sentence,
    Task,
)
from mingchu.kit.drawn import drawn
from mingchu.kit.rules.rehearsals import REHEARSALS
from mingchu.risk import credit_rehearsal, credit_words
from mingchu.risk.credit_pages import CREDIT, NOTE, READ
from mingchu.risk.models import Exit, FactKind, Listing, RollName
from mingchu.risk.queries import credit as queries
from mingchu.risk.queries import supervising

PANEL = "risk/credit/_panel.html"


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "risk.measures",
        NavigationItem(pgettext_lazy("menu", "差异化监管"), "risk:measures", READ),
        order=210,
    )
    panel = Panel(
        "credit",
        _("信用与差异化监管"),
        READ,
        _panel,
        lambda number: (supervising.supervised_asked(number, clock.today()),),
    )
    PANELS.add("credit", panel, order=210)
    exits = Task(_("待决定的名录移出申请"), NOTE, _exits, partial(reverse, "risk:lists"))
    TASKS.add("risk.exits", exits)
    FIGURES.add(
        "risk.key",
        Figure(
            "risk.key",
            _("重点监管对象"),
            _("户"),
            _("由法规列明的情形推出的重点监管对象，逐户列出依据"),
            _key,
        ),
        order=210,
    )
    REHEARSALS.add("credit", credit_rehearsal.rehearse)
    for sentence in SAID:
        SENTENCES.add(sentence.kind, sentence)


def _exits(actor: Actor) -> QuerySet[Listing]:
    return queries.exits_waiting(actor.scopes_for(NOTE))


def _key(day: date) -> FigureValue:
    return FigureValue(supervising.key_supervised((CITY,), day).count, rows=reverse("risk:key"))


def _panel(request: HttpRequest, number: int) -> SafeString | str:
    """What is held against a business, its lists, its class for whoever may see it, and how it is
    supervised."""
    actor, day = actor_of(request), clock.today()
    view = supervising.supervised(number, day, lambda place: may(actor, CREDIT, place))
    if view is None:
        return ""
    facts = Counter(view.held)
    shown = {
        "number": number,
        "sees_class": bool(view.credit),
        "name": credit_words.credit_name(view.credit) if view.credit else "",
        "lifted": credit_words.rolls_said(view.lifted_by),
        "rolls": [str(RollName(one).label) for one in view.rolls],
        "facts": [(str(FactKind(kind).label), n) for kind, n in sorted(facts.items())],
        "view": view,
        "view_key": credit_words.key_said(view.key, day),
        "today": day,
    }
    return drawn(PANEL, shown, request)


# How its entries read on a timeline.


def _noted(data: Mapping[str, Any]) -> str:
    return gettext("登记信用记录：%(kind)s，日期%(day)s") % {
        "kind": FactKind(data["kind_of"]).label,
        "day": data["day"],
    }


def _struck(data: Mapping[str, Any]) -> str:
    return gettext("撤销信用记录：%(kind)s") % {"kind": FactKind(data["kind_of"]).label}


def _entered(data: Mapping[str, Any]) -> str:
    said = gettext("列入%(roll)s") % {"roll": RollName(data["roll"]).label}
    return gettext("%(said)s，逾期列入") % {"said": said} if data["late"] else said


def _left(data: Mapping[str, Any]) -> str:
    return gettext("移出%(roll)s：%(exit)s") % {
        "roll": RollName(data["roll"]).label,
        "exit": Exit(data["exit"]).label,
    }


SAID = (
    Sentence("risk.fact_noted", _noted),
    Sentence("risk.fact_struck", _struck),
    Sentence("risk.list_entered", _entered),
    Sentence("risk.list_left", _left),
    Sentence(
        "risk.exit_asked",
        lambda data: (
            gettext("申请移出%(roll)s，%(due)s前决定")
            % {"roll": RollName(data["roll"]).label, "due": data["due"]}
        ),
    ),
    Sentence(
        "risk.listing_struck",
        lambda data: gettext("撤销%(roll)s的列入") % {"roll": RollName(data["roll"]).label},
    ),
    Sentence(
        "risk.credit_reckoned",
        lambda data: gettext("计算了%(firms)s家企业的信用风险类别") % data,
    ),
)
