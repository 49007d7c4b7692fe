"""Retention 保存期限: how long rows are kept, said beside each model, carried out by rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Retention:
    """Rows go when the term of `rule`, an id of the rulebook, has run from `counted_from`.

    `rule` empty means for ever, and `why` says on what ground.
    """

    why: str
    rule: str = ""
    counted_from: str = ""

    @property
    def is_forever(self) -> bool:
        return not self.rule
