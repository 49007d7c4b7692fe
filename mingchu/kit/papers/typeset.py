"""Typesetting 排版: a template and data become a PDF, the same bytes for the same data and moment.

Data travel as JSON beside the template, so nothing a person typed is ever read as markup.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mingchu.base import clock
from mingchu.kit.papers import fonts

TEMPLATES = Path(__file__).parent / "typst"
_kept = threading.local()
_COUNT = re.compile(rb"/Count (\d+)")


@dataclass(frozen=True)
class Paper:
    """A finished document; `missing` names the characters that no font could set."""

    pdf: bytes
    missing: tuple[str, ...]

    @property
    def pages(self) -> int:
        """How many sheets it takes: what the root of its page tree counts."""
        return max(map(int, _COUNT.findall(self.pdf)))


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    title: str,
    at: datetime | None = None,
    landscape: bool = False,
) -> Paper:
    """Sets `data` by `template` (a file of `typst/` without its ending)."""
    words = _words()
    text = {*_signs(data), *title, *(sign for word in words.values() for sign in word)}
    choice = fonts.choose(text)
    filled = {
        **data,
        **words,
        "title": title,
        "families": choice.families,
        "demo": bool(getattr(settings, "DEMO", False)),
        "landscape": landscape,
        "lang": "en" if (get_language() or "").startswith("en") else "zh",
    }
    named = _with_names(filled, choice.missing) if choice.missing else filled
    pdf = _compile(template, named, at or clock.now())
    return Paper(pdf, tuple(sorted(map(fonts.named, choice.missing))))


def _words() -> dict[str, str]:
    """The template's own words, in the reader's language."""
    return {
        "word_demo": _("演示数据"),
        "word_page": _("第 {page} 页，共 {pages} 页"),
        "word_attachments": _("附件"),
        "word_sign": _("签名"),
        "word_date": _("日期"),
    }


def _compile(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    made = _compiler(template).compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave several files for one PDF")
    return made


def _compiler(template: str) -> typst.Compiler:
    """One compiler per thread and template: it keeps what it has parsed and shaped."""
    key = (template, fonts.installed_folder())
    known: dict[tuple[str, str], typst.Compiler] = _kept.__dict__.setdefault("compilers", {})
    if key not in known:
        known[key] = typst.Compiler(
            str(TEMPLATES / f"{template}.typ"),
            root=str(TEMPLATES),
            font_paths=fonts.book(key[1]),
            ignore_system_fonts=True,
        )
    return known[key]


def _signs(value: Any) -> Iterator[str]:
    """Every character of every text in a JSON value."""
    if isinstance(value, str):
        yield from set(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _signs(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _signs(item)


def _with_names(value: Any, missing: frozenset[str]) -> Any:
    """The same value with each character that cannot be set replaced by its name."""
    if isinstance(value, str):
        return "".join(f"〔{fonts.named(s)}〕" if s in missing else s for s in value)
    if isinstance(value, Mapping):
        return {key: _with_names(item, missing) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_names(item, missing) for item in value]
    return value
