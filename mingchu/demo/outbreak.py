"""The grave case 疑似食源性疾病 of the demo: `outbreak.yaml`, played to the minute.

Two households write of one dinner, and the outbreak rule opens a red alert and its order on a
Sunday; whoever is on duty goes. The letters that follow are merged by a person; the order goes
from the first letter to its end on one page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

import yaml

from mingchu.accounts.domain import Actor
from mingchu.alerts.models import Order
from mingchu.alerts.services import orders
from mingchu.base import clock
from mingchu.base.stage import Stage
from mingchu.complaints import services as letters
from mingchu.complaints.domain.states import OPEN
from mingchu.complaints.models import Category, Channel, Complaint, Kind, State
from mingchu.complaints.values import NewComplaint
from mingchu.demo import alerts, evidence
from mingchu.demo.agenda import Act, Cast, as_
from mingchu.demo.complaints import GUEST, PLATFORM, enter_sheet
from mingchu.demo.letters import writer
from mingchu.kit.models import Upload
from mingchu.ledger.services import acting
from mingchu.registry.models import Business
from mingchu.registry.models import State as Standing

TABLE = Path(__file__).parent / "outbreak.yaml"
KIND_OF_ORDER = "illness_cluster"
SOON = timedelta(minutes=1)
SHEET_NUMBER = 900_001  # of the day, beyond what the daily sheet brings


@cache
def script() -> Mapping[str, Any]:
    said: Mapping[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return said


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """What of the story falls on a day; alerts follow every letter within the minute."""
    dined = stage.today - timedelta(days=script()["before_today"])
    number, dinner = (day - dined).days, _at(dined, script()["dinner"])
    for letter, said in enumerate(script()["letters"]):
        if said["day"] == number:
            at = _at(day, said["at"])
            yield Act(at, partial(_write, stage, letter, said, dinner, cast))
            yield Act(at + SOON, alerts.look)
    for said in script()["acts"]:
        if said["day"] == number:
            yield Act(_at(day, said["at"]), partial(_do, said["act"], said["note"], cast))


def _at(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), clock.CITY_ZONE)


def _place() -> Business | None:
    """The first business of the kind there that is open, near an officer's station if one is."""
    there = Business.objects.filter(
        kind=script()["kind"], district=script()["district"], state=Standing.OPEN
    ).defer("search_text")
    told = Complaint.objects.filter(category=Category.ILLNESS, ate_at__isnull=False).first()
    if told is not None:
        return Business.objects.defer("search_text").get(pk=told.business_id or 0)
    near = there.filter(station=f"{script()['district']}001")
    return near.order_by("pk").first() or there.order_by("pk").first()


def _write(
    stage: Stage, number: int, said: Mapping[str, Any], dinner: datetime, cast: Cast
) -> None:
    business = _place()
    if business is None:
        return
    random: Random = stage.random("outbreak", number)
    is_form = said["by"] == Channel.FORM
    new = NewComplaint(
        kinds=(Kind.REPORT,),
        what=said["what"],
        channel=said["by"],
        category=Category.ILLNESS,
        business=business.pk,
        place=f"{business.sign or business.name} {business.address}",
        district=business.district,
        happened_on=clock.city(dinner).date(),
        ill=said["ill"],
        households=said["households"],
        ate_at=dinner,
        contact=writer(random),
        number="" if is_form else f"{PLATFORM}{clock.today():%Y%m%d}{SHEET_NUMBER}",
    )
    if not is_form:
        enter_sheet([new], cast)
        return
    with acting(GUEST):
        letters.register(new=new)


def _do(act: str, note: str, cast: Cast) -> None:
    """One act of the story, by whose it is."""
    order = Order.objects.filter(kind=KIND_OF_ORDER).order_by("pk").first()
    district = script()["district"]
    inspector, chief = cast.at("inspector", district), cast.at("district", district)
    if order is None or inspector is None or chief is None:
        return
    by = chief if act == "close" else inspector
    with as_(by):
        ACTS[act](order=order, note=note, by=by)


def _join_forces(*, order: Order, note: str, by: Actor) -> None:
    orders.join_forces(order=order, authority="health", by=by, note=note)


def _pause(*, order: Order, note: str, by: Actor) -> None:
    orders.pause(order=order, ground="testing", by=by, note=note)


def _talk(*, order: Order, note: str, by: Actor) -> None:
    orders.talk(order=order, day=clock.today(), by=by, note=note)


def _submit(*, order: Order, note: str, by: Actor) -> None:
    orders.submit(order=order, by=by, note=note, files=_papers(by))


def _papers(by: Actor) -> list[Upload]:
    return [evidence.sent(by, one["title"], tuple(one["says"])) for one in script()["papers"]]


def _gather(*, order: Order, note: str, by: Actor) -> None:
    """The first letter is checked; those that repeat it are merged into it, by a person."""
    first, *others = _letters(order)
    first = letters.take(complaint=first, by=by)
    letters.begin_check(complaint=first, by=by)
    for other in others:
        letters.merge(complaint=letters.take(complaint=other, by=by), into=first, why=note, by=by)


def _file_case(*, order: Order, note: str, by: Actor) -> None:
    letters.file_case(complaint=_main(order), note=note, by=by)


def _reply(*, order: Order, note: str, by: Actor) -> None:
    letters.reply(complaint=_main(order), text=note, by=by)


def _follow_up(*, order: Order, note: str, by: Actor) -> None:
    letters.follow_up(complaint=_main(order), note=note, by=by)


def _letters(order: Order) -> list[Complaint]:
    found = Complaint.objects.filter(business=order.business_id, ate_at__isnull=False)
    return list(found.filter(state__in=(*OPEN, State.CLOSED)).order_by("received_at", "pk"))


def _main(order: Order) -> Complaint:
    return _letters(order)[0]


ACTS: Mapping[str, Callable[..., object]] = {
    "accept": orders.accept,
    "begin": orders.begin,
    "join_forces": _join_forces,
    "pause": _pause,
    "gather": _gather,
    "resume": orders.resume,
    "talk": _talk,
    "submit": _submit,
    "close": orders.close,
    "file_case": _file_case,
    "reply": _reply,
    "follow_up": _follow_up,
}
