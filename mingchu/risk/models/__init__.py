"""The tables of risk."""

from mingchu.risk.models.facts import Department, Direction, Ground, Profile, Purpose, Source, Visit
from mingchu.risk.models.grades import Grade, Letter, Occasion, Run
from mingchu.risk.models.hygiene import HygieneGrade, HygieneLetter
from mingchu.risk.models.voices import Objection, ObjectionState, Override

__all__ = [
    "Department",
    "Direction",
    "Grade",
    "Ground",
    "HygieneGrade",
    "HygieneLetter",
    "Letter",
    "Objection",
    "ObjectionState",
    "Occasion",
    "Override",
    "Profile",
    "Purpose",
    "Run",
    "Source",
    "Visit",
]
