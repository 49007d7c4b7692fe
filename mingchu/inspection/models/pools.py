"""The pool of subjects 检查对象名录库 of a batch as it was reckoned, and who was drawn from it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.retention import Retention
from mingchu.inspection.models.plans import Batch


class Standing(models.TextChoices):
    """Why a business stands where it does; the public list says some of them more coarsely."""

    DRAWN_FOR = "", _("参加抽取")
    COVER = "cover", _("两年全覆盖到期，必查")
    NOT_OPEN = "not_open", _("不在营")
    KEY = "key_supervision", _("列入重点监管计划")
    REGIONAL = "regional_task", _("列入自治区平台任务")
    JOINT = "joint_task", _("已列入其他抽查任务")
    DRAWN_BEFORE = "drawn_before", _("本年度同一事项已抽中")
    THREE_MONTHS = "three_months", _("上级检查后未满三个月")
    CEILING = "ceiling", _("年度检查次数已到上限")


class PoolRow(models.Model):
    """A business in a batch: rate and standing of the day of the check, its clash, its pseudonym.

    `due` is by when two years or its grade ask for a visit. Rate, due and grounds rest on letters
    that not every officer is told: these rows are for whoever may `inspection.weigh`.
    """

    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, related_name="pool", verbose_name=_("批次")
    )
    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    code = models.CharField(_("代码"), max_length=18)
    district = models.CharField(_("旗县区"), max_length=6)
    kind = models.CharField(_("业态"), max_length=20)
    rate = models.PositiveIntegerField(_("抽取比例（百万分之）"))
    tier = models.CharField(_("档"), max_length=4)
    standing = models.CharField(
        pgettext_lazy("pool", "情形"),
        max_length=16,
        choices=Standing.choices,
        blank=True,
        default=Standing.DRAWN_FOR,
    )
    clash = models.CharField(_("冲突"), max_length=24, blank=True)
    due = models.DateField(_("应查期限"))
    grounds = ArrayField(
        models.CharField(max_length=32), verbose_name=_("重点监管依据"), default=list, blank=True
    )
    pseudonym = models.CharField(_("化名"), max_length=64, blank=True)

    RETENTION: ClassVar = Retention(why="says who was on the list and why not; ids only")
    # Rows that hold nobody back from withdrawing a business: nothing was frozen yet.
    FOLLOWS: ClassVar = models.Q(batch__state__in=("planned", "checked"))

    class Meta:
        verbose_name = _("抽查对象")
        verbose_name_plural = _("抽查对象")
        constraints = [
            models.UniqueConstraint(fields=["batch", "business"], name="pool_once_a_batch"),
        ]
        indexes = [
            models.Index(fields=["batch", "standing", "id"], name="pool_by_standing"),
            models.Index(fields=["batch", "clash", "id"], name="pool_by_clash"),
            models.Index(fields=["batch", "pseudonym"], name="pool_by_pseudonym"),
        ]


class Task(models.Model):
    """Somebody who was drawn, and who goes there; without a lead nobody may.

    `stands_for` is whose place it took. Inspectors are kept by number.
    """

    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("批次")
    )
    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    pseudonym = models.CharField(_("化名"), max_length=64)
    place = models.PositiveIntegerField(_("次序"))
    certain = models.BooleanField(_("必查"), default=False)
    lead_id = models.BigIntegerField(_("带队人员"), null=True, blank=True)
    second_id = models.BigIntegerField(_("同行人员"), null=True, blank=True)
    stands_for = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("递补的对象"),
    )  # fmt: skip
    replaced = models.BooleanField(_("已被递补"), default=False)

    RETENTION: ClassVar = Retention(why="who was drawn and who went; officers by id")

    class Meta:
        verbose_name = _("抽查任务")
        verbose_name_plural = _("抽查任务")
        constraints = [
            models.UniqueConstraint(fields=["batch", "business"], name="task_once_a_batch"),
        ]
        indexes = [
            models.Index(fields=["business", "-id"], name="task_of_business"),
            models.Index(fields=["batch", "place"], name="task_by_place"),
        ]
