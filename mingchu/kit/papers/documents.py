"""Documents 文书: the four papers of the house, each a value that can be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from mingchu.kit.papers.charts import Chart
from mingchu.kit.papers.symbols import qr_svg
from mingchu.kit.papers.typeset import Paper, typeset

Fact = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """A titled part of a paper: a small table, sentences, or both."""

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    paragraphs: Sequence[str] = ()


@dataclass(frozen=True)
class Signature:
    """Who signs as what; `picture` is the signature as SVG, without one a line is left for it."""

    label: str
    name: str = ""
    picture: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """An official letter or notice on A4."""

    title: str
    issuer: str
    day: str
    paragraphs: Sequence[str]
    number: str = ""
    to: str = ""
    facts: Sequence[Fact] = ()
    parts: Sequence[Part] = ()
    attachments: Sequence[str] = ()
    signatures: Sequence[Signature] = ()
    foot: str = ""

    def print(self, at: datetime | None = None) -> Paper:
        return typeset("letter", asdict(self), title=self.title, at=at)


@dataclass(frozen=True, kw_only=True)
class File:
    """One subject on one sheet, such as a business file; `link` becomes a QR code."""

    title: str
    facts: Sequence[Fact]
    parts: Sequence[Part] = ()
    lead: str = ""
    link: str = ""
    signatures: Sequence[Signature] = ()
    foot: str = ""

    def print(self, at: datetime | None = None) -> Paper:
        pairs = list(self.facts)
        if len(pairs) % 2:
            pairs.append(("", ""))
        data = {**asdict(self), "facts": pairs, **_symbol(self.link)}
        return typeset("file", data, title=self.title, at=at)


@dataclass(frozen=True)
class ReportColumn:
    """A column of a table report; widths are shares of the line."""

    title: str
    width: float = 1
    number: bool = False


@dataclass(frozen=True, kw_only=True)
class TableReport:
    """A table of any length; the header repeats on each page."""

    title: str
    columns: Sequence[ReportColumn]
    rows: Sequence[Sequence[str]]
    lead: str = ""
    remark: str = ""
    charts: Sequence[Chart] = ()
    landscape: bool = False
    foot: str = ""

    def print(self, at: datetime | None = None) -> Paper:
        data = {
            "columns": [asdict(column) for column in self.columns],
            "rows": self.rows,
            "lead": self.lead,
            "remark": self.remark,
            "foot": self.foot,
            "charts": [
                {"title": chart.title, "says": chart.says, "svg": chart.svg}
                for chart in self.charts
            ],
        }
        return typeset("report", data, title=self.title, at=at, landscape=self.landscape)


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A sheet with a QR code by which a person opens an account, once."""

    title: str
    link: str
    facts: Sequence[Fact]
    steps: Sequence[str]
    lead: str = ""
    remark: str = ""
    signed: bool = True
    foot: str = ""

    def print(self, at: datetime | None = None) -> Paper:
        data = {**asdict(self), **_symbol(self.link)}
        return typeset("enrolment", data, title=self.title, at=at)


def _symbol(link: str) -> dict[str, str]:
    return {"symbol": qr_svg(link) if link else "", "symbol_text": link}
