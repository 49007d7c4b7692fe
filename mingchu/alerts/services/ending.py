"""Ending 了结: an alert is over because it is so no more, or because somebody dealt with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop as _noop

from mingchu.alerts import events, rules
from mingchu.alerts.domain.kinds import Ends
from mingchu.alerts.models import Alert, AlertEnd
from mingchu.alerts.services import holding, telling
from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.ledger.services import current_cause
from mingchu.signals.services import wake


@transaction.atomic
def end_alerts(*, alerts: Sequence[Alert], how: str) -> int:
    """Ends open alerts by what an officer found (handled, false, merged); how many.

    For the end of an order. Raises Refusal `fact_still_holds` where only the fact itself may end
    one of them as handled.
    """
    found = [one for one in alerts if one.ended_at is None]
    if how == AlertEnd.HANDLED:
        _check_may_be_handled(found)
    now, cause = clock.now(), current_cause()
    Alert.objects.filter(pk__in=[one.pk for one in found]).update(ended_at=now, end=how)
    told = []
    for one in found:
        one.ended_at, one.end = now, how
        said = telling.said(one, one.business_id)
        told.append((events.AlertEnded(**said, how=how, count=one.count), cause or one.entry))
    if told:
        holding.release_covered([one.pk for one in found], telling.followed(told))
        wake()
    return len(found)


def ends_by_fact(one: Alert) -> bool:
    """Whether nothing but the end of the fact ends an alert of this kind as handled."""
    kind = rules.kinds_on(clock.today()).get(one.kind)
    return kind is not None and kind.ends is Ends.FACT


def _check_may_be_handled(alerts: Collection[Alert]) -> None:
    if held := [one for one in alerts if ends_by_fact(one)]:
        raise Refusal(
            "fact_still_holds",
            _noop("预警 {alerts} 所说的情形还在，不能作为已处置办结"),
            fix=_noop("情形消除并登记后预警自行了结；情形不实的，按误报处理"),
            alerts=[one.pk for one in held],
        )
