"""A handset of the demo: an officer's phone that is no browser, over HTTP as every phone.

It fetches the day pack, sends photos and signatures by digest, then the record twice; so that a
walk can show what a phone does, and an engineer has a client to read.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mingchu.base.errors import Refusal
from mingchu.demo.painted import scribble

ON_SITE = timedelta(minutes=40)
SIDE = (320, 240)


@dataclass
class Handset:
    """A line to the house, with the token of one officer's device."""

    url: str
    token: str
    pin: str
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def pack(self) -> dict[str, Any]:
        """The day pack: what the officer has to do."""
        found: dict[str, Any] = self._ask("GET", "/api/v1/inspections/pack")
        return found

    def visit(
        self, pack: Mapping[str, Any], task: Mapping[str, Any], *, unmet: int, photos: int
    ) -> dict[str, Any]:
        """Makes a visit and sends it: first without its files, so that the house says what it
        lacks; then the files, the record, and the record once more."""
        client_id = str(uuid4())
        body = self._body(client_id, pack, task, unmet, photos)
        path = f"/api/v1/inspections/{client_id}/1"
        before = self._ask("PUT", path, body)
        for name, (content, kind) in self.files.items():
            self._send(f"/api/v1/blobs/{name}", content, kind)
        after = self._ask("PUT", path, body)
        again = self._ask("PUT", path, body)
        return {
            "client_id": client_id,
            "visit": task["visit"],
            "business": task["business"]["public"],
            "first": before["state"],
            "missing": len(before["missing"]),
            "state": after["state"],
            "again": again["state"],
            "results": after["results"],
            "conflicts": [one["kind"] for one in after["conflicts"]],
            "unmet": [one for one, said in body["answers"].items() if said["verdict"] == "unmet"],
        }

    # What was seen and signed

    def _body(
        self,
        client_id: str,
        pack: Mapping[str, Any],
        task: Mapping[str, Any],
        unmet: int,
        photos: int,
    ) -> dict[str, Any]:
        now = datetime.fromisoformat(pack["server_time"])
        items = _items(pack, task)
        answers = {one["id"]: {"verdict": "met"} for one in items}
        for one in _to_fail(items, unmet):
            answers[one["id"]] = self._unmet(one, photos, now.date())
        signed = {one: self._file(one) for one in ("lead", "second", "party")}
        me, other = _pair(pack, task)
        return {
            "format": "mingchu.inspection/1",
            "visit": task["visit"],
            "checklist": task["checklist"],
            "person": me,
            "sealed": True,
            "outcome": "inspected",
            "device": "演示手机",
            "presence": {"way": "scan", "code": task["business"]["public"]},
            "shown": {"lead": True, "second": True},
            "started_at": (now - ON_SITE).isoformat(),
            "ended_at": now.isoformat(),
            "answers": answers,
            "earlier": [
                {"finding": one["finding"], "mended": True}
                for one in task["open"]
                if one["item"] not in answers or answers[one["item"]]["verdict"] == "met"
            ],
            "party": {"name": "演示当事人", "role": "负责人"},
            "signatures": signed,
            "second": {"id": other, **_sealed(pack["key"], client_id, other, self.pin)},
            "blobs": [
                {
                    "sha256": name,
                    "size": len(content),
                    "type": kind,
                    "role": "signature" if name in signed.values() else "photo",
                }
                for name, (content, kind) in self.files.items()
            ],
        }

    def _unmet(self, item: Mapping[str, Any], photos: int, day: date) -> dict[str, Any]:
        made = [self._file(f"{item['id']} {n}") for n in range(photos)]
        return {
            "verdict": "unmet",
            "affects": "no",
            "text": "现场不符合要求（演示）",
            "photos": made,
            "fix": {"way": "order", "due": (day + timedelta(days=7)).isoformat()},
        }

    def _file(self, says: str) -> str:
        """A picture that says that it is invented."""
        content = scribble(f"{says} {len(self.files)}", *SIDE)
        name = hashlib.sha256(content).hexdigest()
        self.files[name] = (content, "image/png")
        return name

    # The line

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self._send(path, content, "application/json", method)

    def _send(self, path: str, content: bytes | None, kind: str, method: str = "PUT") -> Any:
        where = urlsplit(self.url)
        line = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=60)
        line.request(
            method, path, content, {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        )
        answer = line.getresponse()
        said = answer.read()
        line.close()
        if answer.status >= http.client.BAD_REQUEST:
            raise Refusal(
                "handset_refused",
                "服务没有收下：{status} {said}",
                fix="请看返回的原因",
                status=answer.status,
                said=said.decode(errors="replace")[:300],
            )
        return json.loads(said)


def _items(pack: Mapping[str, Any], task: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = pack["checklists"][task["checklist"]]["items"]
    return [one for one in listed if task["items"] is None or one["id"] in task["items"]]


def _to_fail(items: Sequence[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    yield from [one for one in items if one["weight"] == "general"][:count]


def _pair(pack: Mapping[str, Any], task: Mapping[str, Any]) -> tuple[int, int]:
    me = pack["person"]["id"]
    return me, next(task[one]["id"] for one in ("lead", "second") if task[one]["id"] != me)


def _sealed(key: Mapping[str, Any], client_id: str, person: int, pin: str) -> dict[str, str]:
    """The second officer's PIN, for the house alone to read: RSA-OAEP with SHA-256."""
    n, e = (
        int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
        for text in (key["jwk"]["n"], key["jwk"]["e"])
    )
    way = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    said = json.dumps({"pin": pin, "client_id": client_id, "person": person}).encode()
    seal = rsa.RSAPublicNumbers(e, n).public_key().encrypt(said, way)
    return {"kid": key["kid"], "seal": base64.b64encode(seal).decode()}
