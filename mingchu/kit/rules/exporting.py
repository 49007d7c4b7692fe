"""Exporting 导出导入: the city's rules as the rulebook's YAML, and such YAML as drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.models import RuleVersion
from mingchu.kit.rules import drafting, queries, records
from mingchu.rulebook import lint, reading, store, writing
from mingchu.rulebook.domain import Rule, Version, joined


def documents() -> dict[str, str]:
    """What this city says itself, shipped or approved since, of every rule it has a say of its own
    in: file by file, such as stand in `data/<jurisdiction>/`."""
    approved: dict[str, list[RuleVersion]] = {}
    for row in queries.approved():
        approved.setdefault(row.rule, []).append(row)
    rules = [records.rule_of(rows) for rows in approved.values()]
    own = [rule for rule in store.shipped() if rule.jurisdiction == store.here()]
    families = {rule.family for rule in rules}
    known = joined([rule for rule in own if rule.family in families], rules)
    return {
        f"{store.here()}/{name}.yaml": writing.document(
            sorted((one for one in known if one.family == name), key=lambda one: one.id)
        )
        for name in sorted(families)
    }


def export(folder: Path) -> list[Path]:
    """Writes them below a folder; the paths."""
    written = []
    for name, text in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


@dataclass(frozen=True)
class BroughtIn:
    """What a file became: drafts, and versions that were left where they are, with the reason."""

    drafts: tuple[RuleVersion, ...]
    known: tuple[str, ...]
    past: tuple[str, ...]


@transaction.atomic
def bring_in(*, text: str, author: str) -> BroughtIn:
    """Every version of the file that is not known becomes a draft, or none does."""
    rules = [_rule(raw) for raw in _records(text)]
    drafts, known, past = [], [], []
    for rule in rules:
        for version in rule.versions:
            name = f"{rule.id} {version.since}"
            if _is_known(rule, version):
                known.append(name)
            elif version.since <= clock.today():
                past.append(name)
            else:
                drafts.append(drafting.draft(rule=rule.id, author=author, **_said(version)))
    return BroughtIn(tuple(drafts), tuple(known), tuple(past))


def _records(text: str) -> list[Mapping[str, Any]]:
    content = records.parsed(text)
    found = content.get("rules") if isinstance(content, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise _unreadable("rules: []")
    return found


def _rule(raw: Mapping[str, Any]) -> Rule:
    if wrong := lint.faults_of(raw, store.here()):
        raise _unreadable(f"{wrong[0].rule} {wrong[0].why}")
    rule = reading.rule(raw, store.here())
    shape, unit = (template := records.template(rule.id)).shape, template.unit
    if (rule.shape, rule.unit) != (shape, unit):
        raise _unreadable(f"{rule.id}: {unit} {shape}")
    return rule


def _unreadable(detail: str) -> Refusal:
    return Refusal(
        "rules_unreadable",
        _noop("这不是可以读入的规则文件：{detail}"),
        fix=_noop("请用平台导出的文件，或按规则库数据文件的格式填写"),
        status=422,
        detail=detail,
    )


def _is_known(rule: Rule, version: Version) -> bool:
    own = store.rulebook().said_by(rule.id, store.here())
    versions = own.versions if own else ()
    return any(one.since == version.since and one.value == version.value for one in versions)


def _said(version: Version) -> dict[str, Any]:
    cite, note = version.cite, version.note
    said: dict[str, date | str | Any] = {
        "since": version.since,
        "value": version.value,
        "law": cite.law,
        "number": cite.number,
        "article": cite.article,
        "published": cite.published,
        "status": str(version.status),
        "checked": version.checked,
        "note_zh": note.zh if note else "",
        "note_en": note.en if note else "",
    }
    return said
