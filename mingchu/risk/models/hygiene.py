"""The quantified hygiene grade 量化等级 of caterers: a scale of its own, where A is good."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.retention import Retention


class HygieneLetter(models.TextChoices):
    A = "A", _("优秀")
    B = "B", _("良好")
    C = "C", pgettext_lazy("hygiene", "一般")


class HygieneGrade(models.Model):
    """Mean share of points of a year's visits; "" for below the lowest grade."""

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("经营者")
    )
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    letter = models.CharField(
        _("量化等级"), max_length=1, choices=HygieneLetter.choices, blank=True
    )
    rate = models.DecimalField(_("年度平均得分率"), max_digits=5, decimal_places=2)
    last_rate = models.DecimalField(_("最近一次得分率"), max_digits=5, decimal_places=2)
    last_day = models.DateField(_("最近检查"))
    visits = models.PositiveSmallIntegerField(_("检查次数"))
    rule_since = models.DateField(_("依据版本"))

    RETENTION: ClassVar = Retention(why="a public grade is explained for as long as it is asked")
    FOLLOWS: ClassVar = Q(pk__isnull=False)

    class Meta:
        verbose_name = _("餐饮量化等级")
        verbose_name_plural = _("餐饮量化等级")
        constraints = [
            models.UniqueConstraint(
                fields=["business"], condition=Q(until__isnull=True), name="hygiene_one_present"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "since"], name="hygiene_past"),
            models.Index(
                fields=["letter", "id"], condition=Q(until__isnull=True), name="hygiene_by_letter"
            ),
        ]
