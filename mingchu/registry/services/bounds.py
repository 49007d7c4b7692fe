"""What a column can hold, asked of the tables themselves: the one place that says how long a name
may be or which words a box knows. Whoever writes asks here first, by form, list or program.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal

WHOLE_TOPS = {
    "PositiveSmallIntegerField": 2**15 - 1,
    "PositiveIntegerField": 2**31 - 1,
}


class Bound(NamedTuple):
    """`choices` empty: any text of `length`; `top` set: a whole number from 0."""

    what: Any
    length: int | None
    choices: frozenset[str]
    top: int | None
    is_list: bool
    may_be_empty: bool


@cache
def _bounds(model: type[models.Model]) -> dict[str, Bound]:
    return {
        field.name: _bound(field)
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField | ArrayField)
        or field.get_internal_type() in WHOLE_TOPS
    }


def _bound(field: Any) -> Bound:
    inner = field.base_field if isinstance(field, ArrayField) else field
    return Bound(
        what=field.verbose_name,
        length=inner.max_length,
        choices=frozenset(str(code) for code, _label in inner.flatchoices),
        top=WHOLE_TOPS.get(field.get_internal_type()),
        is_list=inner is not field,
        may_be_empty=field.blank or field.null,
    )


def check_fits(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """Raises Refusal `too_long`, `unknown_choice`, `out_of_range`, `not_text` for what would not
    fit; names that are no such columns are somebody else's to judge."""
    known = _bounds(model)
    for name, value in values.items():
        bound = known.get(name)
        if bound is None:
            continue
        for one in value if bound.is_list else (value,):
            _check(bound, one)


def _check(bound: Bound, value: Any) -> None:
    if bound.top is not None:
        fits = value is None or (type(value) is int and 0 <= value <= bound.top)
        if not fits:
            raise out_of_range(value, 0, bound.top, bound.what)
        return
    if not isinstance(value, str):
        raise Refusal(
            "not_text",
            _noop("{what}“{said}”不是文字"),
            fix=_noop("请用引号括起来，作为文字发送"),
            status=422,
            what=bound.what,
            said=value,
        )
    if bound.choices:
        if value not in bound.choices and (value or not bound.may_be_empty):
            raise unknown_choice(value, bound.what)
    elif bound.length is not None and len(value) > bound.length:
        raise too_long(len(value), bound.length, bound.what)


def out_of_range(value: Any, low: int, top: int, what: Any) -> Refusal:
    return Refusal(
        "out_of_range",
        _noop("{what}“{said}”不在{low}到{top}之间"),
        fix=_noop("请核对数字"),
        status=422,
        what=what,
        said=value,
        low=low,
        top=top,
    )


def unknown_choice(said: str, what: Any) -> Refusal:
    return Refusal(
        "unknown_choice",
        _noop("{what}“{said}”不在可选范围内"),
        fix=_noop("请从给出的选项里选择"),
        status=422,
        what=what,
        said=said,
    )


def too_long(length: int, top: int, what: Any) -> Refusal:
    return Refusal(
        "too_long",
        _noop("{what}有{length}个字"),
        fix=_noop("最多{top}个字"),
        status=422,
        what=what,
        length=length,
        top=top,
    )
