"""What orders show on the city page: five pictures, each with an equal table of links.

Counted inside the reader's scopes and kept half a minute between two looks, as the page's other
figures are. Stations stand by district and number: no figure here ranks anybody by what he did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import dropwhile
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import Actor, may
from mingchu.alerts import limits
from mingchu.alerts.domain.figures import LONGER_DAYS, RECENT_DAYS, Band
from mingchu.alerts.domain.states import HANDLE
from mingchu.alerts.move_names import SEVERITY_NAMES
from mingchu.alerts.order_rows import list_of
from mingchu.alerts.order_words import band_name
from mingchu.alerts.queries import figures
from mingchu.alerts.queries.figures import Counted, Load, Share, Spent
from mingchu.alerts.queries.orders import READ
from mingchu.alerts.words import kind_name
from mingchu.base import clock
from mingchu.base.remembered import Remembered
from mingchu.base.slots import CITY, Section
from mingchu.kit.drawn import drawn
from mingchu.kit.papers.charts import Chart, Series, bar, line, number, stacked
from mingchu.registry.places import district_name
from mingchu.registry.queries import area_names

KEPT = Remembered[Any](seconds=30)
A_DAY = timedelta(days=1)
STATIONS_AT_ONCE = 24  # more are shown district by district first


def hang() -> None:
    """Called once, when the app is ready."""
    for place, (key, title, draw) in enumerate(
        (
            ("ageing", _("在办工单：来了多久"), _ageing),
            ("closing", _("办结用时"), _closing),
            ("repeats", _("再次发生"), _repeats),
            ("false_alarms", _("误报"), _false_alarms),
            ("loads", _("各监管所在办工单"), _loads),
        )
    ):
        CITY.add(f"alerts.{key}", Section(title, READ, draw), order=10 + place)


@dataclass(frozen=True)
class Cell:
    """A figure of a table, and where its rows are."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Table:
    """The same as a picture shows."""

    caption: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]


def _kept(request: HttpRequest, count: Callable[[Actor], Any]) -> Any:
    actor = actor_of(request)
    key = (count.__name__, frozenset(actor.scopes_for(READ)), clock.today())
    return KEPT.get(key, partial(count, actor))


def _drawn(request: HttpRequest, chart: Chart | None, *tables: Table, **more: Any) -> SafeString:
    # What the charts draw is escaped there, text by text.
    svg = mark_safe(chart.svg) if chart else ""  # noqa: S308
    known = {"svg": svg, "tables": tables, **more}
    return drawn("alerts/orders/_city.html", known, request)


def _nothing(request: HttpRequest, said: str) -> SafeString:
    return _drawn(request, None, nothing=said)


def _cell(counted: Counted) -> Cell:
    return Cell(number(counted.n), list_of(counted.wanted))


def _measured(value: float | None, counted: Counted, unit: str = "") -> Cell:
    """A figure that was worked out, with the rows it stands on."""
    if value is None:
        return Cell("–")
    return Cell(f"{value:,.1f}{unit}", list_of(counted.wanted))


def _ageing(request: HttpRequest) -> SafeString:
    rows = _kept(request, figures.ageing)
    if not rows[-1].open.n:
        return _nothing(request, gettext("辖区内没有在办的工单"))
    said = {"late": gettext("已逾期"), "in_time": gettext("未逾期")}
    names = [_band(one.band) for one in rows]
    title = gettext("在办工单按来了多少天计")
    parts = [
        Series(said["in_time"], tuple(float(one.in_time.n) for one in rows[:-1])),
        Series(said["late"], tuple(float(one.overdue.n) for one in rows[:-1])),
    ]
    table = Table(
        title,
        (gettext("来了多久"), said["in_time"], said["late"], gettext("在办")),
        [
            (name, [_cell(one.in_time), _cell(one.overdue), _cell(one.open)])
            for name, one in zip(names, rows, strict=True)
        ],
    )
    note = gettext("从立单之日起按自然日计；计时中止的不算逾期。")
    return _drawn(request, stacked(title, names[:-1], parts), table, note=note)


def _band(band: Band | None) -> str:
    return str(band_name(band)) if band else gettext("合计")


def _days(spent: timedelta | None) -> float | None:
    return None if spent is None else round(spent / A_DAY, 1)


MEDIAN, P90 = _("半数不超过（天）"), _("九成不超过（天）")


def _closing(request: HttpRequest) -> SafeString:
    recent, monthly = _kept(request, figures.closing_times)
    if not any(one.closed.n for one in (*recent, *monthly)):
        return _nothing(request, gettext("近几个月没有办结的工单"))
    monthly = list(dropwhile(lambda one: not one.closed.n, monthly)) or monthly
    names = [f"{one.window.first:%Y-%m}" for one in monthly]
    title = gettext("各月办结的工单从立单到办结用了多少天")
    parts = [
        Series(str(MEDIAN), tuple(_days(one.median) for one in monthly)),
        Series(str(P90), tuple(_days(one.p90) for one in monthly)),
    ]
    by_month = Table(
        title,
        (gettext("月份"), gettext("已办结"), str(MEDIAN), str(P90)),
        [(name, _times(one)) for name, one in zip(names, monthly, strict=True)],
    )
    note = gettext("从立单到办结的自然时间，含夜间和休息日；办结后又重新办理的，算到最后一次办结。")
    return _drawn(request, line(title, names, parts), by_month, _by_severity(recent), note=note)


def _times(one: Spent) -> list[Cell]:
    worked_out = (_measured(_days(spent), one.closed) for spent in (one.median, one.p90))
    return [_cell(one.closed), *worked_out]


def _by_severity(recent: Sequence[Spent]) -> Table:
    """A line for each severity: of the last days, then of the more of them."""
    rows = [
        (_severity(short), [*_times(short), *_times(longer)])
        for short, longer in zip(recent[::2], recent[1::2], strict=True)
    ]
    closed = [gettext("近%(days)s天办结") % {"days": days} for days in (RECENT_DAYS, LONGER_DAYS)]
    times = [str(MEDIAN), str(P90)]
    head = (gettext("级别"), closed[0], *times, closed[1], *times)
    return Table(gettext("近%(days)s天，按级别") % {"days": LONGER_DAYS}, head, rows)


def _severity(one: Spent) -> str:
    return str(SEVERITY_NAMES[one.severity]) if one.severity else gettext("全部")


def _repeats(request: HttpRequest) -> SafeString:
    ruling = limits.repeat_rule(clock.today())
    days = int(ruling.number())
    return _shares(
        request,
        _kept(request, figures.repeats),
        heads=(gettext("已办结"), gettext("又立同类工单")),
        title=gettext("办结后又立同类工单的占比（%）"),
        nothing=gettext("满观察期的办结工单还没有"),
        note=ngettext(
            "同一经营者在办结后%(n)s天内又有同类工单的；误报和并入其他工单的不算。"
            "只看已满观察期的%(window)s天。",
            "同一经营者在办结后%(n)s天内又有同类工单的；误报和并入其他工单的不算。"
            "只看已满观察期的%(window)s天。",
            days,
        )
        % {"n": days, "window": LONGER_DAYS},
        ruling=ruling,
    )


def _false_alarms(request: HttpRequest) -> SafeString:
    return _shares(
        request,
        _kept(request, figures.false_alarms),
        heads=(gettext("已了结"), gettext("误报")),
        title=gettext("认定为误报的占比（%）"),
        nothing=gettext("近%(days)s天没有了结的工单") % {"days": LONGER_DAYS},
        note=gettext("近%(days)s天了结的工单，不含并入其他工单的。") % {"days": LONGER_DAYS},
    )


def _shares(
    request: HttpRequest,
    rows: Sequence[Share],
    *,
    heads: tuple[str, str],
    title: str,
    nothing: str,
    **more: Any,
) -> SafeString:
    if not rows[-1].of.n:
        return _nothing(request, nothing)
    names = [kind_name(one.kind) if one.kind else gettext("合计") for one in rows]
    rates = [round(one.rate or 0, 1) for one in rows]
    table = Table(
        title,
        (gettext("事项"), *heads, gettext("占比")),
        [
            (name, [_cell(one.of), _cell(one.part), _measured(one.rate, one.part, " %")])
            for name, one in zip(names, rows, strict=True)
        ],
    )
    return _drawn(request, bar(title, names, rates), table, **more)


def _loads(request: HttpRequest) -> SafeString:
    rows: list[Load] = _kept(request, figures.loads)
    if not rows:
        return _nothing(request, gettext("辖区内没有监管所"))
    shown = _named(rows)
    title = gettext("各监管所在办工单")
    all_of_them = _load_table(request, title, gettext("监管所"), shown)
    note = gettext("按旗县区和监管所编号排列，不作排名。人数是今天在所里有承办权限的人。")
    if len(shown) <= STATIONS_AT_ONCE:
        return _drawn(request, _load_chart(title, shown), all_of_them, note=note)
    title = gettext("各旗县区监管所在办工单")
    whole = _by_district(rows)
    table = _load_table(request, title, gettext("旗县区"), whole)
    return _drawn(request, _load_chart(title, whole), table, note=note, folded=all_of_them)


Named = tuple[str, Load]


def _named(rows: Collection[Load]) -> list[Named]:
    """In the order of districts, in each as the registry numbers its stations, which is how
    people know them; what no station has last."""
    names = area_names({one.station for one in rows})
    ordered = sorted(rows, key=lambda one: (one.district or "~", one.station or "~"))
    return [(_place(one, names.get(one.station, one.station)), one) for one in ordered]


def _place(one: Load, name: str) -> str:
    district = str(district_name(one.district)) if one.district else ""
    if one.station:
        return name if name.startswith(district) else f"{district} {name}"
    said = gettext("不在监管所")
    return f"{district} {said}" if district else gettext("未划定旗县区")


def _by_district(rows: Collection[Load]) -> list[Named]:
    parts: dict[str, list[Load]] = defaultdict(list)
    for one in rows:
        parts[one.district].append(one)
    return [
        (str(district_name(code)) if code else gettext("未划定旗县区"), _whole(own))
        for code, own in sorted(parts.items(), key=lambda pair: pair[0] or "~")
    ]


def _whole(own: Sequence[Load]) -> Load:
    """A district with all its stations; whoever is at two of them counts once."""
    first = own[0]
    asked = replace(first.open.wanted, station="")
    return Load(
        first.district,
        "",
        frozenset[int]().union(*(one.people for one in own)),
        Counted(sum(one.open.n for one in own), asked),
        Counted(sum(one.overdue.n for one in own), replace(asked, due="overdue")),
    )


def _load_chart(title: str, rows: Sequence[Named]) -> Chart:
    parts = [
        Series(gettext("未逾期"), tuple(float(one.in_time.n) for _name, one in rows)),
        Series(gettext("已逾期"), tuple(float(one.overdue.n) for _name, one in rows)),
    ]
    return stacked(title, [name for name, _one in rows], parts)


def _load_table(request: HttpRequest, title: str, what: str, rows: Sequence[Named]) -> Table:
    desks = reverse("alerts:hand_over_desk") if may(actor_of(request), HANDLE) else ""
    counts = (gettext("未逾期"), gettext("已逾期"), gettext("在办"))
    head = (what, *counts, gettext("人数"), gettext("人均"))
    return Table(title, head, [(name, _load_cells(one, desks)) for name, one in rows])


def _load_cells(one: Load, desks: str) -> list[Cell]:
    of = one.station or one.district
    return [
        _cell(one.in_time),
        _cell(one.overdue),
        _cell(one.open),
        Cell(number(one.officers), f"{desks}?of={of}" if desks and one.officers else ""),
        _measured(one.per_officer, one.open),
    ]
