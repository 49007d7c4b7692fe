"""Letters that belong together or apart, and to which business: merged, parted, bound, and back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.complaints import rules
from mingchu.complaints.domain.numbers import new_number
from mingchu.complaints.domain.states import OPEN, Kind
from mingchu.complaints.models import Channel, Complaint, Reporter
from mingchu.complaints.services import raising
from mingchu.complaints.services.registering import WHAT_TOP, registered
from mingchu.complaints.services.stepping import check_note, held, step
from mingchu.ledger.services import record
from mingchu.registry.models import Business


@transaction.atomic
def merge(*, complaint: Complaint, into: Complaint, why: str, by: Actor) -> Complaint:
    """A person found that the letter repeats another: it is handled and answered with that one."""
    found = held(complaint, "merge", by)
    other = Complaint.objects.select_for_update().get(pk=into.pk)
    check_note(why, _("并案理由"), required=True)
    if other.pk == found.pk or other.kind != found.kind or other.state not in OPEN:
        raise Refusal(
            "cannot_merge_there",
            _noop("不能并入这一件"),
            fix=_noop("请选择同类、还在办理的另一件；投诉与举报不能互相并案"),
        )
    if found.merged.exists():
        raise Refusal(
            "has_merged_letters",
            _noop("这一件里已并入别的投诉举报"),
            fix=_noop("请反过来，把另一件并入这一件"),
        )
    return step(found, "merge", by=by, note=why, other=other, merged_into=other)


@transaction.atomic
def unmerge(*, complaint: Complaint, why: str, by: Actor) -> Complaint:
    """It was another matter after all: it goes on where it stood."""
    found = held(complaint, "unmerge", by)
    check_note(why, _("撤回并案的理由"), required=True)
    other = found.merged_into
    return step(found, "unmerge", by=by, note=why, other=other, merged_into=None)


@transaction.atomic
def split(*, complaint: Complaint, what: str, by: Actor) -> Complaint:
    """A complaint that also names a breach is parted (article 7); the report, with its own clock
    since the letter came, is returned."""
    found = held(complaint, "split", by)
    return _part(found, "split", what, by, found.channel)


@transaction.atomic
def find_breach(*, complaint: Complaint, what: str, by: Actor) -> Complaint:
    """Mediating, somebody found a breach: it is checked by itself, from now on."""
    found = held(complaint, "find_breach", by)
    return _part(found, "find_breach", what, by, Channel.MEDIATION)


def _part(found: Complaint, move: str, what: str, by: Actor, channel: str) -> Complaint:
    check_note(what[:WHAT_TOP], _("违法线索"), required=True)
    is_found = channel == Channel.MEDIATION
    part = Complaint(
        number=new_number() if found.channel != Channel.SHEET else _numbered(found),
        channel=channel,
        kind=Kind.REPORT,
        category=found.category,
        business=found.business,
        place=found.place,
        district=found.district,
        station=found.station,
        what=what.strip(),
        happened_on=found.happened_on,
        household="" if is_found else found.household,
        named=False if is_found else found.named,
        received_at=clock.now() if is_found else found.received_at,
        handler_id=found.handler_id,
        part_of=found,
    )
    rules.set_index(part, ())
    part.save()
    if not is_found:
        _copy_reporter(found, part)
    record(registered(part))
    step(found, move, by=by, other=part)
    return part


def _numbered(found: Complaint) -> str:
    """Parts of a letter of the platform go by its number and theirs."""
    return f"{found.number}-{found.parts.count() + 2}"


def _copy_reporter(found: Complaint, part: Complaint) -> None:
    known = Reporter.objects.filter(complaint=found).first()
    if known:
        Reporter.objects.create(complaint=part, sealed=known.sealed)


@transaction.atomic
def bind(*, complaint: Complaint, business: Business, by: Actor) -> Complaint:
    """The place described in words is this business: from now on the letter counts with it."""
    found = held(complaint, "bind", by)
    done = step(
        found,
        "bind",
        by=by,
        business=business,
        district=business.district,
        station=business.station,
    )
    last = done.steps.order_by("-number").values_list("entry", flat=True)[0]
    raising.notice([done], {business.pk: last})
    return done
