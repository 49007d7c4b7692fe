"""The registry's services, as every context uses them."""

from mingchu.registry.services.enrolling import Enrolled, enrol, enrol_many
from mingchu.registry.values import NewBusiness, NewLicence, NewPerson, NewPremises

__all__ = [
    "Enrolled",
    "NewBusiness",
    "NewLicence",
    "NewPerson",
    "NewPremises",
    "enrol",
    "enrol_many",
]
