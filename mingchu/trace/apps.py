"""Traceability 追溯: a repository of EPCIS 2.0 events, usable by itself."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TraceConfig(AppConfig):
    name = "mingchu.trace"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("追溯")

    def ready(self) -> None:
        from mingchu.base.states import STATES
        from mingchu.trace import hanging, signs
        from mingchu.trace.states import SUBSCRIPTION, TABLE

        STATES.add("trace.Capture", TABLE)
        STATES.add("trace.Subscription", SUBSCRIPTION)
        signs.hang()
        hanging.hang()
