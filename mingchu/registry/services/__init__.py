"""The registry's services, as every context uses them."""

from mingchu.registry.services.changing import (
    CORRECTABLE,
    change_state,
    close,
    correct,
    grant_licence,
    person_leaves,
    post_person,
    set_licence_state,
    withdraw_licence,
)
from mingchu.registry.services.enrolling import Enrolled, enrol, enrol_many, licence_taken
from mingchu.registry.services.withdrawing import withdraw_many
from mingchu.registry.values import NewBusiness, NewLicence, NewPerson, NewPremises

__all__ = [
    "CORRECTABLE",
    "Enrolled",
    "NewBusiness",
    "NewLicence",
    "NewPerson",
    "NewPremises",
    "change_state",
    "close",
    "correct",
    "enrol",
    "enrol_many",
    "grant_licence",
    "licence_taken",
    "person_leaves",
    "post_person",
    "set_licence_state",
    "withdraw_licence",
    "withdraw_many",
]
