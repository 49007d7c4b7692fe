"""An inspector's day for tests of the phone: a pack, and a stand-in for what takes records."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from mingchu.accounts.queries import actor_of_token
from mingchu.base import clock
from mingchu.kit.models import Upload

LAW = "中华人民共和国食品安全法"
GROUPS = [{"id": "a", "zh": "场所", "en": "Premises"}, {"id": "b", "zh": "人员", "en": "Staff"}]


def an_item(number: int, **facts: Any) -> dict[str, Any]:
    known = {
        "id": f"item-{number}", "zh": f"第{number}项要求", "en": f"Requirement {number}",
        "weight": "key" if number % 3 == 1 else "general", "group": "a" if number % 2 else "b",
        "points": 3, "evidence": "", "unit": "", "from": None, "to": None, "law": LAW,
        "article": f"第{number}条", "number": "", "status": "recalled",
    }  # fmt: skip
    return {**known, **facts}


def a_list(count: int = 6, **kinds: dict[str, Any]) -> dict[str, Any]:
    """`item_2={...}` changes the second item."""
    items = [an_item(n, **kinds.get(f"item_{n}", {})) for n in range(1, count + 1)]
    said = {
        "kind": "caterer", "title": {"zh": "餐饮服务", "en": "Caterers"}, "versions": {},
        "groups": GROUPS, "items": items,
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return {"digest": digest, **said}


def a_task(number: int, lead: Any, second: Any, digest: str, **facts: Any) -> dict[str, Any]:
    known = {
        "visit": number, "number": f"JC2026-{number:04}", "type": "routine",
        "type_title": "日常监督检查", "unannounced": False, "state": "notified",
        "day": "2026-11-20", "due": "2026-11-30", "department": "市场监管部门",
        "business": {
            "id": number, "public": f"shop{number}", "code": "91150105MA0NABCD1X",
            "name": f"第{number}家餐馆", "address": f"大学东街{number}号", "phone": "0471-1234567",
            "legal": "王某", "kind": "caterer", "kind_title": "餐饮服务经营者",
            "district": "150105",
            "licences": [{"title": "食品经营许可证", "number": "JY2150105", "until": "2028-01-01"}],
            "managers": [{"id": 7, "name": "张三", "role": "食品安全员"}],
        },
        "lead": officer(lead), "second": officer(second), "checklist": digest, "items": None,
        "last": {"day": "2026-05-02", "verdicts": {"item-1": "unmet"}}, "open": [],
        "notice": {"number": "TZ2026-1", "sent": "2026-11-18"}, "recheck_of": None, "matter": "",
    }  # fmt: skip
    return {**known, **facts}


def officer(user: Any) -> dict[str, Any]:
    return {"id": user.pk, "name": user.name, "certificate": user.certificate_no}


TOOLS = [
    {
        "number": "T-1",
        "name": "中心温度计",
        "kind": "thermometer",
        "calibrated_until": "2027-03-01",
    },
    {"number": "T-0", "name": "旧温度计", "kind": "thermometer", "calibrated_until": "2026-03-01"},
]
RULES = {
    "gps": False, "photo": False, "unsent_days": 2, "correct_by_days": None, "exam_pass": 60,
    "clock_minutes": 5,
}  # fmt: skip


class Office:
    """In front of the house: answers /api/v1/inspections, keeps all that was sent.

    `says` are answers to come, each a status and a body or what returns them, before the ordinary
    one. `version` is another one of the phone’s pages, of as many letters. Files are the
    house's own: a record is accepted when the house holds all that it names.
    """

    def __init__(self, key: dict[str, Any], packs: dict[int, dict[str, Any]]):
        self.key, self.packs = key, packs
        self.sent: list[tuple[str, int, dict[str, Any]]] = []
        self.says: list[Any] = []
        self.version = ""
        self.states: dict[str, dict[str, Any]] = {}
        self.house: Callable[..., Iterable[bytes]] = lambda *_: []

    def around(self, house: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        self.house = house
        return self.answer

    def answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if not path.startswith("/api/v1/inspections/"):
            return self._another(path, self.house(environ, start))
        status, body = self._said(path, method, environ)
        content = json.dumps(body).encode()
        start(f"{status} x", [("Content-Type", "application/json"), ("ETag", '"x"')])
        return [content]

    def _another(self, path: str, content: Iterable[bytes]) -> Iterable[bytes]:
        if not self.version or path != "/i/sw.js":
            return content
        text = re.sub(r'VERSION = "\w+"', f'VERSION = "{self.version}"', b"".join(content).decode())
        return [text.encode()]

    def _said(self, path: str, method: str, environ: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        bearer = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        actor = actor_of_token(bearer)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        said = json.loads(environ["wsgi.input"].read(length)) if length else {}
        if actor is None or actor.user_id is None:
            return 401, {"code": "unauthenticated", "why": "令牌无效", "fix": "请重新登录"}
        if path.endswith("/pack"):
            return 200, self.packs[actor.user_id] | {"server_time": clock.now().isoformat()}
        if method == "GET":
            return 200, self.states[path.split("/")[4]]
        return self._taken(path, said, actor.user_id)

    def _taken(self, path: str, said: dict[str, Any], user: int) -> tuple[int, dict[str, Any]]:
        found = re.fullmatch(r"/api/v1/inspections/([\w-]+)/(\d+)", path)
        assert found
        self.sent.append((found[1], int(found[2]), said))
        if said["sealed"] and self.says:
            said_next = self.says.pop(0)
            return said_next() if callable(said_next) else said_next
        answer = {"state": "accepted", "missing": [], "conflicts": [], "number": "", "revision": 1}
        answer["missing"] = sorted({one["sha256"] for one in said["blobs"]} - held(user))
        answer["state"] = "held" if answer["missing"] else "accepted"
        if not said["sealed"]:
            answer["state"] = "draft"
        self.states[found[1]] = answer
        return 200, answer

    @property
    def sealed(self) -> list[tuple[str, int, dict[str, Any]]]:
        return [one for one in self.sent if one[2]["sealed"]]


def held(user: int) -> set[str]:
    return set(Upload.objects.exclude(blob=None).values_list("sha256", flat=True))


def jwk_of(key: Any) -> dict[str, Any]:
    """The public half, as browsers read it."""
    numbers = key.public_key().public_numbers()

    def said(number: int) -> str:
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    return {"kty": "RSA", "n": said(numbers.n), "e": said(numbers.e), "alg": "RSA-OAEP-256"}
