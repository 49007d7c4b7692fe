"""What the city has approved, as the rulebook hears it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from django.db import models
from django.db.models import Count, Max

from mingchu.base.errors import Refusal
from mingchu.kit.models import RuleState, RuleVersion
from mingchu.kit.rules import records
from mingchu.rulebook import lint, store
from mingchu.rulebook.domain import Rule

_log = logging.getLogger(__name__)


class CityRules:
    """Approved versions of this house; rows of rules that are not known any more are passed over,
    loudly, so that a newer book with an older row still opens."""

    def stamp(self) -> str:
        """Approving adds one, withdrawing takes one: either changes the text."""
        known = _approved().aggregate(count=Count("pk"), newest=Max("decided_at"), top=Max("pk"))
        return f"{known['count']}/{known['newest']}/{known['top']}" if known["count"] else ""

    def rules(self) -> Sequence[Rule]:
        rows = [row for row in _approved().order_by("rule", "since") if not is_unfit(row)]
        return [records.rule_of(list(own)) for _, own in groupby(rows, key=lambda row: row.rule)]


def _approved() -> models.QuerySet[RuleVersion]:
    return RuleVersion.objects.filter(state=RuleState.APPROVED)


def is_unfit(row: RuleVersion) -> bool:
    """Whether the book as it is now cannot take the version up, as after an update."""
    try:
        faults = lint.faults_of(records.record_of(row), store.here())
    except Refusal as no:
        _log.error("rule %s of %s is not heard: %s", row.rule, row.since, no)
        return True
    for fault in faults:
        _log.error("rule %s of %s is not heard: %s", row.rule, row.since, fault.code)
    return bool(faults)


CITY = CityRules()


def speak() -> None:
    """From now on this process goes by what the city has approved."""
    store.extend(CITY)


@contextmanager
def heard() -> Iterator[None]:
    """Inside, the city's own versions are heard; for one command."""
    speak()
    try:
        yield
    finally:
        store.leave(CITY)
