"""`docs/rules.md`: every rule with its citation and footing, written from the data."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import translation

from mingchu.rulebook import store, words
from mingchu.rulebook.domain import Rule, Version
from mingchu.rulebook.kinds import Status
from mingchu.rulebook.words import Told

HEAD = """# Rules

Generated from `mingchu/rulebook/data`; a test compares. Every number the law or the city fixes is
here with law, article, number and day of publication, and for every version a jurist's case runs
in the tests. Nation `cn`, region `cn-15`, city `cn-1501`: the nearest speaks.
Rules that a city keeps to its officers (`internal: true`) are left out here as on `/rules/`.

* `verified`: compared with the published text.
* `secondary`: from a copy or a digest, not compared yet.
* `recalled`: from memory, not compared yet.
* `demo`: set by this project for its demo city; no law says so.

"""
COLUMNS = ("Rule", "规则", "Title", "Where", "Since", "Value", "Cite", "Status", "Checked", "Cases")


def page() -> str:
    with translation.override("en"):
        book = store.rulebook()
        known = (rule for rule in book if not book.rule(rule.id, rule.jurisdiction).is_internal)
        rules = sorted(known, key=lambda rule: (rule.id, rule.jurisdiction))
        return HEAD + _counts(rules) + "".join(_sections(rules))


def _counts(rules: list[Rule]) -> str:
    versions = [version for rule in rules for version in rule.versions]
    rows = [(f"`{status}`", str(_count(versions, status))) for status in Status]
    ids = len({rule.id for rule in rules})
    cited = sum(bool(v.cite.law and v.cite.article) for v in versions)
    share = f"{100 * cited // len(versions)} %" if versions else "–"
    said = (
        f"{ids} rules in {len(versions)} versions, {share} cited, {len(store.cases())} cases.\n\n"
    )
    return said + _table(("Status", "Versions"), rows)


def _count(versions: Iterable[Version], status: Status) -> int:
    return sum(version.status is status for version in versions)


def _sections(rules: list[Rule]) -> Iterable[str]:
    for family in sorted({rule.family for rule in rules}):
        rows = [
            _row(rule, version)
            for rule in rules
            if rule.family == family
            for version in rule.versions
        ]
        yield f"\n## {words.family_name(family)}\n\n{_table(COLUMNS, rows)}"


def _row(rule: Rule, version: Version) -> tuple[str, ...]:
    cite = version.cite
    told = Told(version.value, rule.unit, rule.shape, rule.labels)
    tested = store.rulebook().rule(rule.id, rule.jurisdiction).tested
    return (
        f"`{rule.id}`",
        rule.title.zh,
        rule.title.en,
        f"`{rule.jurisdiction}`",
        str(version.since),
        words.value_words(told).short,
        f"{words.cited(cite)}, {cite.published}",
        str(version.status),
        str(version.checked),
        str(tested.get((rule.jurisdiction, version.since), 0)),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )
