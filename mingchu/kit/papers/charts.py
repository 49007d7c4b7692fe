"""Charts 图表: SVG drawn on the server, each with an equal table; for pages and for papers.

Only presentation attributes (no style, no script), so the strict content policy of the pages
holds; every chart says in its `<desc>` what it shows, and values stand as text beside the marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mingchu.base.ids import digest

INK, MUTED, GRID, BRAND = "#16211e", "#51605b", "#d5dedb", "#0b5d4b"
# Distinct in hue and in lightness, so that they stay apart in grey print.
SERIES_COLOURS = ("#0b5d4b", "#e0a030", "#2a6db0", "#9aa7a2", "#b3261e", "#5b3f8c")
BAND_FILL = f'fill="{BRAND}" opacity="0.14"'
WIDTH = 640
LABEL_WIDTH, LABEL_TOP = 150, 260  # at least, and at most where a label is long
ROW_HEIGHT = 26
PLOT_HEIGHT = 240
PADDING = 12
TICKS = 4


@dataclass(frozen=True)
class Chart:
    """A drawing and the same figures as a table (head, rows)."""

    title: str
    says: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Series:
    """A named row of values; None is a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Band:
    """A range around a line, such as the usual or the allowed one."""

    name: str
    low: tuple[float, ...]
    high: tuple[float, ...]


def bar(
    title: str, labels: Sequence[str], values: Sequence[float], *, unit: str = "", says: str = ""
) -> Chart:
    """Horizontal bars, one a label, longest value across the plot."""
    top = max([*values, 0]) or 1
    left = _left(labels)
    marks = []
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = PADDING + row * ROW_HEIGHT
        wide = _room(left) * max(value, 0) / top
        marks += [
            _label(label, left, y),
            f'<rect x="{left}" y="{y + 4}" width="{wide:.1f}" height="16" fill="{BRAND}"/>',
            _value(number(value), left + wide + 6, y),
        ]
    rows = tuple((name, number(value)) for name, value in zip(labels, values, strict=True))
    return _chart(title, says, marks, _tall(len(labels)), ("", unit or title), rows)


def lollipop(
    title: str, labels: Sequence[str], values: Sequence[float], *, unit: str = "", says: str = ""
) -> Chart:
    """A dot on a stem for each label; stems go left from zero for negative values."""
    low, high = min([*values, 0]), max([*values, 0])
    span = (high - low) or 1
    left = _left(labels)
    zero = left + _room(left) * -low / span
    marks = []
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = PADDING + row * ROW_HEIGHT
        x = zero + _room(left) * value / span
        marks += [
            _label(label, left, y),
            f'<path d="M{zero:.1f} {y + 12}H{x:.1f}" stroke="{MUTED}" stroke-width="2"/>',
            f'<circle cx="{x:.1f}" cy="{y + 12}" r="6" fill="{BRAND}"/>',
            _value(number(value), max(x, zero) + 10, y),
        ]
    rows = tuple((name, number(value)) for name, value in zip(labels, values, strict=True))
    return _chart(title, says, marks, _tall(len(labels)), ("", unit or title), rows)


def stacked(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    says: str = "",
    colours: Sequence[str] = (),
) -> Chart:
    """Horizontal bars made of parts; the legend names the parts, the total stands at the end.

    `colours` are for parts that have colours of their own elsewhere.
    """
    fills = list(colours) or _colours(len(series))
    totals = [sum(part.values[at] or 0 for part in series) for at in range(len(labels))]
    top = max([*totals, 0]) or 1
    left = _left(labels)
    marks = _legend([part.name for part in series], colours=fills)
    for row, label in enumerate(labels):
        y = PADDING + (row + 1) * ROW_HEIGHT
        x = float(left)
        marks.append(_label(label, left, y))
        for part, colour in zip(series, fills, strict=True):
            wide = _room(left) * (part.values[row] or 0) / top
            marks.append(
                f'<rect x="{x:.1f}" y="{y + 4}" width="{wide:.1f}" height="16" fill="{colour}"'
                ' stroke="#fff" stroke-width="1"/>'
            )
            x += wide
        marks.append(_value(number(totals[row]), x + 6, y))
    head = ("", *(part.name for part in series))
    return _chart(title, says, marks, _tall(len(labels) + 1), head, _across(labels, series))


def line(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    band: Band | None = None,
    says: str = "",
) -> Chart:
    """Lines over equal steps, with an optional band behind them; gaps stay gaps."""
    known = [value for part in series for value in part.values if value is not None]
    edges = scale([*known, *(band.low + band.high if band else ())])
    plot = _Plot(len(labels), edges[0], edges[-1])
    marks = [
        *_legend([part.name for part in series], band.name if band else ""),
        *(_gridline(plot, edge) for edge in edges),
        *_steps(plot, labels),
    ]
    columns = list(series)
    if band:
        marks.append(_band(plot, band))
        columns += [Series(f"{band.name} ↓", band.low), Series(f"{band.name} ↑", band.high)]
    for part, colour in zip(series, _colours(len(series)), strict=True):
        marks += _strokes(plot, part, colour)
    head = ("", *(part.name for part in columns))
    return _chart(title, says, marks, plot.bottom + 34, head, _across(labels, columns))


def chart_with_table(chart: Chart) -> SafeString:
    """The chart and its table for a page: the table folds away but is always there."""
    head = format_html_join(
        "", "{}", ((_heading(name) if name else mark_safe("<td></td>"),) for name in chart.head)
    )
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (row[0], format_html_join("", '<td class="num">{}</td>', ((c,) for c in row[1:])))
            for row in chart.rows
        ),
    )
    return format_html(
        '<figure class="chart-figure"><figcaption>{}</figcaption>{}<details><summary>{}</summary>'
        '<div class="table-wrap" role="region" aria-label="{}" tabindex="0">'
        '<table class="table"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div></details></figure>",
        chart.title,
        mark_safe(chart.svg),  # noqa: S308 made here, every text in it escaped
        chart.says or _("数据表"),
        chart.title,
        head,
        rows,
    )


def _heading(name: str) -> SafeString:
    return format_html('<th scope="col">{}</th>', name)


def number(value: float | None) -> str:
    """A figure as people read it.

    >>> number(16108), number(0.5), number(None)
    ('16,108', '0.5', '–')
    """
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def scale(values: Sequence[float]) -> list[float]:
    """Round edges that hold every value, about four steps apart.

    >>> scale([3, 97])
    [0, 50, 100]
    >>> scale([])
    [0.0, 0.5, 1.0]
    """
    low, high = min([*values, 0]), max([*values, 0])
    span = (high - low) or 1
    rough = span / TICKS
    power = 10 ** floor(log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    first, last = floor(low / step), ceil((high or step * 2) / step)
    return [round(at * step, 10) for at in range(first, last + 1)]


@dataclass(frozen=True)
class _Plot:
    """Maps steps and values to the drawing."""

    steps: int
    low: float
    high: float
    left: int = 64
    top: int = PADDING + ROW_HEIGHT

    @property
    def bottom(self) -> int:
        return self.top + PLOT_HEIGHT

    def x(self, step: int) -> float:
        return self.left + (WIDTH - self.left - 2 * PADDING) * step / max(self.steps - 1, 1)

    def y(self, value: float) -> float:
        return self.bottom - PLOT_HEIGHT * (value - self.low) / ((self.high - self.low) or 1)


def _gridline(plot: _Plot, edge: float) -> str:
    y = plot.y(edge)
    return (
        f'<path d="M{plot.left} {y:.1f}H{WIDTH - 2 * PADDING}" stroke="{GRID}"/>'
        f'<text x="{plot.left - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{MUTED}">'
        f"{number(edge)}</text>"
    )


def _steps(plot: _Plot, labels: Sequence[str]) -> list[str]:
    """At most a dozen step labels, evenly spaced."""
    every = ceil(len(labels) / 12) or 1
    return [
        f'<text x="{plot.x(at):.1f}" y="{plot.bottom + 20}" text-anchor="middle"'
        f' fill="{MUTED}">{escape(labels[at])}</text>'
        for at in range(0, len(labels), every)
    ]


def _band(plot: _Plot, band: Band) -> str:
    upper = [f"{plot.x(at):.1f} {plot.y(value):.1f}" for at, value in enumerate(band.high)]
    lower = [f"{plot.x(at):.1f} {plot.y(value):.1f}" for at, value in enumerate(band.low)]
    return f'<path d="M{"L".join([*upper, *reversed(lower)])}z" {BAND_FILL}/>'


def _strokes(plot: _Plot, part: Series, colour: str) -> list[str]:
    """A stroke between neighbours that both have a value, and a dot at each value."""
    spots = [
        None if value is None else (plot.x(at), plot.y(value))
        for at, value in enumerate(part.values)
    ]
    strokes = [
        f"M{one[0]:.1f} {one[1]:.1f}L{two[0]:.1f} {two[1]:.1f}"
        for one, two in pairwise(spots)
        if one and two
    ]
    dots = [
        f'<circle cx="{s[0]:.1f}" cy="{s[1]:.1f}" r="2.5" fill="{colour}"/>' for s in spots if s
    ]
    path = f'<path d="{"".join(strokes)}" fill="none" stroke="{colour}" stroke-width="2"/>'
    return [path, *dots] if strokes else dots


def _legend(names: Sequence[str], band: str = "", colours: Sequence[str] = ()) -> list[str]:
    """A box and a name for each series; the band's box looks like the band."""
    fills = [f'fill="{colour}"' for colour in colours or _colours(len(names))]
    said = list(names)
    if band:
        fills.append(BAND_FILL)
        said.append(band)
    marks, x = [], float(PADDING)
    for name, fill in zip(said, fills, strict=True):
        marks.append(f'<rect x="{x:.0f}" y="{PADDING}" width="12" height="12" {fill}/>')
        marks.append(
            f'<text x="{x + 18:.0f}" y="{PADDING + 11}" fill="{INK}">{escape(name)}</text>'
        )
        x += 36 + _wide(name)
    return marks


def _wide(text: str) -> float:
    """Rough width: a Han character is as wide as it is high, others a bit over half."""
    return sum(13 if ord(sign) > 0x2E7F else 7.5 for sign in text)


def _colours(count: int) -> list[str]:
    return [SERIES_COLOURS[at % len(SERIES_COLOURS)] for at in range(count)]


def _left(labels: Sequence[str]) -> int:
    """Where the plot begins, so that the longest label finds its place."""
    widest = max(map(_wide, labels), default=0) + 2 * PADDING
    return int(min(max(widest, LABEL_WIDTH), LABEL_TOP))


def _label(text: str, left: int, y: float) -> str:
    most = left - 2 * PADDING
    short = text
    while _wide(short) > most:
        short = short[:-2] + "…"
    return (
        f'<text x="{left - 8}" y="{y + 17}" text-anchor="end" fill="{INK}">{escape(short)}</text>'
    )


def _value(text: str, x: float, y: float) -> str:
    return f'<text x="{x:.1f}" y="{y + 17}" fill="{INK}">{escape(text)}</text>'


def _room(left: int) -> float:
    """Length of the plot, leaving place for the value at the end."""
    return WIDTH - left - 80


def _tall(rows: int) -> int:
    return 2 * PADDING + rows * ROW_HEIGHT


def _across(labels: Sequence[str], series: Sequence[Series]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (label, *(number(part.values[at]) for part in series)) for at, label in enumerate(labels)
    )


def _chart(
    title: str,
    says: str,
    marks: Sequence[str],
    tall: int,
    head: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
) -> Chart:
    told = says or _("；").join(_("，").join(row) for row in rows[:6])
    body = "".join(marks)
    # An id of its own, so that two charts on a page keep their names apart.
    key = f"chart-{digest(f'{title}{body}'.encode())[:8]}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {tall}"'
        f' role="img" aria-labelledby="{key}-t {key}-d" font-size="13"'
        ' font-family="Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(told)}</desc>'
        f"{body}</svg>"
    )
    return Chart(title, told, svg, head, rows)
