"""What tests of the city's own rules share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from mingchu.accounts.models import User
from mingchu.base import clock
from mingchu.rulebook import store, writing

SINCE = date(2027, 1, 1)
CITED = {
    "law": "呼和浩特市食品安全风险分级办法（测试）",
    "number": "呼市监〔2026〕9号",
    "article": "第三条",
    "published": date(2026, 11, 1),
}


def label(user: User) -> str:
    return f"user:{user.pk}"


def value_of(rule: str) -> Any:
    """What holds today, to be changed."""
    return writing.thawed(store.rule(rule).on(clock.today()).value)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="mingchu.accounts.backends.Backend")
    return client
