"""Who visits which business at present and in the past, and each visit of a quarter.

A visit is work of a cadre. It stands in a table of its own and not among the work orders of the
alerts: those are the bureau's, with clocks, verification and legal consequences that a visit has
not, and the two contexts know nothing of each other. What a visit finds becomes such an order by
way of a signal. A visit is no inspection, whoever counts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.retention import Retention
from mingchu.territory.domain.levels import Level
from mingchu.territory.models.cadres import Cadre

PRESENT = Q(until__isnull=True)


class LevelName(models.TextChoices):
    """The letters of this scale alone; pages say 包保 beside them."""

    A = Level.A, _("A级")
    B = Level.B, _("B级")
    C = Level.C, _("C级")
    D = Level.D, _("D级")


class Assignment(models.Model):
    """The level of a business and its cadre, from a day to a day; at most one is present.

    Derived, from the facts of the registry and the ranges of the cadres: never set by hand.
    `ground` is the line of the rule that decided, `named` says that the cadre was named for it.
    """

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    level = models.CharField(_("包保层级"), max_length=1, choices=LevelName.choices)
    ground = models.PositiveSmallIntegerField(_("分级依据"))
    rule_since = models.DateField(_("依据版本"))
    cadre = models.ForeignKey(
        Cadre, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments",
        verbose_name=_("包保干部"),
    )  # fmt: skip
    named = models.BooleanField(_("点名包保"), default=False)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="says who answered for a business when; ids only")
    # Rows that hold nobody back from withdrawing a business: they follow from the registry.
    FOLLOWS: ClassVar = Q(pk__isnull=False)

    class Meta:
        verbose_name = _("包保关系")
        verbose_name_plural = _("包保关系")
        constraints = [
            models.UniqueConstraint(
                fields=["business"], condition=PRESENT, name="assignment_one_present"
            ),
        ]
        indexes = [
            models.Index(fields=["cadre", "business"], condition=PRESENT, name="assignment_mine"),
            models.Index(fields=["level", "business"], condition=PRESENT, name="assignment_level"),
            models.Index(fields=["business", "since"], name="assignment_past"),
        ]


class VisitState(models.TextChoices):
    """That an open visit is overdue, and that a done one was late, is read off its days."""

    OPEN = "open", pgettext_lazy("visit", "待走访")
    DONE = "done", pgettext_lazy("visit", "已走访")
    MISSED = "missed", pgettext_lazy("visit", "漏访")
    ENDED = "ended", pgettext_lazy("visit", "不再走访")


UNDONE = Q(state=VisitState.OPEN)


class Visit(models.Model):
    """One business, one quarter, one visit. District, station and cadre of an open one go along
    with its business; those of a finished one stay as they were.

    `answers` are yes, no or none by item of the rule's version `sheet_since`.
    """

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    quarter = models.DateField(_("季度"))
    level = models.CharField(_("包保层级"), max_length=1, choices=LevelName.choices)
    district = models.CharField(_("旗县区"), max_length=6)
    station = models.CharField(_("监管所"), max_length=12, blank=True)
    cadre = models.ForeignKey(
        Cadre, on_delete=models.PROTECT, null=True, blank=True, related_name="visits",
        verbose_name=_("包保干部"),
    )  # fmt: skip
    due = models.DateField(_("期限"))
    state = models.CharField(
        _("状态"), max_length=8, choices=VisitState.choices, default=VisitState.OPEN
    )
    opened_at = models.DateTimeField(_("下达时间"))
    done_at = models.DateTimeField(_("走访时间"), null=True, blank=True)
    late = models.BooleanField(_("逾期完成"), default=False)
    user_id = models.BigIntegerField(_("填写人"), null=True, blank=True)
    sheet_since = models.DateField(_("事项版本"), null=True, blank=True)
    answers = models.JSONField(_("查看结果"), default=dict, blank=True)
    problem = models.CharField(_("发现的问题"), max_length=20, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    entry = models.UUIDField(_("台账条目"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="record of territorial duty; a note is about a business")
    FOLLOWS: ClassVar = ~Q(state=VisitState.DONE)

    class Meta:
        verbose_name = _("包保走访")
        verbose_name_plural = _("包保走访")
        constraints = [
            models.UniqueConstraint(fields=["business", "quarter"], name="visit_once_a_quarter"),
            models.CheckConstraint(
                condition=Q(state=VisitState.DONE, done_at__isnull=False)
                | (~Q(state=VisitState.DONE) & Q(done_at__isnull=True)),
                name="visit_done_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["cadre", "due"], condition=UNDONE, name="visit_mine"),
            models.Index(fields=["due"], condition=UNDONE, name="visit_due"),
            models.Index(fields=["quarter", "district", "level", "state"], name="visit_counted"),
        ]
