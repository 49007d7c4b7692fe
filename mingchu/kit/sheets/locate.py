"""Locating 找表: where a list begins and ends between titles, headers and remarks. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from mingchu.base.errors import Refusal
from mingchu.kit.sheets.cells import Cell, is_blank, shown
from mingchu.kit.sheets.layouts import Layout
from mingchu.kit.sheets.read import FileKind, Grid, Spot
from mingchu.kit.sheets.recognise import Title, exact_names, likeness, plain

HEADER_SEARCHED_ROWS = 30
# How alike a heading must be before it helps to find the header; it stays a question afterwards.
LIKELY = 0.8
REMARK = re.compile(
    r"(注|备注|说明|填表说明|填表人|填报人|填报单位|填报日期|制表|审核|负责人|联系电话|合计|总计|小计|共计)"
    r"\s*[:：0-9一二三四五六七八九、.]?"
)
REMARK_FILLED_TOP = 4
# The running number of a list, and what stands there in a row that only shows how to fill it in.
NUMBER = "序号"
EXAMPLE = frozenset({"示例", "例", "样例", "例如", "example"})
WORDS_TOP = 200


@dataclass(frozen=True)
class Table:
    """A found list: rows carry the number a person sees in Excel; nothing is left out unsaid."""

    sheet: str
    kind: FileKind
    titles: tuple[Title, ...]
    header_row: int
    header_rows: int
    rows: tuple[tuple[int, list[Cell]], ...]
    skipped: tuple[tuple[int, str], ...]
    marks: Mapping[Spot, str]


def locate(grids: Iterable[Grid], layout: Layout) -> Table:
    """The list in the file: the header in which most columns of the layout are recognised."""
    grids = list(grids)
    enough = max(2, len(layout.required))
    best = _best(grids, layout, alike=False)
    if best is None or best[0] < enough:
        # Likeness is dear, and only needed where the words themselves do not tell.
        best = _best(grids, layout, alike=True)
    if best is None or best[0] < min(2, len(layout.columns)):
        raise Refusal(
            "no_header",
            "没有找到表头",
            fix="表头应写在一行或两行里，至少包含：{titles}",
            titles=[c.title for c in layout.columns if c.required],
        )
    _, grid, top, span = best
    return _table(grid, top, span, layout)


Header = tuple[float, Grid, int, int]


def _best(grids: Sequence[Grid], layout: Layout, *, alike: bool) -> Header | None:
    """The likeliest header: its score, its grid, its first row and how many rows it has.

    Of two that say as much of the layout, the one that names more columns: a running number may
    stand beside the groups and not beside the titles.
    """
    names = exact_names(layout)
    found: list[tuple[tuple[float, int, int, int], Header]] = []
    for grid in grids:
        for top in range(min(HEADER_SEARCHED_ROWS, len(grid.rows))):
            for span in (1, 2)[: len(grid.rows) - top]:
                titles = _titles(grid, top, span)
                score = _score(titles, names, alike=alike)
                named = sum(1 for title in titles if title.name)
                found.append(((score, named, -span, -top), (score, grid, top, span)))
    return max(found, key=itemgetter(0))[1] if found else None


def _score(titles: Sequence[Title], names: dict[str, list[str]], *, alike: bool) -> float:
    exact, near = set(), 0.0
    for title in titles:
        bare = plain(title.name) if title.name else ""
        keys = names.get(plain(title.group + title.name)) or names.get(bare)
        if keys:
            exact.add(keys[0])
        elif alike and bare and len(bare) < 20 and not bare.isascii():
            near += any(likeness(bare, name) >= LIKELY for name in names) * 0.5
    return len(exact) + near


def _titles(grid: Grid, top: int, span: int) -> tuple[Title, ...]:
    """Headings by column; of two rows the lower names, the upper groups, spread over its merge."""
    upper = [shown(cell) for cell in grid.rows[top]]
    if span == 1:
        return tuple(Title(name) for name in upper)
    lower = [shown(cell) for cell in grid.rows[top + 1]]
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    groups = _spread(upper, lower, _spans(grid, top))
    return tuple(
        Title(below, group) if below else Title(above)
        for above, below, group in zip(upper, lower, groups, strict=True)
    )


def _spans(grid: Grid, top: int) -> dict[int, int]:
    """First column → last column of the horizontal merges in a row."""
    return {
        left: right
        for (first, left), (last, right) in grid.merges
        if first == last == top and right > left
    }


def _spread(upper: list[str], lower: list[str], spans: dict[int, int]) -> list[str]:
    """A group stands over its merge; where the file tells no merges, until the next group."""
    groups = list(upper)
    if spans:
        for left, right in spans.items():
            groups[left : right + 1] = [upper[left]] * (right + 1 - left)
        return groups
    for at in range(1, len(groups)):
        if not groups[at] and lower[at] and lower[at - 1]:
            groups[at] = groups[at - 1]
    return groups


def _table(grid: Grid, top: int, span: int, layout: Layout) -> Table:
    titles = _titles(grid, top, span)
    start = top + span
    body = [(at + 1, row) for at, row in enumerate(grid.rows[start:], start) if not _empty(row)]
    _fill_merges(grid, start)
    kept, skipped = _without_remarks(body)
    is_own = _own_words(titles, layout)
    rows = []
    for number, row in kept:
        if is_own(row):
            skipped.append((number, _words(row)))
        else:
            rows.append((number, row))
    said = [(at + 1, _words(row)) for at, row in enumerate(grid.rows[:top]) if not _empty(row)]
    return Table(
        grid.name,
        grid.kind,
        titles,
        top + 1,
        span,
        tuple(rows),
        (*said, *sorted(skipped)),
        grid.marks,
    )


def _own_words(titles: Sequence[Title], layout: Layout) -> Callable[[list[Cell]], bool]:
    """Tells rows of the form itself: the header repeated, and the example of a template."""
    head = [plain(title.name) for title in titles if title.name]
    example = [column.example for column in layout.columns if column.example]
    numbers = [at for at, title in enumerate(titles) if plain(title.name or " ") == NUMBER]
    begins = {*head[:1], *(plain(word) for word in example[:1])}

    def is_own(row: list[Cell]) -> bool:
        if any(plain(shown(row[at])) in EXAMPLE for at in numbers if at < len(row) and row[at]):
            return True
        # Few rows begin as the form does; only those are looked at whole.
        if plain(next(filter(None, map(shown, row)), "")) not in begins:
            return False
        words = [shown(cell) for cell in row if not is_blank(cell)]
        return [plain(word) for word in words] == head or (bool(example) and words == example)

    return is_own


def _fill_merges(grid: Grid, start: int) -> None:
    """A value merged over several rows holds for each of them."""
    for (first, left), (last, right) in grid.merges:
        if first >= start and last > first and left == right:
            for at in range(first + 1, min(last + 1, len(grid.rows))):
                grid.rows[at][left] = grid.rows[first][left]


def _without_remarks(
    body: list[tuple[int, list[Cell]]],
) -> tuple[list[tuple[int, list[Cell]]], list[tuple[int, str]]]:
    """Cuts the remarks under the list: from the end upwards, as long as rows look like remarks."""
    end = len(body)
    while end and _is_remark(body[end - 1][1]):
        end -= 1
    return body[:end], [(number, _words(row)) for number, row in body[end:]]


def _is_remark(row: list[Cell]) -> bool:
    filled = [shown(cell) for cell in row if not is_blank(cell)]
    return len(filled) <= REMARK_FILLED_TOP and bool(REMARK.match(filled[0]))


def _empty(row: list[Cell]) -> bool:
    return all(cell == "" for cell in row) or all(is_blank(cell) for cell in row)


def _words(row: list[Cell]) -> str:
    return " ".join(shown(cell) for cell in row if not is_blank(cell))[:WORDS_TOP]
