"""Every name of the project has its word, and every word its place."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps

from mingchu.ops.docs.events import events
from mingchu.ops.docs.sources import PACKAGE
from mingchu.site import catalogue
from mingchu.site.glossary import named, terms

HAN = re.compile(r"[\u4e00-\u9fff]")
# A folder that holds only its card and its name waits for its content.
CONTEXTS = sorted(
    folder.name
    for folder in PACKAGE.iterdir()
    if {path.name for path in folder.glob("*.py")} - {"__init__.py", "apps.py"}
)
OWN = [m for m in apps.get_models() if m.__module__.startswith("mingchu.")]


def test_every_context_has_its_entry_in_the_glossary() -> None:
    assert [name for name in CONTEXTS if name not in named()] == []


def test_every_model_has_its_entry_in_the_glossary() -> None:
    names = [f"{model._meta.app_label}.{model.__name__}" for model in OWN]

    assert [name for name in names if name not in named()] == []


def test_every_event_has_its_entry_in_the_glossary() -> None:
    assert [event.kind for event in events() if event.kind not in named()] == []


def test_every_rule_has_its_entry_in_the_glossary() -> None:
    """A rule's own titles are its words; the glossary names the family a rule belongs to."""
    rules = pytest.importorskip("mingchu.rulebook.store", reason="the rulebook has not come")
    families = {rule_id.split(".")[0] for rule_id in rules.rulebook().ids()}

    assert sorted(f for f in families if f"rulebook.{f}" not in named() and f not in named()) == []


def test_an_entry_is_bilingual_says_something_and_stands_once() -> None:
    twice = [code for code, n in Counter((t.code, t.zh) for t in terms()).items() if n > 1]
    poor = [t.code for t in terms() if not HAN.search(t.zh) or HAN.search(t.en) or not t.says]

    assert (twice, poor) == ([], [])


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_every_model_and_column_has_a_chinese_name(model: type) -> None:
    meta = model._meta  # type: ignore[attr-defined]
    named_in_chinese = [bool(HAN.search(str(meta.verbose_name)))]
    bare = [
        field.name
        for field in meta.get_fields()
        if field.concrete
        and not field.primary_key
        and field.model is model
        and not HAN.search(str(field.verbose_name))
        and not _inherited(model, field.name)
    ]

    assert all(named_in_chinese)
    assert bare == []


def _inherited(model: type, field: str) -> bool:
    """Columns a framework's base class brings (`password`, `last_login`) carry its own names."""
    return any(
        field in {f.name for f in getattr(base, "_meta").get_fields()}  # noqa: B009
        for base in model.__mro__[1:]
        if hasattr(base, "_meta") and not base.__module__.startswith("mingchu.")
    )


def test_the_word_of_a_state_is_parted_from_the_same_word_elsewhere() -> None:
    """One Chinese text has one English in all contexts, and a state reads like an act in Chinese:
    拟定 is "Being drafted" of a plan and "Draft" on a button. So each state has a context."""
    plain, shared = [], {}
    for model in OWN:
        field = next((f for f in model._meta.get_fields() if f.name == "state"), None)
        for _code, label in getattr(field, "choices", None) or ():
            said = label._args  # what the lazy text was made of: (context, text) or (text,)
            if len(said) < 2:
                plain.append(f"{model._meta.label}: {label}")
            else:
                shared.setdefault(said[0], set()).add(model._meta.label)

    assert plain == []
    assert [names for names in shared.values() if len(names) > 1] == []


# Names that are the same in every language.
NAMES = {"mingchu", "English", "API", "PIN", "CSV", "JSON", "Excel", "Apache"}
WORD = re.compile(r"[A-Za-z]{2,}")
TAG = re.compile(r"<(script|style|code|pre)\b.*?</\1>|<[^>]*>|&\w+;", re.DOTALL)


@pytest.mark.parametrize(
    "path",
    sorted(PACKAGE.glob("*/templates/**/*.html")),
    ids=lambda path: "/".join(path.parts[path.parts.index("templates") + 1 :]),
)
def test_a_template_says_nothing_outside_of_a_translation(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert list(catalogue.untranslated(source)) == []
    assert [word for word in english_words(source) if word not in NAMES] == []


def english_words(source: str) -> list[str]:
    """Words a reader would see that no translation tag holds; a variable leaves a blank."""
    text = "".join(part or "\0" for part in catalogue.outside(source))
    return WORD.findall(TAG.sub("\0", text))


def test_words_of_a_template_are_found_where_a_reader_sees_them() -> None:
    source = '<p class="a" {% if x %}hidden{% endif %}>Hello {{ _("好") }}<code>id</code>'

    assert english_words(source) == ["Hello"]
