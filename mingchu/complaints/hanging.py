"""What letters hang into the pages of others: navigation, tasks, a panel on the business file,
sentences of the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor, may
from mingchu.base import clock
from mingchu.base.slots import (
    CLOCKS,
    NAVIGATION,
    PANELS,
    SENTENCES,
    TASKS,
    KeptClock,
    NavigationItem,
    Panel,
    Sentence,
    Task,
)
from mingchu.base.states import STATES
from mingchu.complaints import moves, queries, rules
from mingchu.complaints.domain.clocks import Clock
from mingchu.complaints.models import Channel, Complaint, Kind
from mingchu.complaints.queries import Wanted
from mingchu.complaints.services import place_of, raising
from mingchu.complaints.words import LOOKS, MOVES, STANDINGS, TERMS
from mingchu.kit.drawn import drawn

READ, HANDLE = "complaints.read", "complaints.handle"


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "complaints.list",
        NavigationItem(pgettext_lazy("menu", "投诉举报"), "complaints:list", READ),
        order=300,
    )
    STATES.add("complaints.Complaint", moves.COMPLAINT)
    panel = Panel(
        "complaints",
        _("投诉举报"),
        READ,
        _panel,
        lambda number: (queries.about_business_asked(number),),
    )
    PANELS.add("complaints", panel)
    for key, title, wanted in (
        ("unhandled", _("无人承办的投诉举报"), Wanted(show="unhandled")),
        ("overdue", _("已超期的投诉举报"), Wanted(show="overdue")),
        ("mine", _("我承办的投诉举报"), Wanted(mine=True)),
        ("answer", _("工单已办结、待答复的投诉举报"), Wanted(show="answer", mine=True)),
        ("visit", _("待回访的投诉举报"), Wanted(show="visit", mine=True)),
    ):
        task = Task(title, HANDLE, partial(_waiting, wanted), partial(_rows, wanted))
        TASKS.add(f"complaints.{key}", task)
    CLOCKS.add("complaints", kept_clocks)
    for sentence in SAID:
        SENTENCES.add(sentence.kind, sentence)


def _waiting(wanted: Wanted, actor: Actor) -> QuerySet[Complaint]:
    return queries.matching(actor.scopes_for(HANDLE), wanted, actor.user_id)


def _rows(wanted: Wanted) -> str:
    return f"{reverse('complaints:list')}?{urlencode(wanted.query())}"


def _panel(request: HttpRequest, business_id: int) -> str:
    """The newest letters on a business; nothing of whoever wrote them."""
    found = queries.about_business(actor_of(request).scopes_for(READ), business_id)
    if not found:
        return ""
    return drawn("complaints/_panel.html", {"rows": found}, request)


def kept_clocks(actor: Actor, subject: str) -> list[KeptClock]:
    """The terms of the law that run on a letter, beside whoever works on an order about it: by
    when the writer has to be told. Nothing of the letter itself."""
    what, _colon, number = subject.partition(":")
    letter = queries.by_key(int(number)) if what == "complaint" and number.isdecimal() else None
    if letter is None:
        return []
    known = may(actor, READ, place_of(letter))
    href = reverse("complaints:one", args=[letter.pk]) if known else ""
    found = rules.clocks_of(letter, queries.steps_of(letter))
    return [_kept(one, letter, href) for one in found]


def _kept(one: Clock, letter: Complaint, href: str) -> KeptClock:
    standing = one.standing(clock.today())
    return KeptClock(
        key=f"{raising.subject(letter.pk)}/{one.term}",
        title=TERMS[one.term],
        began=one.began,
        due=one.due,
        met=one.met,
        standing=str(standing),
        said=STANDINGS[standing],
        look=LOOKS[standing],
        rule=one.ruling.id,
        since=one.ruling.since,
        provisional=one.provisional,
        href=href,
    )


def _registered(data: Mapping[str, Any]) -> str:
    return gettext("收到%(kind)s（%(channel)s）") % {
        "kind": Kind(data["letter"]).label,
        "channel": Channel(data["channel"]).label,
    }


def _moved(data: Mapping[str, Any]) -> str:
    return gettext("%(kind)s：%(move)s") % {
        "kind": Kind(data["letter"]).label,
        "move": MOVES.get(data["move"], data["move"]),
    }


SAID = (
    Sentence("complaints.complaint_registered", _registered),
    Sentence("complaints.complaint_moved", _moved),
    Sentence("complaints.complaint_corrected", lambda data: gettext("按12315平台清单更正")),
    Sentence("complaints.complaint_taken_back", lambda data: gettext("随导入一并撤销")),
    Sentence(
        "complaints.reporters_forgotten",
        lambda data: gettext("到期清除%(count)s件投诉举报的来信人信息") % data,
    ),
)
