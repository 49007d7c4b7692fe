"""What every page may call: words escaped, days said, processors asked once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import dateformat, translation
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from mingchu.base import clock
from mingchu.site.templating import PLAIN, day, escaped

pages = engines["templating"]


@given(st.text())
def test_words_are_escaped_as_markupsafe_does(text: str) -> None:
    assert escaped(text) == escaped(text) == escape(text)
    assert isinstance(escaped(text), Markup)


@pytest.mark.parametrize("value", [1, True, 1.0, None, Markup("<b>"), "<b>"])
def test_values_of_other_kinds_are_not_taken_for_each_other(value: object) -> None:
    assert str(escaped(value)) == str(escape(value))


def test_a_lazy_word_reads_in_the_language_of_the_moment() -> None:
    word = gettext_lazy("首页")
    with translation.override("zh-hans"):
        chinese = escaped(word)
    with translation.override("en"):
        assert escaped(word) != chinese == "首页"


def test_a_page_escapes_what_it_is_given() -> None:
    page = pages.from_string("{{ name }}|{{ name|upper }}|{{ name|safe }}")
    for _again in range(2):
        assert page.render({"name": "<i>&"}) == "&lt;i&gt;&amp;|&lt;I&gt;&amp;|<i>&"


@given(st.datetimes(min_value=datetime(1000, 1, 2), timezones=st.just(UTC)))  # noqa: DTZ001
def test_days_read_as_djangos(moment: datetime) -> None:
    city = clock.city(moment)
    for form in (*PLAIN, "c"):
        assert day(moment, form) == dateformat.format(city, form)
    assert day(city.date(), "Y-m-d") == dateformat.format(city.date(), "Y-m-d")


def test_no_day_reads_as_nothing() -> None:
    assert day(None, "Y-m-d") == ""


def test_a_piece_in_another_language_asks_the_processors_again() -> None:
    request = RequestFactory().get("/")
    page = pages.from_string("{{ _('首页') }} {{ public_links[0].label }}")
    with translation.override("zh-hans"):
        assert page.render({}, request) == page.render({}, request) == "首页 首页"
    with translation.override("en"):
        assert "首页" not in page.render({}, request)
