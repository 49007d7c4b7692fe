"""A program that talks to the API by its own token, for any test."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from mingchu.accounts import services as accounts
from mingchu.accounts.domain import Scope


class Program:
    """A program with a bearer token."""

    def __init__(self, role: str, scope: Scope, certificate: str = ""):
        user = accounts.enrol_person(
            username=f"p-{role}-{scope.code}", name="测试", certificate=certificate
        )
        post = accounts.give_post(user=user, role=role, scope=scope)
        _token, secret = accounts.issue_token(post=post, title="测试")
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.client = Client()

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, said: dict[str, Any], key: str = "") -> Any:
        return self.client.post(
            f"/api/v1/{path}",
            json.dumps(said),
            content_type="application/json",
            headers={**self.headers, **({"Idempotency-Key": key} if key else {})},
        )
