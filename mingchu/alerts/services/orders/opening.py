"""Opening orders 立单: for alerts, set by set, and for what somebody saw and reported.

Alerts of one group join the order that is open; everything else gets one of its own, is triaged
by its kind, and is given to somebody in office hours, at any time if it is urgent.
Whoever opens takes his turn, so that numbers have no gap and no group has two open orders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import JSONField
from django.utils.translation import gettext_noop as _noop
from psycopg.types.json import Jsonb

from mingchu.accounts.domain import Actor, Place, may
from mingchu.alerts import events, limits
from mingchu.alerts.domain.clock import Beat, Clocks, clocks
from mingchu.alerts.domain.kinds import REPORTED
from mingchu.alerts.domain.states import REPORT, Level, Move, Need, OrderState, way_of
from mingchu.alerts.models import Alert, Order, OrderStep
from mingchu.alerts.models.orders import UNDONE
from mingchu.alerts.services.orders.giving import Giving
from mingchu.alerts.services.orders.moving import (
    EVIDENCE,
    NOTE_TOP,
    facts,
    index,
    lacking,
    moving,
    papers,
)
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit.files import keeping
from mingchu.kit.models import Upload
from mingchu.ledger.services import caused_by, current_actor, record, record_many
from mingchu.registry import domain as registry
from mingchu.registry.services import storing

REPORTED_SEVERITY = 3
OPENERS = 0x0DE5  # the advisory lock of whoever opens orders


@transaction.atomic
def open_for(
    alerts: Sequence[Alert],
    *,
    groups: Mapping[int, str] | None = None,
    levels: Mapping[int, str] | None = None,
) -> list[Order]:
    """The orders of these alerts, in their order: new ones, and those that were open and joined.

    `groups` says by alert what it shares an order by, else its business (or subject) and kind;
    `levels` whose desk it comes to, else the nearest. Each new order answers its first alert.
    """
    waiting = [one for one in alerts if one.order_id is None and one.ended_at is None]
    if not waiting:
        return []
    by_group: dict[str, list[Alert]] = defaultdict(list)
    for one in waiting:
        by_group[(groups or {}).get(one.pk) or group_of(one)].append(one)
    _take_turn()
    there = Order.objects.select_for_update(of=("self",)).filter(UNDONE, group_key__in=by_group)
    found = {one.group_key: one for one in there.order_by("pk")}
    new = {group: own for group, own in by_group.items() if group not in found}
    found |= _open_new(new, levels or {})
    for group, own in by_group.items():
        if group not in new:
            found[group] = _join(found[group], own)
    _name_orders(by_group, found)
    return [found[group] for group in by_group]


def group_of(alert: Alert) -> str:
    """What an alert shares an order by, where nobody says otherwise."""
    about = registry.subject(alert.business_id) if alert.business_id else alert.subject
    return f"{alert.kind} {about}"


def _take_turn() -> None:
    """One opener at a time, until its transaction ends."""
    with connection.cursor() as db:
        db.execute("SELECT pg_advisory_xact_lock(%s)", [OPENERS])


def _numbers(count: int, day: date) -> list[str]:
    """The next numbers of a day, as of the opener whose turn it is."""
    with connection.cursor() as db:
        db.execute(
            "INSERT INTO alerts_orderday AS known (day, last) VALUES (%s, %s)"
            " ON CONFLICT (day) DO UPDATE SET last = known.last + EXCLUDED.last RETURNING last",
            [day, count],
        )
        last: int = db.fetchone()[0]
    return [f"GD-{day:%Y%m%d}-{number:05}" for number in range(last - count + 1, last + 1)]


def _open_new(
    by_group: Mapping[str, Sequence[Alert]], levels: Mapping[int, str]
) -> dict[str, Order]:
    if not by_group:
        return {}
    opener = _Opener(clock.now())
    keys = storing.numbers(Order, len(by_group))
    numbers = _numbers(len(by_group), clock.city(opener.now).date())
    for (group, own), pk, number in zip(by_group.items(), keys, numbers, strict=True):
        opener.add(Order(pk=pk, number=number, group_key=group), own, levels)
    opener.write()
    return {one.group_key: one for one in opener.orders}


class _Opener:
    """New orders of one moment, made in memory and written in as many statements as there are
    tables."""

    def __init__(self, now: datetime):
        self.now = now
        self.orders: list[Order] = []
        self.steps: list[list[OrderStep]] = []
        self.first: list[Alert] = []
        self.alerts: list[tuple[int, ...]] = []
        self.read: dict[str, Clocks] = {}

    def add(self, order: Order, own: Sequence[Alert], levels: Mapping[int, str]) -> None:
        """Fills in the order by the gravest of its alerts, and writes down its first steps."""
        gravest = min(own, key=lambda one: (one.severity, one.pk))
        for name in ("kind", "subject", "business_id", "district", "station", "severity"):
            setattr(order, name, getattr(gravest, name))
        order.level = levels.get(gravest.pk) or level_of(gravest.district, gravest.station)
        order.state, order.opened_at = OrderState.TRIAGED, self.now
        self.orders.append(order)
        self.first.append(gravest)
        self.alerts.append(tuple(one.pk for one in own))
        said = {**opening_data(gravest.severity, self.now), "alerts": [one.pk for one in own]}
        said |= _soonest(own)
        opened = self._step(order, Move.OPEN, "", OrderState.NEW, said)
        triaged = self._step(order, Move.TRIAGE, OrderState.NEW, OrderState.TRIAGED, {})
        self.steps.append([opened, triaged])

    def _step(
        self, order: Order, move: Move, before: str, after: str, data: dict[str, Any]
    ) -> OrderStep:
        return OrderStep(
            order=order, move=move, before=before, after=after, at=self.now, data=data,
            post=current_actor().post,
        )  # fmt: skip

    def write(self) -> None:
        self._assign()
        for order, steps in zip(self.orders, self.steps, strict=True):
            for number, step in enumerate(steps, 1):
                step.number = number
            index(order, self._clocks(steps))
        every = [step for steps in self.steps for step in steps]
        for step, pk in zip(every, storing.numbers(OrderStep, len(every)), strict=True):
            step.pk = pk
        _copy(self.orders)
        _copy(every)
        entries = record_many(self._events(), causes=[one.entry for one in self.first])
        for steps, entry in zip(self.steps, entries, strict=True):
            for step in steps:
                step.entry = entry.pk
        _name_entries(every)

    def _assign(self) -> None:
        giving = Giving(self.orders)
        for order, steps in zip(self.orders, self.steps, strict=True):
            user = giving.taker(order)
            if user is not None:
                said = {"person": user}
                steps.append(self._step(order, Move.ASSIGN, order.state, OrderState.ASSIGNED, said))
                order.assignee_id, order.state = user, OrderState.ASSIGNED

    def _clocks(self, steps: Sequence[OrderStep]) -> Clocks:
        """Orders of one moment with the same terms have the same deadlines."""
        data = {name: value for name, value in steps[0].data.items() if name != "alerts"}
        key = f"{data} {len(steps)}"
        if key not in self.read:
            heard = (Beat(one.at, Move(one.move), OrderState(one.after), one.data) for one in steps)
            self.read[key] = clocks(heard, limits.office())
        return self.read[key]

    def _events(self) -> Iterator[events.OrderOpened]:
        whole = zip(self.orders, self.steps, self.alerts, strict=True)
        return (opened_event(order, steps[0], own) for order, steps, own in whole)


def _copy(rows: Sequence[Order] | Sequence[OrderStep]) -> None:
    """New rows of one table, as they stand in memory."""
    model = type(rows[0])
    fields = model._meta.concrete_fields
    read = attrgetter(*(field.attname for field in fields))
    said = [isinstance(field, JSONField) for field in fields]
    columns = [str(field.column) for field in fields]
    storing.copy(
        model,
        columns,
        (
            [
                Jsonb(value) if is_json else value
                for value, is_json in zip(read(row), said, strict=True)
            ]
            for row in rows
        ),
    )
    for row in rows:
        row._state.adding = False


def opened_event(
    order: Order, step: OrderStep, alerts: tuple[int, ...] = (), evidence: Sequence[Any] = ()
) -> events.OrderOpened:
    term = step.data.get("own") or step.data["handle"]
    return events.OrderOpened(
        **facts(order, step, evidence),
        state=order.state,
        alerts=alerts,
        due=order.due_at,
        rule=term["rule"],
        since=term["since"],
    )


def level_of(district: str, station: str) -> Level:
    """The nearest desk there is."""
    if station:
        return Level.STATION
    return Level.DISTRICT if district else Level.CITY


def opening_data(severity: int, now: datetime) -> dict[str, Any]:
    """What an opening says of its clocks."""
    return {"severity": severity, **limits.terms(severity, clock.city(now).date()).plain()}


def _soonest(alerts: Sequence[Alert]) -> dict[str, Any]:
    """The own term of what is due first, if anything has one."""
    due = [one for one in alerts if one.due_at is not None]
    return own_data(min(due, key=lambda one: (one.due_at, one.pk))) if due else {}


def own_data(alert: Alert) -> dict[str, Any]:
    term = limits.own_term(alert)
    return {"own": term.plain(), "own_from": alert.opened_at.isoformat()} if term else {}


def _name_entries(steps: Sequence[OrderStep]) -> None:
    with connection.cursor() as db:
        db.execute(
            "UPDATE alerts_orderstep SET entry = known.entry"
            " FROM unnest(%s::bigint[], %s::uuid[]) AS known (id, entry)"
            " WHERE alerts_orderstep.id = known.id",
            [[one.pk for one in steps], [one.entry for one in steps]],
        )


def _name_orders(by_group: Mapping[str, Sequence[Alert]], found: Mapping[str, Order]) -> None:
    """Every alert names its order."""
    pairs = [(one, found[group]) for group, own in by_group.items() for one in own]
    for one, order in pairs:
        one.order = order
    with connection.cursor() as db:
        db.execute(
            "UPDATE alerts_alert SET order_id = known.number"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS known (id, number)"
            " WHERE alerts_alert.id = known.id",
            [[one.pk for one, _ in pairs], [order.pk for _, order in pairs]],
        )


def _join(order: Order, alerts: Sequence[Alert]) -> Order:
    """More of the same while it is being worked on; a graver or more pressing one shortens it."""
    for one in alerts:
        with caused_by(one.entry), moving(order, Move.JOIN_ALERT, by=None) as act:
            act.data = {"alert": one.pk, **own_data(one)}
            if one.severity < act.order.severity:
                act.order.severity = one.severity
                act.data |= opening_data(one.severity, clock.now())
        order = act.order
    return order


@transaction.atomic
def report(
    *,
    note: str,
    by: Actor,
    business_id: int | None = None,
    district: str,
    station: str = "",
    files: Sequence[Upload] = (),
) -> Order:
    """What somebody saw: a new order on the station's desk, of which he is the reporter."""
    place = Place(district=district, station=station)
    if not may(by, REPORT, place):
        raise Refusal(
            "report_elsewhere",
            _noop("这个地方不在您的范围内"),
            fix=_noop("请选择您所在监管所的经营者或地点"),
            status=403,
        )
    way = way_of(Move.OPEN, None)
    note = note.strip()
    if way is not None and not note:
        raise lacking(way, Need.NOTE)
    _take_turn()
    now = clock.now()
    order = Order.objects.create(
        number=_numbers(1, clock.city(now).date())[0],
        kind=REPORTED,
        subject="",
        business_id=business_id,
        district=district,
        station=station,
        level=level_of(district, station),
        severity=REPORTED_SEVERITY,
        state=OrderState.NEW,
        reporter=by.user_id,
        opened_at=now,
    )
    _write_report(order, note[:NOTE_TOP], files, by)
    return order


def _write_report(order: Order, note: str, files: Sequence[Upload], by: Actor) -> None:
    evidence = papers(order, files, EVIDENCE, by)
    step = OrderStep(
        order=order,
        number=1,
        move=Move.OPEN,
        before="",
        after=order.state,
        at=order.opened_at,
        user_id=by.user_id,
        post=current_actor().post,
        note=note,
        data=opening_data(order.severity, order.opened_at),
        files=[str(one.pk) for one in evidence],
    )
    heard = Beat(step.at, Move.OPEN, OrderState.NEW, step.data)
    index(order, clocks([heard], limits.office()))
    order.subject = f"order:{order.number}"
    order.save()
    step.save(force_insert=True)
    step.entry = record(opened_event(order, step, evidence=evidence)).pk
    OrderStep.objects.filter(pk=step.pk).update(entry=step.entry)
    with caused_by(step.entry):
        keeping.attach_many(evidence)
