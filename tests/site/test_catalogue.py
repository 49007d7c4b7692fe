"""Whoever reads English finds English."""

from html.parser import HTMLParser

import pytest
from django.conf import settings
from walked import desk_pages, public_pages

from mingchu.site import catalogue

VOID = {"meta", "link", "input", "br", "img", "hr", "rect", "circle", "path", "polygon"}


class Words(HTMLParser):
    """What a page says, but for parts marked as Chinese; a language is called by its own name."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.chinese: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        above = bool(self.chinese and self.chinese[-1])
        here = (known.get("lang") or "").startswith("zh") or (above and "lang" not in known)
        if tag not in VOID:
            self.chinese.append(here)
        if not here:
            told = ("title", "alt", "placeholder", "aria-label", "content", "data-label")
            self.said += [known[name] or "" for name in told if name in known]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.chinese.pop()

    def handle_data(self, data: str) -> None:
        if not self.chinese or not self.chinese[-1]:
            self.said.append(data)


def han(html: str) -> list[str]:
    words = Words()
    words.feed(html)
    chinese = [said.strip() for said in words.said if catalogue.HAN.search(said)]
    return [said for said in chinese if said not in dict(settings.LANGUAGES).values()]


def test_every_text_has_its_english_and_is_compiled():
    assert list(catalogue.faults()) == []


def test_texts_are_found_wherever_people_read_them():
    source = """Refusal("x", "太长{n}", fix="改短"); ngettext("一家", "多家", n); _("a" "名称")"""
    template = '{{ _("甲") }}\n  {% trans a=b %}乙{{ a }}{% endtrans %}'

    assert {key.text for key in catalogue.from_python(source)} == {
        "太长{n}",
        "改短",
        "一家",
        "a名称",
    }
    assert {key.text for key in catalogue.from_template(template)} == {"甲", "乙%(a)s"}


def test_the_same_texts_compile_to_the_same_bytes():
    entries = catalogue.kept("site")

    assert catalogue.compiled(entries) == catalogue.compiled(dict(entries))


@pytest.mark.django_db
def test_pages_in_english_hold_no_chinese(client, officer):
    desk = officer("city", "admin", "auditor")
    walked = [(client, page) for page in public_pages(client)]
    walked += [(desk, page) for page in desk_pages(desk)]

    chinese = {
        page: found
        for who, page in walked
        if (found := han(who.get(page, headers={"Accept-Language": "en"}).content.decode()))
    }

    assert len(walked) >= 6
    assert chinese == {}
