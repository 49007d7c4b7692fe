"""Doors 公开: the mark of a view that anybody may see, for floors that know no accounts."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

PUBLIC = "public"
View = TypeVar("View", bound=Callable[..., Any])


class Named(Protocol):
    action: str


def public(view: View) -> View:
    """Anybody may see it, signed in or not."""
    typing.cast("Named", view).action = PUBLIC
    return view
