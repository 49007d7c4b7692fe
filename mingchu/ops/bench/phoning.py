"""One client of the phone bench, a process of its own in the measured house.

`python -m mingchu.ops.bench.phoning tasks COUNT` leaves so many visits for the demo's inspector;
`records COUNT FOLDER` plans as many for another, and writes the records that his phone would send;
`arrived CLIENT_ID` counts what came of one.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

DISTRICT = "150105"
ITEMS = 30
PIN = "802613"
DEVICE = "00000000-0000-4000-8000-000000000001"


def tasks(count: int) -> dict[str, Any]:
    """So many visits of the whole list wait for whoever the link of the inspector signs in."""
    lead, second = _officers("demo-inspector")
    waiting = _waiting(lead)
    _visits(lead, second, max(0, count - waiting), items=())
    return {"tasks": _waiting(lead), "second": second.pk, "pin": PIN, "person": lead.pk}


def _waiting(lead: Any) -> int:
    from mingchu.inspection.queries import visits

    return visits.mine(lead.pk).count()


def _officers(username: str) -> tuple[Any, Any]:
    """Who writes, and a colleague of the district with a PIN."""
    from mingchu.accounts.models import User
    from mingchu.accounts.services import set_signing_pin
    from mingchu.base import clock
    from mingchu.inspection.queries import people

    lead = User.objects.get(username=username)
    able = [one.user for one in people.pool([DISTRICT], clock.today()) if not one.absent]
    second = next(one for one in able if one.pk != lead.pk)
    set_signing_pin(second, PIN)
    return lead, second


def _visits(lead: Any, second: Any, count: int, items: Sequence[str]) -> list[Any]:
    from mingchu.accounts.queries import actor_for, holders
    from mingchu.base import clock
    from mingchu.inspection import services
    from mingchu.inspection.models import Visit
    from mingchu.inspection.services import NewVisit
    from mingchu.registry.models import Business

    rows = Business.objects.filter(district=DISTRICT, kind="caterer", state="open")
    busy = Visit.objects.filter(state__in=["planned", "approved", "notified"])
    some = rows.exclude(pk__in=busy.values("business")).order_by("pk")[:count]
    post = holders("district", DISTRICT).first()
    assert post is not None  # noqa: S101 the demo has one
    due = clock.today() + timedelta(days=10)
    made = services.plan_visits(
        news=[
            NewVisit(
                business_id=one.pk, type="special", due=due, lead_id=lead.pk,
                second_id=second.pk, items=tuple(items), reason="bench",
            )
            for one in some
        ]
    )  # fmt: skip
    return services.approve_visits(visits=made, by=actor_for(post.user))


def records(count: int, folder: Path) -> dict[str, Any]:
    """Records of thirty answers whose files the house has; each with its own sealed PIN."""
    from mingchu.accounts.queries import actor_for
    from mingchu.accounts.services import issue_device_token
    from mingchu.base import clock
    from mingchu.inspection.checklists import checklist_for
    from mingchu.inspection.services.sheets import keep_sheets

    lead, second = _officers(f"demo-inspector-{DISTRICT}")
    day = clock.today()
    checklist = checklist_for("caterer", (), "", day)
    keep_sheets([checklist], day)
    items = checklist.ids[:ITEMS]
    visits = _visits(lead, second, count, items)
    _token, secret = issue_device_token(user=lead, device=DEVICE, name="bench", days=1)
    files = _files(actor_for(lead))
    with (folder / "records.jsonl").open("w", encoding="utf-8") as out:
        for visit in visits:
            name = str(uuid4())
            body = _body(visit, checklist.digest, items, files, name, second.pk)
            out.write(json.dumps([name, body]) + "\n")
    return {"token": secret, "records": len(visits)}


def _files(by: Any) -> list[dict[str, Any]]:
    """Three signatures and two photos, kept before anything is measured."""
    from mingchu.demo.painted import scribble
    from mingchu.kit.files.keeping import keep

    made = []
    for n in range(5):
        content = scribble(f"bench {n}")
        upload = keep(file=io.BytesIO(content), claimed="image/png", by=by)
        role = "signature" if n < 3 else "photo"
        made.append(
            {"sha256": upload.sha256, "size": upload.size, "type": "image/png", "role": role}
        )
    return made


def _body(
    visit: Any,
    digest: str,
    items: Sequence[str],
    files: list[dict[str, Any]],
    name: str,
    second: int,
) -> dict[str, Any]:
    from mingchu.base import clock

    now = clock.city(clock.now())
    answers: dict[str, Any] = {one: {"verdict": "met"} for one in items}
    answers[items[-1]] = {
        "verdict": "unmet", "affects": "no", "text": "bench",
        "photos": [one["sha256"] for one in files if one["role"] == "photo"],
        "fix": {"way": "order", "due": (now.date() + timedelta(days=7)).isoformat()},
    }  # fmt: skip
    return {
        "format": "mingchu.inspection/1", "visit": visit.pk, "checklist": digest,
        "person": visit.lead_id, "sealed": True, "outcome": "inspected", "device": "bench",
        "started_at": (now - timedelta(minutes=40)).isoformat(), "ended_at": now.isoformat(),
        "answers": answers, "party": {"name": "bench"},
        "signatures": {
            role: files[n]["sha256"] for n, role in enumerate(("lead", "second", "party"))
        },
        "second": _sealed(name, second), "blobs": files,
    }  # fmt: skip


def _sealed(name: str, person: int) -> dict[str, Any]:
    """As the phone does it with the key of the pack."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    from mingchu.accounts.keys import SIGNING

    told = SIGNING.public_jwk()
    jwk: Any = told["jwk"]
    e, n = (
        int.from_bytes(base64.urlsafe_b64decode(jwk[one] + "=" * (-len(jwk[one]) % 4)), "big")
        for one in ("e", "n")
    )
    way = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    said = json.dumps({"pin": PIN, "client_id": name, "person": person}).encode()
    seal = rsa.RSAPublicNumbers(e, n).public_key().encrypt(said, way)
    return {"id": person, "kid": told["kid"], "seal": base64.b64encode(seal).decode()}


def arrived(client_id: str) -> dict[str, Any]:
    from mingchu.inspection.models import Record
    from mingchu.kit.models import Attachment

    found = Record.objects.filter(client_id=client_id).first()
    if found is None:
        return {"records": 0, "photos": 0, "state": ""}
    files = Attachment.objects.filter(subject=f"inspection:{found.pk}", role="photo")
    same = Record.objects.filter(visit=found.visit)
    return {"records": same.count(), "photos": files.count(), "state": found.state}


if __name__ == "__main__":
    from mingchu.ops import home

    home.configure()
    act, *said = sys.argv[1:]
    if act == "tasks":
        told = tasks(int(said[0]))
    elif act == "records":
        told = records(int(said[0]), Path(said[1]))
    else:
        told = arrived(said[0])
    print(json.dumps(told))
