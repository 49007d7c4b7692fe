"""A cold chain 冷链 of the last played days: first station, cold store, truck, shop, each sending
its EPCIS events as firms do, so that the repository's pages have something to show.

All numbers are of GS1's range for demonstrations (952); nobody trades under them. One shop's
document is wrong in one event, another whole, and one event is declared wrong and corrected.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.accounts.places import located
from mingchu.accounts.queries import holders
from mingchu.base.stage import Stage
from mingchu.demo.agenda import Act, Cast, moment
from mingchu.trace.services import Behaviour, Sender, capture_document

LOADS = 6  # days on which goods set out; they are sold the day after
CASES = 4  # of each lot
KILOS = 12.5  # in a case
PORTIONS = 10  # sold one by one, of each lot
Event = dict[str, Any]
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]
PREFIX = "9521234"
ROLES = {"station": "first_station", "store": "holder", "truck": "carrier", "shop": "enterprise"}
SITES = {"station": 1, "store": 2, "truck": 3, "shop": 4}
GOODS = ((1, "冻带鱼", "RU"), (2, "冻鸡爪", "BR"), (3, "冻牛肉", "AU"))
TRUCK, LOGGER = f"urn:epc:id:grai:{PREFIX}.00010.1", f"urn:epc:id:giai:{PREFIX}.0T7"


class Load(NamedTuple):
    """What sets out on a day: its number among all, and the day."""

    number: int
    day: date

    def at(self, hour: int, minute: int = 0, *, days: int = 0) -> datetime:
        return moment(self.day + timedelta(days=days), hour, minute)


def agenda(stage: Stage, day: date, cast: Cast) -> Iterator[Act]:
    """A load sets out in the morning and is in the shop the next day."""
    first = max(0, stage.days - 1 - LOADS)
    number = stage.number(day) - first
    if 0 <= number < LOADS:
        load = Load(number, day)
        yield Act(load.at(9, 30), partial(_send, "station", station, load))
        yield Act(load.at(16), partial(_send, "store", store, load))
    if 1 <= number <= LOADS:
        load = Load(number - 1, day - timedelta(days=1))
        yield Act(moment(day, 8), partial(_send, "truck", truck, load))
        yield Act(moment(day, 11), partial(_send, "shop", shop, load))
    if number == LOADS - 1:
        yield Act(moment(day, 12), partial(_faults, Load(number - 1, day - timedelta(days=1))))


def _send(role: str, tell: Callable[[Load], Iterator[Event]], load: Load) -> None:
    if (sender := _sender(role)) is not None:
        capture_document(_document(list(tell(load)), load), Behaviour.ROLLBACK, sender)


def _sender(role: str) -> Sender | None:
    """The firm of the demo that has the role; None in a city without one."""
    post = holders(ROLES[role]).first()
    if post is None:
        return None
    scope = Scope(ScopeKind(post.scope_kind), post.scope_code)
    found = located(scope)
    return Sender(f"user:{post.user_id}", str(scope), found.place.district if found else "")


def _document(events: list[Event], load: Load) -> bytes:
    made = load.at(0).isoformat(timespec="milliseconds")
    said = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": made,
        "epcisBody": {"eventList": events},
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


# What each of them tells


def station(load: Load) -> Iterator[Event]:
    """Goods come in, are inspected, packed into cases and sent to the cold store."""
    for good, _name, origin in GOODS:
        lot = [{"epcClass": _lot(load, good), "quantity": CASES * KILOS, "uom": "KGM"}]
        yield _event("ObjectEvent", load.at(7, good), "station", "commissioning", "active") | {
            "action": "ADD",
            "quantityList": lot,
            "ilmd": {
                "cbvmda:lotNumber": _lot_number(load, good),
                "cbvmda:countryOfOrigin": origin,
                "cbvmda:itemExpirationDate": str(load.day + timedelta(days=540)),
            },
            "bizTransactionList": [_paper("bol", f"B{load.number:03d}{good}")],
        }
        yield _event(
            "ObjectEvent", load.at(7, 30 + good), "station", "inspecting", "conformant"
        ) | {
            "action": "OBSERVE",
            "quantityList": lot,
            "bizTransactionList": [_paper("testres", f"T{load.number:03d}{good}")],
        }
        for case in range(CASES):
            yield _event("AggregationEvent", load.at(8, 4 * good + case), "station", "packing") | {
                "action": "ADD",
                "parentID": _case(load, good, case),
                "childQuantityList": [_kilos(load, good, KILOS)],
            }
    yield _event("ObjectEvent", load.at(9), "station", "shipping", "in_transit") | {
        "action": "OBSERVE",
        "epcList": _cases(load),
        "bizTransactionList": [_paper("desadv", f"D{load.number:03d}")],
        **_sides("station", "store"),
    }


def store(load: Load) -> Iterator[Event]:
    """The cold store takes the cases in, keeps them cold, and sends them on."""
    yield _event("ObjectEvent", load.at(10, 40), "store", "receiving", "in_progress") | {
        "action": "OBSERVE",
        "epcList": _cases(load),
        "bizTransactionList": [_paper("desadv", f"D{load.number:03d}")],
        **_sides("station", "store"),
    }
    for hour in (11, 13, 15):
        yield _event("ObjectEvent", load.at(hour), "store", "storing", "in_progress") | {
            "action": "OBSERVE",
            "epcList": _cases(load),
            "sensorElementList": [_sensed(load, hour)],
        }


def truck(load: Load) -> Iterator[Event]:
    """A logger is put on the truck, the cases ride in it, and come out at the shop."""
    yield _event("AssociationEvent", load.at(5, days=1), "truck", "installing") | {
        "action": "ADD",
        "parentID": TRUCK,
        "childEPCs": [LOGGER],
    }
    ride = {"parentID": TRUCK, "childEPCs": _cases(load)}
    yield _event("AggregationEvent", load.at(5, 20, days=1), "store", "loading", "in_transit") | {
        "action": "ADD",
        **ride,
    }
    for hour in (6, 7):
        yield _event(
            "ObjectEvent", load.at(hour, days=1), "truck", "transporting", "in_transit"
        ) | {
            "action": "OBSERVE",
            "epcList": _cases(load),
            "sensorElementList": [_sensed(load, hour)],
        }
    yield _event("AggregationEvent", load.at(7, 40, days=1), "shop", "unloading") | {
        "action": "DELETE",
        **ride,
    }


def shop(load: Load) -> Iterator[Event]:
    """The shop takes the cases in, opens them, makes portions of a lot and sells them."""
    yield _event("TransactionEvent", load.at(8, days=1), "shop", "receiving", "in_progress") | {
        "action": "ADD",
        "epcList": _cases(load),
        "bizTransactionList": [_paper("recadv", f"R{load.number:03d}")],
        **_sides("store", "shop"),
    }
    for good, *_rest in GOODS:
        for case in range(CASES):
            yield _event("AggregationEvent", load.at(8, 20 + case, days=1), "shop", "unpacking") | {
                "action": "DELETE",
                "parentID": _case(load, good, case),
                "childQuantityList": [_kilos(load, good, KILOS)],
            }
        yield _event(
            "TransformationEvent", load.at(9, good, days=1), "shop", "repackaging",
            "sellable_accessible",
        ) | {
            "inputQuantityList": [_kilos(load, good, CASES * KILOS)],
            "outputEPCList": _portions(load, good),
        }  # fmt: skip
        yield _event("ObjectEvent", load.at(10, good, days=1), "shop", "retail_selling",
                     "retail_sold") | {
            "action": "OBSERVE",
            "epcList": _portions(load, good)[: PORTIONS // 2],
        }  # fmt: skip


def _faults(load: Load) -> None:
    """What goes wrong where people work: a wrong event, a wrong document, a correction."""
    sender = _sender("shop")
    if sender is None:
        return
    counted = _event("ObjectEvent", load.at(11, days=1), "shop", "stock_taking", "active") | {
        "action": "OBSERVE",
        "quantityList": [_kilos(load, 1, 20)],
        "eventID": f"urn:uuid:9521234{load.number}-0000-4000-8000-000000000001",
    }
    better = counted | {
        "quantityList": [_kilos(load, 1, 24)],
        "eventID": f"urn:uuid:9521234{load.number}-0000-4000-8000-000000000002",
    }
    declared = counted | {
        "errorDeclaration": {
            "declarationTime": load.at(11, 30, days=1).isoformat(),
            "reason": "incorrect_data",
            "correctiveEventIDs": [better["eventID"]],
        }
    }
    capture_document(_document([counted], load), Behaviour.ROLLBACK, sender)
    capture_document(_document([declared, better], load), Behaviour.ROLLBACK, sender)
    lacks = {name: value for name, value in counted.items() if name not in ("action", "eventID")}
    wrong = [lacks | {"bizStep": "received"}, lacks, *shop(load)]
    capture_document(_document(wrong, load), Behaviour.ROLLBACK, sender)
    capture_document(_document([lacks, *shop(load)], load), Behaviour.PROCEED, sender)


# Pieces of events


def _event(kind: str, at: datetime, site: str, step: str, disposition: str = "") -> Event:
    place = {"id": f"urn:epc:id:sgln:{PREFIX}.{SITES[site]:05d}.0"}
    state = {"disposition": disposition} if disposition else {}
    return {
        "type": kind,
        "eventTime": at.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+08:00",
        "bizStep": step,
        **state,
        "readPoint": place,
        **({} if site == "truck" else {"bizLocation": place}),
    }


def _lot_number(load: Load, good: int) -> str:
    return f"L{load.day:%y%m%d}{good}"


def _lot(load: Load, good: int) -> str:
    return f"urn:epc:class:lgtin:{PREFIX}.{good:06d}.{_lot_number(load, good)}"


def _kilos(load: Load, good: int, kilos: float) -> Event:
    return {"epcClass": _lot(load, good), "quantity": kilos, "uom": "KGM"}


def _case(load: Load, good: int, case: int) -> str:
    return f"urn:epc:id:sscc:{PREFIX}.1{load.day:%y%m%d}{good}{case:02d}"


def _cases(load: Load) -> list[str]:
    return [_case(load, good, case) for good, *_rest in GOODS for case in range(CASES)]


def _portions(load: Load, good: int) -> list[str]:
    head = f"urn:epc:id:sgtin:{PREFIX}.{good + 10:06d}.{load.day:%y%m%d}"
    return [f"{head}{n:03d}" for n in range(PORTIONS)]


def _paper(kind: str, number: str) -> Event:
    name = f"urn:epcglobal:cbv:bt:{PREFIX}000013:{number}"
    return {"type": kind, "bizTransaction": name}


def _sides(source: str, destination: str) -> Event:
    return {
        "sourceList": [{"type": "possessing_party", "source": _party(source)}],
        "destinationList": [{"type": "possessing_party", "destination": _party(destination)}],
    }


def _party(site: str) -> str:
    return f"urn:epc:id:pgln:{PREFIX}.{SITES[site]:05d}"


def _sensed(load: Load, hour: int) -> Event:
    """Cold enough, and one load was not."""
    warm = load.number == LOADS - 2 and hour == 7
    degrees = -11.5 if warm else -18 - (load.number + hour) % 5 / 2
    report = {"type": "Temperature", "value": degrees, "uom": "CEL"}
    alarm = {"exception": "ALARM_CONDITION"} if warm else {}
    return {"sensorMetadata": {"deviceID": LOGGER}, "sensorReport": [report | alarm]}
