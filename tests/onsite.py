"""A line between a phone and the house that can break, refuse or show another version."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

RECORD = re.compile(r"/api/v1/inspections/([\w-]+)/(\d+)")
App = Callable[..., Iterable[bytes]]


class Line:
    """In front of the house: notes each record that a phone sends, with its revision and body.

    `says` are answers of a sealed record to come, each a status and a body, before the house is
    asked; a function may wait and return None, then the house is asked after it. `lost` answers
    of a sealed record are asked of the house and never arrive. `alters` changes the day pack.
    `version` is another one of the phone's pages, of as many letters.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, int, dict[str, Any]]] = []
        self.says: list[Any] = []
        self.lost = 0
        self.alters: Callable[[dict[str, Any]], None] | None = None
        self.version = ""
        self.house: App = lambda *_: []

    def around(self, house: App) -> App:
        self.house = house
        return self.answer

    def answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/i/sw.js" and self.version:
            return self._another(environ, start)
        if path == "/api/v1/inspections/pack" and self.alters:
            return self._altered(environ, start)
        found = RECORD.fullmatch(path)
        if found and environ["REQUEST_METHOD"] == "PUT":
            return self._record(found[1], int(found[2]), environ, start)
        return self.house(environ, start)

    def _record(self, name: str, revision: int, environ: dict[str, Any], start: Any) -> Any:
        content = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        body = json.loads(content)
        self.sent.append((name, revision, body))
        environ["wsgi.input"] = io.BytesIO(content)
        if body["sealed"] and self.says:
            said = self.says.pop(0)
            said = said() if callable(said) else said
            if said:
                return _told(said, start)
        if body["sealed"] and self.lost:
            self.lost -= 1
            list(self.house(environ, lambda *_: None))
            return _told((503, {"code": "gone", "why": "线路断了", "fix": "稍后"}), start)
        return self.house(environ, start)

    def _another(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        text = b"".join(self.house(environ, start)).decode()
        return [re.sub(r'VERSION = "\w+"', f'VERSION = "{self.version}"', text).encode()]

    def _altered(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ.pop("HTTP_IF_NONE_MATCH", None)
        content = b"".join(self.house(environ, lambda *_: None))
        pack = json.loads(content)
        assert self.alters
        self.alters(pack)
        return _told((200, pack), start)

    @property
    def sealed(self) -> list[tuple[str, int, dict[str, Any]]]:
        return [one for one in self.sent if one[2]["sealed"]]


def _told(said: tuple[int, dict[str, Any]], start: Any) -> Iterable[bytes]:
    start(f"{said[0]} x", [("Content-Type", "application/json")])
    return [json.dumps(said[1]).encode()]
