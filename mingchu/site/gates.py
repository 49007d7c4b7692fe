"""Gates 门口: what stands before Django, and how many pages a process makes at a time.

Pages want few threads: with several each waits for all others. Captures want many, since they
wait for the disk together. So a process has threads for both, and pages pass one gate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

from mingchu.site.shares import Application
from mingchu.trace.door import door


def gated(application: Application, pages: int) -> Application:
    """The house as its web process serves it: captures by their door, `pages` others at a time."""
    gate = BoundedSemaphore(pages)

    def one_by_one(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with gate:
            return application(environ, start)

    return door(one_by_one)
