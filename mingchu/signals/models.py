"""The intake: appended by whoever notices, folded and cleared away by the alerts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingchu.base.retention import Retention


class Noticed(models.Model):
    """One signal as it came, until it is folded into an alert.

    Rows go in by COPY and out in the order of `id`; those that wait are those that are there. One
    that cannot be folded stays, with the reason in `fault`, and is shown until it can.
    """

    kind = models.TextField(_("种类"))
    subject = models.TextField(_("对象"))
    key = models.TextField(_("区分"), default="")
    fingerprint = models.BinaryField(_("指纹"))
    business_id = models.BigIntegerField(_("主体"), null=True)
    district = models.TextField(_("旗县区"), default="")
    station = models.TextField(_("监管所"), default="")
    labels = models.JSONField(_("标签"), default=dict)
    over = models.BooleanField(_("已消除"), default=False)
    cause = models.UUIDField(_("起因"), null=True)
    at = models.DateTimeField(_("发生时间"))
    received = models.DateTimeField(_("收到时间"))
    fault = models.TextField(_("搁置原因"), default="", db_default="")

    RETENTION: ClassVar = Retention(
        why="goes as soon as it is folded into an alert; what cannot be is shown and waits"
    )

    class Meta:
        verbose_name = _("信号")
        verbose_name_plural = _("信号")
        indexes = [models.Index(fields=["id"], condition=~Q(fault=""), name="noticed_aside")]
