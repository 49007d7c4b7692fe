"""Commands of the house, a module a context; each answers a Result and prints nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """What a command found: `data` for programs, `lines` for people, `ok` for the exit code."""

    data: dict[str, Any] | list[Any]
    lines: Sequence[str] = ()
    ok: bool = True
