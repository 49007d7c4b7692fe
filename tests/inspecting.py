"""Visits and the records that a phone sends of them, as tests build them."""

from __future__ import annotations

import base64
import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from build import SAIHAN
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from phone import name_of
from PIL import Image
from planning import TODAY, inspectors, shops, somebody

from mingchu.accounts.domain import Actor
from mingchu.accounts.keys import SIGNING
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.accounts.services import set_signing_pin
from mingchu.base import clock
from mingchu.inspection import services
from mingchu.inspection.domain.checklists import Checklist
from mingchu.inspection.models import Visit
from mingchu.inspection.packing import lists_of
from mingchu.inspection.services import NewVisit
from mingchu.inspection.services.sheets import keep_sheets
from mingchu.kit.files.keeping import keep

PIN = "803619"


def officers(count: int = 4, **more: Any) -> list[User]:
    """Inspectors of a district, each with a PIN."""
    made = inspectors(count, **more)
    for one in made:
        set_signing_pin(one, PIN)
    return made


def a_visit(pair: list[User] | None = None, **facts: Any) -> Visit:
    """Planned by the house, approved by the chief of the district; to be made today."""
    visit = a_plan(pair, **facts)
    return services.approve_visits(visits=[visit], by=chief())[0]


def a_plan(pair: list[User] | None = None, **facts: Any) -> Visit:
    lead, second = (pair or officers(2))[:2]
    known: dict[str, Any] = {
        "type": "routine",
        "due": TODAY + timedelta(days=10),
        "lead_id": lead.pk,
        "second_id": second.pk,
        **facts,
    }
    if "business_id" not in known:
        known["business_id"] = shops(1)[0].pk
    return services.plan_visit(new=NewVisit(**known))


def chief(code: str = SAIHAN) -> Actor:
    return actor_for(somebody("district", code))


def checklist_of(visit: Visit) -> Checklist:
    """The list of the visit, kept as a pack keeps it."""
    found = lists_of([visit], clock.today())[visit.pk]
    keep_sheets([found], clock.today())
    return found


def a_photo(seed: int = 0) -> bytes:
    made = Image.new("RGB", (64, 48), (seed % 256, 120, 90))
    made.putpixel((seed % 64, seed // 64 % 48), (255, 255, 255))
    out = io.BytesIO()
    made.save(out, "JPEG")
    return out.getvalue()


def a_signature(seed: int = 0) -> bytes:
    made = Image.new("L", (40, 20), 255)
    made.putpixel((seed % 40, seed // 40 % 20), 0)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def sealed_pin(client_id: UUID, person: int, pin: str = PIN) -> dict[str, Any]:
    """As a phone seals it: RSA-OAEP with SHA-256 under the house's public key."""
    told = SIGNING.public_jwk()
    jwk: Any = told["jwk"]

    def number(text: str) -> int:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")

    key = rsa.RSAPublicNumbers(number(jwk["e"]), number(jwk["n"])).public_key()
    said = json.dumps({"pin": pin, "client_id": str(client_id), "person": person}).encode()
    way = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    seal = base64.b64encode(key.encrypt(said, way)).decode()
    return {"id": person, "kid": told["kid"], "seal": seal}


class Sent:
    """A record of a phone: everything met unless told otherwise; `send` hands it in."""

    def __init__(self, visit: Visit, by: User | None = None, pin: str = PIN, **said: Any):
        self.visit, self.client_id, self.revision = visit, uuid4(), 1
        self.by = by or User.objects.get(pk=visit.lead_id)
        self.checklist = checklist_of(visit)
        self.files: dict[str, bytes] = {}
        asked = visit.items or list(self.checklist.ids)
        began = clock.now() - timedelta(minutes=50)
        signed = {one: self.sign(n) for n, one in enumerate(("lead", "second", "party"))}
        self.body: dict[str, Any] = {
            "format": "mingchu.inspection/1",
            "visit": visit.pk,
            "checklist": self.checklist.digest,
            "person": self.by.pk,
            "sealed": True,
            "outcome": "inspected",
            "device": "测试手机",
            "started_at": clock.city(began).isoformat(),
            "ended_at": clock.city(clock.now()).isoformat(),
            "sent_at": clock.city(clock.now()).isoformat(),
            "presence": {"way": "scan", "code": "x"},
            "shown": {"lead": True, "second": True},
            "answers": {one: {"verdict": "met"} for one in asked},
            "signatures": signed,
            "party": {"name": "店主", "role": "负责人"},
            "second": sealed_pin(self.client_id, visit.second_id, pin) if visit.second_id else None,
            **said,
        }

    def sign(self, seed: int) -> str:
        return self.file(
            a_signature(len(self.files) * 31 + seed + 7 * self.visit.pk % 300),
            "image/png",
            "signature",
        )

    def file(self, content: bytes, kind: str = "image/jpeg", role: str = "photo") -> str:
        self.files[name_of(content)] = content
        return name_of(content)

    def unmet(self, item: str, affects: str = "no", photos: int = 0, **fix: Any) -> Sent:
        """One item is not met; without a way it gets a written deadline."""
        made = [self.file(a_photo(len(self.files) + n)) for n in range(photos)]
        self.body["answers"][item] = {
            "verdict": "unmet",
            "affects": affects,
            "text": "看到的问题",
            "photos": made,
            "fix": {"way": "order", "due": (TODAY + timedelta(days=7)).isoformat(), **fix},
        }
        return self

    def an_item(self, *, key: bool, nth: int = 0) -> str:
        return [one.id for one in self.checklist.items if one.is_key == key][nth]

    @property
    def content(self) -> bytes:
        signed = set(self.body["signatures"].values())
        answers = self.body["answers"].items()
        of = {name: item for item, said in answers for name in said.get("photos", ())}
        blobs = [
            {
                "sha256": name,
                "size": len(one),
                "type": "image/png" if name in signed else "image/jpeg",
                "role": "signature" if name in signed else "photo",
                "item": of.get(name, ""),
            }
            for name, one in self.files.items()
        ]
        return json.dumps({**self.body, "blobs": blobs}).encode()

    def send_files(self, *names: str) -> None:
        for name, one in self.files.items():
            if not names or name in names:
                keep(file=io.BytesIO(one), by=actor_for(self.by))

    def send(self, *, files: bool = True) -> services.Came:
        if files:
            self.send_files()
        return services.receive(
            client_id=self.client_id,
            revision=self.revision,
            content=self.content,
            by=actor_for(self.by),
        )
