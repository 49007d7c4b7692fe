"""Addresses that templates write are those that Django would."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from mingchu.site.addresses import url


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("registry:business", ([1], [28], [1_111_000])),
        ("rulebook:rule", (["retention.people"], ["grade.bands"])),
        ("rulebook:rule", (["a b%"], ["a/b"], ["规则"])),
        ("alerts:order", ([3], [17])),
    ],
)
def test_a_place_is_filled_as_django_fills_it(name: str, values: list[Any]) -> None:
    for args in values:
        assert said(url, name, *args) == said(lambda n, *a: reverse(n, args=a), name, *args)


def test_a_page_without_places_is_remembered() -> None:
    assert (
        url("registry:businesses") == url("registry:businesses") == reverse("registry:businesses")
    )


def test_a_value_the_place_does_not_take_is_refused_as_django_does() -> None:
    url("registry:business", 28)

    for wrong in ("", "no number", None):
        with pytest.raises((NoReverseMatch, ValueError, TypeError)):
            url("registry:business", wrong)


def test_a_name_nobody_has_is_refused() -> None:
    assert get_resolver()
    with pytest.raises(NoReverseMatch):
        url("registry:nothing", 1)


def said(write: Any, *asked: Any) -> str:
    try:
        found: str = write(*asked)
    except NoReverseMatch:
        return "none"
    return found
