"""Boxes drawn at once are the boxes Django would have drawn."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django import forms

from mingchu.kit.selects import Select

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
