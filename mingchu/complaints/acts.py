"""Acts on a letter as pages know them: their form, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor, may
from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.complaints import forms, queries, rules, services
from mingchu.complaints.domain.states import ways
from mingchu.complaints.models import Complaint
from mingchu.complaints.services import ASSIGN, HANDLE, place_of
from mingchu.complaints.words import MOVES, grounds

Said = Mapping[str, Any]
Run = Callable[[Complaint, Said, Actor], object]


@dataclass(frozen=True)
class Act:
    """`key` is the move; `run` does it with what the form says."""

    key: str
    form: type[forms.ActForm]
    run: Run
    offer: Callable[[Any], None] = lambda form: None
    grave: bool = False

    @property
    def title(self) -> Any:
        return MOVES[self.key]

    @property
    def is_bare(self) -> bool:
        return self.form is forms.BareForm


def _named(act: Callable[..., object], *names: str) -> Run:
    """The service called with the fields of these names, or by other ones: `note:why`."""

    def run(letter: Complaint, said: Said, by: Actor) -> object:
        pairs = (name.partition(":") for name in names)
        given = {to or name: said[name] for name, _colon, to in pairs}
        return act(complaint=letter, by=by, **given)

    return run


def _hand_over(letter: Complaint, said: Said, by: Actor) -> object:
    to = User.objects.get(pk=int(said["to"]))
    return services.hand_over(complaint=letter, to=to, by=by, note=said["note"])


def _merge(letter: Complaint, said: Said, by: Actor) -> object:
    """Into a letter that the actor may handle; any other there is not."""
    other = queries.called(by.scopes_for(HANDLE), str(said["number"]))
    if other is None:
        raise Refusal(
            "no_such_letter",
            _noop("辖区内没有这一件"),
            fix=_noop("请核对件号或12315登记编号"),
            status=422,
        )
    return services.merge(complaint=letter, into=other, why=said["why"], by=by)


def _offer_people(form: forms.HandOverForm) -> None:
    people = queries.handlers_there(form.letter, HANDLE)
    form.offer([one for one in people if one.pk != form.letter.handler_id])


def _offer_refusals(form: forms.GroundForm) -> None:
    form.offer(grounds(rules.refusal_grounds(clock.today())))


def _offer_ends(form: forms.GroundForm) -> None:
    form.offer(grounds(rules.end_grounds(clock.today())))


ACTS = {
    act.key: act
    for act in (
        Act("take", forms.BareForm, _named(services.take)),
        Act("accept", forms.OptionalNoteForm, _named(services.accept, "note")),
        Act(
            "refuse",
            forms.RefuseForm,
            _named(services.refuse, "ground", "reply"),
            _offer_refusals,
            grave=True,
        ),
        Act("begin_check", forms.OptionalNoteForm, _named(services.begin_check, "note")),
        Act("agree", forms.NoteForm, _named(services.agree, "note")),
        Act(
            "end_mediation",
            forms.EndForm,
            _named(services.end_mediation, "ground", "note"),
            _offer_ends,
        ),
        Act("file_case", forms.NoteForm, _named(services.file_case, "note")),
        Act("file_no_case", forms.NoteForm, _named(services.file_no_case, "note")),
        Act("reply", forms.ReplyForm, _named(services.reply, "text")),
        Act("follow_up", forms.NoteForm, _named(services.follow_up, "note")),
        Act("extend_check", forms.NoteForm, _named(services.extend_check, "note:why")),
        Act("begin_testing", forms.NoteForm, _named(services.begin_testing, "note")),
        Act("end_testing", forms.NoteForm, _named(services.end_testing, "note")),
        Act("split", forms.WhatForm, _named(services.split, "what")),
        Act("find_breach", forms.WhatForm, _named(services.find_breach, "what")),
        Act("merge", forms.MergeForm, _merge),
        Act("unmerge", forms.NoteForm, _named(services.unmerge, "note:why")),
        Act("hand_over", forms.HandOverForm, _hand_over, _offer_people),
        Act(
            "forward",
            forms.ForwardForm,
            _named(services.forward, "district", "station", "note"),
        ),
        Act("recuse", forms.NoteForm, _named(services.recuse, "note:why")),
        Act("dispute", forms.NoteForm, _named(services.dispute, "note")),
        Act("settle_dispute", forms.NoteForm, _named(services.settle_dispute, "note")),
        Act(
            "return_to_intake",
            forms.ReturnForm,
            _named(services.return_to_intake, "why", "reply"),
            grave=True,
        ),
        Act("withdraw", forms.NoteForm, _named(services.withdraw, "note")),
        Act("reopen", forms.NoteForm, _named(services.reopen, "note:why")),
    )
}
# What whoever assigns work may do with letters of others.
ASSIGNING = ("hand_over", "forward")


def offered(letter: Complaint, actor: Actor) -> Iterator[Act]:
    """What this person can do with the letter now, in the order of the work."""
    if not may(actor, HANDLE, place_of(letter)):
        return
    open_now = {way.move for way in ways(letter.kind, letter.state)}
    is_mine = letter.handler_id == actor.user_id
    testing, extended = _testing(letter), _is_extended(letter)
    for key, act in ACTS.items():
        if key not in open_now or key in (testing, extended):
            continue
        if key == "take":
            if letter.handler_id is None:
                yield act
        elif is_mine or (key in ASSIGNING and may(actor, ASSIGN, place_of(letter))):
            yield act


def _testing(letter: Complaint) -> str:
    """Of the two acts about testing the one that makes no sense now."""
    return "begin_testing" if queries.is_testing(letter) else "end_testing"


def _is_extended(letter: Complaint) -> str:
    steps = queries.steps_of(letter)
    return "extend_check" if any(one.move == "extend_check" for one in steps) else ""
