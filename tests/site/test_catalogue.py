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
    chinese = [
        said.strip()
        for said in words.said
        if catalogue.HAN.search(said) or catalogue.WIDE.search(said)
    ]
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


def test_a_word_that_means_two_things_has_a_context_for_each():
    source = """pgettext_lazy("batch", "待核对"); npgettext("row", "行", "行", n)"""
    renamed = "from django.utils.translation import gettext_lazy as later\nlater('公开')"
    template = """{{ pgettext("batch", "待核对") }}{{ npgettext("row", "行", "行", n) }}"""

    assert set(catalogue.from_python(source)) == set(catalogue.from_template(template))
    assert set(catalogue.from_template(template)) == {
        catalogue.Key("待核对", context="batch"),
        catalogue.Key("行", "行", "row"),
    }
    assert list(catalogue.from_python(renamed)) == [catalogue.Key("公开")]


def test_a_word_borrowed_from_another_context_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.setattr(catalogue, "APPS", ("draw", "kit"))
    for app, said in (("draw", '_("待核对")'), ("kit", '_("待核对"), _("新")')):
        (tmp_path / app).mkdir()
        (tmp_path / app / "words.py").write_text(said, encoding="utf-8")
    catalogue.write_po("draw", {catalogue.Key("待核对"): ("Recalled",)})

    assert list(catalogue.extract()) == ["kit: '待核对' borrows 'Recalled'", "kit: '新' is new"]


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
