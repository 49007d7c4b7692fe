"""Rulebook 规则库: every number the law or the city fixes, dated and cited."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    name = "mingchu.rulebook"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("规则库")
