"""Words 说法: values, units, places and states of rules as people and programs read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mingchu.base.money import FEN_PER_YUAN
from mingchu.identifiers.divisions import division
from mingchu.rulebook import scoring
from mingchu.rulebook.bands import is_number
from mingchu.rulebook.domain import Citation, Title
from mingchu.rulebook.kinds import Shape, Status, Unit
from mingchu.rulebook.reading import parse
from mingchu.rulebook.scoring import Kind, Weight, points_of

GLOSSARY = Path(__file__).parents[1] / "glossary.yaml"
HUNDRED = 100
KEY_MARK = "★"  # as printed lists mark key items
ONE_LINE = 44  # characters of a value that still reads at a glance
STATUSES = {
    Status.VERIFIED: pgettext_lazy("citation", "已核对"),
    Status.SECONDARY: pgettext_lazy("citation", "据转载"),
    Status.RECALLED: pgettext_lazy("citation", "待核对"),
    Status.DEMO: pgettext_lazy("citation", "演示值"),
}
STATUS_SAYS = {
    Status.VERIFIED: _("已与公布的原文核对。"),
    Status.SECONDARY: _("依据转载或汇编，还没有与公布的原文核对。"),
    Status.RECALLED: _("凭记忆录入，还没有核对；以公布的原文为准。"),
    Status.DEMO: _("本平台为演示设定，不是法规条文；正式使用前由本市确定。"),
}


def words(title: Title) -> str:
    """A title in the reader's language."""
    return title.said(get_language() or "zh-hans")


def heading(title: Title) -> str:
    """A title that stands alone: at the head of a row, on a card, in a choice."""
    said = words(title)
    return said[:1].upper() + said[1:]


def place_name(jurisdiction: str) -> str:
    """Who speaks: the nation, the region or the city by its name."""
    found = division(jurisdiction[3:]) if jurisdiction != "cn" else None
    if found is None:
        return gettext("国家") if jurisdiction == "cn" else jurisdiction
    return words(Title(found.zh, found.en))


@cache
def _families() -> Mapping[str, Title]:
    """The families' names stand in the glossary, like every other name of the house."""
    known = parse(GLOSSARY.read_text(encoding="utf-8"))
    return {
        code.strip().removeprefix("rulebook."): Title(entry["zh"], entry["en"])
        for entry in known
        for code in entry["code"].split(",")
        if code.strip().startswith("rulebook.")
    }


def family_name(family: str) -> str:
    return heading(_families().get(family, Title(family, family)))


def cited(cite: Citation) -> str:
    """A citation on one line."""
    law = f"《{cite.law}》" if not cite.law.startswith("《") else cite.law
    number = f"（{cite.number}）" if cite.number else ""
    return f"{law}{number}{cite.article}"


# ── Amounts ──

Say = Callable[[str, int], str]
UNITS: Mapping[Unit, Say] = {
    Unit.WORKING_DAY: lambda n, k: ngettext("{n}个工作日", "{n}个工作日", k).format(n=n),
    Unit.CALENDAR_DAY: lambda n, k: ngettext("{n}日", "{n}日", k).format(n=n),
    Unit.MONTH: lambda n, k: ngettext("{n}个月", "{n}个月", k).format(n=n),
    Unit.YEAR: lambda n, k: ngettext("{n}年", "{n}年", k).format(n=n),
    Unit.HOUR: lambda n, k: ngettext("{n}小时", "{n}小时", k).format(n=n),
    Unit.MINUTE: lambda n, k: ngettext("{n}分钟", "{n}分钟", k).format(n=n),
    Unit.POINTS: lambda n, k: ngettext("{n}分", "{n}分", k).format(n=n),
    Unit.PEOPLE: lambda n, k: ngettext("{n}人", "{n}人", k).format(n=n),
    Unit.YUAN: lambda n, k: gettext("{n}元").format(n=n),
    Unit.SQUARE_METRE: lambda n, k: gettext("{n}平方米").format(n=n),
    Unit.TIMES_PER_YEAR: lambda n, k: gettext("每年{n}次").format(n=n),
    Unit.DEGREE: lambda n, k: f"{n}℃",
    Unit.PERCENT: lambda n, k: f"{n}%",
    Unit.COUNT: lambda n, k: n,
}


def amount(number: int | Decimal, unit: Unit) -> str:
    """A number with its unit.

    >>> amount(Decimal("0.35"), Unit.SHARE), amount(1500, Unit.COUNT)
    ('35%', '1,500')
    """
    if unit is Unit.FEN:
        return amount(Decimal(number) / FEN_PER_YUAN, Unit.YUAN)
    if unit is Unit.SHARE:
        return amount(number * HUNDRED, Unit.PERCENT)
    whole = int(number) if number == int(number) else None
    text = f"{whole:,}" if whole is not None else f"{Decimal(number).normalize():,f}"
    return UNITS.get(unit, UNITS[Unit.COUNT])(text, 2 if whole is None else abs(whole))


def said(value: Any, unit: Unit, labels: Mapping[str, Title]) -> str:
    """A plain value in words: amounts, words, or a list of them."""
    if value is None:
        return gettext("不作规定")
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if is_number(value):
        return amount(value, unit)
    if isinstance(value, tuple):
        return gettext("、").join(said(one, unit, labels) for one in value)
    if isinstance(value, Mapping):
        return gettext("；").join(
            f"{label(key, labels)}: {said(one, unit, labels)}" for key, one in value.items()
        )
    return label(str(value), labels) if not isinstance(value, date) else value.isoformat()


def label(key: str, labels: Mapping[str, Title]) -> str:
    return words(labels[key]) if key in labels else key


# ── Values by shape ──


@dataclass(frozen=True)
class Table:
    """A table as the template prints it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_wide(self) -> bool:
        """More columns than a phone has room for."""
        return len(self.head) > len(("what", "how much"))


@dataclass(frozen=True)
class ValueWords:
    """A value in one line, and at length where one line cannot hold it."""

    short: str
    table: Table | None = None


@dataclass(frozen=True)
class Told:
    """What is needed to say a value: it comes from a ruling or from a version of a rule."""

    value: Any
    unit: Unit
    shape: Shape
    labels: Mapping[str, Title]


def value_words(told: Told) -> ValueWords:
    if told.value is None:
        return ValueWords(gettext("废止"))
    return BY_SHAPE[told.shape](told)


def _plain(told: Told) -> ValueWords:
    value = told.value
    if told.unit is not Unit.TABLE:
        return ValueWords(said(value, told.unit, told.labels))
    if isinstance(value, Mapping):
        rows = tuple(
            (label(k, told.labels), said(v, told.unit, told.labels)) for k, v in value.items()
        )
        return ValueWords(_rows(len(rows)), Table((gettext("项目"), gettext("规定")), rows))
    if value and all(isinstance(one, Mapping) for one in value):
        return ValueWords(_rows(len(value)), _wide(value, told.labels))
    return ValueWords(said(value, told.unit, told.labels))


def _rows(count: int) -> str:
    return ngettext("{n}项", "{n}项", count).format(n=count)


def _wide(rows: Iterable[Mapping[str, Any]], labels: Mapping[str, Title]) -> Table:
    """A list of records alike, its keys as columns in the order they first come."""
    keys = tuple(dict.fromkeys(key for row in rows for key in row))
    return Table(
        tuple(label(key, labels) for key in keys),
        tuple(
            tuple(said(row[key], Unit.COUNT, labels) if key in row else "—" for key in keys)
            for row in rows
        ),
    )


def _bands(told: Told) -> ValueWords:
    rows = tuple(_band_rows(told.value, told.unit, told.labels))
    counted = ngettext("分{n}档", "分{n}档", len(rows)).format(n=len(rows))
    tops = [f"≤ {amount(band['to'], told.unit)}" for band in told.value["bands"]]
    measured = [*tops, rows[-1][0]]
    short = _at_a_glance(zip(measured, (row[1] for row in rows), strict=True), counted)
    return ValueWords(short, Table((gettext("数值"), gettext("结果")), rows))


def _at_a_glance(rows: Iterable[tuple[str, str]], counted: str) -> str:
    """The whole of a small table on one line; of a larger one how much there is."""
    text = " · ".join(f"{what} {result}" for what, result in rows)
    return text if len(text) <= ONE_LINE else counted


def _band_rows(
    value: Mapping[str, Any], unit: Unit, labels: Mapping[str, Title]
) -> Iterator[tuple[str, str]]:
    below = ""
    for band in value["bands"]:
        top = amount(band["to"], unit)
        yield f"{below}≤ {top}", said(band["is"], Unit.COUNT, labels)
        below = f"> {top} · "
    yield below.removesuffix(" · "), said(value["above"], Unit.COUNT, labels)


def _choice(told: Told) -> ValueWords:
    rows = tuple(
        (label(key, told.labels), said(result, told.unit, told.labels))
        for key, result in told.value.items()
    )
    counted = ngettext("分{n}种情形", "分{n}种情形", len(rows)).format(n=len(rows))
    short = _at_a_glance(rows, counted)
    return ValueWords(short, Table((gettext("情形"), gettext("规定")), rows))


def _sheet(told: Told) -> ValueWords:
    items = told.value["items"]
    top = sum((points_of(item) for item in items), 0)
    short = gettext("{n}项，满分{top}").format(n=len(items), top=amount(top, Unit.POINTS))
    if passing := told.value.get("passing"):
        short += gettext("，{points}合格").format(points=amount(passing, Unit.POINTS))
    proved = any(item.get("evidence") for item in items)
    head = (gettext("项目"), gettext("分值"), gettext("计分"), gettext("凭据"))
    rows = [
        (
            _named(item),
            amount(points_of(item), Unit.POINTS) if points_of(item) else "—",
            _how(item),
            proof(item) or "—",
        )
        for item in items
    ]
    shown = len(head) if proved else len(head) - 1
    return ValueWords(short, Table(head[:shown], tuple(row[:shown] for row in rows)))


def _named(item: Mapping[str, Any]) -> str:
    """A key item of a checklist bears its letter."""
    said = words(Title(item["zh"], item["en"]))
    return f"{KEY_MARK} {said}" if item.get("weight") == Weight.KEY else said


def proof(item: Mapping[str, Any]) -> str:
    """What proves an item: a photo, a measured value between its ends, or words of its own."""
    match item.get("evidence", ""):
        case scoring.PHOTO:
            return gettext("拍照")
        case scoring.MEASURE:
            return ranged(item["range"], Unit(item["unit"]))
        case said:
            return str(said)


def ranged(ends: Mapping[str, int | float | Decimal], unit: Unit) -> str:
    """A range in one breath.

    >>> ranged({"from": 0, "to": 8}, Unit.DEGREE), ranged({"to": -18}, Unit.DEGREE)
    ('0℃ – 8℃', '≤ -18℃')
    """
    said = {end: amount(Decimal(str(number)), unit) for end, number in ends.items()}
    if len(said) == len(("from", "to")):
        return f"{said['from']} – {said['to']}"
    return f"≥ {said['from']}" if "from" in said else f"≤ {said['to']}"


def _how(item: Mapping[str, Any]) -> str:
    """How an item gives points."""
    match item["kind"]:
        case Kind.BAND:
            return gettext("；").join(
                f"{row.said}: {scoring.told(row.points)}" for row in scoring.bands_of(item)
            )
        case Kind.PER_DEFECT:
            each = amount(item["deduct"], Unit.POINTS)
            return gettext("每处问题扣{each}，扣完为止").format(each=each)
        case Kind.RATIO:
            return gettext("按比例得分")
        case Kind.VETO:
            return gettext("一票否决")
        case Kind.CHOICE:
            names = option_names(item)
            return gettext("；").join(
                f"{names[one['id']]}: {scoring.told(one['is'])}" for one in item["options"]
            )
        case _:
            return gettext("符合得分，不符合不得分")


def option_names(item: Mapping[str, Any]) -> dict[str, str]:
    """The options of a choice in the reader's language, by id."""
    return {one["id"]: words(Title(one["zh"], one["en"])) for one in item.get("options", ())}


def reason_said(item: Mapping[str, Any], why: Mapping[str, Any]) -> str:
    """Why an item gave what it gave, in the reader's language."""
    return scoring.said(why, gettext, option_names(item))


def _calendar(told: Told) -> ValueWords:
    off, makeup = told.value["off"], told.value["makeup"]
    announced = told.value["announced"]
    short = gettext("放假{off}天，调休上班{makeup}天").format(off=len(off), makeup=len(makeup))
    comma = gettext("、")
    rows = (
        (gettext("放假"), comma.join(spans(off)) or "—"),
        (gettext("调休上班"), comma.join(spans(makeup)) or "—"),
    )
    if not announced:
        short = gettext("尚未公布，暂只扣除法定节日")
    return ValueWords(short, Table((gettext("安排"), gettext("日期")), rows))


def spans(days: Iterable[date]) -> Iterator[str]:
    """Days that follow one another, as one span.

    >>> list(spans([date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 5)]))
    ['2026-01-01 – 2026-01-02', '2026-01-05']
    """
    numbered = enumerate(sorted(days))
    for _start, group in groupby(numbered, key=lambda pair: pair[1] - timedelta(days=pair[0])):
        run = [day for _number, day in group]
        yield f"{run[0]} – {run[-1]}" if len(run) > 1 else str(run[0])


BY_SHAPE: Mapping[Shape, Callable[[Told], ValueWords]] = {
    Shape.PLAIN: _plain,
    Shape.BANDS: _bands,
    Shape.CHOICE: _choice,
    Shape.SHEET: _sheet,
    Shape.CALENDAR: _calendar,
}
