"""Lint 规则体检: what is wrong with the data of the rulebook, each fault with its place and reason.

Looks at what was read before anything is made of it, so that one bad line hides no other. A book
without a fault has a citation, a day of check and a jurist's case for every version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_noop as _noop

from mingchu.rulebook import cases, reading, store
from mingchu.rulebook.domain import JURISDICTION, RULE_ID, Rule, Rulebook, family
from mingchu.rulebook.kinds import Shape, Status, Unit
from mingchu.rulebook.reading import Document
from mingchu.rulebook.values import freeze, misfits

WHY = {
    "bad_yaml": _noop("文件读不懂：{detail}"),
    "wrong_place": _noop("放错了地方：{detail}"),
    "unknown_key": _noop("不认识的键：{detail}"),
    "missing": _noop("缺少：{detail}"),
    "untitled": _noop("中英文不全：{detail}"),
    "unknown_unit": _noop("不认识的单位：{detail}"),
    "unknown_shape": _noop("不认识的形式：{detail}"),
    "unknown_status": _noop("不认识的核对状态：{detail}"),
    "misfit": _noop("取值与单位、形式不合：{detail}"),
    "not_ascending": _noop("版本没有按施行日期先后排列，或同一天有两个：{detail}"),
    "duplicate_id": _noop("编号重复：{detail}"),
    "override_differs": _noop("单位或形式与上级的同名规则不一致：{detail}"),
    "calendar_gap": _noop("工作日历须逐年相接，每年自1月1日起：{detail}"),
    "no_case": _noop("这个版本没有案例：{detail}"),
    "unknown_rule": _noop("案例所问的规则不存在，或那一天没有施行：{detail}"),
    "wrong_outcome": _noop("案例的结果不对：{detail}"),
}
RULE_KEYS = {"id", "title", "unit", "versions"}
VERSION_KEYS = {"since", "value", "cite", "status", "checked"}
CITE_KEYS = {"law", "article", "number", "published"}
CASE_KEYS = {"id", "says", "rule", "on", "given", "expect"}
Found = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Fault:
    """One thing to mend: which file, which rule or case, what kind of fault, where exactly."""

    file: str
    rule: str
    code: str
    detail: str = field(default="")

    @property
    def why(self) -> str:
        return translate(WHY[self.code]).format(detail=self.detail)

    def plain(self) -> dict[str, str]:
        return {"file": self.file, "rule": self.rule, "code": self.code, "why": self.why}


def lint(data: Path = store.DATA, cases_folder: Path = store.CASES) -> tuple[Fault, ...]:
    """Every fault of a book and its cases; none when both are in order."""
    records = list(_records(reading.rule_documents(data), "rules"))
    asked = list(_records(reading.case_documents(cases_folder), ""))
    faults = [one for one in (*records, *asked) if isinstance(one, Fault)]
    sound: list[Placed] = []
    for one in (one for one in records if isinstance(one, Placed)):
        wrong = [one.fault(code, detail) for code, detail in _rule(one)]
        faults += wrong
        sound += [] if wrong else [one]
    rules = {one: reading.rule(one.raw, one.jurisdiction) for one in sound}
    faults += _twice(records, asked)
    faults += _together(rules)
    faults += _case_faults([one for one in asked if isinstance(one, Placed)], rules)
    return tuple(sorted(faults, key=lambda one: (one.file, one.rule, one.code, one.detail)))


def faults_of(raw: Mapping[str, Any], jurisdiction: str) -> tuple[Fault, ...]:
    """What is wrong with one rule of a jurisdiction by itself, wherever its record comes from."""
    rule_family = family(str(raw.get("id", "")))
    document = Document(Path(f"{rule_family}.yaml"), jurisdiction, rule_family, None)
    placed = Placed(document, raw)
    return tuple(placed.fault(code, detail) for code, detail in _rule(placed))


@dataclass(frozen=True, eq=False)
class Placed:
    """A record of a file, a rule or a case, as it was read."""

    document: Document
    raw: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.raw.get("id", "?"))

    @property
    def jurisdiction(self) -> str:
        return self.document.jurisdiction

    def fault(self, code: str, detail: str) -> Fault:
        return Fault(self.document.name, self.id, code, detail)


def _records(documents: Iterable[Document], key: str) -> Iterator[Placed | Fault]:
    """The records of each file; a file of rules keeps them under `rules`, beside its `laws`."""
    for document in documents:
        content = document.content
        if document.fault:
            yield Fault(document.name, "", "bad_yaml", document.fault)
            continue
        if key and isinstance(content, Mapping):
            strange = sorted(map(str, content.keys() - {"laws", key}))
            yield from (Fault(document.name, "", "unknown_key", one) for one in strange)
            content = content.get(key)
        if not isinstance(content, list) or not all(isinstance(one, Mapping) for one in content):
            yield Fault(document.name, "", "bad_yaml", key or "[]")
        else:
            yield from (Placed(document, one) for one in content)


# ── One rule ──


def _rule(placed: Placed) -> Found:
    raw = placed.raw
    yield from _keys(raw, RULE_KEYS, {"shape", "labels", "internal"}, "")
    if not isinstance(raw.get("internal", False), bool):
        yield "misfit", "internal"
    if not JURISDICTION.fullmatch(placed.jurisdiction):
        yield "wrong_place", placed.jurisdiction
    if not RULE_ID.fullmatch(placed.id) or family(placed.id) != placed.document.family:
        yield "wrong_place", f"{placed.id} ≠ {placed.document.family}.*"
    yield from _title(raw, "title")
    labels = raw.get("labels", {})
    for key in labels if isinstance(labels, Mapping) else ():
        yield from _title(labels, key)
    yield from _choice_of(raw, "unit", Unit, "unknown_unit")
    yield from _choice_of(raw, "shape", Shape, "unknown_shape")
    yield from _versions(raw)


def _keys(raw: Mapping[str, Any], needed: set[str], allowed: set[str], place: str) -> Found:
    yield from (("missing", f"{place}{key}") for key in sorted(needed - raw.keys()))
    strange = sorted(map(str, raw.keys() - needed - allowed))
    yield from (("unknown_key", f"{place}{key}") for key in strange)


def _title(raw: Mapping[str, Any], key: str) -> Found:
    words = raw.get(key)
    if key in raw and not (
        isinstance(words, Mapping)
        and words.keys() == {"zh", "en"}
        and all(isinstance(text, str) and text.strip() for text in words.values())
    ):
        yield "untitled", str(key)


def _choice_of(raw: Mapping[str, Any], key: str, known: Iterable[str], code: str) -> Found:
    if key in raw and raw[key] not in list(known):
        yield code, str(raw[key])


def _versions(raw: Mapping[str, Any]) -> Found:
    versions = raw.get("versions", [])
    if not isinstance(versions, list) or not all(isinstance(one, Mapping) for one in versions):
        yield "misfit", "versions: []"
        return
    if not versions:
        yield "missing", "versions"
    for version in versions:
        yield from _version(version, f"{version.get('since', '?')} ", raw)
    days = [one["since"] for one in versions if _is_day(one.get("since"))]
    steps = pairwise(days)
    yield from (("not_ascending", str(later)) for before, later in steps if later <= before)


def _version(version: Mapping[str, Any], place: str, raw: Mapping[str, Any]) -> Found:
    yield from _keys(version, VERSION_KEYS, {"note"}, place)
    for key in ("since", "checked"):
        if key in version and not _is_day(version[key]):
            yield "misfit", f"{place}{key}"
    yield from _title(version, "note")
    yield from _choice_of(version, "status", Status, "unknown_status")
    yield from _cite(version, place)
    unit, shape = raw.get("unit"), raw.get("shape", Shape.PLAIN)
    if version.get("value") is not None and unit in list(Unit) and shape in list(Shape):
        wrong = misfits(freeze(version["value"]), Unit(unit), Shape(shape))
        yield from (("misfit", place + detail) for detail in wrong)


def _cite(version: Mapping[str, Any], place: str) -> Found:
    cite = version.get("cite", dict.fromkeys(CITE_KEYS, "?"))
    if not isinstance(cite, Mapping):
        yield "missing", f"{place}cite"
        return
    yield from _keys(cite, CITE_KEYS, set(), f"{place}cite.")
    # An unread source may not tell its number; a source that was compared has one.
    needed = CITE_KEYS - ({"number"} if version.get("status") != Status.VERIFIED else set())
    empty = sorted(key for key in needed & cite.keys() if not str(cite[key] or "").strip())
    yield from (("missing", f"{place}cite.{key}") for key in empty)
    if "cite" in version and "published" not in empty and not _is_day(cite.get("published")):
        yield "misfit", f"{place}cite.published"


def _is_day(value: Any) -> bool:
    return type(value) is date


# ── The rules beside one another ──


def _twice(*kinds: Iterable[Placed | Fault]) -> Iterator[Fault]:
    for records in kinds:
        seen: set[tuple[str, str]] = set()
        for one in records:
            if isinstance(one, Placed):
                if (key := (one.jurisdiction, one.id)) in seen:
                    yield one.fault("duplicate_id", one.id)
                seen.add(key)


def _together(rules: Mapping[Placed, Rule]) -> Iterator[Fault]:
    first: dict[str, Rule] = {}
    for placed, rule in sorted(rules.items(), key=lambda pair: len(pair[1].jurisdiction)):
        above = first.setdefault(rule.id, rule)
        if (above.unit, above.shape) != (rule.unit, rule.shape):
            yield placed.fault("override_differs", f"{above.jurisdiction}: {above.unit}")
        if rule.shape is Shape.CALENDAR:
            yield from (placed.fault("calendar_gap", day) for day in _gaps(rule))


def _gaps(rule: Rule) -> Iterator[str]:
    begin = rule.versions[0].since.year
    for number, version in enumerate(rule.versions):
        if version.since != date(begin + number, 1, 1):
            yield str(version.since)
            return


# ── Cases ──


def _case_faults(asked: list[Placed], rules: Mapping[Placed, Rule]) -> Iterator[Fault]:
    book = Rulebook(list(rules.values()))
    good: list[cases.Case] = []
    for placed in asked:
        wrong = list(_case(placed.raw))
        yield from (placed.fault(code, detail) for code, detail in wrong)
        if not wrong:
            case = reading.case(placed.raw, placed.document.family)
            good.append(case)
            yield from (placed.fault(code, detail) for code, detail in _outcome(case, book))
    tested = store.tested(list(rules.values()), good)
    for placed, rule in rules.items():
        for version in rule.versions:
            if not tested[rule.id, rule.jurisdiction, version.since] and _speaks(
                book, rule, version
            ):
                yield placed.fault("no_case", str(version.since))


def _speaks(book: Rulebook, rule: Rule, version: object) -> bool:
    segments = book.rule(rule.id, rule.jurisdiction).segments
    return any(segment.version is version for segment in segments)


def _case(raw: Mapping[str, Any]) -> Found:
    yield from _keys(raw, CASE_KEYS, {"in"}, "")
    yield from _title(raw, "says")
    checks: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        ("id", lambda value: isinstance(value, str)),
        ("rule", lambda value: isinstance(value, str)),
        ("on", _is_day),
        ("given", lambda value: isinstance(value, Mapping)),
        ("in", lambda value: JURISDICTION.fullmatch(str(value)) is not None),
    )
    yield from (("misfit", key) for key, fit in checks if key in raw and not fit(raw[key]))


def _outcome(case: cases.Case, book: Rulebook) -> Found:
    if case.rule not in book.ids_in(case.jurisdiction):
        yield "unknown_rule", case.rule
        return
    found = cases.outcome(case, book, store.calendar_in(book, case.jurisdiction))
    if not cases.agrees(found, case.expect):
        told = cases.told(found)
        yield "wrong_outcome", f"{told} ≠ {cases.told(case.expect)}"
