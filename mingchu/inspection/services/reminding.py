"""Reminding 提醒: a business hears once that the day of a correction comes near."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from mingchu.accounts.domain import Scope, ScopeKind
from mingchu.base import clock
from mingchu.inspection import rules
from mingchu.inspection.models import Finding
from mingchu.inspection.queries import after
from mingchu.kit.messages.domain import News, Severity, To
from mingchu.kit.messages.telling import tell_many
from mingchu.kit.models import Message
from mingchu.registry.domain import public_id

ANSWER = "inspection.answer"
DUE = _noop("有 {n} 项整改快到期，最早 {due}")


@transaction.atomic
def remind_due() -> int:
    """One message to each business for all that is due soon and was not told yet; how many."""
    rows = after.due_soon(rules.remind_until(clock.today()))
    told = _told_already([_subject(one) for one in rows])
    waiting = [one for one in rows if _subject(one) not in told]
    news = [_news(list(own)) for _number, own in groupby(waiting, lambda one: one.business_id)]
    tell_many(news)
    return len(news)


def _subject(one: Finding) -> str:
    return f"finding:{one.pk}"


def _told_already(subjects: Collection[str]) -> set[str]:
    """A message stands under the first to be due of what it speaks of. What was told along with
    one that was mended since is told once more, alone."""
    rows = Message.objects.filter(subject__in=list(subjects), what=DUE)
    told = set()
    for one in rows:
        told |= {f"finding:{number}" for number in one.facts.get("of", ())}
    return told


def _news(own: list[Finding]) -> News:
    first = own[0]
    scope = Scope(ScopeKind.BUSINESS, public_id(first.business_id))
    return News(
        subject=_subject(first),
        what=DUE,
        to=[To(scope=scope, action=ANSWER)],
        severity=Severity.PLAIN,
        link=reverse("inspection:desk_inspections", args=[first.business_id]),
        facts={
            "n": len(own),
            "due": first.due.isoformat() if first.due else "",
            "of": [one.pk for one in own],
        },
        district=first.district,
    )
