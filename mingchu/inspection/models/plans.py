"""Yearly plans 年度抽查计划 and batches 批次: approved by another than who drafted them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base import clock
from mingchu.base.retention import Retention


class PlanState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("plan", "拟定")
    SUBMITTED = "submitted", pgettext_lazy("plan", "待批准")
    APPROVED = "approved", pgettext_lazy("plan", "已批准")
    FILED = "filed", pgettext_lazy("plan", "已备案")
    PUBLISHED = "published", pgettext_lazy("plan", "已公布")
    WITHDRAWN = "withdrawn", pgettext_lazy("plan", "已撤回")


class Plan(models.Model):
    """What an office draws in a year. Without a district it is the city's.

    People are kept by number: who drafted it never approves it.
    """

    year = models.PositiveSmallIntegerField(_("年度"))
    district = models.CharField(_("旗县区"), max_length=6, blank=True)
    title = models.CharField(_("名称"), max_length=120)
    note = models.TextField(_("说明"), blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT
    )
    drafted_by = models.BigIntegerField(_("拟定人"), null=True)
    drafted_at = models.DateTimeField(_("拟定时间"), default=clock.now)
    approved_by = models.BigIntegerField(_("批准人"), null=True, blank=True)
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    returned_why = models.CharField(_("退回理由"), max_length=200, blank=True)
    filed_with = models.CharField(_("备案机关"), max_length=80, blank=True)
    filing = models.CharField(_("备案文号"), max_length=60, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="explains every draw that was made by it; officers by id")

    class Meta:
        verbose_name = _("年度抽查计划")
        verbose_name_plural = _("年度抽查计划")
        constraints = [
            models.UniqueConstraint(
                fields=["year", "district"],
                condition=~Q(state="withdrawn"),
                name="plan_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(drafted_by__isnull=True)
                | ~Q(approved_by=F("drafted_by")),
                name="plan_approved_by_another",
            ),
        ]


class BatchState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("batch", "待核对")
    CHECKED = "checked", pgettext_lazy("batch", "已核对")
    OPENED = "opened", pgettext_lazy("batch", "已开启抽取")
    DRAWN = "drawn", pgettext_lazy("batch", "已抽取")
    REVEALED = "revealed", pgettext_lazy("batch", "已公开")
    VOID = "void", pgettext_lazy("batch", "已取消")


class Batch(models.Model):
    """One draw of a plan: a matter, a month, districts (none: all of the plan's).

    `cover_first` is what a person decided where the two-year cover collides with the ceiling;
    `found` what the last check found, by reason and clash.
    """

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="batches", verbose_name=_("计划")
    )
    number = models.PositiveSmallIntegerField(_("批次"))
    month = models.DateField(_("月份"))
    matter = models.CharField(_("抽查事项"), max_length=40)
    districts = ArrayField(
        models.CharField(max_length=6), verbose_name=_("旗县区"), default=list, blank=True
    )
    campaign = models.CharField(_("联合任务"), max_length=60, blank=True)
    departments = models.CharField(_("联合部门"), max_length=120, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=BatchState.choices, default=BatchState.PLANNED
    )
    cover_first = models.BooleanField(_("两年全覆盖优先"), default=True)
    found = models.JSONField(_("核对结果"), default=dict)
    checked_on = models.DateField(_("核对基准日"), null=True, blank=True)
    checked_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    draw = models.OneToOneField(
        "draw.Draw", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("抽取"),
    )  # fmt: skip
    # Which officer stands behind an id of the draw's list of inspectors.
    inspectors = models.JSONField(_("检查人员化名"), default=dict, blank=True)
    drawn_on = models.DateField(_("抽取日期"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="belongs to its plan; no personal data")

    class Meta:
        verbose_name = _("抽查批次")
        verbose_name_plural = _("抽查批次")
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="batch_number_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="batch_month_is_its_first_day"),
        ]
        indexes = [models.Index(fields=["month"], name="batch_by_month")]


class PlanChange(models.Model):
    """A change of a plan that was approved: what it was, what it is, and why; public with it."""

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="changes", verbose_name=_("计划")
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="changes", verbose_name=_("批次")
    )
    before = models.JSONField(_("变更前"), default=dict)
    after = models.JSONField(_("变更后"), default=dict)
    reason = models.CharField(_("变更理由"), max_length=200)
    user_id = models.BigIntegerField(_("变更人"), null=True)
    at = models.DateTimeField(_("变更时间"), default=clock.now)

    RETENTION: ClassVar = Retention(why="belongs to its plan; officers by id")

    class Meta:
        verbose_name = _("计划变更")
        verbose_name_plural = _("计划变更")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="plan_changes_with_a_reason"),
        ]
