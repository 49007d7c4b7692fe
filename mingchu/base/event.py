"""Events: facts in the past tense, the only thing contexts say to one another.

An event holds ids, numbers, words and days, never a person's data: it goes into the ledger for
ever. Its canonical bytes (sorted keys, no spaces, UTF-8, no floats) are what is digested.
"""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """Base of every event; `subject` names what it is about, such as `business:1024`."""

    subject: str
    kind: ClassVar[str] = "event"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        context = cls.__module__.removeprefix("mingchu.").split(".")[0]
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        cls.kind = f"{context}.{words}"

    def data(self) -> dict[str, Any]:
        """Its fields but `subject`, as JSON values."""
        return {name: plain(getattr(self, name)) for name in _fields(type(self))}

    def text(self) -> str:
        """The canonical text of its data, which is plain already."""
        return _encode(self.data())


_names: dict[type[Event], tuple[str, ...]] = {}


def _fields(event: type[Event]) -> tuple[str, ...]:
    """Names of what an event of this kind says besides its subject, looked up once."""
    if event not in _names:
        fields = dataclasses.fields(event)
        _names[event] = tuple(field.name for field in fields if field.name != "subject")
    return _names[event]


def kinds(above: type[Event] = Event) -> set[str]:
    """Every kind of event that is declared in this process."""
    heirs = above.__subclasses__()
    return {heir.kind for heir in heirs}.union(*map(kinds, heirs))


_BARE = frozenset({bool, int, str})


def plain(value: Any) -> Any:
    """A JSON value; days and moments as ISO 8601, decimals as text.

    Raises TypeError for a float (its text differs between languages) and for anything unknown.
    """
    if value is None or type(value) in _BARE:
        return value
    if isinstance(value, bool | int | str) and not isinstance(value, Enum):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"an event cannot hold {type(value).__name__}")


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON value: sorted keys, no spaces, UTF-8.

    >>> canonical({"b": 1, "a": "码"})
    b'{"a":"\\xe7\\xa0\\x81","b":1}'
    """
    return _encode(plain(value)).encode()
