"""What services are told: a letter as it comes in, and who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How whoever wrote is called and reached; never part of an event, a list or an export."""

    name: str = ""
    phone: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.name.strip() and self.phone.strip())

    @property
    def is_empty(self) -> bool:
        return not (self.name.strip() or self.phone.strip())


@dataclass(frozen=True, kw_only=True)
class NewComplaint:
    """A letter. `kinds` are both where it complains and reports at once, and it is parted.

    `number` is the platform's, empty for one of ours; `received` None means now. `origin` names the
    form it was sent by, so that it counts once.
    """

    kinds: tuple[str, ...]
    what: str
    channel: str
    category: str = "other"
    business: int | None = None
    place: str = ""
    district: str = ""
    wants: str = ""
    happened_on: date | None = None
    ill: int = 0
    households: int = 0
    ate_at: datetime | None = None
    contact: Contact = Contact()
    number: str = ""
    origin: str = ""
    received: datetime | None = None
