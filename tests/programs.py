"""Programs that meet the running edge over HTTP, each by a token of its own."""

from __future__ import annotations

import http.client
from itertools import count
from urllib.parse import urlsplit

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope

_numbers = count(1)


class Program:
    """A program that captures, by a token of `api_scopes`."""

    def __init__(self, url: str, role: str = "city", scope: Scope = CITY, api_scopes=("epcis",)):
        name = f"{role}-{next(_numbers)}"
        user = accounts.enrol_person(username=name, name="测试")
        post = accounts.give_post(user=user, role=role, scope=scope)
        self.token, secret = accounts.issue_token(post=post, title="测试", api_scopes=api_scopes)
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.there = urlsplit(url)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str):
        line = http.client.HTTPConnection(self.there.hostname, self.there.port, timeout=30)
        named = {name.replace("_", "-"): said for name, said in headers.items()}
        if body is not None:
            named = {"Content-Type": "application/json", **named}
        line.request(method, path, body, {**self.headers, **named})
        answer = line.getresponse()
        answer.content = answer.read()
        line.close()
        return answer

    def post(self, path: str, body: bytes, **headers: str):
        return self.ask("POST", f"/epcis/{path}", body, **headers)

    def get(self, path: str, **headers: str):
        return self.ask("GET", f"/epcis/{path}", **headers)
