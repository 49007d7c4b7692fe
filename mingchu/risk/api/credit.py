"""The credit file and the burden account of a business, inside the caller's scope.

`class` and `measures` stand in the answer only for whoever may see a class there.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from mingchu.accounts.access import actor_of, api_auth, requires
from mingchu.accounts.domain import Place, may
from mingchu.base import clock
from mingchu.registry import domain as registry
from mingchu.registry import queries as registered
from mingchu.registry.models import Business
from mingchu.risk import credit_rules
from mingchu.risk.credit_pages import CREDIT, READ
from mingchu.risk.models import CreditClass, Fact, Listing
from mingchu.risk.queries import credit as queries
from mingchu.risk.queries import supervising
from mingchu.risk.queries.supervising import Supervised
from mingchu.rulebook.domain import Ruling
from mingchu.rulebook.values import plain

router = Router(auth=api_auth, tags=["risk"])


def _reachable(request: HttpRequest, code: str) -> tuple[Business, bool]:
    """The business where the caller may read, and whether he may see its class."""
    actor = actor_of(request)
    known = registered.business(actor.scopes_for(READ), registry.number_of(code))
    if known is None:
        raise Http404
    place = Place(known.district, known.station, known.public_id)
    return known, may(actor, CREDIT, place)


@router.get("/businesses/{str:code}/credit", operation_id="credit_of_business")
@requires(READ)
def credit_of_business(request: HttpRequest, code: str) -> dict[str, Any]:
    """Facts and lists with dates and papers; the class, its reasons and what it changes for who
    may see one."""
    known, sees = _reachable(request, code)
    said: dict[str, Any] = {
        "id": known.public_id,
        "facts": [_fact(one) for one in queries.facts_of(known.pk)],
        "lists": [_listing(one) for one in queries.listings_of(known.pk)],
    }
    return {**said, **_class(known)} if sees else said


def _fact(one: Fact) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "day": one.day,
        "reference": one.reference,
        "source": one.source,
        "origin": one.origin,
        "struck": one.struck_at is not None,
    }


def _listing(one: Listing) -> dict[str, Any]:
    return {
        "list": one.roll,
        "ground": one.ground,
        "found": one.found,
        "since": one.since,
        "decision": one.decision,
        "decide_by": one.decide_by,
        "ends": one.ends,
        "early_from": one.early_from,
        "asked": one.asked,
        "leave_by": one.leave_by,
        "until": one.until,
        "exit": one.exit or None,
        "struck": one.struck_at is not None,
        "rule": {"id": credit_rules.GROUNDS[one.roll], "since": one.rule_since},
    }


def _class(known: Business) -> dict[str, Any]:
    day = clock.today()
    present = next((one for one in queries.classes_of(known.pk) if one.until is None), None)
    view = supervising.supervised(known.pk, day, with_credit=True)
    return {
        "class": _letter(present) if present else None,
        "measures": _measures(view, credit_rules.table(day)) if view else None,
    }


def _letter(one: CreditClass) -> dict[str, Any]:
    run = queries.run_of(one)
    return {
        "class": one.credit,
        "points": plain(one.points),
        "lifted_by": one.lifted_by,
        "since": one.since,
        "as_of": run.day,
        "reasons": one.reasons,
        "rules": run.rules,
    }


def _measures(view: Supervised, table: Ruling) -> dict[str, Any]:
    found = view.measures
    return {
        "ratio": plain(found.ratio),
        "visits": found.visits,
        "kind": found.kind,
        "reminder": found.reminder,
        "rule": {"id": table.id, "since": table.since},
    }


@router.get("/businesses/{str:code}/burden", operation_id="burden_of_business")
@requires(READ)
def burden_of_business(request: HttpRequest, code: str) -> dict[str, Any]:
    """This year's visits of every department against the published ceiling, by when the next is
    due, and why the business is under key supervision."""
    known, sees = _reachable(request, code)
    day = clock.today()
    view = supervising.supervised(known.pk, day, with_credit=sees)
    if view is None:
        raise Http404
    account, cap = view.account, credit_rules.caps(day)
    return {
        "id": known.public_id,
        "year": account.year,
        "visits": account.visits,
        "calls": account.calls,
        "merged": account.merged,
        "exempt": account.exempt,
        "counted": account.counted,
        "departments": account.departments,
        "cap": account.cap,
        "over": account.is_over,
        "left": account.left,
        "rule": {"id": cap.id, "since": cap.since},
        "next_visit": {"due": view.due.day, "by": view.due.by},
        "key_supervision": list(view.key),
    }
