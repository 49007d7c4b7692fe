"""Programs that capture and query over HTTP, each by a token of its own."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import CITY, Scope

_numbers = count(1)
# Identifiers would come as Digital Links if nobody said.
AS_THEY_CAME = {"GS1_EPC_Format": "Never_Translates"}


class Program:
    """A program that captures, by a token of `api_scopes`."""

    def __init__(
        self,
        url: str,
        role: str = "city",
        scope: Scope = CITY,
        api_scopes: tuple[str, ...] = ("epcis",),
    ):
        name = f"{role}-{next(_numbers)}"
        user = accounts.enrol_person(username=name, name="测试")
        post = accounts.give_post(user=user, role=role, scope=scope)
        self.token, self.secret = accounts.issue_token(
            post=post, title="测试", api_scopes=api_scopes
        )
        self.headers = {"Authorization": f"Bearer {self.secret}"}
        self.there = urlsplit(url)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        line = http.client.HTTPConnection(self.there.hostname, self.there.port, timeout=30)
        named = {name.replace("_", "-"): said for name, said in headers.items()}
        if body is not None:
            named = {"Content-Type": "application/json", **named}
        line.request(method, path, body, {**self.headers, **named})
        answer: Any = line.getresponse()
        answer.content = answer.read()
        line.close()
        return answer

    def post(self, path: str, body: bytes, **headers: str) -> Any:
        return self.ask("POST", f"/epcis/{path}", body, **headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", f"/epcis/{path}", **headers)

    def pages(self, path: str) -> Iterator[Any]:
        """Every answer of a query, page by page, as its links lead; events as they came."""
        answer = self.get(path, **AS_THEY_CAME)
        yield answer
        while link := answer.headers["Link"]:
            answer = self.ask("GET", link.removeprefix("<").partition(">")[0], **AS_THEY_CAME)
            yield answer


def events_in(answer: Any) -> list[dict[str, Any]]:
    """The events of a query's answer."""
    assert answer.status == 200, answer.content
    found: list[dict[str, Any]] = json.loads(answer.content)["epcisBody"]["queryResults"][
        "resultsBody"
    ]["eventList"]
    return found
