"""The registry's services, as every context uses them."""

from mingchu.registry.services.areas import (
    Named,
    NewArea,
    drop_area,
    drop_areas,
    known_areas,
    name_areas,
    planned_areas,
    put_areas,
    used_areas,
)
from mingchu.registry.services.correcting import (
    CORRECTABLE,
    change_state,
    check_correctable,
    close,
    correct,
    set_head,
)
from mingchu.registry.services.enrolling import Enrolled, enrol, enrol_many, licence_taken
from mingchu.registry.services.hooking import add_hook, end_hook, push_changes
from mingchu.registry.services.inquiring import (
    ANSWERABLE,
    answer,
    ask,
    settle,
    withdraw_inquiry,
)
from mingchu.registry.services.licensing import (
    change_licence,
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
from mingchu.registry.services.merging import PARTS, fills, merge, not_same, undo_merge
from mingchu.registry.services.moving import move
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
    person_stamp,
    post_person,
    record_exam,
    record_training,
    see_health_certificate,
    send_health_certificate,
)
from mingchu.registry.services.sweeping import Swept, sweep_not_found
from mingchu.registry.services.views import drop_view, rename_view, save_view
from mingchu.registry.services.withdrawing import withdraw_many
from mingchu.registry.values import NewBusiness, NewLicence, NewPerson, NewPremises

__all__ = [
    "ANSWERABLE",
    "CORRECTABLE",
    "PARTS",
    "Correction",
    "Enrolled",
    "Named",
    "NewArea",
    "NewBusiness",
    "NewLicence",
    "NewPerson",
    "NewPremises",
    "Swept",
    "add_hook",
    "add_premises",
    "answer",
    "ask",
    "change_licence",
    "change_premises",
    "change_state",
    "check_correctable",
    "close",
    "correct",
    "correct_many",
    "correct_people",
    "correct_person",
    "drop_area",
    "drop_areas",
    "drop_view",
    "end_hook",
    "enrol",
    "enrol_many",
    "fills",
    "follow_up",
    "grant_licence",
    "grant_licences",
    "keep_health_certificate",
    "known_areas",
    "licence_taken",
    "make_main",
    "merge",
    "move",
    "name_areas",
    "not_same",
    "person_died",
    "person_leaves",
    "person_stamp",
    "place_licence",
    "planned_areas",
    "post_people",
    "post_person",
    "push_changes",
    "put_areas",
    "record_exam",
    "record_training",
    "rename_view",
    "save_view",
    "see_health_certificate",
    "send_health_certificate",
    "set_head",
    "set_licence_state",
    "settle",
    "site_of",
    "sweep_not_found",
    "take_over",
    "undo_merge",
    "used_areas",
    "withdraw_inquiry",
    "withdraw_licence",
    "withdraw_licences",
    "withdraw_many",
    "withdraw_people",
]
