"""Pages a reader can open without knowing an id: the front, and the workbench's navigation."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from mingchu.accounts.access import PUBLIC
from mingchu.accounts.routes import routes
from mingchu.base.slots import NAVIGATION


def public_pages(client: Client) -> list[str]:
    return _pages(client, [r.path for r in routes() if r.action == PUBLIC and not r.arguments])


def desk_pages(client: Client) -> list[str]:
    return _pages(client, ["/account/", *(reverse(item.url_name) for item in NAVIGATION)])


def _pages(client: Client, paths: list[str]) -> list[str]:
    return sorted({path for path in paths if _is_page(client.get(path))})


def _is_page(answer: object) -> bool:
    kind: Callable[[str], str] = answer.headers.get  # type: ignore[attr-defined]
    return answer.status_code == 200 and kind("Content-Type").startswith("text/html")  # type: ignore[attr-defined]
