"""Catalogue 译文: gathers what people read, keeps the English beside it, compiles without gettext.

`python -m mingchu.site.catalogue extract|compile|check`. Each app keeps its own
`locale/en/LC_MESSAGES/django.po`; layers without an app are kept in the site's.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import normalize, read_po
from jinja2 import Environment
from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[1]
APPS = (
    "demo",
    "site",
    "flows",
    "alerts",
    "complaints",
    "territory",
    "risk",
    "inspection",
    "registry",
    "draw",
    "trace",
    "signals",
    "kit",
    "accounts",
    "ledger",
    "rulebook",
)
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
HAN_WORD = re.compile(f"{HAN.pattern}+")
MARKED = re.compile(r'<(\w+)[^>]* lang="zh[^>]*>.*?</\1>')
WIDE = re.compile(r"[\u3001-\u303f\uff01-\uff60]")  # punctuation as Chinese sets it
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*(?:[:!][^}]*)?\}")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # in the compiled header, so that equal is bit-equal
HEADER = r"""msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""


class Key(NamedTuple):
    """A message of the source language; `plural` and `context` are mostly empty."""

    text: str
    plural: str = ""
    context: str = ""


# Which arguments of a call are source text: (singular, plural, context), -1 for none.
CALLS = {
    **dict.fromkeys(("_", "_noop", "gettext", "gettext_lazy", "gettext_noop"), (0, -1, -1)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (0, 1, -1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (1, -1, 0)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (1, 2, 0)),
}


def from_python(source: str) -> Iterator[Key]:
    """Texts in gettext calls, and the reason and way out of every Refusal.

    >>> sorted(key.text for key in from_python('Refusal("x", "太长", fix="改短"); _("名称")'))
    ['名称', '太长', '改短']
    """
    tree = ast.parse(source)
    calls = CALLS | _renamed(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
        if name in calls:
            text, plural, context = (_text(node.args, at) for at in calls[name])
            if text:
                yield Key(text, plural, context)
        elif name.endswith("Refusal") or name.startswith("refus"):
            yield from (Key(text) for text in _refusal_texts(node))


def _renamed(tree: ast.AST) -> dict[str, tuple[int, int, int]]:
    """The calls that a file imports by a name of its own choice.

    >>> _renamed(ast.parse("from django.utils.translation import gettext_lazy as later"))
    {'later': (0, -1, -1)}
    """
    return {
        one.asname: CALLS[one.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for one in node.names
        if one.asname and one.name in CALLS
    }


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _text(args: list[ast.expr], at: int) -> str:
    node = args[at] if 0 <= at < len(args) else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _refusal_texts(node: ast.Call) -> Iterator[str]:
    named = [word.value for word in node.keywords if word.arg in {"why", "fix"}]
    for part in [*node.args, *named]:
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and HAN.search(part.value)
        ):
            yield part.value


# Where each call of a template has them; a variable stands there as nothing.
TEMPLATE_CALLS = {
    "_": (0, -1, -1),
    "gettext": (0, -1, -1),
    "ngettext": (0, 1, -1),
    "pgettext": (1, -1, 0),
    "npgettext": (1, 2, 0),
}


def from_template(source: str) -> Iterator[Key]:
    """Texts of `_()`, `pgettext()` and `trans` blocks, as a page will look them up.

    >>> sorted(from_template('{{ pgettext("丙", "甲") }}{% trans n=x %}{{ n }}乙{% endtrans %}'))
    [Key(text='%(n)s乙', plural='', context=''), Key(text='甲', plural='', context='丙')]
    """
    file = io.BytesIO(source.encode())
    for _line, call, said, _comments in babel_extract(file, tuple(TEMPLATE_CALLS), [], {}):
        words = [said] if isinstance(said, str) else [word or "" for word in said or ()]
        yield Key(*(words[at] if at >= 0 else "" for at in TEMPLATE_CALLS[call]))


def outside(source: str) -> Iterator[str]:
    """What stands in a template outside of any tag and translation; an empty text for each tag.

    >>> "".join(outside('{% trans %}甲{% endtrans %}乙{{ _("丙") }}{# 丁 #}'))
    '乙'
    """
    inside, before = False, ""
    for _line, kind, value in Environment(autoescape=True).lex(source):
        if before == "block_begin" and kind == "name":
            inside = value == "trans" or (inside and value != "endtrans")
        if kind != "whitespace":
            before = kind
        yield value if kind == "data" and not inside else ""


def untranslated(source: str) -> Iterator[str]:
    """Chinese that stands in a template outside of any tag, so that nothing can translate it;
    its punctuation too, which is `_("：")` where it joins two texts.

    >>> list(untranslated('{% trans %}甲{% endtrans %}<p lang="zh">乙</p>丙{{ a }}：{{ b }}'))
    ['丙', '：']
    """
    for text in outside(source):
        bare = MARKED.sub("", text)
        yield from HAN_WORD.findall(bare)
        yield from WIDE.findall(bare)


def sources(app: str) -> Iterator[Path]:
    """Files whose texts belong to the app's catalogue."""
    folders = [ROOT / app]
    if app == "site":
        folders += [
            folder
            for folder in ROOT.iterdir()
            if folder.is_dir() and folder.name not in {*APPS, "__pycache__"}
        ]
    for folder in folders:
        yield from sorted(p for p in folder.rglob("*") if p.suffix in {".py", ".html", ".txt"})


def wanted(app: str) -> dict[Key, Path]:
    """The app's texts, in the order of its files, each with the first file that says it."""
    found: dict[Key, Path] = {}
    for path in sources(app):
        if "migrations" in path.parts or (path.suffix != ".py" and "templates" not in path.parts):
            continue
        read = from_python if path.suffix == ".py" else from_template
        for key in read(path.read_text(encoding="utf-8")):
            found.setdefault(key, path)
    return found


def po_path(app: str) -> Path:
    return ROOT / app / "locale" / "en" / "LC_MESSAGES" / "django.po"


def kept(app: str) -> dict[Key, tuple[str, ...]]:
    """The app's translations as they stand in its `.po`."""
    path = po_path(app)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return dict(_pairs(read_po(file, locale="en")))


def _pairs(catalogue: Catalog) -> Iterator[tuple[Key, tuple[str, ...]]]:
    for message in catalogue:
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            text = message.string or ""
            said = (text,) if isinstance(text, str) else tuple(text)
            yield Key(ids[0], ids[1] if len(ids) > 1 else "", _context(message.context)), said


def _context(said: str | bytes | None) -> str:
    """Babel gives that of a `.mo` back as bytes."""
    return said.decode() if isinstance(said, bytes) else said or ""


def write_po(app: str, entries: dict[Key, tuple[str, ...]]) -> None:
    path = po_path(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(map(_entry, entries.items())), encoding="utf-8")


def _entry(entry: tuple[Key, tuple[str, ...]]) -> str:
    key, said = entry
    lines = [f"msgctxt {normalize(key.context, width=0)}"] if key.context else []
    lines.append(f"msgid {normalize(key.text, width=0)}")
    if key.plural:
        lines.append(f"msgid_plural {normalize(key.plural, width=0)}")
        lines += [f"msgstr[{n}] {normalize(text, width=0)}" for n, text in enumerate(said)]
    else:
        lines.append(f"msgstr {normalize(said[0] if said else '', width=0)}")
    return "\n" + "\n".join(lines) + "\n"


def extract() -> Iterator[str]:
    """Brings every `.po` up to date and tells what needs eyes: a text without English, and one
    that borrows the English of another app, where the same word may mean another thing."""
    known = {app: kept(app) for app in APPS}
    elsewhere: dict[Key, tuple[str, ...]] = {}
    for app in APPS:
        elsewhere.update({key: said for key, said in known[app].items() if any(said)})
    for app in APPS:
        entries = {}
        for key in wanted(app):
            said = known[app].get(key, ())
            if not any(said):
                said = elsewhere.get(key, ("", "") if key.plural else ("",))
                yield f"{app}: {key.text!r} " + (f"borrows {said[0]!r}" if any(said) else "is new")
            entries[key] = said
        if entries or known[app]:
            write_po(app, entries)


def compile_all() -> None:
    """Writes each `.mo` beside its `.po`, the same bytes for the same texts."""
    for app in APPS:
        if po_path(app).exists():
            po_path(app).with_suffix(".mo").write_bytes(compiled(kept(app)))


def compiled(entries: dict[Key, tuple[str, ...]]) -> bytes:
    catalogue = Catalog(
        locale="en", creation_date=EPOCH, revision_date=EPOCH, charset="utf-8", fuzzy=False
    )
    for key, said in entries.items():
        text = (key.text, key.plural) if key.plural else key.text
        catalogue.add(text, said if key.plural else said[0], context=key.context or None)
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def faults() -> Iterator[str]:
    """Everything that would show a reader of English the wrong thing."""
    for app in APPS:
        entries = kept(app)
        for key, path in wanted(app).items():
            if not all(entries.get(key, ("",))):
                yield f"{path.relative_to(ROOT)}: no English for {key.text!r}"
        for path in sources(app):
            if path.suffix == ".html":
                raw = untranslated(path.read_text(encoding="utf-8"))
                yield from (
                    f"{path.relative_to(ROOT)}: {word} stands outside of a tag" for word in raw
                )
        for key, said in entries.items():
            yield from (f"{app}: {why}: {key.text!r}" for why in entry_faults(key, said))
        if entries and _compiled_pairs(app) != {k: s for k, s in entries.items() if all(s)}:
            yield f"{app}: django.mo is older than django.po; run compile"
    yield from torn({app: kept(app) for app in APPS})


def torn(catalogues: Mapping[str, Mapping[Key, tuple[str, ...]]]) -> Iterator[str]:
    """Texts that two catalogues put into different English. A reader gets one of them on both
    pages, since catalogues are merged: where a word means two things, a context parts them.

    >>> list(torn({"kit": {Key("核对"): ("Footing",)}, "site": {Key("核对"): ("Check",)}}))
    ["'核对' reads 'Footing' (kit), 'Check' (site): give one of them a context (pgettext)"]
    """
    english: dict[Key, dict[tuple[str, ...], str]] = {}
    for app, entries in catalogues.items():
        for key, said in entries.items():
            english.setdefault(key, {}).setdefault(said, app)
    for key, known in english.items():
        if len(known) > 1:
            told = ", ".join(f"{said[0]!r} ({app})" for said, app in known.items())
            yield f"{key.text!r} reads {told}: give one of them a context (pgettext)"


def _compiled_pairs(app: str) -> dict[Key, tuple[str, ...]]:
    path = po_path(app).with_suffix(".mo")
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return dict(_pairs(read_mo(file)))


def entry_faults(key: Key, said: Iterable[str]) -> Iterator[str]:
    """What is wrong with one translation.

    >>> list(entry_faults(Key("共{n}家"), ("{m} 家",)))
    ['Han characters in the English', 'other places than the source']
    """
    for text in said:
        # What is to be typed as it stands, quoted in the source, stays Chinese.
        if any(f"“{word}”" not in key.text for word in HAN_WORD.findall(text)):
            yield "Han characters in the English"
        if text and not key.plural and set(PLACE.findall(text)) != set(PLACE.findall(key.text)):
            yield "other places than the source"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract"]:
            sys.stdout.write("".join(f"{line}\n" for line in extract()))
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = list(faults())
            sys.stdout.write("".join(f"{fault}\n" for fault in found))
            return 1 if found else 0
        case _:
            sys.stderr.write("usage: python -m mingchu.site.catalogue extract|compile|check\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
