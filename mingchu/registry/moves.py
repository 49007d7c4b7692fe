"""How businesses and licences move between their states, for readers and tests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.states import BEGINNING, Move, StateTable
from mingchu.registry.models import InquiryState, LicenceState, State

_STATES = tuple(State.values)
_LIVING = tuple(state for state in _STATES if state != State.CLOSED)

BUSINESS = StateTable(
    _("经营者"),
    dict(State.choices),
    (
        *(
            move
            for state in _STATES
            for move in (
                Move("registry.enrol_many", (BEGINNING,), state, "as it stands when enrolled"),
                Move(
                    "registry.change_state",
                    tuple(before for before in _LIVING if before != state),
                    state,
                ),
            )
        ),
        Move(
            "registry.sweep_not_found",
            tuple(before for before in _LIVING if before != State.NOT_FOUND),
            State.NOT_FOUND.value,
            "after a visit in vain, many at a time",
        ),
    ),
)
_CHANGEABLE = (LicenceState.VALID.value, LicenceState.SUSPENDED.value)
LICENCE = StateTable(
    _("许可与登记"),
    dict(LicenceState.choices),
    tuple(
        move
        for state in LicenceState.values
        for move in (
            Move("registry.grant_licence", (BEGINNING,), state, "as its document says"),
            Move(
                "registry.set_licence_state",
                tuple(before for before in _CHANGEABLE if before != state),
                state,
            ),
        )
    ),
)
_ASKED, _ANSWERED, _RETURNED = (
    InquiryState.OPEN.value,
    InquiryState.ANSWERED.value,
    InquiryState.RETURNED.value,
)
INQUIRY = StateTable(
    _("材料补正"),
    dict(InquiryState.choices),
    (
        Move("registry.ask", (BEGINNING,), _ASKED),
        Move("registry.answer", (_ASKED, _RETURNED), _ANSWERED),
        Move("registry.settle", (_ANSWERED,), _RETURNED, "something is still missing"),
        Move("registry.settle", (_ANSWERED,), InquiryState.ACCEPTED.value),
        Move(
            "registry.withdraw_inquiry",
            (_ASKED, _ANSWERED, _RETURNED),
            InquiryState.WITHDRAWN.value,
        ),
    ),
)
