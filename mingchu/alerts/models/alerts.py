"""An alert: one thing that is wrong, however often it was noticed, with a reason and a deadline."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingchu.base.retention import Retention

OPEN = Q(ended_at__isnull=True)
# Calls for somebody, and nobody has been called yet.
WAITING = OPEN & Q(calls=True, order__isnull=True, covered_by__isnull=True, silence__isnull=True)


class AlertEnd(models.TextChoices):
    """Why an alert is over: a fact, or what an officer found."""

    GONE = "gone", _("情形已消除")
    HANDLED = "handled", _("已处置办结")
    FALSE = "false", _("误报")
    MERGED = "merged", _("已合并")


# Somebody has looked at it: a feeder does not raise a false alarm again.
SETTLED = [AlertEnd.HANDLED, AlertEnd.FALSE]


class Silence(models.Model):
    """What is known and shall not call anybody for a while: who said so, why, until when."""

    kind = models.CharField(_("预警种类"), max_length=40)
    business_id = models.BigIntegerField(_("主体"), null=True)
    subject = models.CharField(_("对象"), max_length=60, blank=True)
    district = models.CharField(_("旗县区"), max_length=6, blank=True)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    why = models.CharField(_("理由"), max_length=200)
    author = models.BigIntegerField(_("设置人"))
    since = models.DateTimeField(_("起"))
    until = models.DateTimeField(_("止"))
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lifted_by = models.BigIntegerField(_("解除人"), null=True)
    entry = models.UUIDField(_("台账条目"), null=True)

    RETENTION: ClassVar = Retention(why="tells why an alert called nobody; holds no personal data")

    class Meta:
        verbose_name = _("静默")
        verbose_name_plural = _("静默")
        indexes = [
            models.Index(
                fields=["until"], condition=Q(lifted_at__isnull=True), name="silence_in_force"
            )
        ]


class Alert(models.Model):
    """At most one open alert has a fingerprint; a thing that comes back later is a new alert.

    An alert that is covered by another or silenced keeps its own record and its own deadline.
    """

    kind = models.CharField(_("种类"), max_length=40)
    fingerprint = models.BinaryField(_("指纹"))
    subject = models.CharField(_("对象"), max_length=60)
    key = models.CharField(_("区分"), max_length=120, blank=True)
    business = models.ForeignKey(
        "registry.Business",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("主体"),
    )
    district = models.CharField(_("旗县区"), max_length=6, blank=True)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    labels = models.JSONField(_("标签"), default=dict)
    severity = models.PositiveSmallIntegerField(_("级别"))
    count = models.PositiveIntegerField(_("次数"), default=1)
    first_at = models.DateTimeField(_("首次发生"))
    last_at = models.DateTimeField(_("最近发生"))
    opened_at = models.DateTimeField(_("立警时间"))
    due_at = models.DateTimeField(_("处理时限"), null=True)
    # By which rule it has its deadline: the version that spoke on the day it opened.
    rule = models.CharField(_("时限依据"), max_length=60, blank=True)
    rule_since = models.DateField(_("依据版本"), null=True)
    due_from = models.DateTimeField(_("时限起算"), null=True)
    provisional = models.BooleanField(_("时限暂定"), default=False)
    covered_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="covers",
        db_index=False, verbose_name=_("归入"),
    )  # fmt: skip
    silence = models.ForeignKey(
        Silence, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts",
        db_index=False, verbose_name=_("静默"),
    )  # fmt: skip
    order = models.ForeignKey(
        "alerts.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="alerts",
        db_index=False, verbose_name=_("工单"),
    )  # fmt: skip
    # Its kind opens an order at once, by the rule of the day it opened.
    calls = models.BooleanField(_("随即派单"), default=False)
    # The entry that opened it, which what follows names as its cause; then those of what it met.
    entry = models.UUIDField(_("台账条目"), null=True)
    later = ArrayField(models.UUIDField(), verbose_name=_("后续台账条目"), default=list)
    # It is so no more, but its kind is for an officer to end.
    gone_at = models.DateTimeField(_("情形消除时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    end = models.CharField(_("结束原因"), max_length=10, choices=AlertEnd.choices, blank=True)

    RETENTION: ClassVar = Retention(why="record of supervision; holds no personal data")
    # As long as nobody had a hand in its order it keeps no business from being withdrawn.
    FOLLOWS: ClassVar = Q(order__isnull=True) | ~Q(order__steps__user_id__isnull=False)

    class Meta:
        verbose_name = _("预警")
        verbose_name_plural = _("预警")
        constraints = [
            models.UniqueConstraint(fields=["fingerprint"], condition=OPEN, name="alert_open_once"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=OPEN, name="alert_due"),
            models.Index(
                fields=["district", "due_at", "id"], condition=OPEN, name="alert_district_due"
            ),
            models.Index(fields=["kind", "due_at", "id"], condition=OPEN, name="alert_kind_due"),
            models.Index(
                fields=["severity", "due_at", "id"], condition=OPEN, name="alert_severity_due"
            ),
            models.Index(fields=["id"], condition=WAITING, name="alert_waiting"),
            models.Index(
                fields=["covered_by"],
                condition=OPEN & Q(covered_by__isnull=False),
                name="alert_covered",
            ),
            models.Index(
                fields=["silence"], condition=OPEN & Q(silence__isnull=False), name="alert_silenced"
            ),
            models.Index(fields=["id"], condition=OPEN & Q(provisional=True), name="alert_undated"),
            models.Index(
                fields=["fingerprint"], condition=Q(end__in=SETTLED), name="alert_settled"
            ),
            models.Index(fields=["business", "id"], name="alert_business"),
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="alert_order"),
            models.Index(fields=["kind", "opened_at"], name="alert_kind"),
        ]
