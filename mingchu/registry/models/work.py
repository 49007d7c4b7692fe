"""What the work on files leaves behind: earlier versions, merges, saved views, requests."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.registry.models.business import Business


class Past(models.Model):
    """A file as it stood until a change, without its people; the newest stands in the tables.

    The file of a day is the earliest of these that was still so at its end, else today's.
    """

    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="past", verbose_name=_("经营者")
    )
    revision = models.PositiveIntegerField(_("版本"))
    until = models.DateTimeField(_("沿用至"), default=clock.now)
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("变更字段"), default=list)
    why = models.CharField(_("理由"), max_length=200, blank=True)
    channel = models.CharField(_("来源"), max_length=8)
    actor = models.CharField(_("经办"), max_length=80)
    file = models.JSONField(_("当时的档案"))

    RETENTION: ClassVar = Retention(why="decisions of a day rest on the file of that day")

    class Meta:
        verbose_name = _("档案旧版")
        verbose_name_plural = _("档案旧版")
        indexes = [models.Index(fields=["business", "until"], name="past_by_end")]
        constraints = [
            models.UniqueConstraint(fields=["business", "revision"], name="past_revision_once")
        ]


class Merge(models.Model):
    """Two files of one subject made one; `moved` names every row that changed hands."""

    kept = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="merges_in", verbose_name=_("保留")
    )
    gone = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="merges_out", verbose_name=_("并入")
    )
    at = models.DateTimeField(_("时间"), default=clock.now)
    why = models.CharField(_("理由"), max_length=200)
    moved = models.JSONField(_("转移的记录"))
    undone_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="the way back from a merge")

    class Meta:
        verbose_name = _("档案合并")
        verbose_name_plural = _("档案合并")
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="merge_once_at_a_time"
            )
        ]


class NotSame(models.Model):
    """Two businesses somebody looked at and found to be two; they are not suggested again."""

    one = models.ForeignKey(
        Business, on_delete=models.CASCADE, related_name="+", verbose_name=_("一方")
    )
    other = models.ForeignKey(
        Business, on_delete=models.CASCADE, related_name="+", verbose_name=_("另一方")
    )

    RETENTION: ClassVar = Retention(why="a judgement that would be asked for again")

    class Meta:
        verbose_name = _("非重复认定")
        verbose_name_plural = _("非重复认定")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="not_same_once"),
            models.CheckConstraint(
                condition=Q(one__lt=models.F("other")), name="not_same_in_order"
            ),
        ]


class SavedView(models.Model):
    """A question to the list that an officer keeps under a name, as its address says it."""

    owner = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("所有人")
    )
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(_("条件"), max_length=500, blank=True)

    RETENTION: ClassVar = Retention(why="one's own, until one deletes it")

    class Meta:
        verbose_name = _("常用查询")
        verbose_name_plural = _("常用查询")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="view_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="view_has_a_name"),
        ]


class InquiryState(models.TextChoices):
    OPEN = "open", pgettext_lazy("inquiry", "待答复")
    ANSWERED = "answered", pgettext_lazy("inquiry", "待核对")
    RETURNED = "returned", pgettext_lazy("inquiry", "退回补正")
    ACCEPTED = "accepted", pgettext_lazy("inquiry", "已办结")
    WITHDRAWN = "withdrawn", pgettext_lazy("inquiry", "已撤回")


class Inquiry(models.Model):
    """What an office asks a business for 材料补正, and its answer."""

    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, related_name="inquiries", verbose_name=_("经营者")
    )
    title = models.CharField(_("事项"), max_length=80)
    asks = models.TextField(_("要求"), max_length=1000)
    due = models.DateField(_("期限"))
    asked_at = models.DateTimeField(_("发出时间"), default=clock.now)
    asked_by = models.CharField(_("发出人"), max_length=80)
    state = models.CharField(
        _("状态"), max_length=10, choices=InquiryState.choices, default=InquiryState.OPEN
    )
    answer = models.TextField(_("答复"), max_length=2000, blank=True)
    files = ArrayField(
        models.CharField(max_length=140), verbose_name=_("附件"), default=list, blank=True
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    remark = models.CharField(_("核对意见"), max_length=400, blank=True)
    settled_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="what was asked and answered belongs to the file")

    class Meta:
        verbose_name = _("材料补正")
        verbose_name_plural = _("材料补正")
        indexes = [
            models.Index(
                fields=["due", "business"],
                condition=Q(state__in=["open", "returned", "answered"]),
                name="inquiry_waiting",
            )
        ]
