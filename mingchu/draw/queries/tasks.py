"""Who goes where 派员: for whoever runs a draw, once chance has spoken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mingchu.draw.domain.lists import read_recusals
from mingchu.draw.models import Draw, Stand
from mingchu.draw.queries.showing import Row

RECUSALS = "recusals.tsv"


@dataclass(frozen=True)
class Visit:
    """A task as it stands today: who was drawn, who stands in for him, who goes.

    The pair of the one who fell out goes to the one who stands in; `barred` names those of the pair
    who may not, and why: that visit needs somebody named by a person, which is published too.
    """

    row: Row
    stands: Sequence[Stand] = ()
    barred: Mapping[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """Who is visited in the end."""
        return self.stands[-1].into if self.stands else self.row.subject

    @property
    def pair(self) -> tuple[str, str]:
        return self.row.lead, self.row.second


def visits(draw: Draw, rows: Sequence[Row]) -> list[Visit]:
    """Tasks in the order of their tickets."""
    after = {one.out: one for one in draw.stands.order_by("pk")}
    barred = _barred(draw, {one.into for one in after.values()}) if after else {}
    return [_visit(row, after, barred) for row in rows]


def _visit(row: Row, after: Mapping[str, Stand], barred: Mapping[str, Mapping[str, str]]) -> Visit:
    stands: list[Stand] = []
    here = row.subject
    while here in after:
        stands.append(after[here])
        here = after[here].into
    known = barred.get(here, {}) if stands else {}
    return Visit(row, stands, {who: known[who] for who in (row.lead, row.second) if who in known})


def _barred(draw: Draw, subjects: set[str]) -> dict[str, dict[str, str]]:
    """Who may not go to some subjects, and why."""
    found: dict[str, dict[str, str]] = {one: {} for one in subjects}
    for row in read_recusals(bytes(draw.files.get(name=RECUSALS).data)):
        if row.subject in subjects and not row.with_whom:
            found[row.subject][row.inspector] = row.reason
    return found
