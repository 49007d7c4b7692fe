"""The tables of risk."""

from mingchu.risk.models.credit import (
    CreditClass,
    CreditLetter,
    CreditRun,
    Exit,
    Fact,
    FactKind,
    Listing,
    Origin,
    RollName,
)
from mingchu.risk.models.facts import Department, Direction, Ground, Profile, Purpose, Source, Visit
from mingchu.risk.models.grades import Grade, Letter, Occasion, Run
from mingchu.risk.models.hygiene import HygieneGrade, HygieneLetter
from mingchu.risk.models.voices import Objection, ObjectionState, Override

__all__ = [
    "CreditClass",
    "CreditLetter",
    "CreditRun",
    "Department",
    "Direction",
    "Exit",
    "Fact",
    "FactKind",
    "Grade",
    "Ground",
    "HygieneGrade",
    "HygieneLetter",
    "Letter",
    "Listing",
    "Objection",
    "ObjectionState",
    "Occasion",
    "Origin",
    "Override",
    "Profile",
    "Purpose",
    "RollName",
    "Run",
    "Source",
    "Visit",
]
