"""Evidence of subjects that only the tests know, and how a reader looks at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from build import an_attachment
from django.test import Client

from mingchu.accounts.domain import Actor, Scope, ScopeKind
from mingchu.kit.files import store
from mingchu.kit.files.guards import GUARDS, FileRole, Guard
from mingchu.kit.models import Attachment

XINCHENG, YUQUAN = Scope(ScopeKind.DISTRICT, "150102"), Scope(ScopeKind.DISTRICT, "150104")
ROLES = {"paper": FileRole("文件", is_personal=False), "portrait": FileRole("人像")}


def in_district(actor: Actor, number: str, role: str) -> bool:
    """Subjects of this test lie in the district they are numbered by."""
    return Scope(ScopeKind.DISTRICT, number) in actor.scopes_for("kit.read")


# This file is read twice in a whole run: as a helper, and for its doctests.
if GUARDS.get("walltest") is None:
    GUARDS.add("walltest", Guard(ROLES, in_district))


def attached(role: str = "paper", content: bytes = b"", place: str = "150102") -> Attachment:
    return an_attachment(f"walltest:{place}", role, content)


def path_of(attachment: Attachment) -> Path:
    return store.place(attachment.blob.digest)


def browser(somebody: Any) -> Client:
    client = Client()
    client.force_login(somebody.user, backend="mingchu.accounts.backends.Backend")
    return client


def look(client: Client, attachment: Attachment, **headers: str) -> Any:
    said = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.get(f"/files/{attachment.pk}", headers=said)


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)
