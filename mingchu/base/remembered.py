"""What a process remembers by itself for a few seconds, because asking each time costs more than
somebody else's change is worth knowing at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic
from typing import ClassVar, Generic, TypeVar

Value = TypeVar("Value")
FULL = 1_000


class Remembered(Generic[Value]):
    """Values by key, each for so many seconds; who changes what they tell of says `forget`.

    >>> said = Remembered[int](seconds=60)
    >>> said.get("a", lambda: 1), said.get("a", lambda: 2)
    (1, 1)
    >>> said.forget(); said.get("a", lambda: 2)
    2
    """

    everything: ClassVar[list[Remembered[object]]] = []

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._known: dict[Hashable, tuple[float, Value]] = {}
        self.everything.append(self)  # type: ignore[arg-type]

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        until, value = self._known.get(key, (0.0, None))
        if until > monotonic():
            return value  # type: ignore[return-value]
        return self.keep(key, make())

    def known(self, key: Hashable) -> Value | None:
        """What is remembered of the key, None where nothing is."""
        until, value = self._known.get(key, (0.0, None))
        return value if until > monotonic() else None

    def has(self, key: Hashable) -> bool:
        return self._known.get(key, (0.0, None))[0] > monotonic()

    def keep(self, key: Hashable, value: Value) -> Value:
        """When it is full all is forgotten: it fills again at the price of one question each."""
        if len(self._known) >= FULL:
            self.forget()
        self._known[key] = (monotonic() + self.seconds, value)
        return value

    def forget(self) -> None:
        self._known.clear()
