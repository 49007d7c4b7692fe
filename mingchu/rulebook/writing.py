"""Writing 写出: rules as YAML that `reading` reads back unchanged, shaped like the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml

from mingchu.rulebook.domain import Rule, Title, Version
from mingchu.rulebook.kinds import Shape

WIDTH = 10_000  # one record stays on one line, as a person would write it


class Dumper(yaml.SafeDumper):
    """Numbers exact, days as days, no anchors: every record says all of itself."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    if value == value.to_integral_value():
        return dumper.represent_scalar("tag:yaml.org,2002:int", str(int(value)))
    return dumper.represent_scalar("tag:yaml.org,2002:float", f"{value.normalize():f}")


Dumper.add_representer(Decimal, _decimal)


def written(value: Any) -> str:
    """A value, or a whole document, as YAML.

    >>> written({"a": Decimal("2.50"), "code": "0101"})
    "{a: 2.5, code: '0101'}\\n"
    """
    return yaml.dump(
        thawed(value),
        Dumper=Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=WIDTH,
    )


def thawed(value: Any) -> Any:
    """The same value of plain dicts and lists."""
    if isinstance(value, Mapping):
        return {str(key): thawed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [thawed(inner) for inner in value]
    return str(value) if isinstance(value, str) else value


def document(rules: Sequence[Rule]) -> str:
    """A file of rules, such as stands in `data/<jurisdiction>/<family>.yaml`."""
    return written({"rules": [record(rule) for rule in rules]})


def record(rule: Rule) -> dict[str, Any]:
    """A rule as its record; `reading.rule` makes the rule of it again."""
    found: dict[str, Any] = {
        "id": rule.id,
        "title": _title(rule.title),
        "unit": str(rule.unit),
    }
    if rule.shape is not Shape.PLAIN:
        found["shape"] = str(rule.shape)
    if rule.internal:
        found["internal"] = True
    if rule.labels:
        found["labels"] = {key: _title(words) for key, words in rule.labels.items()}
    return {**found, "versions": [version_record(one) for one in rule.versions]}


def version_record(version: Version) -> dict[str, Any]:
    cite = version.cite
    found = {
        "since": version.since,
        "value": thawed(version.value),
        "cite": {
            "law": cite.law,
            "number": cite.number,
            "article": cite.article,
            "published": cite.published,
        },
        "status": str(version.status),
        "checked": version.checked,
    }
    return {**found, "note": _title(version.note)} if version.note else found


def _title(words: Title) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
