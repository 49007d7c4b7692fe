"""The services of risk, as flows and pages use them."""

from mingchu.risk.services.recording import (
    Recorded,
    record_ground,
    record_grounds_many,
    record_profile,
    record_profiles_many,
    record_visit,
    record_visits_many,
)
from mingchu.risk.services.running import grade_city, regrade

__all__ = [
    "Recorded",
    "grade_city",
    "record_ground",
    "record_grounds_many",
    "record_profile",
    "record_profiles_many",
    "record_visit",
    "record_visits_many",
    "regrade",
]
