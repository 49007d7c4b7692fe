"""Grades: what a run found of each business, kept from a day to a day with every reason.

A letter of this scale says how often we visit. It is no class of credit and no mark of cleanliness.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.risk.models.facts import Profile

PRESENT = Q(until__isnull=True)


class Letter(models.TextChoices):
    A = "A", _("风险低")
    B = "B", _("风险较低")
    C = "C", _("风险较高")
    D = "D", _("风险高")


class Occasion(models.TextChoices):
    """Why a run was made."""

    YEARLY = "yearly", _("年度评定")
    ASKED = "asked", _("人工发起")
    EVENT = "event", _("事实变化")
    NIGHT = "night", _("夜间评定")


class Run(models.Model):
    """One pass over the city, or over a few: what it stood on and what it changed.

    `rules` are the rules it went by, each with the day since when it says so and, for sheets, the
    digest; `counts` how the city stood by kind and letter afterwards. `digest` is over every grade
    it wrote, with its reasons, and stands in the journal: a first grading has no other entry.
    """

    as_of = models.DateField(_("基准日"))
    occasion = models.CharField(_("缘由"), max_length=8, choices=Occasion.choices)
    whole = models.BooleanField(_("全市"), default=True)
    at = models.DateTimeField(_("评定时间"), default=clock.now)
    user_id = models.BigIntegerField(_("发起人"), null=True, blank=True)
    subjects = models.PositiveIntegerField(_("应评定"))
    graded = models.PositiveIntegerField(_("已评定"))
    moved = models.PositiveIntegerField(_("等级变动"))
    written = models.PositiveIntegerField(_("更新记录"))
    ms = models.PositiveIntegerField(_("用时（毫秒）"), default=0)
    rules = models.JSONField(_("依据"))
    counts = models.JSONField(_("统计"))
    digest = models.CharField(_("结果摘要"), max_length=64, blank=True)

    RETENTION: ClassVar = Retention(why="grades refer to the run that made them; no personal data")

    class Meta:
        verbose_name = _("风险评定")
        verbose_name_plural = _("风险评定")
        indexes = [models.Index(fields=["whole", "-id"], name="risk_run_newest")]


class Grade(models.Model):
    """The grade of a business from a day to a day; at most one is present.

    `letter` is "" where it could not be graded: `missing` then says what is lacking. `by_points`
    is the letter of the points alone, before grounds, lists and a person's override. `reasons` are
    facts, said on screen in the reader's language.
    """

    # The indexes of `Meta` begin with both, so their own would only be written for nothing.
    business = models.ForeignKey(
        "registry.Business",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("经营者"),
        db_index=False,
    )
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    letter = models.CharField(_("风险等级"), max_length=1, choices=Letter.choices, blank=True)
    before = models.CharField(_("原等级"), max_length=1, choices=Letter.choices, blank=True)
    first = models.BooleanField(_("首次"), default=False)
    by_points = models.CharField(_("按分值"), max_length=1, choices=Letter.choices, blank=True)
    missing = models.CharField(_("缺少"), max_length=40, blank=True)
    sheet = models.CharField(_("静态量化表"), max_length=24, blank=True)
    digest = models.CharField(_("量化表摘要"), max_length=64, blank=True)
    points = models.DecimalField(_("分值"), max_digits=6, decimal_places=2, null=True)
    static = models.DecimalField(_("静态分"), max_digits=6, decimal_places=2, null=True)
    dynamic = models.DecimalField(_("动态分"), max_digits=6, decimal_places=2, null=True)
    conduct = models.DecimalField(
        _("通用信用风险分（征求意见稿）"), max_digits=6, decimal_places=2, null=True
    )
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("静态因素")
    )
    visits = models.PositiveIntegerField(_("检查次数"), default=0)
    failed = models.DecimalField(_("不符合项分值"), max_digits=9, decimal_places=2, default=0)
    applicable = models.DecimalField(_("适用项分值"), max_digits=9, decimal_places=2, default=0)
    raised = models.PositiveSmallIntegerField(_("调高级数"), default=0)
    lowered = models.PositiveSmallIntegerField(_("调低级数"), default=0)
    serious = models.BooleanField(_("严重违法失信"), default=False)
    override = models.BigIntegerField(_("人工调整"), null=True, blank=True)
    grounds = models.TextField(_("调级情形"), blank=True)
    reasons = models.JSONField(_("分值构成"), default=list)
    run = models.ForeignKey(
        Run,
        on_delete=models.PROTECT,
        related_name="grades",
        verbose_name=_("评定"),
        db_index=False,
    )

    RETENTION: ClassVar = Retention(why="the risk grade belongs to the food-safety credit file")
    # Rows that hold nobody back from withdrawing a business: they follow from facts.
    FOLLOWS: ClassVar = Q(pk__isnull=False)

    class Meta:
        verbose_name = _("风险等级")
        verbose_name_plural = _("风险等级")
        constraints = [
            models.UniqueConstraint(
                fields=["business"], condition=PRESENT, name="grade_one_present"
            ),
            models.CheckConstraint(
                condition=(~Q(letter="") & Q(points__isnull=False) & Q(missing=""))
                | (Q(letter="") & ~Q(missing="")),
                name="grade_or_what_is_missing",
            ),
        ]
        indexes = [
            models.Index(fields=["letter", "business"], condition=PRESENT, name="grade_by_letter"),
            models.Index(fields=["business", "since"], name="grade_past"),
            models.Index(fields=["run", "id"], name="grade_of_run"),
        ]
