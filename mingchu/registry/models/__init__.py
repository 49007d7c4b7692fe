"""The registry's tables."""

from mingchu.registry.models.business import Area, AreaKind, Business, Premises, Site
from mingchu.registry.models.choices import (
    Channel,
    Duty,
    Evidence,
    Kind,
    LegalForm,
    LicenceKind,
    LicenceState,
    Scale,
    Serves,
    State,
    Use,
)
from mingchu.registry.models.licences import Licence
from mingchu.registry.models.people import Exam, HealthCertificate, Person, Training
from mingchu.registry.models.work import (
    Inquiry,
    InquiryState,
    Merge,
    NotSame,
    Past,
    SavedView,
)

__all__ = [
    "Area",
    "AreaKind",
    "Business",
    "Channel",
    "Duty",
    "Evidence",
    "Exam",
    "HealthCertificate",
    "Inquiry",
    "InquiryState",
    "Kind",
    "LegalForm",
    "Licence",
    "LicenceKind",
    "LicenceState",
    "Merge",
    "NotSame",
    "Past",
    "Person",
    "Premises",
    "SavedView",
    "Scale",
    "Serves",
    "Site",
    "State",
    "Training",
    "Use",
]
