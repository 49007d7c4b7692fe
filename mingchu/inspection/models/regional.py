"""Tasks of the regional double-random platform 自治区双随机平台, as its file brought them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.retention import Retention


class RegionalTask(models.Model):
    """A task drawn by a higher office: its number there, what, by whom, from when to when."""

    number = models.CharField(_("任务编号"), max_length=60, unique=True)
    title = models.CharField(_("任务名称"), max_length=120)
    issuer = models.CharField(_("发起单位"), max_length=80)
    departments = models.CharField(_("联合部门"), max_length=120, blank=True)
    matter = models.CharField(_("抽查事项"), max_length=120)
    first = models.DateField(_("开始日期"))
    last = models.DateField(_("截止日期"))
    brought_at = models.DateTimeField(_("导入时间"), default=clock.now)

    RETENTION: ClassVar = Retention(why="results are reported back by it; no personal data")

    class Meta:
        verbose_name = _("自治区平台任务")
        verbose_name_plural = _("自治区平台任务")
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")), name="regional_ends_after_it_begins"
            ),
        ]


class RegionalSubject(models.Model):
    """A business that the regional platform drew; results are those its file brought."""

    task = models.ForeignKey(
        RegionalTask, on_delete=models.PROTECT, related_name="subjects", verbose_name=_("任务")
    )
    business = models.ForeignKey(
        "registry.Business", on_delete=models.PROTECT, related_name="+", verbose_name=_("主体")
    )
    code = models.CharField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=120)
    inspectors = models.CharField(_("检查人员编号"), max_length=120, blank=True)
    done_on = models.DateField(_("检查日期"), null=True, blank=True)
    results = models.CharField(_("检查结果代码"), max_length=60, blank=True)

    RETENTION: ClassVar = Retention(why="belongs to its task")

    class Meta:
        verbose_name = _("自治区平台抽查对象")
        verbose_name_plural = _("自治区平台抽查对象")
        constraints = [
            models.UniqueConstraint(fields=["task", "business"], name="regional_subject_once"),
        ]
        indexes = [models.Index(fields=["business"], name="regional_of_business")]
