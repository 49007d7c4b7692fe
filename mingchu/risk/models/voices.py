"""Voices: a person sets a letter aside and says why; a business says that it is wrong."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base import clock
from mingchu.base.retention import Retention
from mingchu.risk.models.grades import Grade, Letter


class Override(models.Model):
    """A letter set by a person, from a day to a day; taken back early on `ended_on`."""

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("经营者")
    )
    letter = models.CharField(_("风险等级"), max_length=1, choices=Letter.choices)
    why = models.CharField(_("理由"), max_length=500)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"))
    user_id = models.BigIntegerField(_("决定人"), null=True, blank=True)
    at = models.DateTimeField(_("决定时间"), default=clock.now)
    ended_on = models.DateField(_("提前撤销"), null=True, blank=True)
    end_why = models.CharField(_("撤销理由"), max_length=500, blank=True)
    ended_by = models.BigIntegerField(_("撤销人"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="says who set a grade aside and why")

    class Meta:
        verbose_name = _("人工调整")
        verbose_name_plural = _("人工调整")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="override_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["business", "-id"], name="override_of_business")]


class ObjectionState(models.TextChoices):
    OPEN = "open", pgettext_lazy("objection", "待答复")
    UPHELD = "upheld", pgettext_lazy("objection", "异议成立")
    REJECTED = "rejected", pgettext_lazy("objection", "异议不成立")
    WITHDRAWN = "withdrawn", pgettext_lazy("objection", "已撤回")


class Objection(models.Model):
    """What a business has to say against its grade, and the answer it got."""

    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("经营者")
    )
    grade = models.ForeignKey(
        Grade, on_delete=models.PROTECT, related_name="objections", verbose_name=_("风险等级")
    )
    item = models.CharField(_("项目"), max_length=40, blank=True)
    text = models.TextField(_("异议内容"), max_length=2000)
    state = models.CharField(
        _("状态"), max_length=12, choices=ObjectionState.choices, default=ObjectionState.OPEN
    )
    user_id = models.BigIntegerField(_("提出人"), null=True, blank=True)
    at = models.DateTimeField(_("提出时间"), default=clock.now)
    answer = models.TextField(_("答复"), max_length=2000, blank=True)
    answered_by = models.BigIntegerField(_("答复人"), null=True, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    RETENTION: ClassVar = Retention(why="what was objected and answered belongs to the grade")

    class Meta:
        verbose_name = _("等级异议")
        verbose_name_plural = _("等级异议")
        constraints = [
            models.UniqueConstraint(
                fields=["business"], condition=Q(state="open"), name="objection_one_open"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="objection_waiting")]
