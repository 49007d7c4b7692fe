"""Commands of the house, a module a context; each answers a Result and prints nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """What a command found: `data` for programs, `lines` for people, `ok` for the exit code.

    `code` replaces the exit code of a command that has more to say than yes or no.
    """

    data: dict[str, Any] | list[Any]
    lines: Sequence[str] = ()
    ok: bool = True
    code: int | None = None

    @property
    def exit_code(self) -> int:
        if self.code is not None:
            return self.code
        return 0 if self.ok else 1
