"""Phones that send files: through the house in this process, or over the wire."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.test import Client


class Answer(NamedTuple):
    status: int
    said: dict[str, Any]
    headers: dict[str, str]


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Phone:
    """Sends as a program does, through the whole house but the wire."""

    def __init__(self, token: str):
        self.token = token

    def ask(self, method: str, name: str, body: bytes = b"", **headers: str) -> Answer:
        known = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/octet-stream",
            **{key.replace("_", "-"): value for key, value in headers.items()},
        }
        return self.send(method, f"/api/v1/blobs/{name}", body, known)

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = Client().generic(method, path, body, headers["Content-Type"], headers=headers)
        text = answer.content
        return Answer(answer.status_code, json.loads(text) if text else {}, dict(answer.headers))

    def put(self, content: bytes, **headers: str) -> Answer:
        return self.ask("PUT", name_of(content), content, **headers)

    def put_part(self, whole: bytes, first: int, end: int) -> Answer:
        said = f"bytes {first}-{end - 1}/{len(whole)}"
        return self.ask("PUT", name_of(whole), whole[first:end], Content_Range=said)


class Line(Phone):
    """A phone on the wire; every call is a connection of its own."""

    def __init__(self, where: str, token: str):
        super().__init__(token)
        self.host, self.port = urlsplit(where).hostname or "", urlsplit(where).port or 0

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        line = http.client.HTTPConnection(self.host, self.port, timeout=30)
        line.request(method, path, body, {**headers, "Content-Length": str(len(body))})
        answer = line.getresponse()
        text = answer.read()
        line.close()
        return Answer(answer.status, json.loads(text) if text else {}, dict(answer.headers))

    def cut_off(self, content: bytes, after: int) -> None:
        """Promises everything, sends a part, and is gone."""
        with socket.create_connection((self.host, self.port)) as line:
            line.sendall(self.head_of(content) + content[:after])

    def head_of(self, content: bytes) -> bytes:
        return (
            f"PUT /api/v1/blobs/{name_of(content)} HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\n"
            f"Authorization: Bearer {self.token}\r\n"
            "Content-Type: application/octet-stream\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        ).encode()
