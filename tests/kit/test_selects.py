"""Boxes drawn at once are the boxes Django would have drawn."""

from __future__ import annotations

import copy
from html.parser import HTMLParser

import pytest
from django import forms

from mingchu.kit.selects import Box, Select

CHOICES = [
    ("", "全部"),
    ("a", "甲 <一>"),
    (2, "乙 & 二"),
    ("赛罕区", [("150105001", '"一所"'), ("150105002", "二所")]),
]


class Marks(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_data(self, data: str) -> None:
        self.seen += [data.strip()] if data.strip() else []


def drawn(widget: forms.Select, value: object) -> list[object]:
    marks = Marks()
    marks.feed(widget.render("box", value, {"id": "id_box", "class": 'a"b'}))
    return marks.seen


@pytest.mark.parametrize("value", ["", None, "a", 2, "2", "150105002", "nothing"])
def test_a_box_is_the_one_django_draws(value: object) -> None:
    assert drawn(Select(choices=CHOICES), value) == drawn(forms.Select(choices=CHOICES), value)


@pytest.mark.parametrize("value", ["", None, "a", "150105002", "nothing"])
def test_what_is_shared_by_all_forms_is_drawn_the_same(value: object) -> None:
    box = Box(choices=CHOICES, required=False)
    first = drawn(copy.deepcopy(box).widget, "a")

    assert drawn(copy.deepcopy(box).widget, value) == drawn(forms.Select(choices=CHOICES), value)
    assert drawn(copy.deepcopy(box).widget, "a") == first


def test_choices_of_one_form_stay_its_own() -> None:
    class Asked(forms.Form):
        box = Box(choices=[("a", "甲")])

    one, other = Asked({"box": "b"}), Asked({"box": "b"})
    one.fields["box"].choices = [("b", "乙")]  # type: ignore[attr-defined]

    assert (one.is_valid(), other.is_valid()) == (True, False)
    assert ["乙" in str(form["box"]) for form in (one, other)] == [True, False]
