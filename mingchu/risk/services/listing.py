"""Listing 列入与移出: who comes on a list, by what ground, until when, and how he leaves it.

The class of a firm that comes on a list or leaves one is reckoned again the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import record
from mingchu.registry import domain as registry
from mingchu.registry.models import Business
from mingchu.risk import credit_rules, events
from mingchu.risk.models import Exit, Listing, RollName
from mingchu.risk.services.classing import reckon
from mingchu.risk.services.crediting import already_struck, checked_why
from mingchu.risk.services.running import regrade
from mingchu.rulebook.domain import Ruling

# How somebody leaves each list; that a decision was annulled ends either.
EXITS = {
    RollName.ABNORMAL.value: (Exit.MET, Exit.ANNULLED),
    RollName.SERIOUS.value: (Exit.EARLY, Exit.EXPIRED, Exit.ANNULLED),
}


@dataclass(frozen=True, kw_only=True)
class NewListing:
    """An entry as it was decided: `found` is when the ground was established."""

    business_id: int
    roll: str
    ground: str
    found: date
    since: date
    decision: str


@transaction.atomic
def enter_list(listing: NewListing, *, by: Actor | None = None) -> Listing:
    """The business is on the list from the day of the decision."""
    # The file is locked, so that two who decide at once enter it once.
    Business.objects.select_for_update(of=("self",), no_key=True).get(pk=listing.business_id)
    ruling = _checked(listing)
    row = Listing.objects.create(
        business_id=listing.business_id,
        roll=listing.roll,
        ground=listing.ground,
        found=listing.found,
        decide_by=credit_rules.decide_by(listing.roll, listing.found),
        since=listing.since,
        decision=listing.decision.strip(),
        rule_since=ruling.since,
        ends=credit_rules.term_ends(listing.roll, listing.since),
        early_from=credit_rules.early_from(listing.roll, listing.since),
        user_id=by.user_id if by else None,
    )
    late = row.decide_by is not None and row.since > row.decide_by
    entry = record(
        events.ListEntered(
            **_known(row),
            ground=row.ground,
            since=row.since,
            ends=row.ends,
            late=late,
            rule=ruling.id,
            rule_since=ruling.since,
        )
    )
    row.entry = entry.pk
    row.save(update_fields=["entry"])
    _look_again(row)
    return row


def _look_again(row: Listing) -> None:
    """Class and, by the serious list, grade are reckoned anew at once."""
    reckon(only=[row.business_id])
    if row.roll == RollName.SERIOUS:
        regrade([row.business_id])


def _checked(listing: NewListing) -> Ruling:
    if listing.roll not in RollName.values:
        raise Refusal("unknown_list", _noop("没有“{roll}”这种名录"),
                      fix=_noop("请从列出的名录里选"), status=422, roll=listing.roll)  # fmt: skip
    if not listing.found <= listing.since <= clock.today():
        raise Refusal(
            "listing_days_wrong",
            _noop("查实日期、列入日期的先后不对，或者在今天之后"),
            fix=_noop("先查实，后决定列入，两个日期都不晚于今天"),
            status=422,
        )
    if not listing.decision.strip():
        raise Refusal(
            "listing_without_decision",
            _noop("没有写列入决定的文号"),
            fix=_noop("列入名录须作出书面决定，请写明文号"),
            status=422,
        )
    ruling = credit_rules.grounds(listing.roll, listing.since)
    ruling.choice(listing.ground)
    standing = Listing.objects.filter(
        business=listing.business_id, roll=listing.roll, ground=listing.ground,
        until__isnull=True, struck_at__isnull=True,
    )  # fmt: skip
    if standing.exists():
        raise Refusal(
            "already_listed",
            _noop("因同一情形已在名录中"),
            fix=_noop("请先办理移出，或者核对列入情形"),
        )
    return ruling


@transaction.atomic
def ask_exit(*, listing: Listing, day: date) -> Listing:
    """The business asks to be taken off; the clock of the answer begins."""
    row = _standing(listing)
    if day > clock.today() or day < row.since:
        raise Refusal(
            "asked_day_wrong",
            _noop("申请日期在列入之前或者今天之后"),
            fix=_noop("请填写收到申请的日期"),
            status=422,
        )
    _check_early(row, day)
    row.asked, row.leave_by = day, credit_rules.leave_by(row.roll, day)
    row.save(update_fields=["asked", "leave_by"])
    record(events.ExitAsked(**_known(row), asked=day, due=row.leave_by))
    return row


def _check_early(row: Listing, day: date) -> None:
    if row.early_from and day < row.early_from:
        raise Refusal(
            "early_exit_too_soon",
            _noop("列入未满规定年限，{day} 起才可以申请提前移出"),
            fix=_noop("请告知当事人可以申请的日期"),
            day=row.early_from,
        )


@transaction.atomic
def leave_list(*, listing: Listing, until: date, how: str, decision: str = "") -> Listing:
    """Off the list; `until` is the last day on it."""
    row = _standing(listing)
    if how not in EXITS[row.roll]:
        raise Refusal(
            "exit_unfit",
            _noop("这个名录不能以这种情形移出"),
            fix=_noop("请从列出的情形里选"),
            status=422,
        )
    if not row.since <= until <= clock.today():
        raise Refusal(
            "left_day_wrong",
            _noop("移出日期在列入之前或者今天之后"),
            fix=_noop("请填写移出的日期"),
            status=422,
        )
    if how == Exit.EARLY:
        _check_early(row, until)
    if how == Exit.EXPIRED and row.ends and until < row.ends:
        raise Refusal(
            "term_not_over",
            _noop("列入期限到 {day} 才满"),
            fix=_noop("期满前移出的，按提前移出办理"),
            day=row.ends,
        )
    row.until, row.exit, row.exit_decision = until, how, decision.strip()
    row.save(update_fields=["until", "exit", "exit_decision"])
    record(events.ListLeft(**_known(row), until=until, exit=how))
    _look_again(row)
    return row


def end_terms() -> int:
    """Whose term on a list is over leaves it; how many did."""
    over = Listing.objects.filter(
        until__isnull=True, struck_at__isnull=True, ends__lt=clock.today()
    )
    found = list(over.order_by("pk"))
    for row in found:
        leave_list(listing=row, until=row.ends or clock.today(), how=Exit.EXPIRED)
    return len(found)


@transaction.atomic
def strike_listing(*, listing: Listing, why: str) -> Listing:
    """The entry should never have been made."""
    row = Listing.objects.select_for_update().get(pk=listing.pk)
    row.struck_why = checked_why(why)
    if row.struck_at:
        raise already_struck()
    row.struck_at = clock.now()
    row.save(update_fields=["struck_at", "struck_why"])
    record(events.ListingStruck(**_known(row)))
    _look_again(row)
    return row


def _standing(listing: Listing) -> Listing:
    row = Listing.objects.select_for_update().get(pk=listing.pk)
    if row.until or row.struck_at:
        raise Refusal(
            "not_listed", _noop("已经不在这个名录中"), fix=_noop("请刷新页面查看现在的情况")
        )
    return row


def _known(row: Listing) -> dict[str, Any]:
    return {
        "subject": registry.subject(row.business_id),
        "business_id": row.business_id,
        "listing_id": row.pk,
        "roll": row.roll,
    }
