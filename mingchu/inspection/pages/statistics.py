"""Statistics 检查统计: what is found how often and how sure that is, how long it takes, what
becomes of it. Officers are not compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingchu.accounts.access import actor_of, requires
from mingchu.base import clock
from mingchu.base.workdays import ONE_DAY
from mingchu.inspection import after_words
from mingchu.inspection.after_forms import DaysForm
from mingchu.inspection.domain.months import quarter_of
from mingchu.inspection.domain.rates import Rate
from mingchu.inspection.item_words import item_said, library
from mingchu.inspection.models import VisitType
from mingchu.inspection.pages.common import READ, cut, exported, onward
from mingchu.inspection.queries import statistics as queries
from mingchu.inspection.queries.sheets import names_of
from mingchu.inspection.queries.statistics import Asked, Closed, Spent
from mingchu.kit.papers.charts import Chart, bar
from mingchu.kit.sheets.layouts import Kind
from mingchu.kit.sheets.write import Out, OutColumn
from mingchu.registry.places import district_name
from mingchu.registry.words import words as registry_words
from mingchu.rulebook.domain import Title
from mingchu.rulebook.words import words

YEAR = timedelta(days=365)
DRAWN = 12  # items in the picture; the table has all
CODE = 64  # characters of a code in an address
QUARTERS = 8  # that are offered


@dataclass(frozen=True)
class Cell:
    """A figure, and where its rows are."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Table:
    """A table of figures; `rows` are (name, its page or "", cells)."""

    caption: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]


@requires(READ)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    scopes, asked = actor_of(request).scopes_for(READ), _asked(request)
    rates = queries.items(scopes, asked)
    shares = queries.shares(scopes, asked)
    names = _names(one.key for one in rates)
    chart, types = _chart(rates, names), queries.types(scopes, asked)
    shown = {
        "form": DaysForm(initial=asked.query()),
        "asked": asked,
        "query": urlencode(asked.query()),
        "quarters": list(_quarters(asked)),
        # What a chart draws is escaped there, text by text.
        "svg": mark_safe(chart.svg) if chart else "",  # noqa: S308
        "anything": bool(types),
        "items": _items(rates, names, asked),
        "tables": [
            _shares(_("按业态"), _("业态"), shares["kind"], asked, "kind"),
            _shares(_("按旗县区"), _("旗县区"), shares["district"], asked, "district"),
            _shares(_("按季度"), _("季度"), shares["quarter"], asked, "quarter"),
            _results(queries.results(scopes, asked), asked),
            _types(types, asked),
            _times(queries.times(scopes, asked), asked),
            _closed(queries.corrections(scopes, asked), asked),
        ],
    }
    return render(request, "inspection/statistics.html", shown)


def _asked(request: HttpRequest) -> Asked:
    """Asked days, or those of a year; what cannot be understood is not asked."""
    form = DaysForm(request.GET)
    form.is_valid()
    said = {name: value for name, value in form.cleaned_data.items() if value}
    today = clock.today()
    return Asked(**{"since": today - YEAR, "until": today, **said})


def _quarters(asked: Asked) -> Iterator[dict[str, Any]]:
    """The last ones, the newest first, each with the address that asks for its days."""
    day = clock.today()
    for _nth in range(QUARTERS):
        first, last = quarter_of(day)
        yield {
            "name": _name("quarter", f"{first.year}-{last.month // 3}"),
            "href": f"?{urlencode(replace(asked, since=first, until=last).query())}",
            "here": (asked.since, asked.until) == (first, last),
        }
        day = first - ONE_DAY


def _names(items: Iterable[str]) -> dict[str, str]:
    """What items are called today; those that the library has no more by the lists of their day."""
    today, codes = clock.today(), set(items)
    said = {code: item_said(code, today) for code in codes & library(today).keys()}
    kept = {code: words(Title(*names)) for code, names in names_of(codes - said.keys()).items()}
    return {**{code: code for code in codes}, **kept, **said}


def _rows(asked: Asked, **more: Any) -> str:
    query = urlencode(replace(asked, **more).query())
    return f"{reverse('inspection:statistics_rows')}?{query}"


def _findings(asked: Asked, **more: str) -> str:
    days = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    place = {name: getattr(asked, name) for name in ("district", "kind") if getattr(asked, name)}
    return f"{reverse('inspection:findings')}?{urlencode({**days, **place, **more})}"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _between(one: Rate) -> str:
    low, high = one.interval
    return f"{low * 100:.1f}–{high * 100:.1f} %"


def _chart(rates: Sequence[Rate], names: Mapping[str, str]) -> Chart | None:
    shown = [one for one in rates if one.hits][:DRAWN]
    if not shown:
        return None
    labels = [names[one.key] for one in shown]
    lows = [round(one.interval[0] * 100, 1) for one in shown]
    return bar(_("至少有多少次检查不符合（%，95%置信下限）"), labels, lows)


def _items(rates: Sequence[Rate], names: Mapping[str, str], asked: Asked) -> Table:
    rows = [
        (
            names[one.key],
            [
                Cell(f"{one.hits:,}", _rows(asked, item=one.key) if one.hits else ""),
                Cell(f"{one.of:,}"),
                Cell(_percent(one.share)),
                Cell(_between(one)),
            ],
        )
        for one in rates
    ]
    return Table(
        _("各项目的发现率，按95%置信下限从高到低"),
        (_("检查项目"), _("不符合"), _("适用"), _("发现率"), _("95%置信区间")),
        rows,
    )


def _shares(caption: str, what: str, rates: Sequence[Rate], asked: Asked, name: str) -> Table:
    rows = [
        (
            _name(name, one.key),
            [
                Cell(f"{one.hits:,}", _rows(asked, found=True, **{name: one.key})),
                Cell(f"{one.of:,}", _rows(asked, **{name: one.key})),
                Cell(_percent(one.share)),
                Cell(_between(one)),
            ],
        )
        for one in rates
    ]
    head = (what, _("发现问题"), _("检查次数"), _("发现率"), _("95%置信区间"))
    return Table(caption, head, rows)


def _name(by: str, key: str) -> str:
    if by == "kind":
        return registry_words().kinds.get(key, key)
    if by == "district":
        return district_name(key)
    year, _dash, quarter = key.partition("-")
    return _("%(year)s年第%(n)s季度") % {"year": year, "n": quarter}


def _results(found: Iterable[tuple[str, int]], asked: Asked) -> Table:
    rows = [
        (after_words.result_name(code, asked.until), [Cell(f"{n:,}", _rows(asked, result=code))])
        for code, n in found
    ]
    return Table(_("按检查结果，一次检查可以有几种"), (_("检查结果"), _("检查次数")), rows)


def _types(found: Iterable[tuple[str, int]], asked: Asked) -> Table:
    rows = [
        (str(VisitType(code).label), [Cell(f"{n:,}", _rows(asked, type=code))]) for code, n in found
    ]
    return Table(_("按检查类型"), (_("检查类型"), _("检查次数")), rows)


def _times(found: Iterable[Spent], asked: Asked) -> Table:
    rows = [
        (
            str(VisitType(one.type).label),
            [
                Cell(f"{one.count:,}", _rows(asked, type=one.type)),
                *(Cell(f"{minutes:.0f}") for minutes in (one.low, one.median, one.high)),
            ],
        )
        for one in found
    ]
    head = (_("检查类型"), _("检查次数"), _("四分之一不超过"), _("半数不超过"), _("四分之三不超过"))
    return Table(_("现场用时（分钟）"), head, rows)


def _closed(one: Closed, asked: Asked) -> Table:
    days = "—" if one.median_days is None else f"{one.median_days:.0f}"
    share = _percent(one.in_time / one.of) if one.of else "—"
    cells = [
        Cell(f"{one.in_time:,}", _findings(asked, show="settled") if one.in_time else ""),
        Cell(f"{one.of:,}", _findings(asked, show="all") if one.of else ""),
        Cell(share),
        Cell(days),
    ]
    head = (_("限期整改"), _("按期了结"), _("已了结或已到期"), _("按期率"), _("半数不超过（天）"))
    return Table(_("整改闭环"), head, [(_("合计"), cells)])


@requires(READ)
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The records behind a figure."""
    asked, page = _asked_rows(request), request.GET.get("page", "")
    found = queries.records(actor_of(request).scopes_for(READ), asked)
    found = found.select_related("visit", "business").defer("body", "business__search_text")
    shown, following = cut(found, page)
    known = {
        "rows": [
            {**after_words.record_said(one), "district": district_name(one.district)}
            for one in shown
        ],
        "count": found.count(),
        "asked": asked,
        "item": _names([asked.item])[asked.item] if asked.item else "",
        **onward(asked.query(), following, page),
    }
    return render(request, "inspection/statistics_rows.html", known)


def _asked_rows(request: HttpRequest) -> Asked:
    """The same with what a figure asks beside; a code that is none is not asked."""
    asked, said = _asked(request), request.GET
    types, quarter = VisitType.values, said.get("quarter", "")
    year, dash, part = quarter.partition("-")
    fine = dash and len(year) == 4 and year.isdecimal() and part in ("1", "2", "3", "4")
    return replace(
        asked,
        type=said.get("type", "") if said.get("type") in types else "",
        result=said.get("result", "")[:CODE],
        item=said.get("item", "")[:CODE],
        quarter=quarter if fine else "",
        found=said.get("found") == "1",
    )


@requires(READ)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Rates of all items as a file."""
    rates = queries.items(actor_of(request).scopes_for(READ), _asked(request))
    columns = [
        OutColumn(_("检查项目")),
        OutColumn(_("代码"), Kind.CODE),
        OutColumn(_("不符合"), Kind.NUMBER),
        OutColumn(_("适用"), Kind.NUMBER),
        OutColumn(_("发现率"), Kind.NUMBER),
        OutColumn(_("95%置信下限"), Kind.NUMBER),
        OutColumn(_("95%置信上限"), Kind.NUMBER),
    ]
    return exported(request, "inspection-items", _("检查统计"), columns, _out(rates))


def _out(rates: Sequence[Rate]) -> Iterator[list[Out]]:
    names = _names(one.key for one in rates)
    for one in rates:
        low, high = one.interval
        shares = [round(share, 4) for share in (one.share, low, high)]
        yield [names[one.key], one.key, one.hits, one.of, *shares]
