"""Alerts and work orders 预警与工单: reason and deadline, a person, an end with evidence."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "mingchu.alerts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("预警与工单")

    def ready(self) -> None:
        from mingchu.alerts import evidence, order_hanging

        evidence.hang()
        order_hanging.hang()
