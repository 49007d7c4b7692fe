"""The home 家目录: where one house keeps its data, keys, files and logs; how commands enter it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mingchu.ops.postgres import APP, OWNER, Server

URL, OWNER_URL = "MINGCHU_DATABASE_URL", "MINGCHU_DATABASE_OWNER_URL"


def home() -> Path:
    return Path(os.environ.get("MINGCHU_HOME") or "var").absolute()


def configure() -> None:
    """Django, pointed at the home's database; nothing is started by it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingchu.site.settings")
    if not os.environ.get(URL):
        server = Server(home())
        os.environ[URL], os.environ[OWNER_URL] = server.url(APP), server.url(OWNER)
    django.setup()


@contextmanager
def database() -> Iterator[None]:
    """The database running for as long as one command needs it."""
    server = Server(home())
    embedded = os.environ.get(URL, "") in {"", server.url(APP)}
    started = embedded and not server.is_running()
    if started:
        server.start()
    try:
        yield
    finally:
        if started:
            server.stop()
