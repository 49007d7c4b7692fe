"""Signals 信号: one intake for everything that can go wrong anywhere."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    name = "mingchu.signals"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("信号")
