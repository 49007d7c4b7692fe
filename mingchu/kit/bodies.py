"""Bodies of requests to the API: read only once it is known that the caller may, and what exists.

So whoever asks for what is not his hears that there is no such thing, whatever he sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import pydantic
from django.http import HttpRequest
from ninja.errors import ValidationError

Said = TypeVar("Said", bound=pydantic.BaseModel)


def read(request: HttpRequest, schema: type[Said]) -> Said:
    """The body as the schema wants it; every wrong field is told with its place."""
    try:
        said = schema.model_validate_json(request.body or b"{}")
    except pydantic.ValidationError as wrong:
        faults = wrong.errors(include_url=False, include_input=False, include_context=False)
        raise ValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        ) from wrong
    if places := list(_with_nul(said.model_dump(), ("body",))):
        raise ValidationError([_NUL | {"loc": place} for place in places])
    return said


# The one character that JSON can say and no column can hold.
_NUL: dict[str, Any] = {"type": "string_nul", "msg": "String should not contain NUL"}


def _with_nul(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str):
        if "\0" in value:
            yield place
    elif isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in parts:
            yield from _with_nul(part, (*place, name))


def described(schema: type[pydantic.BaseModel]) -> dict[str, Any]:
    """`openapi_extra` of an operation that reads such a body."""
    said = schema.model_json_schema()
    content = {"application/json": {"schema": _inline(said, said.pop("$defs", {}))}}
    return {"requestBody": {"required": True, "content": content}}


def _inline(said: Any, parts: Mapping[str, Any]) -> Any:
    """The schema with its parts in their places: a reference would mean the whole document."""
    if isinstance(said, list):
        return [_inline(one, parts) for one in said]
    if not isinstance(said, dict):
        return said
    if "$ref" in said:
        said = {**parts[said["$ref"].rpartition("/")[2]], **said}
        del said["$ref"]
    return {name: _inline(value, parts) for name, value in said.items()}
