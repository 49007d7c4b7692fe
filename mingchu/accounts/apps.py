"""Accounts 人员与权限: people, posts, roles and scopes, sign-in, tokens, access log."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.slots import NAVIGATION, NavigationItem


class AccountsConfig(AppConfig):
    name = "mingchu.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("人员与权限")

    def ready(self) -> None:
        NAVIGATION.add(
            "accounts.people",
            NavigationItem(
                pgettext_lazy("menu", "人员与岗位"),
                "accounts:people",
                "accounts.people",
                aside=True,
            ),
            order=800,
        )
        NAVIGATION.add(
            "accounts.log",
            NavigationItem(
                pgettext_lazy("menu", "查看日志"), "accounts:access_log", "accounts.log", aside=True
            ),
            order=810,
        )
