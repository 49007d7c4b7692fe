"""The pool of inspectors 执法检查人员名录库: what accounts do not know of them.

Who holds a post and a certificate in force stands in accounts; here is what he is able to inspect,
when he is away, and where he may not go.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention


class Expertise(models.Model):
    """Which kinds of business an officer inspects, and whether he may lead; no row: not in the
    pool."""

    user = models.OneToOneField(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("人员")
    )
    kinds = ArrayField(models.CharField(max_length=20), verbose_name=_("检查领域"))
    leads = models.BooleanField(_("可以带队"), default=False)

    RETENTION: ClassVar = Retention(why="tasks refer to who was able to make them")

    class Meta:
        verbose_name = _("检查人员专长")
        verbose_name_plural = _("检查人员专长")


class Absence(models.TextChoices):
    LEAVE = "leave", _("休假")
    SICK = "sick", _("病假")
    TRAINING = "training", _("培训")
    SECONDED = "seconded", _("借调")


class Leave(models.Model):
    """When somebody is away."""

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("人员")
    )
    why = models.CharField(_("原因"), max_length=10, choices=Absence.choices)
    first = models.DateField(_("自"))
    last = models.DateField(_("至"))

    RETENTION: ClassVar = Retention(
        why="a person's absences go when no draw can ask for them any more",
        rule="retention.people",
        counted_from="last",
    )

    class Meta:
        verbose_name = _("检查人员请假")
        verbose_name_plural = _("检查人员请假")
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")), name="leave_ends_after_it_begins"
            ),
        ]


class Ground(models.TextChoices):
    """Why an officer keeps away; no more than that stands in a draw's lists."""

    KIN = "kin", _("近亲属关系")
    INTEREST = "interest", _("利害关系")
    FORMER = "former", _("曾在该单位任职")
    ASKED = "asked", _("当事人申请回避")
    OTHER = "other", _("其他可能影响公正的情形")


class Recusal(models.Model):
    """Somebody who may not inspect a business, until it is struck out."""

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("人员")
    )
    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    ground = models.CharField(_("回避情形"), max_length=10, choices=Ground.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    decided_by = models.BigIntegerField(_("决定人"), null=True)
    since = models.DateField(_("自"), default=clock.today)
    ended = models.DateField(_("解除日期"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="says who kept away from whom when a draw was made")

    class Meta:
        verbose_name = _("回避")
        verbose_name_plural = _("回避")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "business"], condition=Q(ended__isnull=True), name="recusal_once"
            ),
        ]
