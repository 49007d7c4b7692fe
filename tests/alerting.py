"""What several tests raise and read: signals and the alerts they become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from mingchu.alerts.models import Alert
from mingchu.alerts.services.folding import fold
from mingchu.signals.domain import Signal
from mingchu.signals.services import raise_signals

Raises = Callable[..., list[Alert]]


def a_signal(**said: Any) -> Signal:
    return Signal(**{"kind": "reported_problem", "subject": "device:1", **said})


def notice(*signals: Signal) -> None:
    """Somebody notices something, and that is committed."""
    with transaction.atomic():
        raise_signals(signals)


def alerted(*signals: Signal) -> list[Alert]:
    """Raises signals and folds them: the alerts afterwards, in the order of their opening."""
    notice(*signals)
    fold()
    return list(Alert.objects.order_by("pk"))
