"""The acts of this floor, as pages, commands and other floors use them."""

from mingchu.accounts.services.desks import desk, machine_desk
from mingchu.accounts.services.enrolment import (
    ENROLMENT_DAYS,
    PIN_DIGITS,
    Invitation,
    NewPerson,
    accept_enrolment,
    accept_reset,
    issue_enrolment,
    issue_reset,
    open_enrolment,
    void_enrolment,
)
from mingchu.accounts.services.links import Ticket, issue_link, link_is_dead, use_link
from mingchu.accounts.services.people import (
    end_post,
    enrol_person,
    give_post,
    hand_over,
    set_preferences,
)
from mingchu.accounts.services.signing import (
    SIGNING_DIGITS,
    SIGNING_TRIES,
    check_signing_pin,
    set_signing_pin,
)
from mingchu.accounts.services.tokens import (
    TOKEN_DAYS,
    TOKEN_DAYS_TOP,
    issue_device_token,
    issue_token,
    note_use,
    revoke_token,
)
from mingchu.accounts.services.viewing import log_view

__all__ = [
    "ENROLMENT_DAYS",
    "PIN_DIGITS",
    "SIGNING_DIGITS",
    "SIGNING_TRIES",
    "TOKEN_DAYS",
    "TOKEN_DAYS_TOP",
    "Invitation",
    "NewPerson",
    "Ticket",
    "accept_enrolment",
    "accept_reset",
    "check_signing_pin",
    "desk",
    "end_post",
    "enrol_person",
    "give_post",
    "hand_over",
    "issue_device_token",
    "issue_enrolment",
    "issue_link",
    "issue_reset",
    "issue_token",
    "link_is_dead",
    "log_view",
    "machine_desk",
    "note_use",
    "open_enrolment",
    "revoke_token",
    "set_preferences",
    "set_signing_pin",
    "use_link",
    "void_enrolment",
]
