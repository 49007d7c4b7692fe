"""Receivers on this machine, each of which checks what its service documents, and may fail."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from mingchu.base import clock
from mingchu.ledger.models import Resting

AN_HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def values(self) -> Any:
        return json.loads(self.body)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


Judge = Callable[[Heard], tuple[int, bytes]]


@dataclass
class Service:
    """A receiver: `heard` is what it took; it can be stopped, hang, break and come back."""

    judge: Judge
    mood: str = "well"
    heard: list[Heard] = field(default_factory=list)
    refused: list[Heard] = field(default_factory=list)
    port: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    before_answer: Callable[[], object] = lambda: None

    def start(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.answer(self, Heard(self.path, dict(self.headers), body))

            def log_message(self, *said: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self.thread.start()

    def stop(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, line: BaseHTTPRequestHandler, heard: Heard) -> None:
        if self.mood == "hangs":
            self.released.wait(20)
            return
        if self.mood == "drips":
            self.drip(line)
            return
        status, said = {
            "broken": (500, b"oh no"),
            "garbage": (200, b"<html>\xff\x00 not json"),
            "redirects": (307, b""),
        }.get(self.mood) or self.judge(heard)
        if self.mood == "well":
            (self.heard if self.is_good(status, said) else self.refused).append(heard)
        self.before_answer()
        line.send_response(status)
        if self.mood == "redirects":
            line.send_header("Location", f"http://localhost:{self.port}/elsewhere")
        line.send_header("Content-Length", str(len(said)))
        line.end_headers()
        line.wfile.write(said)

    def drip(self, line: BaseHTTPRequestHandler) -> None:
        """A byte now and then, for ever: never silent long enough for a time-out."""
        line.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        while not self.released.wait(0.05):
            try:
                line.wfile.write(b"x")
            except OSError:
                return

    @staticmethod
    def is_good(status: int, said: bytes) -> bool:
        codes = json.loads(said) if said.startswith(b"{") else {}
        return 200 <= status < 300 and not any(codes.get(name) for name in ("errcode", "code"))

    def said(self) -> list[str]:
        """What a chat group read."""
        return [one.values["text"]["content"] for one in self.heard]


def mac(key: bytes, covered: bytes) -> bytes:
    """HMAC-SHA256 by another library than ours."""
    made = HMAC(key, hashes.SHA256())
    made.update(covered)
    return made.finalize()


def wecom(key: str) -> Judge:
    """https://developer.work.weixin.qq.com/document/path/91770"""

    def judge(heard: Heard) -> tuple[int, bytes]:
        fits = urlsplit(heard.path).path == "/cgi-bin/webhook/send" and heard.query == {"key": key}
        if not fits:
            return 200, b'{"errcode":93000,"errmsg":"invalid webhook url"}'
        text = heard.values.get("text", {}).get("content", "")
        if heard.values.get("msgtype") != "text" or not 0 < len(text.encode()) <= 2048:
            return 200, b'{"errcode":40058,"errmsg":"invalid parameter"}'
        return 200, b'{"errcode":0,"errmsg":"ok"}'

    return judge


def dingtalk(token: str, secret: str) -> Judge:
    """https://open.dingtalk.com/document/orgapp/customize-robot-security-settings"""

    def judge(heard: Heard) -> tuple[int, bytes]:
        at = heard.query.get("timestamp", "0")
        wanted = base64.b64encode(mac(secret.encode(), f"{at}\n{secret}".encode())).decode()
        fresh = abs(int(at) / 1000 - time()) < AN_HOUR_SECONDS
        if heard.query.get("access_token") != token or not fresh or heard.query["sign"] != wanted:
            return 200, b'{"errcode":310000,"errmsg":"sign not match"}'
        if heard.values.get("msgtype") != "text" or not heard.values["text"]["content"]:
            return 200, b'{"errcode":400402,"errmsg":"miss param"}'
        return 200, b'{"errcode":0,"errmsg":"ok"}'

    return judge


def feishu(secret: str) -> Judge:
    """https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot"""

    def judge(heard: Heard) -> tuple[int, bytes]:
        at = heard.values.get("timestamp", "0")
        wanted = base64.b64encode(mac(f"{at}\n{secret}".encode(), b"")).decode()
        if abs(int(at) - time()) >= AN_HOUR_SECONDS or heard.values.get("sign") != wanted:
            return 200, b'{"code":19021,"msg":"sign match fail","data":{}}'
        if len(heard.body) > 20 * 1024 or heard.values.get("msg_type") != "text":
            return 200, b'{"code":9499,"msg":"Bad Request","data":{}}'
        return 200, b'{"code":0,"msg":"success","data":{}}'

    return judge


def signed(secret: str) -> Judge:
    """A system that checks our own webhooks as docs/production.md tells it to."""

    def judge(heard: Heard) -> tuple[int, bytes]:
        at, given = (part.split("=")[1] for part in heard.headers["Mingchu-Signature"].split(","))
        wanted = mac(secret.encode(), f"{at}.".encode() + heard.body).hex()
        fresh = abs(int(at) - time()) < AN_HOUR_SECONDS
        return (204, b"") if given == wanted and fresh else (401, b"who are you")

    return judge


def an_hour_passes() -> None:
    """Whoever rests has rested."""
    Resting.objects.update(until=clock.wall())
