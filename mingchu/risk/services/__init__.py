"""The services of risk, as flows and pages use them."""

from mingchu.risk.services.deciding import (
    answer_objection,
    decide_ground,
    end_override,
    object_to,
    set_override,
    withdraw_objection,
)
from mingchu.risk.services.hygiene import grade_hygiene
from mingchu.risk.services.recording import (
    Recorded,
    faults_of,
    record_ground,
    record_grounds_many,
    record_profile,
    record_profiles_many,
    record_visit,
    record_visits_many,
)
from mingchu.risk.services.running import follow, forget, grade_city, grade_touched, regrade
from mingchu.risk.services.sameness import same_as, same_profiles
from mingchu.risk.services.taking_back import take_back

__all__ = [
    "Recorded",
    "answer_objection",
    "decide_ground",
    "end_override",
    "faults_of",
    "follow",
    "forget",
    "grade_city",
    "grade_hygiene",
    "grade_touched",
    "object_to",
    "record_ground",
    "record_grounds_many",
    "record_profile",
    "record_profiles_many",
    "record_visit",
    "record_visits_many",
    "regrade",
    "same_as",
    "same_profiles",
    "set_override",
    "take_back",
    "withdraw_objection",
]
