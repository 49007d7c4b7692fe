"""Sealing 密封: whoever wrote a letter, as the database holds it."""

from __future__ import annotations

import json

from mingchu.accounts.keys import Sealer
from mingchu.complaints.values import Contact
from mingchu.registry import identity

REPORTERS = Sealer("reporters.key")


def sealed(contact: Contact) -> str:
    said = {"name": contact.name.strip(), "phone": contact.phone.strip()}
    return REPORTERS.seal(json.dumps(said, ensure_ascii=False))


def opened(text: str) -> Contact:
    return Contact(**json.loads(REPORTERS.unseal(text)))


def household(contact: Contact) -> str:
    """The same telephone gives the same digest in this house and in no other; of none, nothing."""
    digits = "".join(filter(str.isdigit, contact.phone))
    return identity.digest(f"reporter:{digits}") if digits else ""
