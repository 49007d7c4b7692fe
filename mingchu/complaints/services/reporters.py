"""Whoever wrote 举报人保护: shown to the handler alone, each look logged, erased in time."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Actor
from mingchu.accounts.services import log_view
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.complaints import queries, rules, sealing
from mingchu.complaints.events import ReportersForgotten
from mingchu.complaints.models import Complaint, Reporter
from mingchu.complaints.services.raising import subject
from mingchu.complaints.values import Contact
from mingchu.ledger.services import record

SEEN = "complaints.reporter"  # the purpose in the access log


@transaction.atomic
def see_reporter(*, complaint: Complaint, by: Actor) -> Contact:
    """Opens the seal for the handler; the look stands in the access log before it is shown."""
    is_theirs = Complaint.objects.filter(pk=complaint.pk, handler=by.user_id).exists()
    if not (by.is_known and is_theirs):
        raise Refusal(
            "reporter_hidden",
            _noop("投诉人、举报人信息只有承办人可以查看"),
            fix=_noop("需要时请由承办人查看，或先移交承办"),
            status=403,
        )
    log_view(by, subject(complaint.pk), SEEN)
    known = Reporter.objects.filter(complaint=complaint).first()
    return sealing.opened(known.sealed) if known else Contact()


@transaction.atomic
def forget_reporters() -> int:
    """Erases whoever wrote letters that were closed so long ago that nobody needs to know; how
    many. What is left of them, a digest, goes too."""
    until = rules.reporters_kept_since(clock.today())
    letters = queries.closed_before(clock.midnight(until))
    count = Reporter.objects.filter(complaint__in=letters).delete()[0]
    Complaint.objects.filter(pk__in=letters).exclude(household="").update(household="")
    if count:
        record(ReportersForgotten(subject="complaints:reporters", count=count, until=until))
    return count
