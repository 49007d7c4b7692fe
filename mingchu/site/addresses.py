"""Addresses of pages for templates: what Django's `reverse` says, without its walk through all
patterns for each of the dozens of links of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.urls import Resolver404, resolve, reverse
from django.urls.converters import get_converters

PLACED = re.compile(r"<(?:(?P<converter>\w+):)?\w+>")
SAFE = "!$&'()*+,;=/~:@"  # what Django leaves as it is in a path


class Place:
    """How a value is written into a route, and what may stand there."""

    def __init__(self, converter: Any):
        self.written: Callable[[Any], str] = converter.to_url
        self.fits = re.compile(converter.regex).fullmatch

    def said(self, value: Any) -> str:
        text = self.written(value)
        if not self.fits(text):
            raise ValueError(text)
        return text if text.isascii() and text.isalnum() else quote(text, safe=SAFE)


@dataclass(frozen=True)
class Form:
    """A route as text, with its places."""

    text: str
    places: Sequence[Place]

    def filled(self, values: Sequence[Any]) -> str:
        """Raises ValueError for a value that a place does not take."""
        pairs = zip(self.places, values, strict=True)
        return self.text % tuple(place.said(value) for place, value in pairs)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a page by its name and the values in it; raises NoReverseMatch as `reverse`."""
    if kwargs or not args:
        return _remembered(name, *args, **kwargs)
    known = (name, len(args))
    if known not in _forms:
        path = reverse(name, args=args)
        _forms[known] = _learned(path, args)
        return path
    try:
        if form := _forms[known]:
            return form.filled(args)
    except ValueError:
        pass
    return reverse(name, args=args)


_forms: dict[tuple[str, int], Form | None] = {}


@lru_cache(1024)
def _remembered(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)


def _learned(path: str, args: Sequence[Any]) -> Form | None:
    """The form of a path that Django made; None where its route does not show how."""
    try:
        route = resolve(path).route
        known = get_converters()
        text = "/" + PLACED.sub("%s", route.replace("%", "%%"))
        places = [Place(known[one["converter"] or "str"]) for one in PLACED.finditer(route)]
        form = Form(text, places)
        return form if form.filled(args) == path else None
    except (Resolver404, KeyError, ValueError, TypeError):
        return None
