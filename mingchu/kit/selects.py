"""Select boxes drawn at once: Django draws every option through a template of its own, which for a
hundred supervision stations takes longer than all the rest of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Select(forms.Select):
    """The same box as Django's, letter for letter but for the spaces between options."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = {str(one) for one in self.format_value(value)}
        known = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        if self.use_required_attribute(self.is_required) is False:
            known.pop("required", None)
        return format_html("<select{}>{}</select>", flatatt(known), _options(self.choices, chosen))


def _options(choices: Any, chosen: set[str]) -> SafeString:
    return format_html_join("", "{}", ((one,) for one in _each(choices, chosen)))


def _each(choices: Any, chosen: set[str]) -> Iterator[SafeString]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            inner = _options(label, chosen)
            yield format_html('<optgroup label="{}">{}</optgroup>', value, inner)
        else:
            said = "" if value is None else str(value)
            mark = SafeString(" selected") if said in chosen else ""
            yield format_html('<option value="{}"{}>{}</option>', said, mark, label)
