"""Select boxes drawn at once: Django draws every option through a template of its own, which for a
hundred supervision stations takes longer than all the rest of a list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from markupsafe import escape


class Select(forms.Select):
    """The same box as Django's, letter for letter but for the spaces between options."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        known = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        if self.use_required_attribute(self.is_required) is False:
            known.pop("required", None)
        offered = self.choices
        drawn = offered.drawn if isinstance(offered, Offered) else partial(_options, offered)
        return format_html("<select{}>{}</select>", flatatt(known), drawn(chosen))


class Offered(BaseChoiceIterator):
    """Choices in the form Django brings them into; it goes over them no more.

    Drawn once for each language and choice: they never change, and their words are lazy.
    """

    def __init__(self, choices: list[tuple[Any, Any]]):
        self.choices = choices
        self.values = frozenset(_values(choices))
        self._drawn: dict[tuple[str | None, frozenset[str]], SafeString] = {}

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return iter(self.choices)

    def drawn(self, chosen: set[str]) -> SafeString:
        key = (get_language(), self.values & chosen)
        if key not in self._drawn:
            self._drawn[key] = _options(self.choices, chosen)
        return self._drawn[key]


def _values(choices: Any) -> Iterator[str]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _values(label)
        else:
            yield "" if value is None else str(value)


class Box(forms.ChoiceField):
    """A choice drawn by `Select`, whose words all forms share.

    Django copies the words for every form and goes over them again; they are set anew, never
    changed, so nothing is lost by sharing.
    """

    widget = Select

    def __init__(self, *, choices: list[tuple[Any, Any]] | None = None, **more: Any):
        super().__init__(choices=Offered(choices or []), **more)

    def __deepcopy__(self, memo: dict[int, Any]) -> Box:
        return super(forms.ChoiceField, self).__deepcopy__(memo)


def _options(choices: Any, chosen: set[str]) -> SafeString:
    return SafeString("".join(_each(choices, chosen)))


def _each(choices: Any, chosen: set[str]) -> Iterator[str]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield f'<optgroup label="{escape(value)}">{_options(label, chosen)}</optgroup>'
        else:
            said = "" if value is None else str(value)
            mark = " selected" if said in chosen else ""
            yield f'<option value="{escape(said)}"{mark}>{escape(label)}</option>'
