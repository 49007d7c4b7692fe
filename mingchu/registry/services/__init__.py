"""The registry's services, as every context uses them."""

from mingchu.registry.services.correcting import (
    CORRECTABLE,
    change_state,
    check_correctable,
    close,
    correct,
    sweep_not_found,
)
from mingchu.registry.services.enrolling import Enrolled, enrol, enrol_many, licence_taken
from mingchu.registry.services.hooking import add_hook, end_hook, push_changes
from mingchu.registry.services.licensing import (
    follow_up,
    grant_licence,
    place_licence,
    set_licence_state,
    withdraw_licence,
)
from mingchu.registry.services.many import (
    Correction,
    correct_many,
    grant_licences,
    withdraw_licences,
)
from mingchu.registry.services.merging import merge, not_same, undo_merge
from mingchu.registry.services.people_many import correct_people, post_people, withdraw_people
from mingchu.registry.services.placing import (
    add_premises,
    change_premises,
    make_main,
    site_of,
    take_over,
)
from mingchu.registry.services.posting import (
    correct_person,
    keep_health_certificate,
    person_died,
    person_leaves,
    post_person,
    record_exam,
    record_training,
    see_health_certificate,
)
from mingchu.registry.services.withdrawing import withdraw_many
from mingchu.registry.values import NewBusiness, NewLicence, NewPerson, NewPremises

__all__ = [
    "CORRECTABLE",
    "Correction",
    "Enrolled",
    "NewBusiness",
    "NewLicence",
    "NewPerson",
    "NewPremises",
    "add_hook",
    "add_premises",
    "change_premises",
    "change_state",
    "check_correctable",
    "close",
    "correct",
    "correct_many",
    "correct_people",
    "correct_person",
    "end_hook",
    "enrol",
    "enrol_many",
    "follow_up",
    "grant_licence",
    "grant_licences",
    "keep_health_certificate",
    "licence_taken",
    "make_main",
    "merge",
    "not_same",
    "person_died",
    "person_leaves",
    "place_licence",
    "post_people",
    "post_person",
    "push_changes",
    "record_exam",
    "record_training",
    "see_health_certificate",
    "set_licence_state",
    "site_of",
    "sweep_not_found",
    "take_over",
    "undo_merge",
    "withdraw_licence",
    "withdraw_licences",
    "withdraw_many",
    "withdraw_people",
]
