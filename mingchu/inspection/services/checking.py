"""Checking 核对: a batch is reckoned, floor and ceiling together, before it is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.draw.models import DrawState
from mingchu.inspection import events, rules
from mingchu.inspection.domain.balance import Clash, Facts, Weighed, Why, rate, tiers, weigh
from mingchu.inspection.domain.months import earlier, last_day
from mingchu.inspection.models import Batch, BatchState, PlanState, PoolRow
from mingchu.inspection.queries import people, plans, pools
from mingchu.inspection.queries.pools import Subject
from mingchu.inspection.rules import Matter
from mingchu.inspection.standing import Of, Standing, standings
from mingchu.ledger.services import record
from mingchu.registry.domain import public_id
from mingchu.registry.places import DISTRICTS

COLUMNS = (
    "batch_id", "business_id", "code", "district", "kind", "rate", "tier", "standing", "clash",
    "due", "grounds", "pseudonym",
)  # fmt: skip
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A business with its place in the batch."""

    subject: Subject
    standing: Standing
    rate: int
    weighed: Weighed


@transaction.atomic
def check(*, batch: Batch, cover_first: bool | None = None) -> Batch:
    """Reckons everybody of the batch as of today; what was reckoned before is forgotten.

    `cover_first` is the person's decision where two-year cover and ceiling collide.
    """
    held = _held(batch)
    if cover_first is not None:
        held.cover_first = cover_first
    matter, day = rules.matter(held.matter, clock.today()), clock.today()
    rows = _rows(held, matter, day)
    _write(held, rows)
    held.found = _found(held, matter, rows, day)
    held.state, held.checked_on, held.checked_at = BatchState.CHECKED, day, clock.now()
    held.save()
    standing = held.found["standing"]
    record(
        events.BatchChecked(
            subject=f"batch:{held.pk}",
            batch_id=held.pk,
            subjects=len(rows),
            certain=standing.get(Why.COVER.value, 0),
            left_out=sum(n for why, n in standing.items() if why not in (Why.DRAWN_FOR, Why.COVER)),
            clashes={one["clash"]: one["count"] for one in held.found["clashes"]},
        )
    )
    return held


def districts_of(batch: Batch) -> list[str]:
    """Where a batch draws."""
    if batch.districts:
        return list(batch.districts)
    return [batch.plan.district] if batch.plan.district else list(DISTRICTS)


def _held(batch: Batch) -> Batch:
    """The batch, locked: of a published plan, and not in a draw that has gone on."""
    found = Batch.objects.select_for_update(of=("self",)).select_related("plan", "draw")
    held = found.get(pk=batch.pk)
    if held.plan.state != PlanState.PUBLISHED:
        raise Refusal(
            "plan_not_published",
            _noop("年度计划还没有公布，不能抽取"),
            fix=_noop("请先批准、备案并公布计划"),
            status=409,
        )
    thawed = held.draw is not None and held.draw.state == DrawState.DRAFT
    waiting = held.state in (BatchState.PLANNED, BatchState.CHECKED)
    if not (waiting or (held.state == BatchState.OPENED and thawed)):
        raise Refusal(
            "batch_is_in_a_draw",
            _noop("这一批已经进入抽取，不能再改"),
            fix=_noop("要放弃，请在抽取现场作废，并写明原因"),
            status=409,
        )
    return held


def _rows(batch: Batch, matter: Matter, day: date) -> list[Row]:
    places = districts_of(batch)
    shares = plans.parts(batch, places)
    known = standings(Of(matter.kinds, places), day)
    last = last_day(batch.month)
    weighing = _weighing(batch, day, last)
    rows = []
    for one in pools.subjects(matter.kinds, places):
        asked = known.get(one.pk) or _nothing(one.pk)
        weighed = weigh(weighing(one, asked), until=last, cover_first=batch.cover_first)
        rows.append(Row(one, asked, rate(asked.yearly, shares[one.district], matter.top), weighed))
    return rows


def _nothing(number: int) -> Standing:
    """Of whom supervision says nothing: not drawn, and due by no floor."""
    return Standing(number, 0, 0, cover_due=date.max, floor_due=date.max)


def _weighing(batch: Batch, day: date, last: date) -> Any:
    """How the facts of one business are put together; what is asked of all is asked once."""
    since = earlier(batch.month, rules.no_repeat_months(day))
    regional = pools.regional_in(batch.month, last)
    barred = pools.inspected_above(batch, since)
    before, elsewhere = pools.drawn_before(batch), pools.drawn_elsewhere(batch, batch.month)
    drawn = pools.drawn_this_year(batch)

    def facts(one: Subject, asked: Standing) -> Facts:
        return Facts(
            is_open=one.is_open,
            cover_due=asked.cover_due,
            floor_due=asked.floor_due,
            counted=asked.counted,
            pending=_pending(drawn.get(one.pk, ()), asked.last),
            cap=asked.cap,
            key=bool(asked.key),
            regional=one.pk in regional,
            joint=one.pk in elsewhere,
            drawn_before=one.pk in before,
            barred=one.pk in barred,
        )

    return facts


def _pending(drawn: Sequence[date], last: date | None) -> int:
    """Draws of the year after which nobody has been there yet."""
    return sum(1 for day in drawn if last is None or last < day)


def _write(batch: Batch, rows: Sequence[Row]) -> None:
    """The pool, in one COPY."""
    PoolRow.objects.filter(batch=batch).delete()
    names = tiers({row.rate for row in rows if row.weighed.why is Why.DRAWN_FOR} or {0})
    columns = ", ".join(COLUMNS)
    with (
        connection.cursor() as db,
        db.copy(f"COPY inspection_poolrow ({columns}) FROM STDIN") as out,
    ):
        for row in rows:
            out.write_row(_values(batch, row, names))


def _values(batch: Batch, row: Row, names: dict[int, str]) -> tuple[Any, ...]:
    one, asked, weighed = row.subject, row.standing, row.weighed
    return (
        batch.pk,
        one.pk,
        # The code that its pseudonym is made from; a file without one has its own number.
        one.code or public_id(one.pk),
        one.district,
        one.kind,
        row.rate,
        names.get(row.rate, "t0"),
        weighed.why.value,
        weighed.clash.value if weighed.clash else "",
        min(asked.cover_due, asked.floor_due),
        list(asked.key),
        "",
    )


def _found(batch: Batch, matter: Matter, rows: Sequence[Row], day: date) -> dict[str, Any]:
    """What the check came to, as the page shows it and the plan keeps it."""
    standing = Counter(row.weighed.why.value for row in rows)
    sizes = Counter(
        (row.subject.district, row.subject.kind, row.rate)
        for row in rows
        if row.weighed.why is Why.DRAWN_FOR
    )
    exact = sum(size * share for (_d, _k, share), size in sizes.items())
    return {
        "subjects": len(rows),
        "standing": dict(sorted(standing.items())),
        "expected": (exact + MILLION // 2) // MILLION,
        "beside": sum(_is_beside(row) for row in rows),
        "clashes": list(_clashes(batch, matter, rows, day)),
    }


def _is_beside(row: Row) -> bool:
    why, clash = row.weighed.why, row.weighed.clash
    return why is Why.KEY or clash in (Clash.FLOOR_BEYOND, Clash.FLOOR_OR_CEILING)


def _clashes(
    batch: Batch, matter: Matter, rows: Sequence[Row], day: date
) -> Iterator[dict[str, Any]]:
    """Each kind of clash with its count and the rules behind it; places where nobody can go."""
    counted = Counter(row.weighed.clash for row in rows if row.weighed.clash)
    for clash in Clash:
        if count := counted[clash]:
            yield _clash(clash, count)
    top = matter.top
    if top is not None and (over := sum(row.standing.yearly > top for row in rows)):
        yield _clash(Clash.MATTER_RATIO, over)
    alone = _without_pair(batch, rows, day)
    if alone:
        yield {**_clash(Clash.NO_PAIR, len(alone)), "places": [list(one) for one in alone]}


def _clash(clash: Clash, count: int) -> dict[str, Any]:
    return {"clash": clash.value, "count": count, "rules": list(rules.BEHIND[clash])}


def _without_pair(batch: Batch, rows: Sequence[Row], day: date) -> list[tuple[str, str]]:
    """(district, kind) that somebody may be drawn in, and no qualified pair is on duty for."""
    wanted = {
        (row.subject.district, row.subject.kind)
        for row in rows
        if row.weighed.why in (Why.DRAWN_FOR, Why.COVER)
    }
    least = rules.inspectors_min(day)
    able = [one for one in people.pool(districts_of(batch), on_day(batch)) if not one.absent]
    found = []
    for district, kind in sorted(wanted):
        fit = [one for one in able if district in one.districts and kind in one.kinds]
        if len(fit) < least or not any(one.leads for one in fit):
            found.append((district, kind))
    return found


def on_day(batch: Batch) -> date:
    """The day that leaves and certificates are asked for: today, or when the month begins."""
    return max(clock.today(), batch.month)
