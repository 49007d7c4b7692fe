"""Alerts and work orders 预警与工单: reason and deadline, a person, an end with evidence."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What the registry's facts, the folding itself and the outside can raise today.
FED = (
    "licence_expiring",
    "licence_expired",
    "licence_number_bad",
    "commitment_visit",
    "health_expiring",
    "health_expired",
    "director_missing",
    "officer_missing",
    "training_short",
    "dormant_too_long",
    "reported_problem",
    "signal_flood",
    "early_warning",
)


class AlertsConfig(AppConfig):
    name = "mingchu.alerts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("预警与工单")

    def ready(self) -> None:
        from mingchu.alerts import evidence, figure_hanging, hanging, order_hanging
        from mingchu.alerts.jobs import fold_soon
        from mingchu.base.slots import BEGINNINGS
        from mingchu.kit.messages.kinds import KINDS
        from mingchu.signals.feeders import feeds
        from mingchu.signals.services import when_raised

        feeds("alerts", *FED)
        for kind in ("alert_opened", "order_opened"):
            BEGINNINGS.add(f"alerts.{kind}", f"alerts.{kind}")
        KINDS.add("order", ("order", _("工单")))
        when_raised(fold_soon)
        evidence.hang()
        hanging.hang()
        order_hanging.hang()
        figure_hanging.hang()
