"""Opening 开启抽取: the lists of a batch go into a draw and are frozen; the draw room goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import CITY
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.draw import services as draws
from mingchu.draw.domain.lists import Inspector, Recusal, Stratum, Subject
from mingchu.draw.models import Draw, DrawState
from mingchu.draw.queries import leads
from mingchu.inspection import events, labels, rules
from mingchu.inspection.domain.balance import SAID_OUTSIDE, Why
from mingchu.inspection.domain.months import last_day
from mingchu.inspection.models import Batch, BatchState, PoolRow
from mingchu.inspection.queries import people
from mingchu.inspection.queries.people import Able
from mingchu.inspection.services.checking import districts_of, on_day
from mingchu.ledger.services import record

SAME_PAIR = "same_pair"
NAMED = """
UPDATE inspection_poolrow r SET pseudonym = n.id
  FROM unnest(%s::text[], %s::text[]) AS n(code, id)
 WHERE r.batch_id = %s AND r.code = n.code
"""


@transaction.atomic
def open_batch(
    *, batch: Batch, announced: Sequence[Mapping[str, Any]], reveal_by: date | None = None
) -> Draw:
    """A draw with frozen lists; one that was thawed is frozen anew under its number.

    Raises Refusal where the batch was not checked today, or as `freeze` does.
    """
    held = _held(batch)
    rows = list(held.pool.order_by("pk"))
    draw = held.draw or _opened(held)
    ids = _pseudonyms(held, draw, rows)
    able = people.pool(districts_of(held), on_day(held))
    who = _inspectors(draw, able)
    frozen = draws.freeze(
        draw=draw,
        subjects=[_subject(row, ids) for row in rows],
        inspectors=[_inspector(one, who, districts_of(held)) for one in able],
        recusals=_recusals(rows, ids, who),
        rates=_rates(rows),
        announced=announced,
        terms=draws.terms_of_city(),
        reveal_by=reveal_by or rules.reveal_by(last_day(held.month)),
    )
    held.draw, held.state = frozen, BatchState.OPENED
    held.inspectors = {one: pk for pk, one in who.items()}
    held.save(update_fields=["draw", "state", "inspectors"])
    record(events.BatchOpened(subject=f"batch:{held.pk}", batch_id=held.pk, draw=frozen.number))
    return frozen


def _held(batch: Batch) -> Batch:
    found = Batch.objects.select_for_update(of=("self",)).select_related("plan", "draw")
    held = found.get(pk=batch.pk)
    if held.state != BatchState.CHECKED or held.checked_on != clock.today():
        raise Refusal(
            "check_first",
            _noop("名单不是今天核对的"),
            fix=_noop("请先核对名单，看过冲突再开启抽取"),
            status=409,
        )
    if held.draw is not None and held.draw.state != DrawState.DRAFT:
        raise Refusal(
            "batch_is_in_a_draw",
            _noop("这一批已经进入抽取，不能再改"),
            fix=_noop("要放弃，请在抽取现场作废，并写明原因"),
            status=409,
        )
    return held


def _opened(batch: Batch) -> Draw:
    plan = batch.plan
    return draws.open_draw(
        title=labels.batch_title(batch),
        campaign=batch.campaign,
        lead=_lead(batch),
        district=plan.district,
        about={
            "batch": batch.number,
            "plan": f"{plan.year}" + (f"-{plan.district}" if plan.district else ""),
            "matter": batch.matter,
            "purpose": labels.matter_zh(batch.matter),
            "cover_first": "yes" if batch.cover_first else "no",
            "labels": labels.labels(),
        },
    )


def _lead(batch: Batch) -> Draw | None:
    """Of a joint campaign the draw that waits for chance: this one shares its seed, so that both
    meet the same businesses and one visit is enough."""
    if not batch.campaign:
        return None
    return next((one for one in leads([CITY]) if one.campaign == batch.campaign), None)


def _pseudonyms(batch: Batch, draw: Draw, rows: Sequence[PoolRow]) -> dict[str, str]:
    """By code; kept with the pool, so that names can be told once the draw is public."""
    known = draws.pseudonyms_of(draw, [row.code for row in rows])
    with connection.cursor() as db:
        db.execute(NAMED, [list(known), list(known.values()), batch.pk])
    return known


def _inspectors(draw: Draw, able: Sequence[Able]) -> dict[int, str]:
    """Ids of officers, made from their numbers."""
    known = draws.pseudonyms_of(draw, [f"inspector:{one.user.pk}" for one in able])
    return {one.user.pk: known[f"inspector:{one.user.pk}"] for one in able}


def _subject(row: PoolRow, ids: Mapping[str, str]) -> Subject:
    standing = SAID_OUTSIDE[Why(row.standing)]
    # Of whom nothing is drawn, the rate says nothing either.
    tier = row.tier if row.standing == Why.DRAWN_FOR else "t0"
    return Subject(ids[row.code], row.district, row.kind, tier, 1, standing)


def _rates(rows: Iterable[PoolRow]) -> dict[Stratum, int]:
    return {
        (row.district, row.kind, row.tier): row.rate
        for row in rows
        if row.standing == Why.DRAWN_FOR
    }


def _inspector(one: Able, who: Mapping[int, str], places: Sequence[str]) -> Inspector:
    inside = tuple(code for code in one.districts if code in places)
    return Inspector(who[one.user.pk], inside, one.kinds, one.leads, one.load, one.absent)


def _recusals(
    rows: Sequence[PoolRow], ids: Mapping[str, str], who: Mapping[int, str]
) -> list[Recusal]:
    """Who keeps away from whom, and pairs that went together last time."""
    code = {row.business_id: row.code for row in rows}
    barred: defaultdict[tuple[str, str, str], str] = defaultdict(str)
    for one in people.recusals(who, code):
        barred[ids[code[one.business_id]], who[one.user_id], ""] = one.ground
    for business, lead, second in people.last_pairs(list(code)):
        if lead in who and second in who:
            barred[ids[code[business]], who[lead], who[second]] = SAME_PAIR
    return [
        Recusal(subject, inspector, reason, with_whom)
        for (subject, inspector, with_whom), reason in barred.items()
    ]
