"""Rows of the city's rules as the rulebook has them, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml
from django.utils.translation import gettext_noop as _noop

from mingchu.base.errors import Refusal
from mingchu.kit.models import RuleVersion
from mingchu.rulebook import reading, scoring, store, writing
from mingchu.rulebook.domain import Citation, Rule, Title, Version
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.values import freeze


def template(rule_id: str) -> Rule:
    """Title, unit, shape and labels under which this city speaks; it says nothing itself yet."""
    nearest = store.shipped().rule(rule_id, store.here()).nearest
    return replace(nearest, jurisdiction=store.here(), versions=())


def version_of(row: RuleVersion) -> Version:
    """As the rulebook has it; a draft may lack what its review will ask for."""
    return Version(
        since=row.since,
        value=freeze(value_of(row)),
        cite=Citation(row.law, row.number, row.article, row.published or row.since),
        status=Status(row.status),
        checked=row.checked,
        note=Title(row.note_zh, row.note_en) if row.note_zh or row.note_en else None,
    )


def rule_of(rows: Sequence[RuleVersion]) -> Rule:
    """Rows of one rule as one rule."""
    dated = sorted(rows, key=lambda row: row.since)
    return replace(template(rows[0].rule), versions=tuple(map(version_of, dated)))


def record_of(row: RuleVersion) -> dict[str, Any]:
    """The rule's record with this version alone, in which the lint finds what is missing."""
    record = writing.record(rule_of([row]))
    if row.published is None:
        del record["versions"][0]["cite"]["published"]
    return record


def value_of(row: RuleVersion) -> Any:
    return reading.parse(row.value)


def written(value: Any) -> str:
    """As it is kept and exported; a bare number needs no mark of its end."""
    return writing.written(value).removesuffix("...\n")


def parsed(text: str) -> Any:
    """A value as somebody typed it."""
    try:
        return reading.parse(text)
    except (yaml.YAMLError, ValueError) as error:
        raise Refusal(
            "bad_yaml",
            _noop("规定的内容读不懂：{detail}"),
            fix=_noop("请按 YAML 的写法填写，冒号后面空一格"),
            status=422,
            detail=" ".join(str(error).split())[:200],
        ) from None


def digest_of(row: RuleVersion) -> str:
    """Names the words of a version, whoever wrote them."""
    record: Mapping[str, Any] = {"rule": row.rule, **writing.version_record(version_of(row))}
    return scoring.digest(record)
