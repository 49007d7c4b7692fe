"""Pictures of grades, each with an equal table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mingchu.kit.papers.charts import Series, bar, chart_with_table, stacked
from mingchu.risk import words
from mingchu.risk.domain.basis import LETTERS
from mingchu.risk.queries.coverage import Spread

# The letters' own colours, as their badges have them, and grey for none.
COLOURS = ("#1d7a4f", "#2a6db0", "#8a5a00", "#b3261e", "#9aa7a2")
# On a phone it is moved sideways, not made so small that nobody reads it.
WIDE = '<div class="chart-wrap" role="region" aria-label="{}" tabindex="0">{}</div>'


def points_chart(lines: Sequence[words.Line]) -> str:
    """Points of each factor, as bars; the table with the reasons stands beside it."""
    pointed = [one for one in lines if one.has_points]
    names = [one.name for one in pointed]
    title = _("风险分值的构成")
    drawn = bar(title, names, [one.value for one in pointed], unit=_("分"))
    return format_html(WIDE, title, SafeString(drawn.svg))


def spread_chart(title: str, rows: Iterable[tuple[str, Spread]]) -> SafeString:
    """Letters of each row, one bar a row."""
    known = list(rows)
    series = [
        Series(words.letter_short(letter), tuple(_count(one.letters, letter) for _n, one in known))
        for letter in LETTERS
    ]
    series.append(
        Series(_("没有风险等级"), tuple(float(sum(one.missing.values())) for _n, one in known))
    )
    names = [name for name, _one in known]
    # The table below says every number; what unfolds it is named as the picture is.
    return chart_with_table(stacked(title, names, series, says=title, colours=COLOURS))


def _count(letters: Mapping[str, int], letter: str) -> float:
    return float(letters.get(letter, 0))
