"""Reading 读取: YAML into rules and cases; numbers stay exact, days are days, words are words.

YAML 1.2's own words only: `on` and `off` are keys like any other, `08:30` is text, and a key that
stands twice is a fault. What is read here was found fit by `lint`; nothing is checked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mingchu.base.errors import Refusal
from mingchu.rulebook.cases import HOME, Case
from mingchu.rulebook.domain import Citation, Rule, Title, Version
from mingchu.rulebook.kinds import Shape, Status, Unit
from mingchu.rulebook.scoring import sheet_misfits
from mingchu.rulebook.values import freeze

# Parsing in C is ten times as fast, where the library has it.
_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAG = "tag:yaml.org,2002:"


class Loader(_Fast):  # type: ignore[misc]
    """The safe loader with the words of YAML 1.2, exact numbers, and no key twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if isinstance(node, yaml.MappingNode):
            self._refuse_twice(node)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found

    def _refuse_twice(self, node: yaml.MappingNode) -> None:
        seen: set[str] = set()
        for key, _value in node.value:
            if key.tag != f"{TAG}merge" and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value}: twice", key.start_mark
                )
            seen.add(key.value)


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", "n~"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
    (
        "timestamp",
        r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d)?(?:Z|[-+]\d\d:\d\d)?)?",
        "0123456789",
    ),
    ("merge", r"<<", "<"),
):
    Loader.add_implicit_resolver(f"{TAG}{_tag}", re.compile(f"(?:{_pattern})$"), list(_first))
Loader.add_implicit_resolver(f"{TAG}null", re.compile(r"$"), [""])


def _decimal(loader: Any, node: yaml.ScalarNode) -> Decimal:
    return Decimal(node.value)


def _timestamp(loader: Any, node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if len(text) == len("2026-11-20"):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text.replace(" ", "T").replace("t", "T"))


Loader.add_constructor(f"{TAG}float", _decimal)
Loader.add_constructor(f"{TAG}timestamp", _timestamp)


class Document(NamedTuple):
    """One file as it was read: where it belongs, what it holds, or why it could not be read."""

    path: Path
    jurisdiction: str
    family: str
    content: Any
    fault: str = ""

    @property
    def name(self) -> str:
        return f"{self.jurisdiction}/{self.path.name}" if self.jurisdiction else self.path.name


def parse(text: str) -> Any:
    """What a YAML text holds.

    >>> parse("{on: 2026-02-10, share: 0.35, off: no}")
    {'on': datetime.date(2026, 2, 10), 'share': Decimal('0.35'), 'off': 'no'}
    """
    return yaml.load(text, Loader)  # noqa: S506 a safe loader


def rule_documents(folder: Path) -> Iterator[Document]:
    """Every file of rules, the nation's first."""
    for path in sorted(folder.glob("*/*.yaml")):
        yield _document(path, path.parent.name)


def case_documents(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.glob("*.yaml")):
        yield _document(path, "")


def _document(path: Path, jurisdiction: str) -> Document:
    try:
        content, fault = parse(path.read_text(encoding="utf-8")), ""
    except (yaml.YAMLError, ValueError) as error:
        content, fault = None, " ".join(str(error).split())
    return Document(path, jurisdiction, path.stem, content, fault)


def rule(raw: Mapping[str, Any], jurisdiction: str) -> Rule:
    """A rule from its record."""
    labels = {str(key): Title(**words) for key, words in raw.get("labels", {}).items()}
    if raw.get("shape") == Shape.SHEET:
        for version in raw["versions"]:
            _refuse_unsound(raw["id"], version)
    return Rule(
        id=raw["id"],
        title=Title(**raw["title"]),
        unit=Unit(raw["unit"]),
        shape=Shape(raw.get("shape", Shape.PLAIN)),
        jurisdiction=jurisdiction,
        versions=tuple(map(_version, raw["versions"])),
        labels=freeze(labels),
        internal=raw.get("internal", False),
    )


def _refuse_unsound(rule_id: str, version: Mapping[str, Any]) -> None:
    """A sheet that does not add up is not loaded: no grade may come of it."""
    wrong = next(sheet_misfits(version["value"]), "") if version["value"] is not None else ""
    if wrong:
        raise Refusal(
            "unsound_sheet",
            "评分表 {rule}（{since}）有误：{where}",
            fix="请按所指的位置改正；mingchu rules lint 会列出全部问题",
            status=422,
            rule=rule_id,
            since=version["since"],
            where=wrong,
        )


def _version(raw: Mapping[str, Any]) -> Version:
    return Version(
        since=raw["since"],
        value=freeze(raw["value"]),
        cite=Citation(**raw["cite"]),
        status=Status(raw["status"]),
        checked=raw["checked"],
        note=Title(**raw["note"]) if raw.get("note") else None,
    )


def case(raw: Mapping[str, Any], family: str) -> Case:
    """A case from its record."""
    return Case(
        id=raw["id"],
        says=Title(**raw["says"]),
        rule=raw["rule"],
        on=raw["on"],
        jurisdiction=raw.get("in", HOME),
        given=freeze(raw["given"]),
        expect=freeze(raw["expect"]),
        family=family,
    )
