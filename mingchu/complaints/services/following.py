"""Letters follow the house: a desk that is handed over, a business that lies elsewhere now."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from mingchu.accounts.domain import may
from mingchu.accounts.models import User
from mingchu.accounts.queries import actor_for
from mingchu.complaints import queries
from mingchu.complaints.models import Complaint
from mingchu.complaints.services.moving import HANDLE, place_of
from mingchu.complaints.services.stepping import held, step
from mingchu.ledger import queries as ledger

HANDED_OVER = "accounts.desk_handed_over"
Where = tuple[str, str]  # district and station


@transaction.atomic
def pass_desk(*, giver: int, taker: int) -> int:
    """A whole desk is handed over: what one person has to do is another's; how many letters."""
    waiting = queries.waiting_of(giver)
    for one in waiting:
        step(held(one, "hand_over", None), "hand_over", by=None, handler_id=taker)
    return len(waiting)


@transaction.atomic
def leave_no_orphan() -> int:
    """Letters of whoever may not handle them any more go to who took the desk, else they are
    nobody's and stand in the list as such; how many."""
    people = User.objects.in_bulk(queries.handlers())
    return sum(_adopt(one, people[one.handler_id]) for one in queries.handled() if one.handler_id)


def _adopt(one: Complaint, handler: User) -> bool:
    if _may_handle(one, handler):
        return False
    taker = _successor(handler)
    to = taker.pk if taker and _may_handle(one, taker) else None
    step(held(one, "hand_over", None), "hand_over", by=None, handler_id=to)
    return True


def _may_handle(one: Complaint, person: User) -> bool:
    return person.is_active and may(actor_for(person), HANDLE, place_of(one))


def _successor(giver: User) -> User | None:
    """Whoever took the desk the last time it was handed over."""
    found = ledger.story([f"user:{giver.pk}"], kinds=[HANDED_OVER], limit=1)
    return User.objects.filter(pk=found[0].told["to_user_id"]).first() if found else None


@transaction.atomic
def follow_businesses(moved: Mapping[int, Where]) -> int:
    """Businesses lie elsewhere now, and their open letters with them; how many letters."""
    waiting = queries.waiting_about(moved)
    for one in waiting:
        assert one.business_id is not None  # noqa: S101 asked by it
        district, station = moved[one.business_id]
        step(held(one, "forward", None), "forward", by=None, district=district, station=station)
    return len(waiting)
